// havenline-broker: reads its configuration, builds every part in order, runs until SIGTERM.

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "broker/configuration.h"
#include "broker/pipeline/pipeline.h"
#include "broker/storage/broker_store.h"
#include "deploy/runtime/command_line.h"
#include "deploy/runtime/files.h"
#include "deploy/runtime/log.h"
#include "deploy/runtime/mark.h"
#include "deploy/runtime/service.h"
#include "schema/base/z85.h"
#include "schema/seal/key_text.h"
#include "schema/seal/seal_key.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

constexpr const char* kVersion = "0.1.0";
constexpr std::size_t kKeyFileMax = 1024;
constexpr const char* kWhatToDo =
    ". Nothing is accepted or delivered. What to do: stop the broker, keep store and mark as they "
    "are, and put the newest copy of the store back whole";
constexpr std::size_t kNoteFileMax = limits::kDocumentBytesMax;

// What an operator is told. Counts and codes only.
class LogObserver final : public Observer {
 public:
  void SessionStarted() override { LogEvent(LogLevel::kInfo, "session.started"); }
  void SessionEnded() override { LogEvent(LogLevel::kInfo, "session.ended"); }
  void HelloRefused(std::uint16_t code) override {
    LogEvent(LogLevel::kWarning, "hello.refused", {{"code", code}});
  }
  void EnteredRecovery(const std::string& why) override {
    LogEvent(LogLevel::kError, "broker.recovery",
             {{"why", OperatorDetail({FaultCode::kCorrupt, why + kWhatToDo})}});
  }
  void DocumentInForce(std::uint64_t directory, std::uint64_t policy) override {
    LogEvent(LogLevel::kInfo, "documents.in-force", {{"directory", directory}, {"policy", policy}});
  }
  void Overdue(std::size_t count) override {
    LogEvent(LogLevel::kWarning, "receipts.overdue", {{"count", count}});
  }
  [[noreturn]] void Fatal(const Fault& fault) override {
    LogEvent(LogLevel::kError, "broker.stopped-on-fault", {{"what", OperatorDetail(fault)}});
    FlushLog();
    // No destructor may write to a store that failed; a restart recovers the last synced batch.
    std::_Exit(static_cast<int>(ExitCode::kIo));
  }
};

class FileMark final : public Mark {
 public:
  explicit FileMark(MarkFile& file) : file_(file) {}
  Result<void> Advance(const LogHead& head) override { return file_.Advance(head); }

 private:
  MarkFile& file_;
};

Result<seal::Secret<32>> ReadKey(std::string_view kind, const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(Bytes bytes, ReadSecretFile(path, kKeyFileMax));
  const seal::SecretBytes wiped(std::move(bytes));
  auto key = seal::KeyFromText(kind, AsText(wiped.ExposeSecret()));
  if (!key) return Fail(FaultCode::kInvalid, path.string() + ": " + key.error().detail);
  return key;
}

Result<std::string> ReadNote(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kNoteFileMax));
  return ToText(bytes);
}

