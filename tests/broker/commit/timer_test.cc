// The broker's own clock on acknowledgements: what fires, once, for whom, and what no longer does.

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "tests/fakes/test_broker.h"

namespace havenline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class TimerTest : public ::testing::Test {
 protected:
  const CommitBatch& LastBatch() { return broker_.store().batches().back(); }
  Composed Accepted(const std::vector<AgencyId>& schools = {kSchoolA}) {
    Composed notice = broker_.Notice(schools);
    EXPECT_TRUE(IsAccepted(broker_.Offer(notice)));
    return notice;
  }
  Composed SealedAgain(const Composed& notice) {
    SealingView view;
    view.origin = notice.envelope.header.origin;
    Composed again = broker_.Notice(view, {kSchoolA});
    EXPECT_TRUE(IsAccepted(broker_.Offer(again)));
    return again;
  }
  void Acknowledge(const Composed& notice, std::size_t grant = 0) {
    EXPECT_TRUE(IsAccepted(
        broker_.Offer(broker_.Item(broker_.Receipt(notice, grant, ReceiptKind::kAcknowledged)))));
  }
  std::size_t Timers() { return broker_.store().timer_count(); }

  TestBroker broker_;
};

TEST_F(TimerTest, WhatNobodyAcknowledgedIsEnteredAndItsSenderTold) {
  const Composed notice = Accepted();
  broker_.Wait(hours(8));
  const Committed committed = broker_.Fire();
  ASSERT_EQ(committed.overdue.size(), 1U);
  EXPECT_EQ(committed.overdue[0].sender, kPolice);
  EXPECT_EQ(committed.overdue[0].message, notice.envelope.header.id);
  EXPECT_EQ(committed.overdue[0].grant, notice.granted[0].grant);
  const Entry& entry = LastBatch().entries.at(0);
  ASSERT_EQ(entry.parts.size(), 2U);
  EXPECT_EQ(entry.parts[0].party, kPolice);
  EXPECT_EQ(entry.parts[1].party, kSchoolA);
}

TEST_F(TimerTest, NothingFiresBeforeItIsDue) {
  Accepted();
  broker_.Wait(hours(8) - Milliseconds(1));
  EXPECT_TRUE(broker_.Fire().overdue.empty());
  broker_.Wait(Milliseconds(1));
  EXPECT_EQ(broker_.Fire().overdue.size(), 1U);
}

TEST_F(TimerTest, EachFiresOnceAlsoAcrossARestart) {
  Accepted({kSchoolA, kSchoolB});
  broker_.Wait(hours(9));
  EXPECT_EQ(broker_.Fire().overdue.size(), 2U);
  EXPECT_TRUE(broker_.Fire().overdue.empty());
  broker_.Restart();
  broker_.Wait(minutes(5));
  EXPECT_TRUE(broker_.Fire().overdue.empty());
  EXPECT_EQ(Timers(), 0U);
}

// Whoever might hold an answer is asked first: nobody is escalated over who acknowledged in time.
TEST_F(TimerTest, NothingFiresWhileItsHostMayHoldAnAnswer) {
  const Composed notice = Accepted();
  broker_.Wait(hours(9));
  broker_.Restart();
  const Committed asked = broker_.Look();
  ASSERT_EQ(asked.questions.size(), 1U);
  EXPECT_EQ(asked.questions[0].host, TestPartnership::HostOf(kSchoolA));
  EXPECT_TRUE(asked.overdue.empty());
  broker_.Wait(Milliseconds(500));
  Acknowledge(notice);
  broker_.committer().HostDrained(asked.questions[0].host, asked.questions[0].number);
  EXPECT_TRUE(broker_.Look().overdue.empty());
  EXPECT_EQ(Timers(), 0U);
}

TEST_F(TimerTest, AHostThatSaysNothingIsWaitedForTwoMinutesNotForEver) {
  Accepted();
  broker_.Wait(hours(9));
  EXPECT_TRUE(broker_.Look().overdue.empty());
  for (int second = 1; second < 120; ++second) {
    broker_.Wait(Milliseconds(1000));
    ASSERT_TRUE(broker_.Look().overdue.empty()) << second;
  }
  broker_.Wait(Milliseconds(1000));
  EXPECT_EQ(broker_.Look().overdue.size(), 1U);
}

