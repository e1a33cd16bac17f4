#include "broker/receive/admission.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

RateLimit::Time At(double seconds) {
  return RateLimit::Time(std::chrono::duration_cast<RateLimit::Time::duration>(
      std::chrono::duration<double>(1000.0 + seconds)));
}

TEST(AdmissionWindowTest, AdmitsUpToItsItems) {
  AdmissionWindow window(3, 1000);
  EXPECT_TRUE(window.Admit({2, 10}));
  EXPECT_FALSE(window.Admit({2, 10}));
  EXPECT_TRUE(window.Admit({1, 10}));
  EXPECT_FALSE(window.Admit({1, 0}));
}

TEST(AdmissionWindowTest, AdmitsUpToItsBytes) {
  AdmissionWindow window(100, 1000);
  EXPECT_TRUE(window.Admit({1, 1000}));
  EXPECT_FALSE(window.Admit({1, 1}));
  EXPECT_TRUE(window.Admit({1, 0}));
}

TEST(AdmissionWindowTest, WhatIsTurnedAwayHoldsNothing) {
  AdmissionWindow window(1, 100);
  EXPECT_FALSE(window.Admit({1, 101}));
  EXPECT_TRUE(window.empty());
  EXPECT_TRUE(window.Admit({1, 100}));
}

TEST(AdmissionWindowTest, WhatIsReleasedMayBeAdmittedAgain) {
  AdmissionWindow window(2, 100);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(window.Admit({2, 100}));
    ASSERT_FALSE(window.Admit({1, 0}));
    window.Release({1, 60});
    window.Release({1, 40});
    ASSERT_TRUE(window.empty());
    ASSERT_EQ(window.inside().bytes, 0U);
  }
}

// D7: one session that floods leaves half; so many that flood leave a part as large as theirs.
TEST(AdmissionWindowTest, ASessionMayHaveInsideAsMuchAsIsLeftForTheOthers) {
  AdmissionWindow window(100, 100'000);
  Tokens of_first;
  while (window.Admit({1, 10}, of_first)) of_first += {1, 10};
  EXPECT_EQ(of_first.items, 50U);
  Tokens of_second;
  while (window.Admit({1, 10}, of_second)) of_second += {1, 10};
  EXPECT_EQ(of_second.items, 25U);
  EXPECT_TRUE(window.Admit({1, 10}, {}));
}

TEST(AdmissionWindowTest, ASessionsBytesLeaveRoomToo) {
  AdmissionWindow window(1'000, 100);
  Tokens of_first;
  while (window.Admit({1, 20}, of_first)) of_first += {1, 20};
  EXPECT_EQ(of_first.bytes, 40U);
}

TEST(AdmissionWindowTest, OneItemOfAnySizeThatFitsIsAdmittedAlone) {
  AdmissionWindow window(10, 100);
  EXPECT_TRUE(window.Admit({1, 90}, {}));
  EXPECT_FALSE(window.Admit({1, 11}, {}));
}

TEST(AdmissionWindowDeathTest, RefusesToReleaseWhatIsNotInside) {
  AdmissionWindow window(2, 100);
  EXPECT_TRUE(window.Admit({1, 10}));
  EXPECT_DEATH(window.Release({2, 10}), "CHECK failed");
  EXPECT_DEATH(window.Release({1, 11}), "CHECK failed");
}

TEST(RateLimitTest, AllowsAsManyAsItSaysAtOnceAndNoMore) {
  RateLimit limit(5);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limit.Allow(At(0)));
  EXPECT_FALSE(limit.Allow(At(0)));
}

TEST(RateLimitTest, SavesUpOneSecondAndNoMore) {
  RateLimit limit(5);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limit.Allow(At(0)));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limit.Allow(At(3600)));
  EXPECT_FALSE(limit.Allow(At(3600)));
}

// Whatever the spacing, over a long time it allows its rate: neither half nor twice.
TEST(RateLimitTest, KeepsItsRateUnderAFlood) {
  for (const double every : {0.0001, 0.003, 0.011, 0.1}) {
    RateLimit limit(10);
    int allowed = 0;
    for (double at = 0; at < 60; at += every) allowed += limit.Allow(At(at)) ? 1 : 0;
    EXPECT_GE(allowed, 590) << every;
    EXPECT_LE(allowed, 611) << every;
  }
}

TEST(RateLimitTest, AClockThatGoesBackGivesNothingAway) {
  RateLimit limit(5);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limit.Allow(At(10)));
  EXPECT_FALSE(limit.Allow(At(9)));
}

}  // namespace
}  // namespace havenline
