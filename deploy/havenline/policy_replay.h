// Recorded decisions under another version of the policy: what those who were told then would be
// told now, and who would have to be told besides. Pure.

#pragma once

#include <optional>

#include "deploy/havenline/policy_record.h"
#include "deploy/havenline/tool.h"
#include "policy/policy.h"

namespace havenline {

// Each decision is the same, gains or loses sections, or both; one that cannot be judged (the
// policy reads a claim that was not recorded, or a value that it does not know) is said to be so.
// Judged as made when it was made, or all at `made`. The words take decisions that fare alike
// together; the JSON has each.
tool::Answer Replay(const DecisionRecord& record, const policy::Policy& policy,
                    std::optional<TimePoint> made);

}  // namespace havenline