// A new store is founded: entries for the opening, the directory and the policy.
Result<void> FoundIfNew(Committer& committer, MarkFile& mark,
                        const BrokerConfiguration& configuration) {
  if (!committer.is_new()) return {};
  if (mark.newest() && mark.newest()->size > 0) return {};  // Not new: lost. CheckMark() says so.
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

// What is wrong with the store, held against the mark; empty if nothing.
std::string CheckMark(const MarkFile& mark, const BrokerStore& store, const LogHead& head) {
  if (!mark.newest()) {
    return head.size == 0
               ? ""
               : "the store has " + std::to_string(head.size) +
                     " entries but there is no mark: the mark's directory is new or was lost";
  }
  const LogHead& marked = *mark.newest();
  const std::string there =
      "epoch " + std::to_string(head.epoch) + " size " + std::to_string(head.size);
  const std::string promised =
      "epoch " + std::to_string(marked.epoch) + " size " + std::to_string(marked.size);
  if (head.epoch < marked.epoch || (head.epoch == marked.epoch && head.size < marked.size)) {
    return "the store is behind its mark: it has " + there + ", and checkpoints up to " + promised +
           " were published. An older copy was put back, or its newest log file is lost";
  }
  if (head.epoch > marked.epoch) return "";
  const auto root = tlog::RootOf(
      marked.size, [&](const tlog::NodeId& id) { return store.ReadNode(head.epoch, id); });
  if (!root || *root != marked.root)
    return "the store is not the one the mark was made for: its first " +
           std::to_string(marked.size) + " entries differ";
  return "";
}

Result<void> Serve(const BrokerConfiguration& configuration, StopSignal& signals) {
  const SystemClock clock;
  seal::SystemRandom random;
  LogObserver observer;
  ASSIGN_OR_RETURN(const seal::Secret<32> curve_secret, ReadKey("curve", configuration.curve_key));
  ASSIGN_OR_RETURN(const seal::Secret<32> log_secret, ReadKey("note", configuration.log_key));
  const seal::SealKey curve = seal::SealKey::FromPrivate(curve_secret.ExposeSecret());

  RETURN_IF_FAULT(MakeDirectories(configuration.store.parent_path(), kPrivateDirectory));
  RETURN_IF_FAULT(MakeDirectories(configuration.mark, kPrivateDirectory));
  ASSIGN_OR_RETURN(MarkFile mark, MarkFile::Open(configuration.mark));
  ASSIGN_OR_RETURN(const std::unique_ptr<BrokerStore> store,
                   BrokerStore::Open({configuration.store, configuration.reserve_bytes, false}));
  Committer committer(*store, random, {configuration.partnership, wire::ParseSignedStatement});
  RETURN_IF_FAULT(committer.Recover(clock.Now()));
  RETURN_IF_FAULT(FoundIfNew(committer, mark, configuration));

  const std::string behind = CheckMark(mark, *store, committer.head());
  if (!behind.empty() && committer.is_new()) {
    return Fail(FaultCode::kCorrupt,
                behind +
                    ". Nothing can be served from an empty store: put the newest copy of "
                    "the store back, or begin a new epoch with an opening signed by governance");
  }
  if (!behind.empty()) observer.EnteredRecovery(behind);
  const tlog::NoteSigner signer(tlog::OriginOf(configuration.partnership, committer.head().epoch),
                                seal::SigningKey::FromSeed(log_secret.ExposeSecret()));
  if (signer.key() != committer.log_key()) {
    return Fail(FaultCode::kInvalid, configuration.log_key.string() +
                                         " is not the key that the opening of epoch " +
                                         std::to_string(committer.head().epoch) + " names");
  }
  ASSIGN_OR_RETURN(
      const std::unique_ptr<Router> router,
      Router::Bind({configuration.listen, Z85Encode(curve.public_key()),
                    Z85Encode(curve_secret.ExposeSecret()), configuration.io_threads}));
  FileMark file_mark(mark);
  Pipeline pipeline({*router, committer, *store, *store, file_mark, signer, clock, random, observer,
                     configuration.partnership, std::string("havenline-broker ") + kVersion,
                     configuration.verify_workers, !behind.empty()});
  pipeline.Start();
  LogEvent(LogLevel::kInfo, "broker.started",
           {{"epoch", committer.head().epoch},
            {"entries", committer.head().size},
            {"recovery", !behind.empty()}});
  NotifyReady();
  while (signals.Wait(WatchdogInterval().value_or(Milliseconds(60'000))) != Signal::kStop)
    NotifyWatchdog();
  NotifyStopping();
  LogEvent(LogLevel::kInfo, "broker.draining");
  pipeline.Stop();
  LogEvent(LogLevel::kInfo, "broker.stopped");
  FlushLog();
  return {};
}

ExitCode Main(const std::string& config_path, bool log_text) {
  InitLog({.level = LogLevel::kInfo, .format = log_text ? LogFormat::kText : LogFormat::kJson});
  StopSignal signals;
  const auto run = [&]() -> Result<void> {
    RETURN_IF_FAULT(HardenProcess());
    ASSIGN_OR_RETURN(const BrokerConfiguration configuration, ReadBrokerConfiguration(config_path));
    return Serve(configuration, signals);
  };
  const auto served = run();
  if (served) return ExitCode::kOk;
  LogEvent(LogLevel::kError, "broker.not-started", {{"why", OperatorDetail(served.error())}});
  FlushLog();
  return ExitCodeFor(served.error());
}

}  // namespace
}  // namespace havenline

int main(int argc, char** argv) {
  using namespace havenline;  // NOLINT(google-build-using-namespace): the composition root.
  std::string config;
  bool log_text = false;
  CommandLine program(
      "havenline-broker", kVersion,
      "Carries safeguarding messages between the agencies of one partnership. It holds no key that "
      "opens a message.");
  program.root()
      .Text({"--config", "the broker's configuration, a TOML file", kRequired}, config)
      .Flag({"--log-text", "log lines as text instead of JSON"}, log_text)
      .Example("havenline-broker --config /etc/havenline/broker.toml")
      .Handler([&] { return Main(config, log_text); });
  return program.Run(argc, argv);
}
