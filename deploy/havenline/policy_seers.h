// Who sees a section at all, in one exchange or in all that have it; and what sections and claims
// there are, with their words for people.

#pragma once

#include <string>

#include "deploy/havenline/policy_source.h"
#include "deploy/havenline/tool.h"
#include "schema/base/result.h"

namespace havenline {

// Stands for every exchange that has the section.
inline constexpr std::string_view kEveryExchange = "*";

// Every role that may be told the section, when, and by which rule; whom `never` rules keep from
// it; and who sees a claim made of it. `section` is a section's name or its label for people, in
// any writing. kInvalid with what there is if there is none such.
Result<tool::Answer> WhoCanSee(const LoadedPolicy& loaded, const std::string& name,
                               const std::string& section);

// The exchange's sections and claims.
Result<tool::Answer> ShowSections(const LoadedPolicy& loaded, const std::string& name);

}  // namespace havenline
