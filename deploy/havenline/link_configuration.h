// What the tool needs to speak to a broker as a host of its partnership: from operator.toml, or
// from an agent's configuration.

#pragma once

#include <filesystem>
#include <string>

#include "agents/daemon/configuration.h"
#include "agents/link/dealer.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/model/ids.h"

namespace havenline {

struct LinkConfiguration {
  std::string source;  // For messages: the configuration's path.
  PartnershipId partnership;
  std::string broker;        // tcp://host:port
  std::string broker_curve;  // Z85: pinned.
  std::filesystem::path curve_key;
  std::filesystem::path directory;  // The note that this machine was given; governance signed it.
  Governance governance;            // Pinned.
};

Result<LinkConfiguration> ReadOperatorConfiguration(const std::filesystem::path& path);

// agent.toml, whatever the agent's own daemon adds to it: keys that only a daemon knows are passed
// over.
Result<AgentConfiguration> ReadAgentConfigurationForTool(const std::filesystem::path& path);
LinkConfiguration LinkOf(const AgentConfiguration& agent);

// With the host's CURVE key read from its file.
Result<DealerOptions> DealerOptionsOf(const LinkConfiguration& configuration);

}  // namespace havenline
