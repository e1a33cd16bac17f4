// Recorded decisions under another version of the policy: what those who were told then would be
// told now, and who would have to be told besides. Pure.

#pragma once

#include <optional>
#include <vector>

#include "deploy/havenline/policy_record.h"
#include "deploy/havenline/tool.h"
#include "policy/policy.h"

namespace havenline {

struct ReplayAsked {
  // Judged as if all had been made then; nothing: each as made when it was.
  std::optional<TimePoint> made = std::nullopt;
  // Only messages made from then on, and before then.
  std::optional<TimePoint> from = std::nullopt;
  std::optional<TimePoint> until = std::nullopt;
  // Versions by which messages went, found by their number: a record says by which rule somebody
  // was told, and only the policy of then on what ground, to what end and with which clock.
  std::vector<const policy::Policy*> before = {};
};

// Each decision is the same, gains or loses sections, or both, or has the same sections on other
// terms; one that cannot be judged (the policy reads a claim that was not recorded, or a value that
// it does not know) is said to be so. The words take decisions that fare alike together; the JSON
// has each. A record of another partnership is warned of.
tool::Answer Replay(const DecisionRecord& record, const policy::Policy& policy,
                    const ReplayAsked& asked);

}  // namespace havenline
