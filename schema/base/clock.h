// Time, as everything in Havenline is told it. Stages never ask: they are given a TimePoint.

#pragma once

#include <chrono>
#include <cstdint>

namespace havenline {

using Milliseconds = std::chrono::milliseconds;
// UTC without leap seconds, to the millisecond: what envelopes, receipts and entries carry.
using TimePoint = std::chrono::sys_time<Milliseconds>;

constexpr TimePoint FromMilliseconds(std::int64_t since_1970) {
  return TimePoint(Milliseconds(since_1970));
}
constexpr std::int64_t ToMilliseconds(TimePoint time) { return time.time_since_epoch().count(); }

// What loops read the time from. Thread-safe. SystemClock in programs; tests have their own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;                                    // The wall clock: may jump.
  virtual std::chrono::steady_clock::time_point Monotonic() const = 0;  // Never goes back.
};

// The machine's clock, moved by TestClockShift() (test_seam.h), which is zero in every program we
// ship.
class SystemClock final : public Clock {
 public:
  TimePoint Now() const override;
  std::chrono::steady_clock::time_point Monotonic() const override;
};

}  // namespace havenline
