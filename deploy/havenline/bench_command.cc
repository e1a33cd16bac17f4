#include "deploy/havenline/bench_command.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include "deploy/havenline/bench_crowd.h"
#include "deploy/havenline/bench_partnership.h"
#include "deploy/havenline/bench_process.h"
#include "deploy/havenline/bench_report.h"
#include "deploy/havenline/bench_run.h"
#include "deploy/havenline/tool.h"
#include "deploy/runtime/files.h"
#include "deploy/runtime/service.h"
#include "schema/model/limits.h"
#include "schema/text/json.h"

namespace havenline {
namespace {

using Path = std::filesystem::path;

// More than a sender gets accepted in a second, so that it runs out only where it is told to.
constexpr std::int64_t kMessagesPerSecond = 14'000;
constexpr std::int64_t kOneAtATimePerSecond = 6'000;
constexpr std::size_t kLogBytesMax = 64U << 20U;
constexpr std::int64_t kSecondsMax = 3'600;
constexpr std::int64_t kRateMax = 10'000;
constexpr std::int64_t kSectionBytesMax = limits::kSectionBytesMax;

struct Options {
  bool spawn = false;
  std::string prepare;
  std::string in;
  std::string below;
  std::string broker;
  std::string listen;
  std::int64_t broker_pid = 0;
  std::int64_t senders = 1;
  std::int64_t window = 256;
  std::int64_t recipients = 1;
  std::int64_t seconds = 5;
  std::int64_t messages = 0;
  std::int64_t section_bytes = 0;
  std::int64_t verify_workers = 1;
  std::string lane = "urgent";
  std::int64_t links = 0;
  std::int64_t stalled = 0;
  std::int64_t rate = 100;
  std::int64_t beside = 0;
  bool one_at_a_time = false;
  bool hosted = false;
  bool away = false;
};

bench::CrowdOptions CrowdOptionsFrom(const Options& options, const bench::RunOptions& run) {
  bench::CrowdOptions crowd;
  crowd.shape = run.shape;
  crowd.stalled = static_cast<std::size_t>(options.stalled);
  crowd.rate = options.rate;
  crowd.beside = options.beside;
  crowd.seconds = options.seconds;
  if (options.section_bytes > 0)
    crowd.section_bytes = static_cast<std::size_t>(options.section_bytes);
  crowd.broker = run.broker;
  return crowd;
}

bench::RunOptions RunOptionsFrom(const Options& options) {
  bench::RunOptions run;
  run.shape.senders = options.one_at_a_time ? 1 : static_cast<std::size_t>(options.senders);
  run.shape.recipients = static_cast<std::size_t>(options.recipients);
  run.shape.hosted = options.hosted;
  run.shape.normal_lane = options.lane == "normal";
  run.shape.verify_workers = static_cast<std::size_t>(options.verify_workers);
  run.shape.listen = options.listen;
  run.shape.crowd = static_cast<std::size_t>(options.links);
  if (options.links > 0) run.shape = bench::ForCrowd(CrowdOptionsFrom(options, run));
  run.load.window = options.one_at_a_time ? 1 : static_cast<std::size_t>(options.window);
  run.load.seconds = options.seconds;
  const std::int64_t a_second = options.one_at_a_time ? kOneAtATimePerSecond : kMessagesPerSecond;
  const std::int64_t all = options.messages > 0 ? options.messages : a_second * options.seconds;
  run.load.messages = (static_cast<std::size_t>(all) + run.shape.senders - 1) / run.shape.senders;
  if (options.section_bytes > 0)
    run.load.kind.section_bytes = static_cast<std::size_t>(options.section_bytes);
  run.away = options.away;
  if (options.broker_pid > 0) run.broker = static_cast<pid_t>(options.broker_pid);
  return run;
}

// A new folder that goes with everything in it when this does.
class ThrowawayFolder {
 public:
  static Result<std::unique_ptr<ThrowawayFolder>> Make(const Path& below) {
    std::string name = (below / "havenline-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      return Fail(FaultCode::kInvalid, "no folder can be made below " + below.string());
    return std::unique_ptr<ThrowawayFolder>(new ThrowawayFolder(name));
  }
  ~ThrowawayFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ThrowawayFolder(const ThrowawayFolder&) = delete;
  ThrowawayFolder& operator=(const ThrowawayFolder&) = delete;

  const Path& path() const { return path_; }

 private:
  explicit ThrowawayFolder(Path path) : path_(std::move(path)) {}
  Path path_;
};

// The broker that lies beside this program, if none is named.
Result<std::string> BrokerProgram(const std::string& named) {
  if (!named.empty()) return named;
  std::error_code error;
  const Path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const Path beside = self.parent_path() / "havenline-broker";
  if (error || ::access(beside.c_str(), X_OK) != 0) {
    return Fail(FaultCode::kMissing,
                "there is no havenline-broker beside this program: name one with --broker");
  }
  return beside.string();
}

// Its last words.
void TellLog(const Path& log) {
  constexpr std::size_t kLinesMax = 20;
  const auto bytes = ReadFile(log, kLogBytesMax);
  if (!bytes) return;
  const std::string_view text = AsText(*bytes);
  std::size_t from = text.size();
  for (std::size_t lines = 0; from > 0 && lines <= kLinesMax; ++lines)
    from = text.rfind('\n', from - 1) == std::string_view::npos ? 0 : text.rfind('\n', from - 1);
  tool::Tell("what the broker said last:\n" + std::string(text.substr(from)));
}

Result<tool::Answer> MeasureCrowd(const bench::LoadedPartnership& partnership,
                                  const bench::CrowdOptions& crowd, const Path& store,
                                  StopSignal& signals) {
  ASSIGN_OR_RETURN(const bench::CrowdMeasured measured,
                   bench::MeasureCrowd(partnership, crowd, signals));
  const bool complete = bench::IsComplete(measured);
  if (!complete)
    tool::Tell("not everything reached hosts that worked, or some link of theirs broke");
  return tool::Answer{"", bench::CrowdReport(crowd, measured, store),
                      complete ? ExitCode::kOk : ExitCode::kFailed};
}

Result<tool::Answer> MeasureAndReport(const Options& options, const bench::RunOptions& run,
                                      const Path& folder, const Path& store, StopSignal& signals) {
  ASSIGN_OR_RETURN(const bench::LoadedPartnership partnership,
                   bench::LoadPartnership(run.shape, folder));
  if (options.links > 0)
    return MeasureCrowd(partnership, CrowdOptionsFrom(options, run), store, signals);
  ASSIGN_OR_RETURN(const bench::Measured measured, bench::Measure(partnership, run, signals));
  const bool complete = bench::IsComplete(run, measured);
  if (!complete)
    tool::Tell("not everything that was accepted was delivered, receipted and answered once");
  return tool::Answer{"", bench::Report(run, measured, store),
                      complete ? ExitCode::kOk : ExitCode::kFailed};
}

Result<tool::Answer> Spawn(const Options& options, StopSignal& signals) {
  ASSIGN_OR_RETURN(const std::string program, BrokerProgram(options.broker));
  bench::AllowManyFiles();
  ASSIGN_OR_RETURN(const auto folder, ThrowawayFolder::Make(options.below));
  bench::RunOptions run = RunOptionsFrom(options);
  ASSIGN_OR_RETURN(run.shape.listen, bench::FreeEndpoint());
  RETURN_IF_FAULT(bench::MakePartnership(run.shape, folder->path()));
  const Path log = folder->path() / "broker.log";
  const Path config = folder->path() / "partnership" / "broker" / "broker.toml";
  ASSIGN_OR_RETURN(bench::Child broker,
                   bench::Child::Execute({program, "--config", config.string()}, log));
  run.broker = broker.id();
  auto answer = MeasureAndReport(options, run, folder->path(), folder->path(), signals);
  if (!answer) TellLog(log);
  broker.Stop();
  return answer;
}

Result<tool::Answer> Prepare(const Options& options) {
  bench::RunOptions run = RunOptionsFrom(options);
  if (run.shape.listen.empty()) {
    ASSIGN_OR_RETURN(run.shape.listen, bench::FreeEndpoint());
  }
  RETURN_IF_FAULT(MakeDirectories(options.prepare, kPrivateDirectory));
  RETURN_IF_FAULT(bench::MakePartnership(run.shape, options.prepare));
  const Path config = Path(options.prepare) / "partnership" / "broker" / "broker.toml";
  tool::Tell("start its broker:  havenline-broker --config " + config.string() +
             "\nthen measure it:   havenline bench --in " + options.prepare +
             " with the same --senders, --recipients, --hosted and --links");
  return tool::Answer{"",
                      text::Value::Map()
                          .Set("prepared", options.prepare)
                          .Set("broker", config.string())
                          .Set("listen", run.shape.listen),
                      ExitCode::kOk};
}

Result<tool::Answer> Bench(const Options& options) {
  const int modes = int{options.spawn} + int{!options.prepare.empty()} + int{!options.in.empty()};
  if (modes != 1) {
    return Fail(FaultCode::kInvalid,
                "give one of --spawn, --prepare and --in: which broker is to be measured");
  }
  if (options.links == 0 && (options.stalled > 0 || options.beside > 0))
    return Fail(FaultCode::kInvalid, "--stalled and --beside go with --links");
  if (options.links > 0 && options.stalled >= options.links)
    return Fail(FaultCode::kInvalid,
                "some of the links must work: make --stalled less than --links");
  StopSignal signals;  // An end by hand, too, leaves nothing behind.
  if (options.spawn) return Spawn(options, signals);
  if (!options.prepare.empty()) return Prepare(options);
  return MeasureAndReport(options, RunOptionsFrom(options), options.in, {}, signals);
}

}  // namespace

void AddBenchCommand(Command& root) {
  auto options = std::make_shared<Options>();
  options->below = "/var/tmp";
  root.Add("bench",
           "Measures a broker with sealed notices about nobody; prints one JSON line. "
           "docs/performance.md says what it means.")
      .Flag({"--spawn", "a broker and partnership of its own, removed afterwards"}, options->spawn)
      .Text({"--prepare", "only makes a partnership to measure with, in a new folder"},
            options->prepare)
      .Text({"--in", "such a folder; its broker runs, here or elsewhere"}, options->in)
      .Text({"--below", "with --spawn: where, on the disk that is to be measured"}, options->below)
      .Text({"--broker", "with --spawn: the program, if it is not beside this one"},
            options->broker)
      .Text({"--listen", "with --prepare: where the broker listens, tcp://address:port"},
            options->listen)
      .Integer({"--broker-pid", "with --in: the broker's process, if it is on this machine"},
               {0, INT32_MAX}, options->broker_pid)
      .Integer({"--senders", "processes that send, each on a link of its own"},
               {1, bench::kSendersMax}, options->senders)
      .Integer({"--window", "messages of one sender that may be unanswered"},
               {1, static_cast<std::int64_t>(limits::kCreditMessages)}, options->window)
      .Flag({"--one-at-a-time", "one sender, the next message after the answer to the last"},
            options->one_at_a_time)
      .Integer({"--recipients", "of each message"}, {1, bench::kRecipientsMax}, options->recipients)
      .Flag({"--hosted", "recipients are agencies of one host, not one host each"}, options->hosted)
      .Integer({"--links", "instead: a crowd of hosts, and latencies at an even rate"},
               {0, static_cast<std::int64_t>(bench::kCrowdMax)}, options->links)
      .Integer({"--stalled", "with --links: in a last phase so many of them stop working"},
               {0, static_cast<std::int64_t>(bench::kCrowdMax)}, options->stalled)
      .Integer({"--rate", "with --links: urgent messages a second"}, {1, kRateMax}, options->rate)
      .Integer({"--beside", "with --links: in a phase, so many times as many in the normal lane"},
               {0, 100}, options->beside)
      .Flag({"--away", "recipients take nothing: their mailboxes fill"}, options->away)
      .Choice({"--lane", "which lane the messages take"}, {"urgent", "normal"}, options->lane)
      .Integer({"--section-bytes", "instead of a notice: one section with so much content"},
               {0, kSectionBytesMax}, options->section_bytes)
      .Integer({"--seconds", "for so long messages are sent"}, {1, kSecondsMax}, options->seconds)
      .Integer({"--messages", "sealed before the clock starts; 0: enough for the time"},
               {0, static_cast<std::int64_t>(bench::kMessagesMax)}, options->messages)
      .Integer({"--verify-workers", "with --spawn and --prepare: of the broker"}, {1, 64},
               options->verify_workers)
      .Example("havenline bench --spawn --seconds 10")
      .Example("havenline bench --spawn --recipients 8 --senders 2")
      .Example("havenline bench --spawn --one-at-a-time --section-bytes 2048")
      .Example("havenline bench --spawn --links 2000 --stalled 667 --beside 10")
      .Example("havenline bench --prepare /srv/bench --listen tcp://192.0.2.1:7400")
      .Example("havenline bench --in /srv/bench")
      .Handler([options] { return tool::Finish(Bench(*options), true); });
}

}  // namespace havenline
