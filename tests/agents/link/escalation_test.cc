// Whom a message that nobody acknowledges is taken to: at the desk where it waits, and at its
// sender's, each by its own clock.

#include "agents/link/escalation.h"

#include <gtest/gtest.h>

#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

policy::Duty Duty(const std::string& name) { return {name, "the " + name, Role("school"), false}; }

std::vector<std::int64_t> MinutesOf(const Escalation& escalation, TimePoint from) {
  std::vector<std::int64_t> times;
  for (const EscalationStep& step : escalation.steps)
    times.push_back(std::chrono::duration_cast<minutes>(step.time - from).count());
  return times;
}

TEST(PlanEscalationTest, EachIsAskedAfterAnEqualPartOfTheTimeAndTheLastWhenItIsDue) {
  const std::vector<policy::Duty> three = {Duty("a"), Duty("b"), Duty("c")};
  const auto plan = [&](std::int64_t left) {
    return MinutesOf(PlanEscalation(three, kNight, kNight + minutes(left)), kNight);
  };
  EXPECT_EQ(plan(30), (std::vector<std::int64_t>{10, 20, 30}));
  EXPECT_EQ(plan(1440), (std::vector<std::int64_t>{480, 960, 1440}));
  // However late it came, each has time to look.
  EXPECT_EQ(plan(6), (std::vector<std::int64_t>{5, 10, 15}));
  EXPECT_EQ(plan(-600), (std::vector<std::int64_t>{5, 10, 15}));
  const TimePoint odd = kNight + Milliseconds(3'600'001);
  EXPECT_EQ(PlanEscalation(three, kNight, odd).steps.back().time, odd);
  EXPECT_TRUE(PlanEscalation({}, kNight, odd).steps.empty());
}

class EscalationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    school_.StateTo(police_);
    const auto origin = police_.outbox().Take(
        {partnership_.MakeContent(partnership_.NoticeContent()), {{kSchoolA, kSchoolRole}}, ""},
        kNight);
    ASSERT_TRUE(origin.has_value());
    origin_ = *origin;
    due_ = *police_.outbox().messages().at(origin_).recipients[0].due;
  }
  void Deliver(TimePoint now) {
    const auto offer = police_.outbox().NextOffer(3U << 20U).value();
    ASSERT_TRUE(
        school_.inbox()
            .OnDeliver({broker_.DeliveryTo(partnership_, broker_.Accept(offer->bytes), 0)}, now)
            .has_value());
  }
  void Tick(TimePoint now) {
    ASSERT_TRUE(police_.outbox().Tick(now).has_value());
    ASSERT_TRUE(school_.inbox().Tick(now).has_value());
  }
  void Act(ReceiptKind kind, TimePoint now) {
    ASSERT_TRUE(
        school_.inbox().Do({1, kind, Pseudonym("a1b2c3d4")}, now, StoreBatch()).has_value());
    for (const SignedReceipt& receipt : school_.TakeReceipts()) {
      const PartProof proof = broker_.Enter(receipt);
      ASSERT_TRUE(police_.outbox().OnReceipt(receipt, &proof, now).value());
    }
  }
  // Whom the open alarms of this kind ask; "" is everybody's at that desk.
  static std::vector<std::string> Asked(TestAgent& agent, AlarmKind kind) {
    std::vector<std::string> asked;
    for (const auto& [number, alarm] : agent.alarms().all()) {
      if (alarm.kind == kind && alarm.open()) asked.push_back(alarm.place.duty);
    }
    return asked;
  }
  using Names = std::vector<std::string>;

  TestPartnership partnership_;
  TestAgent police_{partnership_, kPolice, {}};
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  TestBroker broker_;
  MessageId origin_;
  TimePoint due_;
};

