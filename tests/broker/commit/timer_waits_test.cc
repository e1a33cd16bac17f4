// Who is waited for, for how long, and whose answer counts.

#include <gtest/gtest.h>

#include "broker/commit/timer_waits.h"

namespace havenline {
namespace {

using std::chrono::seconds;

const HostId kHost("host.school");
const HostId kOther("host.other");
const TimerRecord kTimer{FromMilliseconds(1), Digest{1}};
const TimerRecord kSecond{FromMilliseconds(2), Digest{2}};

class TimerWaitsTest : public ::testing::Test {
 protected:
  void Pass(seconds time) {
    for (seconds passed{0}; passed < time; passed += seconds(1)) {
      now_ += seconds(1);
      waits_.StartLook(now_);
    }
  }
  std::uint64_t Asked(const HostId& host) {
    const auto questions = waits_.TakeQuestions();
    EXPECT_EQ(questions.size(), 1U);
    EXPECT_EQ(questions.at(0).host, host);
    return questions.at(0).number;
  }

  TimerWaits waits_{Milliseconds(120'000)};
  TimerWaits::Time now_{std::chrono::hours(1)};
};

TEST_F(TimerWaitsTest, ATimerFiresWhenItsHostHasAnsweredAQuestionAskedSince) {
  waits_.StartLook(now_);
  waits_.Add(kTimer, kHost, now_);
  EXPECT_FALSE(waits_.MayFire(kTimer, now_));
  waits_.Drained(kOther, 99);
  EXPECT_FALSE(waits_.MayFire(kTimer, now_));
  waits_.Drained(kHost, Asked(kHost));
  EXPECT_TRUE(waits_.MayFire(kTimer, now_));
}

TEST_F(TimerWaitsTest, AnAnswerToAnEarlierQuestionIsNoAnswer) {
  waits_.StartLook(now_);
  waits_.Add(kTimer, kHost, now_);
  const std::uint64_t first = Asked(kHost);
  Pass(seconds(1));
  waits_.Add(kSecond, kHost, now_);
  const std::uint64_t second = Asked(kHost);
  waits_.Drained(kHost, first);
  EXPECT_TRUE(waits_.MayFire(kTimer, now_));
  EXPECT_FALSE(waits_.MayFire(kSecond, now_));
  waits_.Drained(kHost, second);
  EXPECT_TRUE(waits_.MayFire(kSecond, now_));
}

TEST_F(TimerWaitsTest, AnAnswerToWhatWasNeverAskedDoesNotCountForLater) {
  waits_.Drained(kHost, 1'000'000);
  waits_.StartLook(now_);
  waits_.Add(kTimer, kHost, now_);
  waits_.Drained(kHost, 1'000'000);
  Pass(seconds(1));
  waits_.Add(kSecond, kHost, now_);
  EXPECT_FALSE(waits_.MayFire(kSecond, now_));
}

TEST_F(TimerWaitsTest, ManyOfOneLookAskAHostOnce) {
  waits_.StartLook(now_);
  waits_.Add(kTimer, kHost, now_);
  waits_.Add(kSecond, kHost, now_);
  EXPECT_EQ(waits_.TakeQuestions().size(), 1U);
}

TEST_F(TimerWaitsTest, AfterAStallTheWaitBeginsAnew) {
  waits_.StartLook(now_);
  waits_.Add(kTimer, kHost, now_);
  Pass(seconds(100));
  now_ += seconds(600);  // The process stood still.
  waits_.StartLook(now_);
  EXPECT_FALSE(waits_.MayFire(kTimer, now_));
  Pass(seconds(119));
  EXPECT_FALSE(waits_.MayFire(kTimer, now_));
  Pass(seconds(1));
  EXPECT_TRUE(waits_.MayFire(kTimer, now_));
}

TEST_F(TimerWaitsTest, ALinkThatReturnsIsGivenItsTimeButNotForEver) {
  waits_.StartLook(now_);
  waits_.Add(kTimer, kHost, now_);
  Pass(seconds(119));
  waits_.Returned(kHost, now_);
  waits_.Returned(kOther, now_);
  Pass(seconds(119));
  EXPECT_FALSE(waits_.MayFire(kTimer, now_));
  for (int i = 0; i < 10; ++i) {
    waits_.Returned(kHost, now_);
    Pass(seconds(60));
  }
  EXPECT_TRUE(waits_.MayFire(kTimer, now_)) << "who comes and goes is not waited for";
}

}  // namespace
}  // namespace havenline
