// havenline-broker: reads its configuration, builds every part in order, runs until SIGTERM.

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/configuration.h"
#include "broker/doctor/doctor.h"
#include "broker/epoch.h"
#include "broker/log_files.h"
#include "broker/metrics/accountant.h"
#include "broker/pipeline/hand_gate.h"
#include "broker/pipeline/pipeline.h"
#include "broker/published_folder.h"
#include "broker/start.h"
#include "deploy/runtime/activation.h"
#include "deploy/runtime/command_line.h"
#include "deploy/runtime/files.h"
#include "deploy/runtime/log.h"
#include "deploy/runtime/mark.h"
#include "deploy/runtime/service.h"
#include "schema/base/z85.h"
#include "schema/seal/seal_key.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/merkle.h"

namespace havenline {
namespace {

constexpr const char* kVersion = "0.1.0";

constexpr const char* kNoQuorum =
    "no quorum of witnesses has cosigned the log for five minutes: everything goes on, and what is "
    "accepted is not final. `havenline status` names the witnesses that are behind";
constexpr const char* kClockDoubted =
    "the clock jumped, or most agents' clocks differ by over five minutes: nothing is released or "
    "called overdue until it agrees again. Set this machine's clock, or restart the broker if it "
    "is right";

// What an operator is told. Counts and codes only.
class LogObserver final : public Observer {
 public:
  explicit LogObserver(const BrokerConfiguration& configuration) : configuration_(configuration) {}
  void SessionStarted() override { LogEvent(LogLevel::kInfo, "session.started"); }
  void SessionEnded() override { LogEvent(LogLevel::kInfo, "session.ended"); }
  void HelloRefused(std::uint16_t code) override {
    LogEvent(LogLevel::kWarning, "hello.refused", {{"code", code}});
  }
  void EnteredRecovery(const std::string& why) override {
    NotifyStatus("Recovery mode: nothing is accepted or delivered.");
    LogEvent(LogLevel::kError, "broker.recovery",
             {{"why", OperatorDetail({FaultCode::kCorrupt, why})}});
  }
  void HeadShown(const std::string& checkpoint) override {
    // Without it the next start would serve until the same agency came again.
    const auto kept = KeepEvidence(configuration_, checkpoint);
    if (!kept)
      LogEvent(LogLevel::kError, "evidence.not-kept", {{"what", OperatorDetail(kept.error())}});
  }
  void DocumentInForce(std::uint64_t directory, std::uint64_t policy) override {
    LogEvent(LogLevel::kInfo, "documents.in-force", {{"directory", directory}, {"policy", policy}});
  }
  void Overdue(std::size_t count) override {
    LogEvent(LogLevel::kWarning, "receipts.overdue", {{"count", count}});
  }
  void Released(std::size_t count) override {
    LogEvent(LogLevel::kWarning, "grants.released", {{"count", count}});
  }
  void Undeliverable(std::size_t count) override {
    LogEvent(LogLevel::kWarning, "grants.undeliverable", {{"count", count}});
  }
  void ClockDoubted(bool doubted) override {
    if (doubted) {
      LogEvent(LogLevel::kError, "clock.doubted",
               {{"what", OperatorDetail({FaultCode::kUnavailable, kClockDoubted})}});
    } else {
      LogEvent(LogLevel::kInfo, "clock.believed");
    }
  }
  void Contradicted() override { LogEvent(LogLevel::kError, "log.contradicted"); }
  void QuorumLate(bool late) override {
    if (late) {
      LogEvent(LogLevel::kError, "witnesses.no-quorum",
               {{"what", OperatorDetail({FaultCode::kUnavailable, kNoQuorum})}});
    } else {
      LogEvent(LogLevel::kInfo, "witnesses.quorum");
    }
  }
  void LogFilesFailed(const Fault& fault) override {
    LogEvent(LogLevel::kError, "log-files.not-written", {{"what", OperatorDetail(fault)}});
  }
  void LogFilesWritten(std::uint64_t entries) override {
    LogEvent(LogLevel::kInfo, "log-files.written", {{"entries", entries}});
  }
  void LogFilesMended(std::size_t count) override {
    LogEvent(LogLevel::kWarning, "log-files.mended", {{"count", count}});
  }
  [[noreturn]] void Fatal(const Fault& fault) override {
    LogEvent(LogLevel::kError, "broker.stopped-on-fault", {{"what", OperatorDetail(fault)}});
    FlushLog();
    // No destructor may write to a store that failed; a restart recovers the last synced batch.
    std::_Exit(static_cast<int>(ExitCode::kIo));
  }

 private:
  const BrokerConfiguration& configuration_;
};

class FileMark final : public Mark {
 public:
  explicit FileMark(MarkFile& file) : file_(file) {}
  Result<void> Advance(const LogHead& head) override { return file_.Advance(head); }

