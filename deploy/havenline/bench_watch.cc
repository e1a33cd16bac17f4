#include "deploy/havenline/bench_watch.h"

#include <algorithm>

#include "deploy/havenline/bench_board.h"
#include "deploy/havenline/broker_link.h"
#include "deploy/havenline/link_configuration.h"
#include "schema/text/json.h"

namespace havenline::bench {
namespace {

constexpr Milliseconds kLookAgain{2};
constexpr std::int64_t kStillMax = 30'000'000'000;  // Nanoseconds without any progress.

}  // namespace

Result<void> WaitUntil(const std::function<bool()>& condition,
                       const std::function<std::int64_t()>& progress, std::vector<Child>& children,
                       StopSignal& signals) {
  std::int64_t moved_at = NanosecondsNow();
  std::int64_t before = -1;
  while (!condition()) {
    if (!std::ranges::all_of(children, [](Child& child) { return child.running(); }))
      return Fail(FaultCode::kUnavailable, "a process of the measurement ended; see above");
    const std::int64_t now = NanosecondsNow();
    if (const std::int64_t moved = progress(); moved != before) {
      before = moved;
      moved_at = now;
    } else if (now - moved_at > kStillMax) {
      return Fail(FaultCode::kUnavailable, "nothing has moved for 30 s; is the broker there?");
    }
    if (signals.Wait(kLookAgain) == Signal::kStop)
      return Fail(FaultCode::kUnavailable, "stopped before the end");
  }
  return {};
}

Result<text::Value> BrokerStatus(const LoadedPartnership& partnership) {
  ASSIGN_OR_RETURN(const LinkConfiguration configuration,
                   ReadOperatorConfiguration(partnership.operator_file));
  ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
  ASSIGN_OR_RETURN(const DocumentFrame frame, link->Ask(Fetch::Status()));
  if (frame.pieces.empty()) return Fail(FaultCode::kInvalid, "the broker tells no status");
  return text::ParseJson(AsText(frame.pieces.front().bytes), "the broker's status");
}

double Seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

}  // namespace havenline::bench
