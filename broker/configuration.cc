#include "broker/configuration.h"

#include "deploy/runtime/files.h"
#include "schema/text/reader.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

constexpr std::size_t kConfigurationBytesMax = 64U << 10U;

}  // namespace

Result<BrokerConfiguration> ReadBrokerConfiguration(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kConfigurationBytesMax));
  ASSIGN_OR_RETURN(const text::Value value, text::ParseToml(AsText(bytes), path.string()));
  text::MapReader reader(value, path.string());
  const std::filesystem::path folder = path.parent_path();
  const auto in_folder = [&](std::string name) { return folder / std::move(name); };
  BrokerConfiguration configuration;
  configuration.partnership = PartnershipId(reader.Name("partnership"));
  configuration.listen = reader.Text("listen");
  configuration.store = in_folder(reader.Text("store"));
  configuration.mark = in_folder(reader.Text("mark"));
  text::MapReader keys = reader.Map("keys");
  configuration.curve_key = in_folder(keys.Text("curve"));
  configuration.log_key = in_folder(keys.Text("log"));
  configuration.release_key = in_folder(keys.Text("release"));
  text::MapReader founding = reader.Map("founding");
  configuration.opening = in_folder(founding.Text("opening"));
  configuration.directory = in_folder(founding.Text("directory"));
  configuration.policy = in_folder(founding.Text("policy"));
  configuration.io_threads =
      static_cast<int>(reader.OptionalInteger("io-threads", 1, 16).value_or(1));
  configuration.verify_workers =
      static_cast<int>(reader.OptionalInteger("verify-workers", 1, 64).value_or(1));
  configuration.reserve_bytes =
      static_cast<std::uint64_t>(
          reader.OptionalInteger("reserve-mebibytes", 0, 1 << 20).value_or(256))
      << 20U;
  const auto metrics = reader.OptionalText("metrics-file");
  if (metrics) configuration.metrics_file = in_folder(*metrics);
  configuration.metrics_every =
      std::chrono::seconds(reader.OptionalInteger("metrics-seconds", 1, 3600).value_or(15));
  if (const auto log_files = reader.OptionalText("log-files"))
    configuration.log_files = in_folder(*log_files);
  if (metrics && !metrics->ends_with(".prom"))
    reader.Problem("metrics-file", "must end in .prom: node_exporter takes no other file");
  if (!configuration.listen.starts_with("tcp://"))
    reader.Problem("listen", "must be tcp://address:port");
  RETURN_IF_FAULT(reader.Finish());
  return configuration;
}

}  // namespace havenline
