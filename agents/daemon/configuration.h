// agent.toml: what an agent daemon needs to know of its machine and its agencies.
// docs/operations.md explains each key.

#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "agents/link/keyring.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/model/ids.h"
#include "schema/text/reader.h"

namespace havenline {

struct AgentConfiguration {
  std::filesystem::path path;  // Of the file; relative paths in it are relative to its folder.
  PartnershipId partnership;
  std::string broker;        // tcp://host:port
  std::string broker_curve;  // Z85: pinned.
  std::filesystem::path store;
  std::filesystem::path keys;       // Folder: curve.key, store.key, pseudonym.key
  std::filesystem::path directory;  // Notes to begin with.
  std::filesystem::path policy;
  Governance governance;  // Pinned.
  std::string listen_address = "127.0.0.1";
  std::uint16_t listen_port = 0;  // 0: any free one, written to port-file.
  std::filesystem::path port_file;
  std::filesystem::path tokens;
  std::set<std::string> supervisors;  // Logins that decide what is held; none: everybody there.
  std::chrono::minutes held_for{60};  // Then what is held is alarmed again.
  std::vector<OwnAgency> agencies;
  bool follow_statements = false;
  Milliseconds broker_silent{600'000};
  std::filesystem::path metrics_file;  // *.prom; empty: none is written.
  Milliseconds metrics_every{15'000};

  std::filesystem::path InFolder(const std::string& relative) const {
    return path.parent_path() / relative;
  }
};

// Reads the file and hands `more` the top table, to read what only one daemon has, before unknown
// keys are refused.
Result<AgentConfiguration> ReadAgentConfiguration(
    const std::filesystem::path& path,
    const std::function<void(text::MapReader& top, const AgentConfiguration& read)>& more = {});

// The [governance] table of agent.toml and operator.toml: note keys and how many of them must sign.
Governance ReadGovernance(text::MapReader reader);

}  // namespace havenline
