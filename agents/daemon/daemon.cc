#include "agents/daemon/daemon.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "agents/daemon/metrics.h"
#include "agents/desk/held_sends.h"
#include "agents/http/server.h"
#include "deploy/runtime/files.h"
#include "deploy/runtime/log.h"
#include "deploy/runtime/service.h"
#include "deploy/runtime/zones.h"
#include "schema/base/z85.h"
#include "schema/exchange/content.h"
#include "schema/model/limits.h"
#include "schema/seal/key_text.h"
#include "schema/seal/seal_key.h"

namespace havenline {
namespace {

constexpr std::size_t kKeyFileMax = 1024;

// The claims that a received content makes, for the inbox, which knows no exchange.
std::optional<std::map<std::string, std::string>> ClaimsMade(
    const ExchangeName& name, const std::map<std::string, seal::SecretBytes>& sections) {
  const exchange::ExchangeType* const type = exchange::FindExchange(name);
  if (type == nullptr) return std::nullopt;
  std::map<std::string, text::Value> content;
  for (const auto& [section, bytes] : sections) {
    if (type->FindSection(section) == nullptr) continue;
    auto value = exchange::DecodeSection(*type, section, bytes.ExposeSecret());
    if (!value) return std::nullopt;
    content.emplace(section, *std::move(value));
  }
  auto claims = exchange::ClaimsOf(*type, content);
  // A section that was not opened here says nothing about its claim.
  for (const exchange::ClaimSource& claim : type->claims) {
    if (!content.contains(claim.section)) claims.erase(claim.name);
  }
  return claims;
}

[[noreturn]] void EndOnFault(const Fault& fault) {
  LogEvent(LogLevel::kError, "agent.stopped-on-fault", {{"what", OperatorDetail(fault)}});
  FlushLog();
  // No destructor may write to a store that failed; a restart finds the last synced state.
  std::_Exit(static_cast<int>(ExitCode::kIo));
}

Result<std::string> ReadNote(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, limits::kDocumentBytesMax));
  return ToText(bytes);
}

// Everything between the configuration and the end.
class Runner {
 public:
  Runner(const AgentConfiguration& configuration, std::string software, DaemonExtra extra)
      : configuration_(configuration), software_(std::move(software)), extra_(std::move(extra)) {}

