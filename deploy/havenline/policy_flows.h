// Who tells whom, and who can technically read it: a policy and a directory held together. Pure.

#pragma once

#include <string>
#include <vector>

#include "policy/compare.h"
#include "policy/policy.h"
#include "schema/directory/directory.h"

namespace havenline {

// All that one role may be told by another of one exchange, in any case.
struct Flow {
  const policy::Exchange* exchange;
  Role from;
  Role to;
  policy::SectionSet sections = 0;
  policy::SectionSet held = 0;      // Of these: only if somebody else does not take it on.
  std::vector<std::string> claims;  // That `to` sees beside them.
};
// In the order of the sayings.
std::vector<Flow> FlowsOf(const policy::Policy& policy, const std::vector<policy::Saying>& sayings);

// Agencies that hold the role today, in the directory's order.
std::vector<const Agency*> HoldersOf(const Directory& directory, const Role& role);
// The hosts that speak for them, each once. Whoever runs one can read what they are told.
std::vector<const Host*> HostsOf(const Directory& directory,
                                 const std::vector<const Agency*>& agencies);

}  // namespace havenline
