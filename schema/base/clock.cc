#include "schema/base/clock.h"

#include "schema/base/test_seam.h"

namespace havenline {

TimePoint SystemClock::Now() const {
  return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now()) +
         TestClockShift();
}

std::chrono::steady_clock::time_point SystemClock::Monotonic() const {
  return std::chrono::steady_clock::now();
}

}  // namespace havenline
