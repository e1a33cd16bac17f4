// A file of cases that a policy must decide as they say: docs/policy.md, "Cases".

#pragma once

#include <string>

#include "deploy/havenline/policy_source.h"
#include "deploy/havenline/tool.h"
#include "schema/base/result.h"

namespace havenline {

// Each case with what differs from it, and the rules that no case tests; kData if there is either.
// A fault if the file cannot be read as cases, with line and column.
Result<tool::Answer> TestCases(const LoadedPolicy& loaded, const std::string& path);

}  // namespace havenline
