// [intake] of agent.toml: where a force's files come from and whose notices they become.
// docs/operations.md explains each key.

#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "agents/intake/limits.h"
#include "schema/model/ids.h"
#include "schema/text/reader.h"

namespace havenline::intake {

struct IntakeConfiguration {
  std::filesystem::path folder;  // Holds IN, SENT and FAILED.
  std::filesystem::path mapping;
  std::filesystem::path schools;               // The register's CSV …
  std::optional<std::filesystem::path> links;  // … and its links.
  AgencyId agency;                             // That sends, in …
  Role role;                                   // … this role.
  std::string zone = "Europe/London";
  std::chrono::seconds still_for = kStillFor;  // Unchanged for so long, a file is complete.
  std::chrono::minutes held_for{60};           // Then a held row is alarmed again.
  std::map<Role, AgencyId> agencies;           // Which is told, where several hold a role.
  std::set<std::string>
      supervisors;  // Logins that may see and decide held rows; none: everyone at the port.
};

// `intake` is the table; relative paths are relative to `folder`, that of agent.toml. What is wrong
// is told to the reader.
IntakeConfiguration ReadIntakeConfiguration(text::MapReader& intake,
                                            const std::filesystem::path& folder);

}  // namespace havenline::intake
