// What was proved of a policy, for `havenline policy check`.

#pragma once

#include <string>

#include "deploy/havenline/policy_source.h"
#include "schema/text/value.h"

namespace havenline {

// Cells, rules, what was proved of each, and how often each rule takes part.
std::string ProofWords(const LoadedPolicy& loaded);
void AddProof(const LoadedPolicy& loaded, text::Value& json);

}  // namespace havenline
