#include "deploy/havenline/bench_crowd.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "deploy/havenline/bench_board.h"
#include "deploy/havenline/bench_process.h"
#include "deploy/havenline/bench_report.h"
#include "deploy/havenline/bench_sender.h"
#include "deploy/havenline/bench_watch.h"

namespace havenline::bench {
namespace {

constexpr std::size_t kHostsOfProcess = 250;
constexpr std::int64_t kSecond = 1'000'000'000;  // Nanoseconds.
// Between two phases, so that what one leaves behind is not counted to the next.
constexpr std::int64_t kPause = kSecond;

// What those that stall are sent meanwhile: more than the broker hands to a link that signs
// nothing.
constexpr std::size_t kBytesToStalled = 16U << 10U;
constexpr std::size_t kMessagesToStalled = 5;  // Each.

// From the start, in nanoseconds.
struct Span {
  std::string name;
  std::int64_t from = 0;
  std::int64_t to = 0;
};

std::vector<Span> SpansOf(const CrowdOptions& options) {
  std::vector<Span> spans;
  std::int64_t at = 0;
  const auto add = [&](const char* name, std::int64_t seconds) {
    spans.push_back({name, at + kPause, at + kPause + seconds * kSecond});
    at = spans.back().to;
  };
  add("steady", options.seconds);
  if (options.beside > 0) add("beside", options.seconds);
  if (options.stalled > 0) add("stalled", 2 * options.seconds);
  return spans;
}

// The first is what is measured.
std::vector<Load> LoadsOf(const CrowdOptions& options, const std::vector<Span>& spans) {
  Load urgent;
  urgent.kind = {options.section_bytes, false, 0};
  urgent.rate = options.rate;
  urgent.messages = static_cast<std::size_t>(options.rate * (spans.back().to / kSecond));
  std::vector<Load> loads = {urgent};
  Load normal = urgent;
  normal.kind.beside = true;
  if (options.beside > 0) {
    normal.rate = options.rate * options.beside;
    normal.messages = static_cast<std::size_t>(normal.rate * options.seconds);
    normal.from = std::chrono::nanoseconds(spans.at(1).from);
    loads.push_back(normal);
  }
  if (options.stalled > 0) {
    normal.kind = {kBytesToStalled, true, options.stalled};
    normal.messages = options.stalled * kMessagesToStalled;
    const std::int64_t seconds = (spans.back().to - spans.back().from) / kSecond;
    normal.rate = static_cast<std::int64_t>(normal.messages) / seconds + 1;
    normal.from = std::chrono::nanoseconds(spans.back().from);
    loads.push_back(normal);
  }
  return loads;
}

class Crowd {
 public:
  Crowd(const LoadedPartnership& partnership, const CrowdOptions& options,
        const std::vector<Span>& spans, const std::vector<Load>& loads, BenchBoard& board,
        StopSignal& signals)
      : partnership_(partnership),
        options_(options),
        spans_(spans),
        loads_(loads),
        board_(board),
        signals_(signals) {}

  Result<CrowdMeasured> Run() {
    const std::int64_t started = NanosecondsNow();
    RETURN_IF_FAULT(StartHosts());
    RETURN_IF_FAULT(Until([&] { return HostsReady(); }));
    measured_.up_seconds = Seconds(NanosecondsNow() - started);
    RETURN_IF_FAULT(StartSenders());
    RETURN_IF_FAULT(Until([&] { return SendersAt(Stage::kReady); }));
    measured_.broker_idle_bytes = BrokerPeak();
    const std::int64_t began = NanosecondsNow();
    board_.began().Set(began);
    if (options_.stalled > 0) {
      // Within the pause: what is on its way then is not counted.
      RETURN_IF_FAULT(
          Until([&] { return NanosecondsNow() > began + spans_.back().from - kPause / 2; }));
      Stall(true);
    }
    RETURN_IF_FAULT(Until([&] { return SendersAt(Stage::kSent); }));
    RETURN_IF_FAULT(Until([&] { return NanosecondsNow() > began + spans_.back().to; }));
    measured_.seconds = Seconds(NanosecondsNow() - began);
    const std::int64_t again = NanosecondsNow();
    Stall(false);
    measured_.settled = Until([&] { return Settled(); }).has_value();
    measured_.settle_seconds = Seconds(NanosecondsNow() - again);
    Count(began);
    RETURN_IF_FAULT(ComeBack());
    measured_.broker_peak_bytes = BrokerPeak();
    board_.ended().Set(1);
    return std::move(measured_);
  }

 private:
  // Those that will be stopped first, in processes of their own; then those that will be deaf.
  std::size_t frozen() const { return options_.stalled / 2; }
  std::size_t hosts() const { return partnership_.recipients.size(); }

