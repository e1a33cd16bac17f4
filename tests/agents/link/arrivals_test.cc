#include "agents/link/arrivals.h"

#include <gtest/gtest.h>

#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

class ArrivalsTest : public ::testing::Test {
 protected:
  static Arrivals::Items Frame(std::uint64_t reference, std::size_t bytes = 100) {
    return {{Reference(reference), kSchoolA, Lane::kUrgent, Bytes(bytes)}};
  }
  void Announce(std::uint64_t directory, std::uint64_t policy) {
    Documents::Announced announced{school_.documents().directory().version(),
                                   school_.documents().policy().version(), 0};
    announced.directory.version = directory;
    announced.policy.version = policy;
    arrivals_.OnAnnounced(announced, now_);
  }
  std::size_t Taken() { return arrivals_.Take(school_.documents(), now_).size(); }

  TestPartnership partnership_;
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  Arrivals arrivals_;
  Arrivals::Monotonic now_{std::chrono::hours(1)};
};

TEST_F(ArrivalsTest, NothingWaitsBeforeAnAnnouncementOrWithNothingLacking) {
  arrivals_.Push(Frame(1));
  EXPECT_EQ(Taken(), 1U);
  Announce(1, 1);
  arrivals_.Push(Frame(2));
  EXPECT_EQ(Taken(), 1U);
}

TEST_F(ArrivalsTest, ANewerDirectoryIsWaitedForLikeANewerPolicy) {
  Announce(2, 1);
  arrivals_.Push(Frame(1));
  EXPECT_EQ(Taken(), 0U);
}

TEST_F(ArrivalsTest, WhatWaitsComesInTheOrderInWhichItCame) {
  Announce(1, 2);
  for (std::uint64_t i = 1; i <= 3; ++i) arrivals_.Push(Frame(i));
  ASSERT_EQ(Taken(), 0U);
  arrivals_.StopWaiting();
  const auto frames = arrivals_.Take(school_.documents(), now_);
  ASSERT_EQ(frames.size(), 3U);
  for (std::uint64_t i = 1; i <= 3; ++i) EXPECT_EQ(frames[i - 1][0].reference, Reference(i));
}

TEST_F(ArrivalsTest, TheSameAnnouncementAgainDoesNotBeginPatienceAnew) {
  Announce(1, 2);
  arrivals_.Push(Frame(1));
  now_ += Arrivals::kPatience - Milliseconds(1);
  Announce(1, 2);
  EXPECT_EQ(Taken(), 0U);
  now_ += Milliseconds(1);
  EXPECT_EQ(Taken(), 1U);
}

TEST_F(ArrivalsTest, NoMoreWaitsThanTheMostThatMay) {
  Announce(1, 2);
  arrivals_.Push(Frame(1, Arrivals::kBytesMax));
  EXPECT_EQ(Taken(), 0U);
  arrivals_.Push(Frame(2, 1));
  EXPECT_EQ(Taken(), 2U);
}

TEST_F(ArrivalsTest, ANewSessionWaitsAnewWithNothingOfTheOld) {
  Announce(1, 2);
  arrivals_.Push(Frame(1));
  arrivals_.Forget();
  now_ += Arrivals::kPatience;
  Announce(1, 2);
  EXPECT_EQ(Taken(), 0U);
  arrivals_.StopWaiting();
  EXPECT_EQ(Taken(), 0U);
}

}  // namespace
}  // namespace havenline
