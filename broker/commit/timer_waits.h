// TimerWaits: nobody is escalated over who answered in time. A timer that is due waits until the
// host which might still hold an answer says that its receipts are drained; or for a while, since
// the host may be dead.
//
//   due ──host asked──> waits ──the host answers a question asked since──> fires
//                         └────nothing for `grace`──────────────────────> fires
//
// A question is asked after the timer was due, and a host answers it once every receipt that it had
// signed when it read it was entered: so no clock of the host's matters, nor when its link came
// back, nor how long anything was on its way. The while begins anew when this process stalled, and
// once more when the host's link returns.
//
// Pure; owned by the commit thread.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "broker/commit/store.h"
#include "schema/base/clock.h"
#include "schema/model/ids.h"

namespace havenline {

class TimerWaits {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Question {
    HostId host;
    std::uint64_t number = 0;
  };

  explicit TimerWaits(Milliseconds grace) : grace_(grace) {}

  // Begins one look at what is due. A long time after the last one: we stalled.
  void StartLook(Time now);
  bool IsWaiting(const TimerRecord& timer) const { return waits_.contains(timer); }
  // This due timer waits for that host from now on.
  void Add(const TimerRecord& timer, const HostId& host, Time now);
  bool MayFire(const TimerRecord& timer, Time now) const;
  void Remove(const TimerRecord& timer) { waits_.erase(timer); }

  // The host's link is there again.
  void Returned(const HostId& host, Time now);
  void Drained(const HostId& host, std::uint64_t number);

  // What is to be asked since the last call.
  std::vector<Question> TakeQuestions();

 private:
  struct Host {
    std::uint64_t asked = 0;
    std::uint64_t answered = 0;
    std::uint64_t look = 0;  // In which it was asked last.
  };
  struct Wait {
    HostId host;
    std::uint64_t question = 0;
    Time until;
    Time at_most;  // However often the link returns.
  };

  Milliseconds grace_;
  std::map<HostId, Host> hosts_;
  std::map<TimerRecord, Wait> waits_;
  std::vector<Question> questions_;
  std::uint64_t look_ = 0;
  Time looked_at_{};
};

}  // namespace havenline