  Result<void> StartHosts() {
    const std::size_t split = frozen();
    for (std::size_t first = 0; first < hosts();) {
      const std::size_t end = first < split ? split : hosts();
      const std::size_t count = std::min(kHostsOfProcess, end - first);
      ASSIGN_OR_RETURN(Child child, Child::Fork([this, first, count] {
                         return RunCrowd(partnership_, first, count, board_);
                       }));
      if (first < split) frozen_.push_back(child.id());
      children_.push_back(std::move(child));
      first += count;
    }
    return {};
  }
  Result<void> StartSenders() {
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      ASSIGN_OR_RETURN(Child child, Child::Fork([this, i] {
                         return RunSender(partnership_, i, loads_[i], board_);
                       }));
      children_.push_back(std::move(child));
    }
    return {};
  }

  // All hosts lose their links within a second, as after a broker's restart.
  Result<void> ComeBack() {
    const std::int64_t sessions = SumOfHosts(&ProcessCounts::sessions);
    const std::int64_t started = NanosecondsNow();
    board_.storm().Set(1);
    const auto wanted = sessions + static_cast<std::int64_t>(hosts());
    RETURN_IF_FAULT(Until([&] { return SumOfHosts(&ProcessCounts::sessions) >= wanted; }));
    measured_.back_seconds = Seconds(NanosecondsNow() - started);
    return {};
  }

  void Stall(bool stalled) {
    for (const pid_t process : frozen_) ::kill(process, stalled ? SIGSTOP : SIGCONT);
    for (std::size_t i = frozen(); i < options_.stalled; ++i)
      board_.counts_of_host(i).deaf.Set(stalled ? 1 : 0);
  }

  Result<void> Until(const std::function<bool()>& condition) {
    return WaitUntil(
        condition, [&] { return Progress(); }, children_, signals_);
  }

  bool HostsReady() {
    for (std::size_t i = 0; i < hosts(); ++i) {
      if (board_.counts_of_host(i).stage.Get() < static_cast<int>(Stage::kReady)) return false;
    }
    return true;
  }
  bool SendersAt(Stage stage) {
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      if (board_.counts_of_sender(i).stage.Get() < static_cast<int>(stage)) return false;
    }
    return true;
  }

  std::int64_t SumOfSenders(Gauge ProcessCounts::*of) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < loads_.size(); ++i) sum += (board_.counts_of_sender(i).*of).Get();
    return sum;
  }
  std::int64_t SumOfHosts(Gauge ProcessCounts::*of, std::size_t first = 0) {
    std::int64_t sum = 0;
    for (std::size_t i = first; i < hosts(); ++i) sum += (board_.counts_of_host(i).*of).Get();
    return sum;
  }

  std::int64_t Progress() {
    return SumOfSenders(&ProcessCounts::sealed) + SumOfSenders(&ProcessCounts::accepted) +
           SumOfSenders(&ProcessCounts::returned) + SumOfHosts(&ProcessCounts::sessions) +
           SumOfHosts(&ProcessCounts::stage) + SumOfHosts(&ProcessCounts::receipted);
  }
  bool Settled() {
    const std::int64_t owed = SumOfSenders(&ProcessCounts::accepted);
    return SumOfHosts(&ProcessCounts::delivered) >= owed &&
           SumOfHosts(&ProcessCounts::receipted) >= owed &&
           SumOfSenders(&ProcessCounts::returned) >= owed;
  }

  void Count(std::int64_t began) {
    CrowdMeasured& m = measured_;
    m.accepted = SumOfSenders(&ProcessCounts::accepted);
    m.deferred = SumOfSenders(&ProcessCounts::deferred);
    m.delivered = SumOfHosts(&ProcessCounts::delivered);
    m.delivered_again = SumOfHosts(&ProcessCounts::delivered_again);
    m.receipted = SumOfHosts(&ProcessCounts::receipted);
    const auto broken = [&](std::size_t first) {
      return SumOfHosts(&ProcessCounts::sessions, first) -
             static_cast<std::int64_t>(hosts() - first);
    };
    m.living_sessions_broken = broken(options_.stalled);
    m.sessions_broken = broken(0) + SumOfSenders(&ProcessCounts::sessions) -
                        static_cast<std::int64_t>(loads_.size());
    for (const Span& span : spans_) m.phases.push_back(PhaseOf(span, began));
  }

  CrowdPhase PhaseOf(const Span& span, std::int64_t began) {
    CrowdPhase phase{span.name, 0, {}, {}};
    for (std::size_t i = 0; i < loads_.front().messages; ++i) {
      const MessageTimes& times = board_.times_of(0, i);
      const std::int64_t sent = times.sent.Get();
      const bool within = sent >= began + span.from && sent < began + span.to;
      if (!within || HostOfMessage(i, hosts()) < options_.stalled) continue;
      ++phase.messages;
      if (const std::int64_t at = times.accepted.Get(); at != 0)
        phase.accept.sorted.push_back(at - sent);
      if (const std::int64_t at = times.delivered.front().Get(); at != 0)
        phase.delivery.sorted.push_back(at - sent);
    }
    std::ranges::sort(phase.accept.sorted);
    std::ranges::sort(phase.delivery.sorted);
    return phase;
  }

  std::optional<std::int64_t> BrokerPeak() const {
    return options_.broker ? PeakMemoryOf(*options_.broker) : std::nullopt;
  }

  const LoadedPartnership& partnership_;
  const CrowdOptions& options_;
  const std::vector<Span>& spans_;
  const std::vector<Load>& loads_;
  BenchBoard& board_;
  StopSignal& signals_;
  std::vector<Child> children_;
  std::vector<pid_t> frozen_;
  CrowdMeasured measured_;
};

}  // namespace

