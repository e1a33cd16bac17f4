// When the wall clock is believed, and who may vouch for it.

#include <gtest/gtest.h>

#include "broker/commit/clock_watch.h"

namespace havenline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class ClockWatchTest : public ::testing::Test {
 protected:
  ClockWatchTest() { EXPECT_TRUE(Believes()); }
  void Pass(Milliseconds time) {
    wall_ += time;
    mono_ += time;
  }
  bool Believes() { return watch_.Believes(wall_, mono_); }
  void Hello(const std::string& host, Milliseconds ahead) {
    watch_.Heard(HostId(host), wall_ + ahead, mono_);
  }

  ClockWatch watch_;
  TimePoint wall_ = FromMilliseconds(1'795'000'000'000);
  ClockWatch::Time mono_{hours(1)};
};

TEST_F(ClockWatchTest, AStepOfAnHourIsDoubtedUntilItIsTakenBack) {
  for (const auto step : {hours(1), hours(-1)}) {
    wall_ += step;
    EXPECT_FALSE(Believes());
    Pass(hours(100));
    EXPECT_FALSE(Believes()) << "time alone heals nothing";
    wall_ -= step;
    EXPECT_TRUE(Believes());
  }
}

TEST_F(ClockWatchTest, AStepOfASecondIsNothingAndManyAreFollowed) {
  for (int day = 0; day < 200; ++day) {
    Pass(hours(24));
    wall_ += seconds(1);
    ASSERT_TRUE(Believes()) << day;
  }
}

TEST_F(ClockWatchTest, ManySmallStepsInAMomentAreAsGoodAsALargeOne) {
  bool believed = true;
  for (int i = 0; i < 100; ++i) {
    Pass(seconds(1));
    wall_ += seconds(30);
    believed = Believes();
  }
  EXPECT_FALSE(believed);
}

TEST_F(ClockWatchTest, MostHostsByFiveMinutesAreBelievedMore) {
  Hello("host.1", minutes(6));
  Hello("host.2", minutes(6));
  EXPECT_TRUE(Believes()) << "two decide nothing";
  Hello("host.3", Milliseconds(0));
  EXPECT_FALSE(Believes());
  Hello("host.4", Milliseconds(0));
  EXPECT_TRUE(Believes()) << "half is not most";
}

TEST_F(ClockWatchTest, WhatHostsSaidBeforeAStepStillCounts) {
  for (const char* host : {"host.1", "host.2", "host.3"}) Hello(host, Milliseconds(0));
  Pass(hours(10));
  EXPECT_TRUE(Believes());
  wall_ += minutes(30);
  EXPECT_FALSE(Believes());
}

// The machine slept, and its monotonic clock with it: the wall clock is right.
TEST_F(ClockWatchTest, HostsThatAgreeVouchForAStep) {
  wall_ += hours(3);
  EXPECT_FALSE(Believes());
  Hello("host.1", seconds(1));
  Hello("host.2", seconds(-2));
  EXPECT_FALSE(Believes());
  Hello("host.3", seconds(0));
  EXPECT_TRUE(Believes());
}

}  // namespace
}  // namespace havenline
