#include "schema/base/clock.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

TEST(ClockTest, MillisecondsAreReadBack) {
  for (const std::int64_t value : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, INT64_MAX})
    EXPECT_EQ(ToMilliseconds(FromMilliseconds(value)), value);
}

TEST(ClockTest, TheSystemClockTellsTheTimeToTheMillisecond) {
  const SystemClock clock;
  const auto before = std::chrono::system_clock::now();
  const TimePoint now = clock.Now();
  const auto after = std::chrono::system_clock::now();
  EXPECT_GE(now + Milliseconds(1), before);
  EXPECT_LE(now, after);
  const auto first = clock.Monotonic();
  EXPECT_LE(first, clock.Monotonic());
}

}  // namespace
}  // namespace havenline
