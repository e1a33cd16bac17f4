#include "deploy/havenline/policy_source.h"

#include <algorithm>
#include <map>

#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

using Path = std::filesystem::path;

// Those after policy.toml, by name.
Result<std::vector<Path>> OthersIn(const Path& folder) {
  std::vector<Path> others;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".toml") && name != "policy.toml" && !name.ends_with("cases.toml"))
      others.push_back(entry.path());
  }
  if (error) return Fail(FaultCode::kIo, folder.string() + ": " + error.message());
  std::ranges::sort(others);
  return others;
}

}  // namespace

Result<DocumentFile> JoinFolder(const Path& folder) {
  if (!std::filesystem::exists(folder / "policy.toml")) {
    return Fail(FaultCode::kInvalid,
                folder.string() + ": a policy's folder holds a policy.toml, and this one does not");
  }
  std::vector<Path> paths = {folder / "policy.toml"};
  ASSIGN_OR_RETURN(const std::vector<Path> others, OthersIn(folder));
  paths.insert(paths.end(), others.begin(), others.end());
  DocumentFile joined{folder.string(), "", {}, {}};
  for (const Path& path : paths) {
    ASSIGN_OR_RETURN(const std::string text, tool::ReadText(path, limits::kDocumentBytesMax));
    const auto lines = static_cast<std::size_t>(std::ranges::count(joined.text, '\n'));
    joined.pieces.push_back({path.string(), lines});
    joined.text += text;
    if (!joined.text.ends_with('\n')) joined.text += '\n';
  }
  if (joined.text.size() > limits::kDocumentBytesMax) {
    return Fail(FaultCode::kInvalid, folder.string() + ": holds more than " +
                                         std::to_string(limits::kDocumentBytesMax) + " bytes");
  }
  return joined;
}

Result<LoadedPolicy> LoadPolicy(const std::string& path) {
  ASSIGN_OR_RETURN(DocumentFile file, ReadDocumentFile(path));
  const auto begin = std::chrono::steady_clock::now();
  CheckedDocument checked = CheckDocument(file, DocumentKind::kPolicy, nullptr);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begin);
  if (!checked.policy) return Fail(FaultCode::kInvalid, tool::Join(checked.problems, "\n"));
  for (const std::string& problem : checked.problems) tool::Tell(problem);
  ASSIGN_OR_RETURN(policy::Rules rules, policy::ParseRules(file.text, file.source));
  return LoadedPolicy{std::move(file), *std::move(checked.policy), std::move(rules), took};
}

std::vector<RuleUse> UsesOf(const policy::Rules& rules, const policy::Policy& policy) {
  std::map<std::string, std::size_t> cells;
  const auto count = [&](const policy::Cell& cell) {
    std::string_view joined = cell.rule.value();
    while (!joined.empty()) {
      const auto end = joined.find('+');
      ++cells[std::string(joined.substr(0, end))];
      joined.remove_prefix(end == std::string_view::npos ? joined.size() : end + 1);
    }
  };
  for (const auto& place : policy.table()) {
    for (const policy::Cell* const cell : place.second) {
      count(*cell);
      if (cell->held != nullptr) count(cell->held->cell);
      for (const policy::Forbidden& forbidden : cell->forbidden) ++cells[forbidden.rule.value()];
    }
  }
  std::vector<RuleUse> uses;
  for (const policy::Rule& rule : rules.rules) uses.push_back({&rule, cells[rule.id.value()]});
  return uses;
}

std::size_t CellsOf(const policy::Policy& policy) {
  std::size_t cells = 0;
  for (const auto& place : policy.table()) cells += place.second.size();
  return cells;
}

}  // namespace havenline
