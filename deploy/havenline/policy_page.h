// A policy as one page to print, read and sign: who is told what, by which rule, on what ground.

#pragma once

#include <string>

#include "deploy/havenline/policy_source.h"

namespace havenline {

// Everything from the policy is escaped (html_page.h).
std::string PolicyPage(const LoadedPolicy& loaded);

}  // namespace havenline