  Result<void> Run(StopSignal& signals) {
    RETURN_IF_FAULT(CheckZones());
    ASSIGN_OR_RETURN(const seal::Secret<32> store_key,
                     ReadKeyFile("store", configuration_.keys / "store.key"));
    ASSIGN_OR_RETURN(const seal::Secret<32> pseudonym_key,
                     ReadKeyFile("pseudonym", configuration_.keys / "pseudonym.key"));
    RETURN_IF_FAULT(MakeDirectories(configuration_.store.parent_path(), kPrivateDirectory));
    ASSIGN_OR_RETURN(AgentStore store,
                     AgentStore::Open({configuration_.store, false},
                                      seal::LockedSecret<32>(store_key.ExposeSecret()), random_));
    ASSIGN_OR_RETURN(AgentOptions options, MakeOptions());
    std::optional<HeldSends> held;  // Outlives the agent, whose loop it is called on.
    ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent,
                     Agent::Load(std::move(options), store, clock_, random_));
    Desk desk(*agent);
    RETURN_IF_FAULT(desk.Load());
    ASSIGN_OR_RETURN(
        const People people,
        People::Read(configuration_.tokens, seal::LockedSecret<32>(pseudonym_key.ExposeSecret()),
                     configuration_.agencies));
    held.emplace(*agent, HoldOptions{configuration_.held_for, configuration_.supervisors});
    RETURN_IF_FAULT(held->Load());
    agent->OnTick([&held](TimePoint now) { return held->Tick(now); });
    LocalPort port(*agent, {desk, people, *held});
    if (extra_.prepare) RETURN_IF_FAULT(extra_.prepare(*agent, port));
    agent->Start();
    HttpServerOptions server_options;
    server_options.address = configuration_.listen_address;
    server_options.port = configuration_.listen_port;
    ASSIGN_OR_RETURN(const std::unique_ptr<HttpServer> server,
                     HttpServer::Start(server_options, [&port](const HttpRequest& request) {
                       return port.Answer(request);
                     }));
    RETURN_IF_FAULT(WritePortFile(server->port()));
    LogEvent(LogLevel::kInfo, "agent.started", {{"port", server->port()}});
    NotifyReady();
    Serve(*agent, signals);
    NotifyStopping();
    server->Stop();
    agent->Stop();
    LogEvent(LogLevel::kInfo, "agent.stopped");
    return {};
  }

 private:
  // Until it is told to stop.
  void Serve(Agent& agent, StopSignal& signals) {
    Milliseconds wait = WatchdogInterval().value_or(Milliseconds(60'000));
    if (!configuration_.metrics_file.empty()) wait = std::min(wait, configuration_.metrics_every);
    do {
      NotifyWatchdog();
      TellMetrics(agent);
    } while (signals.Wait(wait) != Signal::kStop);
  }

  void TellMetrics(Agent& agent) {
    if (configuration_.metrics_file.empty()) return;
    const auto metrics = agent.Call([&] { return MetricsOf(agent, clock_.Now()); });
    const auto written = WriteMetrics(configuration_.metrics_file, metrics);
    if (!written && !metrics_failed_) {
      LogEvent(LogLevel::kWarning, "metrics.not-written",
               {{"why", OperatorDetail(written.error())}});
    }
    metrics_failed_ = !written;
  }

  Result<AgentOptions> MakeOptions() {
    ASSIGN_OR_RETURN(const seal::Secret<32> curve_secret,
                     ReadKeyFile("curve", configuration_.keys / "curve.key"));
    const seal::SealKey curve = seal::SealKey::FromPrivate(curve_secret.ExposeSecret());
    AgentOptions options;
    options.session.dealer = {configuration_.broker, configuration_.broker_curve,
                              Z85Encode(curve.public_key()),
                              Z85Encode(curve_secret.ExposeSecret())};
    options.session.partnership = configuration_.partnership;
    for (const OwnAgency& agency : configuration_.agencies)
      options.session.agencies.push_back(agency.id);
    options.session.software = software_;
    ASSIGN_OR_RETURN(options.documents.directory, ReadNote(configuration_.directory));
    ASSIGN_OR_RETURN(options.documents.policy, ReadNote(configuration_.policy));
    options.documents.partnership = configuration_.partnership;
    options.documents.governance = configuration_.governance;
    options.agencies = configuration_.agencies;
    options.claims = ClaimsMade;
    options.follow_statements = configuration_.follow_statements;
    options.broker_silent = configuration_.broker_silent;
    options.fatal = EndOnFault;
    return options;
  }

  Result<void> WritePortFile(std::uint16_t port) const {
    if (configuration_.port_file.empty()) return {};
    return WriteFileDurably(configuration_.port_file, AsBytes(std::to_string(port) + "\n"),
                            kPrivateFile);
  }

  const AgentConfiguration& configuration_;
  std::string software_;
  DaemonExtra extra_;
  bool metrics_failed_ = false;  // Last time: said once.
  SystemClock clock_;
  seal::SystemRandom random_;
};

ExitCode Main(const std::string& name, const std::string& config, bool log_text,
              DaemonExtra extra) {
  InitLog({.level = LogLevel::kInfo, .format = log_text ? LogFormat::kText : LogFormat::kJson});
  StopSignal signals;
  const auto run = [&]() -> Result<void> {
    RETURN_IF_FAULT(HardenProcess());
    ASSIGN_OR_RETURN(const AgentConfiguration configuration,
                     ReadAgentConfiguration(config, extra.configure));
    return Runner(configuration, name + " " + kVersion, extra).Run(signals);
  };
  const auto result = run();
  if (!result)
    LogEvent(LogLevel::kError, "agent.not-started", {{"why", OperatorDetail(result.error())}});
  FlushLog();
  return result ? ExitCode::kOk : ExitCodeFor(result.error());
}

}  // namespace

Result<seal::Secret<32>> ReadKeyFile(std::string_view kind, const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(Bytes bytes, ReadSecretFile(path, kKeyFileMax));
  const seal::SecretBytes wiped(std::move(bytes));
  auto key = seal::KeyFromText(kind, AsText(wiped.ExposeSecret()));
  if (!key) return Fail(FaultCode::kInvalid, path.string() + ": " + key.error().detail);
  return key;
}

int RunDaemon(int argc, const char* const* argv, const std::string& name, const std::string& about,
              DaemonExtra extra) {
  std::string config;
  bool log_text = false;
  CommandLine program(name, kVersion, about);
  program.root()
      .Text({"--config", "the agent's configuration, a TOML file", kRequired}, config)
      .Flag({"--log-text", "log lines as text instead of JSON"}, log_text)
      .Example(name + " --config /etc/havenline/agent.toml")
      .Handler([&] { return Main(name, config, log_text, extra); });
  return program.Run(argc, argv);
}

}  // namespace havenline
