// A policy as one page to print, read and sign: who is told what, by which rule, on what ground.

#pragma once

#include <string>

#include "deploy/havenline/policy_source.h"

namespace havenline {

// HTML that needs nothing but itself: no script, no picture, nothing from elsewhere. Everything
// from the policy is escaped.
std::string PolicyPage(const LoadedPolicy& loaded);

// "&" as "&amp;" and so on; control characters and marks that turn the direction of writing become
// spaces.
std::string HtmlText(std::string_view text);

}  // namespace havenline