TEST_F(EscalationTest, ItClimbsAtTheDeskWhereItWaitsStepByStepAndEachStepOnce) {
  Deliver(kNight);
  Tick(due_ - minutes(31));
  EXPECT_TRUE(school_.alarms().all().empty());
  Tick(due_ - minutes(30));
  EXPECT_EQ(Asked(school_, AlarmKind::kDueSoon), Names{""});
  EXPECT_EQ(Asked(school_, AlarmKind::kEscalated), Names{});
  Tick(due_ - minutes(20));
  EXPECT_EQ(Asked(school_, AlarmKind::kEscalated), Names{"deputy-key-adult"});
  school_.Reopen();
  Tick(due_ - minutes(11));
  EXPECT_EQ(Asked(school_, AlarmKind::kEscalated), Names{"deputy-key-adult"}) << "fired once";
  Tick(due_ - minutes(10));
  EXPECT_EQ(Asked(school_, AlarmKind::kEscalated), (Names{"deputy-key-adult", "head"}));
  Tick(due_ + hours(9));
  EXPECT_EQ(Asked(school_, AlarmKind::kEscalated), (Names{"deputy-key-adult", "head"}))
      << "the safeguarding desk is the force's";
  EXPECT_EQ(Asked(school_, AlarmKind::kLate), Names{""});
  EXPECT_EQ(Asked(school_, AlarmKind::kDueSoon), Names{});
  const Alarm& head = school_.alarms().all().rbegin()->second;
  EXPECT_EQ(head.place.agency, kSchoolA);
  EXPECT_EQ(head.place.role, kSchoolRole);
}

TEST_F(EscalationTest, ItClimbsAtTheSendersAgentTooAndEndsAtItsOwnDutyWhenItIsDue) {
  Deliver(kNight);
  Tick(due_ - minutes(10));
  EXPECT_EQ(Asked(police_, AlarmKind::kEscalated), (Names{"", ""}))
      << "whoever is at the desk telephones the school's";
  police_.Reopen();
  Tick(due_);
  EXPECT_EQ(Asked(police_, AlarmKind::kEscalated), (Names{"", "", "safeguarding-desk"}));
  Tick(due_ + hours(1));
  EXPECT_EQ(Asked(police_, AlarmKind::kEscalated).size(), 3U);
}

TEST_F(EscalationTest, WhatNeverArrivedClimbsAtTheSendersAgentAllTheSame) {
  Tick(due_);
  EXPECT_EQ(Asked(police_, AlarmKind::kEscalated), (Names{"", "", "safeguarding-desk"}));
}

TEST_F(EscalationTest, OpeningItDoesNotStopTheClimbAndAcknowledgingEndsItAtBothEnds) {
  Deliver(kNight);
  Tick(due_ - minutes(20));
  Act(ReceiptKind::kOpened, due_ - minutes(19));
  Tick(due_ - minutes(10));
  EXPECT_EQ(Asked(school_, AlarmKind::kEscalated), (Names{"deputy-key-adult", "head"}));
  Act(ReceiptKind::kAcknowledged, due_ - minutes(9));
  for (TestAgent* const agent : {&school_, &police_}) {
    EXPECT_EQ(agent->alarms().open_count(), 0U);
    agent->Reopen();
  }
  Tick(due_ + hours(1));
  EXPECT_EQ(school_.alarms().open_count(), 0U);
  EXPECT_EQ(police_.alarms().open_count(), 0U);
}

TEST_F(EscalationTest, AnAlarmThatSomebodyTookOnStopsNoClock) {
  Deliver(kNight);
  Tick(due_ - minutes(20));
  StoreBatch batch;
  for (const auto& [number, alarm] : school_.alarms().all())
    ASSERT_TRUE(school_.alarms().TakeOn(number, "keyadult", due_, batch).has_value());
  ASSERT_TRUE(school_.store().Commit(batch).has_value());
  Tick(due_ - minutes(10));
  EXPECT_EQ(Asked(school_, AlarmKind::kEscalated), Names{"head"});
}

TEST_F(EscalationTest, WhatIsHandedBackIsTheSendersToSeeToAndAsksNobodyHereAnyMore) {
  Deliver(kNight);
  Tick(due_ - minutes(20));
  Act(ReceiptKind::kNotOurs, due_ - minutes(19));
  Tick(due_);
  EXPECT_EQ(school_.alarms().open_count(), 0U);
  EXPECT_EQ(Asked(police_, AlarmKind::kEscalated), Names{});
  EXPECT_EQ(Asked(police_, AlarmKind::kNotOurs), Names{""});
}

TEST_F(EscalationTest, WhatCameWhenItWasLateIsAlarmedAtOnceAndStillGivesEachTimeToLook) {
  Deliver(due_ + hours(2));
  Tick(due_ + hours(2));
  EXPECT_EQ(Asked(school_, AlarmKind::kLate), Names{""});
  EXPECT_EQ(Asked(school_, AlarmKind::kEscalated), Names{});
  Tick(due_ + hours(2) + minutes(5));
  EXPECT_EQ(Asked(school_, AlarmKind::kEscalated), Names{"deputy-key-adult"});
}

}  // namespace
}  // namespace havenline