 private:
  MarkFile& file_;
};

// A new store is founded: entries for the opening, the directory and the policy.
Result<void> FoundIfNew(Committer& committer, MarkFile& mark,
                        const BrokerConfiguration& configuration) {
  if (!committer.is_new()) return {};
  if (mark.newest() && mark.newest()->size > 0) return {};  // Not new: lost. CheckMark() says so.
  // Its files outlive a store and a mark that were lost together.
  const auto published = configuration.log_files / std::to_string(kFirstEpoch) / "checkpoint";
  if (!configuration.log_files.empty() && std::filesystem::exists(published)) {
    return Fail(FaultCode::kCorrupt, "there is no log in the store and no mark, and " +
                                         published.string() + " shows that there was a log");
  }
  // The mark of the empty log, before there is anything: from now on a store without its mark is
  // noticed, and a crash between here and the first checkpoint is not taken for one.
  RETURN_IF_FAULT(mark.Advance({0, 0, tlog::EmptyRoot()}));
  ASSIGN_OR_RETURN(const std::string opening, ReadNote(configuration.opening));
  ASSIGN_OR_RETURN(const std::string directory, ReadNote(configuration.directory));
  ASSIGN_OR_RETURN(const std::string policy, ReadNote(configuration.policy));
  RETURN_IF_FAULT(committer.Found(opening, directory, policy));
  LogEvent(LogLevel::kInfo, "log.founded", {{"epoch", committer.head().epoch}});
  return {};
}

Result<std::unique_ptr<Router>> Listen(const BrokerConfiguration& configuration,
                                       const seal::Secret<32>& secret, FileDescriptor listening) {
  const seal::SealKey curve = seal::SealKey::FromPrivate(secret.ExposeSecret());
  return Router::Bind({.endpoint = configuration.listen,
                       .public_key = Z85Encode(curve.public_key()),
                       .secret_key = Z85Encode(secret.ExposeSecret()),
                       .io_threads = configuration.io_threads,
                       .listening = listening.Release()});
}

// What was held is released in the broker's name: with another key no recipient would open it.
Result<seal::SigningKey> ReadReleaseKey(const BrokerConfiguration& configuration,
                                        const Directory& directory) {
  ASSIGN_OR_RETURN(const seal::Secret<32> secret, ReadKey("release", configuration.release_key));
  seal::SigningKey key = seal::SigningKey::FromSeed(secret.ExposeSecret());
  if (key.public_key() == directory.broker_release_key()) return key;
  return Fail(FaultCode::kInvalid,
              configuration.release_key.string() +
                  " is not the key that the directory names as the broker's release key");
}

void WaitForStop(StopSignal& signals) {
  while (signals.Wait(WatchdogInterval().value_or(Milliseconds(60'000))) != Signal::kStop)
    NotifyWatchdog();
  NotifyStopping();
  LogEvent(LogLevel::kInfo, "broker.draining");
}

Result<void> Serve(const BrokerConfiguration& configuration, StopSignal& signals,
                   FileDescriptor listening) {
  const SystemClock clock;
  seal::SystemRandom random;
  LogObserver observer(configuration);
  ASSIGN_OR_RETURN(const seal::Secret<32> curve_secret, ReadKey("curve", configuration.curve_key));

  RETURN_IF_FAULT(MakeDirectories(configuration.mark, kPrivateDirectory));
  ASSIGN_OR_RETURN(MarkFile mark, MarkFile::Open(configuration.mark));
  if (!mark.damage().empty()) {
    LogEvent(LogLevel::kWarning, "mark.damaged",
             {{"what", OperatorDetail({FaultCode::kCorrupt, mark.damage()})}});
  }
  HandGate gate;
  ASSIGN_OR_RETURN(const OpenedStore opened, OpenStore(configuration, random, &gate));
  BrokerStore* const store = opened.store.get();
  Committer& committer = *opened.committer;
  RETURN_IF_FAULT(FoundIfNew(committer, mark, configuration));

  const StoreVerdict verdict = Judge(configuration, opened, mark);
  const bool recovery = verdict.start == StoreVerdict::Start::kRecovery;
  if (verdict.start == StoreVerdict::Start::kRefuse)
    return Fail(FaultCode::kCorrupt, verdict.found + ". " + verdict.remedy);
  if (recovery) observer.EnteredRecovery(verdict.found + ". " + verdict.remedy);
  ASSIGN_OR_RETURN(const tlog::NoteSigner signer, SignerFor(configuration, committer.log_key()));
  ASSIGN_OR_RETURN(const seal::SigningKey release_key,
                   ReadReleaseKey(configuration, *committer.standing().directory));
  const bool handed = listening.open();
  ASSIGN_OR_RETURN(const std::unique_ptr<Router> router,
                   Listen(configuration, curve_secret, std::move(listening)));
  FileMark file_mark(mark);
  PublishedFolder log_files(configuration.log_files);
  LogFolder* const log_folder = configuration.log_files.empty() ? nullptr : &log_files;
  Pipeline pipeline({*router, committer, *store, *store, file_mark, signer, clock, random, observer,
                     configuration.partnership, std::string("havenline-broker ") + kVersion, gate,
                     release_key, configuration.verify_workers, recovery, log_folder});
  pipeline.Start();
  Accountant accountant({*store, pipeline.state(), clock, configuration.metrics_every,
                         configuration.reserve_bytes, configuration.metrics_file});
  accountant.Start();
  LogEvent(LogLevel::kInfo, "broker.started",
           {{"epoch", committer.head().epoch},
            {"entries", committer.head().size},
            {"recovery", recovery},
            {"handed-socket", handed}});
  NotifyReady();
  WaitForStop(signals);
  accountant.Stop();
  pipeline.Stop();
  LogEvent(LogLevel::kInfo, "broker.stopped");
  FlushLog();
  return {};
}

struct EpochOptions {
  std::string config;
  std::string opening;
  std::string directory;
  std::vector<std::string> policies;
  std::vector<std::string> suspensions;
  std::int64_t epoch = 0;
  std::string into;
};

struct LogFilesOptions {
  std::string config;
  bool rebuild = false;
};
constexpr std::size_t kFilesNamedMax = 20;

// For the commands that are not the service: one line of the log, in words.
ExitCode Tell(FixedText event, const Result<std::string>& told) {
  InitLog({.level = LogLevel::kInfo, .format = LogFormat::kText});
  const Fault words = told ? Fault{FaultCode::kInvalid, *told} : told.error();
  LogEvent(told ? LogLevel::kInfo : LogLevel::kError, event, {{"what", OperatorDetail(words)}});
  FlushLog();
  return told ? ExitCode::kOk : ExitCodeFor(told.error());
}

Result<std::string> Prepare(const std::string& config, std::int64_t epoch,
                            const std::string& into) {
  RETURN_IF_FAULT(HardenProcess());
  ASSIGN_OR_RETURN(const BrokerConfiguration configuration, ReadBrokerConfiguration(config));
  RETURN_IF_FAULT(PrepareEpoch(configuration, static_cast<std::uint64_t>(epoch), into));
  const std::string number = std::to_string(epoch);
  return "made log-" + number + ".key and opening-" + number +
         ".toml. Have governance sign the opening (havenline opening sign), and let the duty "
         "operators keep key and signed opening where the broker's machine cannot lose them";
}

Result<std::string> Begin(const std::string& config, const EpochRequest& request) {
  RETURN_IF_FAULT(HardenProcess());
  ASSIGN_OR_RETURN(const BrokerConfiguration configuration, ReadBrokerConfiguration(config));
  const auto begun = BeginEpoch(configuration, request);
  if (!begun && begun.error().code == FaultCode::kUnavailable)
    return Fail(FaultCode::kUnavailable, begun.error().detail + ". Stop the broker first");
  if (!begun) return tl::unexpected<Fault>(begun.error());
  std::string words = "Epoch " + std::to_string(begun->epoch) +
                      (begun->already ? " had begun already" : " has begun") + ", with " +
                      std::to_string(begun->entries) + " entries. Start the broker";
  for (const std::string& aside : begun->aside)
    words += ". Moved out of the way, and to be kept: " + aside;
  if (!begun->found.empty()) words += ". What was found: " + begun->found;
  return words;
}

Result<LogFilesFound> LookAtFiles(const std::string& config, bool rebuild) {
  RETURN_IF_FAULT(HardenProcess());
  ASSIGN_OR_RETURN(const BrokerConfiguration configuration, ReadBrokerConfiguration(config));
  auto found = LookAtLogFiles(configuration, rebuild);
  if (!found && found.error().code == FaultCode::kUnavailable)
    return Fail(FaultCode::kUnavailable, found.error().detail + ". Stop the broker first");
  return found;
}

// kFailed where something differs and stays so.
ExitCode TellLogFiles(const LogFilesOptions& options) {
  const auto found = LookAtFiles(options.config, options.rebuild);
  if (!found) return Tell("log-files", tl::unexpected<Fault>(found.error()));
  if (found->entries == 0)
    return Tell("log-files", std::string("the folder has no checkpoint of this log's key: the "
                                         "broker writes everything at its next start"));
  std::string words =
      std::to_string(found->entries) + " entries of epoch " + std::to_string(found->epoch) + ": ";
  if (found->differs.empty()) return Tell("log-files", words + "every file is as the store says");
  words += options.rebuild ? "written again: " : "missing or other than the store says: ";
  for (std::size_t i = 0; i < found->differs.size() && i < kFilesNamedMax; ++i)
    words += (i == 0 ? "" : ", ") + found->differs[i];
  if (found->differs.size() > kFilesNamedMax)
    words += " and " + std::to_string(found->differs.size() - kFilesNamedMax) + " more";
  if (options.rebuild) return Tell("log-files", words);
  Tell("log-files", words + ". Mend them with --rebuild while the broker is stopped");
  return ExitCode::kFailed;
}

void AddLogFilesCommand(Command& root, LogFilesOptions& options) {
  root.Add("log-files",
           "Holds every byte of the published log to the store. Exit code 0: all is as it must be, "
           "or was written again; 1: something differs.")
      .Text({"--config", "the broker's configuration", kRequired}, options.config)
      .Flag({"--rebuild", "writes again what is missing or differs; the broker must be stopped"},
            options.rebuild)
      .Example("havenline-broker log-files --config /etc/havenline/broker/broker.toml")
      .Example("havenline-broker log-files --rebuild --config /etc/havenline/broker/broker.toml")
      .Handler([&options] { return TellLogFiles(options); });
}

void AddEpochCommands(Command& root, EpochOptions& options) {
  root.Add("epoch",
           "Begins the epoch of the log that governance opened: the way back after a loss.")
      .Text({"opening", "the opening, signed by governance", kRequired}, options.opening)
      .Text({"--config", "the broker's configuration", kRequired}, options.config)
      .Text({"--directory", "the newest directory, if the store cannot be read"}, options.directory)
      .Texts({"--policy", "likewise; may be given repeatedly, the newest last"}, options.policies)
      .Texts({"--suspension", "what governance suspended since; may be given repeatedly"},
             options.suspensions)
      .Example("havenline-broker epoch opening-2.note --config /etc/havenline/broker.toml")
      .Handler([&options] {
        EpochRequest request{options.opening, options.directory, {}, {}};
        request.policies.assign(options.policies.begin(), options.policies.end());
        request.suspensions.assign(options.suspensions.begin(), options.suspensions.end());
        return Tell("epoch", Begin(options.config, request));
      });
  root.Add("prepare-epoch", "Makes the key of an epoch to come and its opening, to be signed.")
      .Text({"--config", "the broker's configuration", kRequired}, options.config)
      .Integer({"--epoch", "its number: one above every one that has an opening", kRequired},
               {2, 1'000'000'000}, options.epoch)
      .Text({"--into", "a folder; by default the one of the log key"}, options.into)
      .Example("havenline-broker prepare-epoch --epoch 3 --config broker.toml --into /media/duty")
      .Handler([&options] {
        return Tell("epoch.prepared", Prepare(options.config, options.epoch, options.into));
      });
}

ExitCode Main(const std::string& config_path, bool log_text) {
  if (config_path.empty()) return UsageError("havenline-broker: --config is required");
  InitLog({.level = LogLevel::kInfo, .format = log_text ? LogFormat::kText : LogFormat::kJson});
  StopSignal signals;
  const auto run = [&]() -> Result<void> {
    RETURN_IF_FAULT(HardenProcess());
    ASSIGN_OR_RETURN(FileDescriptor listening, TakeListeningSocket());
    ASSIGN_OR_RETURN(const BrokerConfiguration configuration, ReadBrokerConfiguration(config_path));
    return Serve(configuration, signals, std::move(listening));
  };
  const auto served = run();
  if (served) return ExitCode::kOk;
  LogEvent(LogLevel::kError, "broker.not-started",
           {{"why", OperatorDetail(WithRemedy(served.error()))}});
  FlushLog();
  return ExitCodeFor(served.error());
}

}  // namespace
}  // namespace havenline

int main(int argc, char** argv) {
  using namespace havenline;  // NOLINT(google-build-using-namespace): the composition root.
  std::string config;
  bool log_text = false;
  EpochOptions epoch;
  CommandLine program(
      "havenline-broker", kVersion,
      "Carries safeguarding messages between the agencies of one partnership. It holds no key that "
      "opens a message.");
  program.root()
      .Text({"--config", "the broker's configuration, a TOML file"}, config)
      .Flag({"--log-text", "log lines as text instead of JSON"}, log_text)
      .Example("havenline-broker --config /etc/havenline/broker.toml")
      .Handler([&] { return Main(config, log_text); });
  AddEpochCommands(program.root(), epoch);
  LogFilesOptions log_files;
  AddLogFilesCommand(program.root(), log_files);
  doctor::Options asked;
  doctor::AddCommand(program.root(), asked);
  return program.Run(argc, argv);
}
