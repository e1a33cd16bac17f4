#include "broker/doctor/files_check.h"

#include <unistd.h>

#include "broker/doctor/judgements.h"
#include "deploy/runtime/files.h"
#include "schema/model/limits.h"
#include "schema/seal/key_text.h"
#include "schema/seal/secret.h"

namespace havenline::doctor {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kKeyFileMax = 1024;

Finding CheckFolder(const Path& path, uid_t user) {
  const auto state = StateOf(path);
  if (!state && state.error().code == FaultCode::kMissing)
    return Sound("folders", path.string() + " is not there yet: the first start makes it");
  if (!state) {
    return Broken("folders", state.error().detail,
                  "ask again as the broker's user or as root, or give that user the folder above");
  }
  if (!state->is_directory) {
    return Broken("folders", path.string() + " is no folder",
                  "move what is there away, or name another folder in broker.toml");
  }
  return JudgePrivate("folders", path.string(), *state, user);
}

Finding CheckKey(std::string_view kind, const Path& path, uid_t user) {
  const auto state = StateOf(path);
  if (!state) {
    return Broken("keys", state.error().detail,
                  "put the file that `havenline init` made there, or its copy; a key that is lost "
                  "for good is replaced: docs/operations.md, \"Keys\"");
  }
  Finding own = JudgePrivate("keys", path.string(), *state, user);
  if (state->owner != user) return own;
  // With an access list others may have a part in its mode and no access: reading it tells.
  auto bytes = ReadSecretFile(path, kKeyFileMax);
  if (!bytes)
    return Broken(
        "keys", bytes.error().detail,
        own.remedy.empty() ? "ask as the broker's user, and mend what the words say" : own.remedy);
  const seal::SecretBytes wiped(*std::move(bytes));
  const auto key = seal::KeyFromText(kind, AsText(wiped.ExposeSecret()));
  if (key) return Sound("keys", path.string() + " is there, whole and the broker's alone");
  return Broken("keys", path.string() + ": " + key.error().detail,
                "put back the file as it was made; two keys may have changed places");
}

Finding CheckNote(const Path& path) {
  const auto bytes = ReadFile(path, limits::kDocumentBytesMax);
  if (bytes) return Sound("documents", path.string() + " can be read");
  return Broken("documents", bytes.error().detail,
                "a first start needs the three signed notes of [founding]: `havenline init` made "
                "them beside broker.toml");
}

}  // namespace

uid_t UserOf(const BrokerConfiguration& configuration) {
  for (const Path& path : {configuration.store, configuration.log_key}) {
    if (const auto state = StateOf(path)) return state->owner;
  }
  return ::geteuid();
}

Findings CheckFolders(const BrokerConfiguration& configuration, uid_t user) {
  Findings findings = {CheckFolder(configuration.store, user),
                       CheckFolder(configuration.mark, user)};
  const auto store = StateOf(configuration.store);
  const auto mark = StateOf(configuration.mark);
  if (store && mark && store->device == mark->device) {
    findings.push_back(Doubtful("folders",
                                "mark and store are on one file system: what loses or puts back "
                                "one may take the other with it",
                                "put the mark on another disk, if there is one, while the broker "
                                "is stopped"));
  }
  return findings;
}

Findings CheckFiles(const BrokerConfiguration& configuration, uid_t user) {
  Findings findings = {CheckKey("curve", configuration.curve_key, user),
                       CheckKey("note", configuration.log_key, user)};
  const bool founded = StateOf(configuration.store).has_value();
  if (founded) return findings;
  for (const Path& path : {configuration.opening, configuration.directory, configuration.policy})
    findings.push_back(CheckNote(path));
  return findings;
}

}  // namespace havenline::doctor
