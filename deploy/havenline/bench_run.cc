#include "deploy/havenline/bench_run.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "deploy/havenline/bench_watch.h"

namespace havenline::bench {
namespace {

class Measurement {
 public:
  Measurement(const LoadedPartnership& partnership, const RunOptions& options, BenchBoard& board,
              StopSignal& signals)
      : partnership_(partnership), options_(options), board_(board), signals_(signals) {}

  Result<Measured> Run() {
    RETURN_IF_FAULT(StartAll());
    RETURN_IF_FAULT(Until([&] { return AllAt(Stage::kReady); }));
    ASSIGN_OR_RETURN(measured_.broker_before, BrokerStatus(partnership_));
    const auto broker_before = BrokerCpu();
    const double clients_before = ClientsCpu();
    const std::int64_t began = NanosecondsNow();
    board_.began().Set(began);
    RETURN_IF_FAULT(Until([&] { return SendersAt(Stage::kSent); }));
    const auto settled = Until([&] { return Settled(); });
    measured_.settled = settled.has_value();
    measured_.seconds = Seconds(NanosecondsNow() - began);
    if (const auto after = BrokerCpu(); broker_before && after) {
      measured_.broker_cpu =
          CpuTime{after->user - broker_before->user, after->system - broker_before->system};
    }
    measured_.clients_cpu = ClientsCpu() - clients_before;
    ASSIGN_OR_RETURN(measured_.broker_after, BrokerStatus(partnership_));
    if (options_.broker) measured_.broker_peak_bytes = PeakMemoryOf(*options_.broker);
    board_.ended().Set(1);
    Count(began);
    return std::move(measured_);
  }

 private:
  Result<void> StartAll() {
    for (std::size_t i = 0; i < partnership_.recipients.size(); ++i) {
      ASSIGN_OR_RETURN(Child child, Child::Fork([&] {
                         return RunRecipients(partnership_, i, options_.away, board_);
                       }));
      children_.push_back(std::move(child));
    }
    for (std::size_t i = 0; i < partnership_.senders.size(); ++i) {
      ASSIGN_OR_RETURN(Child child, Child::Fork([&] {
                         return RunSender(partnership_, i, options_.load, board_);
                       }));
      children_.push_back(std::move(child));
    }
    return {};
  }

  Result<void> Until(const std::function<bool()>& condition) {
    return WaitUntil(
        condition, [&] { return Progress(); }, children_, signals_);
  }

  template <class Each>
  void ForSenders(const Each& each) {
    for (std::size_t i = 0; i < partnership_.senders.size(); ++i) each(board_.counts_of_sender(i));
  }
  template <class Each>
  void ForRecipients(const Each& each) {
    for (std::size_t i = 0; i < partnership_.recipients.size(); ++i) each(board_.counts_of_host(i));
  }

  bool SendersAt(Stage stage) {
    bool all = true;
    ForSenders([&](ProcessCounts& of) { all = all && of.stage.Get() >= static_cast<int>(stage); });
    return all;
  }
  bool AllAt(Stage stage) {
    bool all = SendersAt(stage);
    ForRecipients(
        [&](ProcessCounts& of) { all = all && of.stage.Get() >= static_cast<int>(stage); });
    return all;
  }

  std::int64_t Progress() {
    std::int64_t sum = 0;
    ForSenders([&](ProcessCounts& of) {
      sum += of.sealed.Get() + of.accepted.Get() + of.returned.Get() + of.stage.Get();
    });
    ForRecipients([&](ProcessCounts& of) { sum += of.delivered.Get() + of.receipted.Get(); });
    return sum;
  }

  // Every delivery is made, its receipt taken, and back at its sender.
  bool Settled() {
    if (options_.away) return true;
    std::int64_t accepted = 0;
    std::int64_t returned = 0;
    std::int64_t delivered = 0;
    std::int64_t receipted = 0;
    ForSenders([&](ProcessCounts& of) {
      accepted += of.accepted.Get();
      returned += of.returned.Get();
    });
    ForRecipients([&](ProcessCounts& of) {
      delivered += of.delivered.Get();
      receipted += of.receipted.Get();
    });
    const auto owed = accepted * static_cast<std::int64_t>(options_.shape.recipients);
    return delivered >= owed && receipted >= owed && returned >= owed;
  }

  void Count(std::int64_t began) {
    Measured& m = measured_;
    const auto last = [&](double& seconds, const Gauge& at) {
      if (at.Get() != 0) seconds = std::max(seconds, Seconds(at.Get() - began));
    };
    ForSenders([&](ProcessCounts& of) {
      m.sealed += of.sealed.Get();
      m.sealed_bytes += of.sealed_bytes.Get();
      m.accepted += of.accepted.Get();
      m.deferred += of.deferred.Get();
      m.returned += of.returned.Get();
      m.sessions_broken += of.sessions.Get() - 1;
      last(m.accept_seconds, of.last_accepted_at);
      last(m.return_seconds, of.last_returned_at);
    });
    ForRecipients([&](ProcessCounts& of) {
      m.delivered += of.delivered.Get();
      m.delivered_bytes += of.delivered_bytes.Get();
      m.delivered_again += of.delivered_again.Get();
      m.receipted += of.receipted.Get();
      m.receipts_refused += of.receipts_refused.Get();
      m.sessions_broken += of.sessions.Get() - 1;
      last(m.delivery_seconds, of.last_delivered_at);
      last(m.receipt_seconds, of.last_receipted_at);
    });
    m.ran_out = m.accepted == m.sealed;
    CountLatencies();
  }

  void CountLatencies() {
    for (std::size_t sender = 0; sender < partnership_.senders.size(); ++sender) {
      for (std::size_t message = 0; message < board_.messages_each(); ++message) {
        const MessageTimes& times = board_.times_of(sender, message);
        const std::int64_t sent = times.sent.Get();
        if (sent == 0 || times.accepted.Get() == 0) continue;
        measured_.accept.sorted.push_back(times.accepted.Get() - sent);
        for (const Gauge& delivered : times.delivered) {
          if (delivered.Get() != 0) measured_.delivery.sorted.push_back(delivered.Get() - sent);
        }
      }
    }
    std::ranges::sort(measured_.accept.sorted);
    std::ranges::sort(measured_.delivery.sorted);
  }

  std::optional<CpuTime> BrokerCpu() const {
    return options_.broker ? CpuTimeOf(*options_.broker) : std::nullopt;
  }
  double ClientsCpu() const {
    double seconds = 0;
    for (const Child& child : children_) {
      if (const auto time = CpuTimeOf(child.id())) seconds += time->all();
    }
    return seconds;
  }

  const LoadedPartnership& partnership_;
  const RunOptions& options_;
  BenchBoard& board_;
  StopSignal& signals_;
  std::vector<Child> children_;
  Measured measured_;
};

}  // namespace

Result<Measured> Measure(const LoadedPartnership& partnership, const RunOptions& options,
                         StopSignal& signals) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BenchBoard> board,
                   BenchBoard::Make(partnership.senders.size(), partnership.recipients.size(),
                                    options.load.messages));
  return Measurement(partnership, options, *board, signals).Run();
}

}  // namespace havenline::bench
