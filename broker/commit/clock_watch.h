// ClockWatch: whether the wall clock can be believed. Deadlines are by the wall clock, so one that
// is wrong would release what is not due, or nothing at all.
//
// It is doubted when it leaves the monotonic clock by a minute, and when most hosts, by what their
// hellos said, are more than five minutes away from it. It is believed again when it agrees again,
// or when most hosts agree with it to a minute (the machine slept, its monotonic clock with it).
//
// Pure; owned by the commit thread.

#pragma once

#include <chrono>
#include <map>
#include <optional>

#include "schema/base/clock.h"
#include "schema/model/ids.h"

namespace havenline {

class ClockWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What a host's hello said the time is, when it was heard.
  void Heard(const HostId& host, TimePoint theirs, Time at);
  // True if the wall clock can be believed. Asked at every turn.
  bool Believes(TimePoint now, Time at);

 private:
  static Milliseconds OffsetOf(TimePoint wall, Time at);

  std::optional<Milliseconds> reference_;  // Of the wall clock from the monotonic one.
  Time moved_at_{};
  std::map<HostId, Milliseconds> hosts_;  // Likewise, of the hosts'.
};

}  // namespace havenline
