// Daemon: an agent with its desk and local port, from configuration to SIGTERM. Each daemon's main
// adds what only it has.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agents/daemon/configuration.h"
#include "agents/desk/desk.h"
#include "agents/desk/people.h"
#include "agents/desk/port.h"
#include "agents/link/agent.h"
#include "deploy/runtime/command_line.h"
#include "schema/base/result.h"

namespace havenline {

inline constexpr const char* kVersion = "0.1.0";

// What a daemon adds to an agent. Each member may be empty.
struct DaemonExtra {
  // Reads keys of its own from agent.toml.
  std::function<void(text::MapReader& top, const AgentConfiguration& read)> configure;
  // Called once everything is loaded, before the loop starts.
  std::function<Result<void>(Agent& agent, LocalPort& port)> prepare;
};

// The body of a daemon's main().
int RunDaemon(int argc, const char* const* argv, const std::string& name, const std::string& about,
              DaemonExtra extra);

// Reads a key file of mode 0600.
Result<seal::Secret<32>> ReadKeyFile(std::string_view kind, const std::filesystem::path& path);

}  // namespace havenline
