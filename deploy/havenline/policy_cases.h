// Files of cases that a policy must decide as they say: docs/policy.md, "Cases".

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "deploy/havenline/policy_source.h"
#include "deploy/havenline/tool.h"
#include "schema/base/result.h"

namespace havenline {

// The files of cases in a policy's folder, by name: *cases.toml. kInvalid if there is none.
Result<std::vector<std::string>> CasesIn(const std::filesystem::path& folder);

// Each case with what differs from it, and the rules that no case tests; kData if there is either.
// A fault if a file cannot be read as cases, with line and column.
Result<tool::Answer> TestCases(const LoadedPolicy& loaded, const std::vector<std::string>& paths);

}  // namespace havenline
