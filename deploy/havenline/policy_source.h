// A policy's text from a file, or from several in one folder, and what its tools need of it.

#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "deploy/havenline/document_check.h"
#include "policy/policy.h"
#include "policy/rules.h"
#include "schema/base/result.h"

namespace havenline {

// One text of all *.toml in the folder but *cases.toml: policy.toml first, which has the top, then
// the others by name. kInvalid if there is no policy.toml.
Result<DocumentFile> JoinFolder(const std::filesystem::path& folder);

// A policy that was proved, with its rules as written.
struct LoadedPolicy {
  DocumentFile file;
  policy::Policy policy;
  policy::Rules rules;
  std::chrono::microseconds took;  // To parse, compile and prove it.
};
// A file, a note or a folder; kInvalid with every problem if it does not stand.
Result<LoadedPolicy> LoadPolicy(const std::string& path);

// In how many cells a rule takes part: shares something, or forbids.
struct RuleUse {
  const policy::Rule* rule;
  std::size_t cells = 0;
};
std::vector<RuleUse> UsesOf(const policy::Rules& rules, const policy::Policy& policy);
std::size_t CellsOf(const policy::Policy& policy);

}  // namespace havenline
