// Parts that the pages made of a policy have in common: `table` and `isa`. HTML in which everything
// from the policy is escaped, and words. Pure.

#pragma once

#include <string>

#include "deploy/havenline/policy_words.h"
#include "policy/compare.h"
#include "policy/policy.h"
#include "policy/rules.h"

namespace havenline {

std::string StanceWords(policy::Consent consent);
// The law's words for each basis; the policy's for each purpose and for the label, which may be
// none.
std::string BasesOf(const policy::Cell& cell);
std::string PurposesOf(const policy::Policy& policy, const policy::Cell& cell);
std::string LabelOf(const policy::Policy& policy, const policy::Cell& cell);
// "must be told; acknowledges by …; then …".
std::string DutyWords(const policy::Saying& saying);

// A paragraph: version, consent stance, urgent, strict, concealed, flags.
std::string AboutExchange(const policy::Exchange& exchange);
std::string NeversTable(const policy::Rules& rules, const policy::Exchange& exchange);
// Empty for an exchange without claims.
std::string ClaimsTable(const policy::Policy& policy, const policy::Exchange& exchange);
// Where people sign; `what`: all that they approve by it, with its hash.
std::string SignaturesTable(const std::string& what);

}  // namespace havenline