Shape ForCrowd(const CrowdOptions& options) {
  Shape shape = options.shape;
  shape.senders = LoadsOf(options, SpansOf(options)).size();
  shape.recipients = 1;
  return shape;
}

Result<CrowdMeasured> MeasureCrowd(const LoadedPartnership& partnership,
                                   const CrowdOptions& options, StopSignal& signals) {
  const std::vector<Span> spans = SpansOf(options);
  const std::vector<Load> loads = LoadsOf(options, spans);
  const auto longest = std::ranges::max_element(loads, {}, &Load::messages);
  if (longest->messages > kMessagesMax)
    return Fail(FaultCode::kInvalid, "these are more messages than are kept: lower the rate");
  ASSIGN_OR_RETURN(
      const std::unique_ptr<BenchBoard> board,
      BenchBoard::Make(loads.size(), partnership.recipients.size(), longest->messages));
  return Crowd(partnership, options, spans, loads, *board, signals).Run();
}

bool IsComplete(const CrowdMeasured& m) {
  return m.settled && m.accepted > 0 && m.delivered == m.accepted && m.receipted >= m.accepted &&
         m.living_sessions_broken == 0 &&
         std::ranges::all_of(m.phases, [](const CrowdPhase& phase) {
           return phase.messages > 0 && std::ssize(phase.delivery.sorted) == phase.messages;
         });
}

text::Value CrowdReport(const CrowdOptions& options, const CrowdMeasured& m,
                        const std::filesystem::path& store) {
  using text::Value;
  const auto mebibytes = [](std::optional<std::int64_t> bytes) {
    return bytes ? Value(Rounded(static_cast<double>(*bytes) / (1U << 20U))) : Value();
  };
  Value phases = Value::Map();
  for (const CrowdPhase& phase : m.phases) {
    phases.Set(phase.name, Value::Map()
                               .Set("messages", phase.messages)
                               .Set("delivered", std::ssize(phase.delivery.sorted))
                               .Set("accept-microseconds", LatencyValue(phase.accept))
                               .Set("delivery-microseconds", LatencyValue(phase.delivery)));
  }
  return Value::Map()
      .Set("bench", BenchName())
      .Set("machine", MachineValue(store))
      .Set("options", Value::Map()
                          .Set("links", options.shape.crowd)
                          .Set("stalled", options.stalled)
                          .Set("rate", options.rate)
                          .Set("beside", options.beside)
                          .Set("section-bytes", options.section_bytes)
                          .Set("seconds", options.seconds))
      .Set("up-seconds", Rounded(m.up_seconds))
      .Set("phases", std::move(phases))
      .Set("seconds", Rounded(m.seconds))
      .Set("settle-seconds", Rounded(m.settle_seconds))
      .Set("back-seconds", Rounded(m.back_seconds))
      .Set("accepted", m.accepted)
      .Set("deferred", m.deferred)
      .Set("delivered", m.delivered)
      .Set("delivered-again", m.delivered_again)
      .Set("receipted", m.receipted)
      .Set("sessions-broken", m.sessions_broken)
      .Set("living-sessions-broken", m.living_sessions_broken)
      .Set("complete", IsComplete(m))
      .Set("broker", Value::Map()
                         .Set("idle-memory-mebibytes", mebibytes(m.broker_idle_bytes))
                         .Set("peak-memory-mebibytes", mebibytes(m.broker_peak_bytes)));
}

}  // namespace havenline::bench
