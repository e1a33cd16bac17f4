// Arrivals: deliveries that wait until this agent has the documents which the broker announced. A
// school that was away for days must judge by today's policy, not by the one it left with (C2). The
// wait is bounded in time and bytes: a document that does not come must not stop a notice (D8).
//
// Nothing that waits here was receipted: after a crash, or in a new session, the broker hands it
// over again.
//
// Owned by the agent's loop; touches nothing.

#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <vector>

#include "agents/link/documents.h"
#include "schema/base/clock.h"
#include "schema/model/frame.h"

namespace havenline {

class Arrivals {
 public:
  using Monotonic = std::chrono::steady_clock::time_point;
  using Items = std::vector<DeliverItem>;  // Of one frame.

  static constexpr Milliseconds kPatience{10'000};
  static constexpr std::size_t kBytesMax = 4U << 20U;

  // The broker said what is in force. Patience begins anew with each change of it in a session.
  void OnAnnounced(const Documents::Announced& announced, Monotonic now);
  // What was announced came and was not taken: there is nothing to wait for.
  void StopWaiting() { until_.reset(); }

  void Push(Items items);
  // The session is over: the references of what came in it mean nothing any more.
  void Forget();

  // What is to be received now, frame by frame in the order in which it came: nothing while
  // `documents` lack what was announced and patience lasts.
  std::deque<Items> Take(const Documents& documents, Monotonic now);

 private:
  Documents::Announced announced_;  // In this session; of versions 0 at first.
  std::optional<Monotonic> until_;
  std::deque<Items> frames_;
  std::size_t bytes_ = 0;
};

}  // namespace havenline
