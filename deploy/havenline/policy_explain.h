// Why somebody is told what, and what is withheld: one case in, one card for each role out.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "deploy/havenline/policy_source.h"
#include "deploy/havenline/tool.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"

namespace havenline {

struct CaseAsked {
  std::string exchange;
  std::string sender;               // An agency; "": any, each profile with its own answer.
  std::string from;                 // Its role.
  std::string to;                   // "": every role.
  std::vector<std::string> claims;  // "risk=high"; those not given are "not stated".
  TimePoint made;
};

// Who is told nothing is told why: what each rule that shares with it in some case wants. JSON:
// `roles`; or, where no sender is asked for and it matters who sends, `by-sender`, each with its
// own. kInvalid if the policy does not know what is asked, with what it does know.
Result<tool::Answer> Explain(const LoadedPolicy& loaded, const CaseAsked& asked);

}  // namespace havenline