TEST_F(TimerTest, ABatchFiresSoManyAndTheNextOneTheRest) {
  for (std::size_t i = 0; i < limits::kTimersPerBatchMax + 5; ++i) Accepted();
  broker_.Wait(hours(9));
  EXPECT_EQ(broker_.Fire().overdue.size(), limits::kTimersPerBatchMax);
  EXPECT_EQ(broker_.Fire().overdue.size(), 5U);
  EXPECT_EQ(Timers(), 0U);
}

TEST_F(TimerTest, WhatWasAcknowledgedInTimeDoesNotFire) {
  Acknowledge(Accepted());
  broker_.Wait(hours(9));
  EXPECT_TRUE(broker_.Fire().overdue.empty());
}

// An acknowledgement that stands in the same batch as the timer counts.
TEST_F(TimerTest, AnAcknowledgementTakenBeforeTheTimerInOneBatchCounts) {
  const Composed notice = Accepted();
  const auto receipt = broker_.Receipt(notice, 0, ReceiptKind::kAcknowledged);
  broker_.Wait(hours(9));
  broker_.committer().Take(broker_.Item(receipt), broker_.now());
  broker_.committer().FireTimers(broker_.now(), broker_.monotonic());
  const auto committed = broker_.committer().Commit();
  ASSERT_TRUE(committed.has_value());
  EXPECT_TRUE(committed->overdue.empty());
  EXPECT_EQ(Timers(), 0U);
}

// Conditions and deadlines are judged by (sender, origin, recipient, role).
TEST_F(TimerTest, WhoeverAnsweredOneSealingIsNotAskedForAnother) {
  const Composed notice = Accepted();
  Acknowledge(notice);
  SealedAgain(notice);
  EXPECT_EQ(Timers(), 0U);
  broker_.Wait(hours(9));
  EXPECT_TRUE(broker_.Fire().overdue.empty());
}

TEST_F(TimerTest, AnAnswerToALaterSealingSettlesTheEarlierOnesToo) {
  const Composed notice = Accepted();
  Acknowledge(SealedAgain(notice));
  EXPECT_EQ(Timers(), 1U) << "the earlier sealing's";
  broker_.Wait(hours(9));
  EXPECT_TRUE(broker_.Fire().overdue.empty());
  EXPECT_EQ(Timers(), 0U) << "and it does not stay due for ever";
}

// Timers fire oldest first, so many at a time: those that were settled must not hold up the others.
TEST_F(TimerTest, SettledTimersDoNotKeepOthersFromFiring) {
  for (std::size_t i = 0; i < limits::kTimersPerBatchMax; ++i) Acknowledge(SealedAgain(Accepted()));
  broker_.Wait(minutes(1));
  Accepted();
  broker_.Wait(hours(9));
  std::size_t overdue = 0;
  for (int i = 0; i < 3; ++i) overdue += broker_.Fire().overdue.size();
  EXPECT_EQ(overdue, 1U);
}

TEST_F(TimerTest, ATimerOfAGrantThatIsNotThereGoes) {
  CommitBatch stray = LastBatch();
  stray.entries.clear();
  stray.nodes.clear();
  stray.notices.clear();
  stray.timers = {{broker_.now(), Digest{1}}};
  ASSERT_TRUE(broker_.store().Apply(stray).has_value());
  EXPECT_TRUE(broker_.Fire().overdue.empty());
  EXPECT_EQ(Timers(), 0U);
}

TEST_F(TimerTest, TimersThatCannotBeReadAreAFault) {
  Accepted();
  broker_.Wait(hours(9));
  broker_.store().FailReads(1);
  broker_.committer().FireTimers(broker_.now(), broker_.monotonic());
  EXPECT_FALSE(broker_.committer().Commit().has_value());
}

}  // namespace
}  // namespace havenline
