#include "deploy/havenline/link_configuration.h"

#include "agents/daemon/daemon.h"
#include "deploy/runtime/files.h"
#include "schema/base/z85.h"
#include "schema/seal/seal_key.h"
#include "schema/text/reader.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

constexpr std::size_t kConfigurationBytesMax = 4U << 20U;

}  // namespace

Result<LinkConfiguration> ReadOperatorConfiguration(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kConfigurationBytesMax));
  ASSIGN_OR_RETURN(const text::Value value, text::ParseToml(AsText(bytes), path.string()));
  text::MapReader reader(value, path.string());
  const auto in_folder = [&](const std::string& name) { return path.parent_path() / name; };
  LinkConfiguration read;
  read.source = path.string();
  read.partnership = PartnershipId(reader.Name("partnership"));
  read.curve_key = in_folder(reader.Text("keys")) / "curve.key";
  read.directory = in_folder(reader.Text("directory"));
  text::MapReader broker = reader.Map("broker");
  read.broker = broker.Text("address");
  read.broker_curve = broker.Text("curve");
  if (!IsCurveKey(read.broker_curve))
    broker.Problem("curve", "must be the broker's CURVE public key");
  read.governance = ReadGovernance(reader.Map("governance"));
  RETURN_IF_FAULT(reader.Finish());
  return read;
}

Result<AgentConfiguration> ReadAgentConfigurationForTool(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kConfigurationBytesMax));
  ASSIGN_OR_RETURN(const text::Value value, text::ParseToml(AsText(bytes), path.string()));
  return ReadAgentConfiguration(path, [&](text::MapReader& top, const AgentConfiguration&) {
    for (const auto& [key, each] : value.members()) top.Raw(key);
  });
}

LinkConfiguration LinkOf(const AgentConfiguration& agent) {
  return {.source = agent.path.string(),
          .partnership = agent.partnership,
          .broker = agent.broker,
          .broker_curve = agent.broker_curve,
          .curve_key = agent.keys / "curve.key",
          .directory = agent.directory,
          .governance = agent.governance};
}

Result<DealerOptions> DealerOptionsOf(const LinkConfiguration& configuration) {
  ASSIGN_OR_RETURN(const seal::Secret<32> secret, ReadKeyFile("curve", configuration.curve_key));
  const seal::SealKey curve = seal::SealKey::FromPrivate(secret.ExposeSecret());
  return DealerOptions{configuration.broker, configuration.broker_curve,
                       Z85Encode(curve.public_key()), Z85Encode(secret.ExposeSecret())};
}

}  // namespace havenline
