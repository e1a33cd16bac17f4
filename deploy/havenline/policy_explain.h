// Why somebody is told what, and what is withheld: one case in, one card for each role out. And who
// sees a section at all.

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
  std::string sender;               // An agency; "": one that no profile names.
  std::string from;                 // Its role.
  std::string to;                   // "": every role.
  std::vector<std::string> claims;  // "risk=high"; those not given are "not stated".
  TimePoint made;
};

// kInvalid if the policy does not know what is asked, with what it does know.
Result<tool::Answer> Explain(const LoadedPolicy& loaded, const CaseAsked& asked);

// Every role that may be told the section, when, and by which rule; and who sees a claim made of
// it.
Result<tool::Answer> WhoCanSee(const LoadedPolicy& loaded, const std::string& name,
                               const std::string& section);

}  // namespace havenline
