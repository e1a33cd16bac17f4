// Held grants at the sender: how they are made, whose clock runs when, and what the broker's word
// of them means.

#include <algorithm>

#include "tests/agents/link/held_fixture.h"

namespace havenline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Kind = Condition::Kind;

class HeldOutboxTest : public HeldFixture {};

TEST_F(HeldOutboxTest, AHeldGrantWatchesTheOneFirstAskedUntilItsDeadlineAndCarriesAPointerAlone) {
  StateKeys();
  const MessageId origin = Send();
  const Envelope envelope = Offered();
  ASSERT_EQ(envelope.grants.size(), 2U);
  const ClearPart& first = envelope.grants[0].clear;
  const ClearPart& held = envelope.grants[1].clear;
  EXPECT_EQ(first.recipient, kSchoolA);
  EXPECT_EQ(first.condition, Condition());
  EXPECT_TRUE(first.number.has_value());
  EXPECT_EQ(held.recipient, kCouncil);
  EXPECT_EQ(held.condition, (Condition{Kind::kUnacknowledged, seal::GrantDigest(envelope.grants[0]),
                                       *first.acknowledge_by}));
  EXPECT_FALSE(held.number.has_value());
  EXPECT_EQ(held.openings, (std::vector<std::string>{"exclusions", "reference", "origin"}));
  EXPECT_EQ(held.acknowledge_by, *first.acknowledge_by + hours(24)) << "from its release on";
  EXPECT_EQ(Council(origin).progress, Progress::kHeld);
  EXPECT_EQ(School(origin).progress, Progress::kSent);
  police_.Reopen();
  EXPECT_EQ(Council(origin).held,
            (HeldBack{Kind::kUnacknowledged, kToSchool, *first.acknowledge_by}));
}

TEST_F(HeldOutboxTest, WhoIsToldOnlyInAnothersPlaceIsNotToldWithoutThatOther) {
  StateKeys();
  const auto origin = police_.outbox().Take(
      {partnership_.MakeContent(partnership_.NoticeContent()), {kToCouncil}, ""}, kNight);
  ASSERT_TRUE(origin.has_value());
  EXPECT_EQ(Council(*origin).progress, Progress::kImpossible);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kNoRecipient), 1U);
}

TEST_F(HeldOutboxTest, WhileTheOneFirstAskedCannotBeSealedToNobodyIsHeldAndBothGoOnceItCan) {
  council_.StateTo(police_);
  const MessageId origin = Send();
  EXPECT_EQ(Message(origin).state, OutState::kUnsealed);
  EXPECT_EQ(Council(origin).progress, Progress::kUnsent);
  EXPECT_EQ(police_.alarms().open_count(), 1U) << "of the school alone";
  school_.StateTo(police_);
  Tick(kNight + minutes(1));
  EXPECT_EQ(Offered().grants.size(), 2U);
  EXPECT_EQ(Council(origin).progress, Progress::kHeld);
}

TEST_F(HeldOutboxTest, SealedAgainItWatchesTheNewGrantAndNoDeadlineMoves) {
  StateKeys();
  const MessageId origin = Send();
  const Envelope first = Offered();
  ASSERT_TRUE(police_.outbox()
                  .OnAnswer(first.header.id, Refused{Code::kPolicyDenies, {}, {}}, kNight)
                  .has_value());
  const std::string text =
      TestPartnership::Replace(PolicyWith("unacknowledged"), "version = 2", "version = 3");
  const std::string previous = HexEncode(partnership_.policy().version().hash);
  police_.Document(DocumentKind::kPolicy,
                   partnership_.Sign(TestPartnership::Replace(
                       text, previous, HexEncode(police_.documents().policy().version().hash))));
  Tick(kNight + hours(70));
  const Envelope second = Offered();
  ASSERT_EQ(second.grants.size(), 2U);
  EXPECT_NE(second.header.id, first.header.id);
  EXPECT_EQ(second.grants[0].clear.acknowledge_by, first.grants[0].clear.acknowledge_by);
  EXPECT_EQ(second.grants[1].clear.acknowledge_by, first.grants[1].clear.acknowledge_by);
  EXPECT_EQ(second.grants[1].clear.condition.grant, seal::GrantDigest(second.grants[0]));
  EXPECT_EQ(second.grants[1].clear.condition.by, first.grants[1].clear.condition.by);
  EXPECT_EQ(Message(origin).sealings, 2U);
}

TEST_F(HeldOutboxTest, OfTwoThatAreFirstAskedTheOneThatHasNotAnsweredIsWatched) {
  StateKeys();
  CountedRandom random(3);
  const Recipient other{kSchoolB, kSchoolRole};
  const SenderView view{police_.documents().directory(), police_.documents().policy(),
                        partnership_.statements(), police_.documents().suspensions(), LogHead{}};
  const ComposeTools tools{partnership_.Key(kPolice, seal::Purpose::kEnvelope), random,
                           [](const AgencyId&, Lane) {
                             return SeriesNumber{SeriesId(7), 1};
                           },
                           [](const policy::Deadline&, const AgencyId& agency, TimePoint from) {
                             return from + (agency == kSchoolA ? hours(2) : hours(8));
                           }};
  const auto watched = [&](std::vector<Asked> asked) {
    const MessageId id = seal::NewMessageId(random, kNight);
    const auto composed = Compose({partnership_.MakeContent(partnership_.NoticeContent()),
                                   {kToCouncil, other, kToSchool},
                                   id,
                                   id,
                                   kNight,
                                   std::move(asked)},
                                  view, tools);
    EXPECT_TRUE(composed.has_value());
    return composed->granted.back().held->watches;
  };
  EXPECT_EQ(watched({}), kToSchool) << "which is to answer first";
  EXPECT_EQ(watched({{kToSchool, std::nullopt, true}}), other);
}

TEST_F(HeldOutboxTest, OnceTheOneFirstAskedHasAcknowledgedNobodyElseIsWaitedFor) {
  StateKeys();
  const MessageId origin = Send();
  Receipt(school_, kSchoolRole, School(origin), origin, ReceiptKind::kOpened);
  EXPECT_EQ(Council(origin).progress, Progress::kHeld);
  Receipt(school_, kSchoolRole, School(origin), origin, ReceiptKind::kAcknowledged);
  EXPECT_EQ(Council(origin).progress, Progress::kStoodDown);
  EXPECT_TRUE(Message(origin).ended());
}

TEST_F(HeldOutboxTest, TheClockOfWhoIsHeldBackRunsOnlyOnceItShouldHaveBeenTold) {
  StateKeys();
  const MessageId origin = Send();
  const TimePoint by = *School(origin).due;
  const TimePoint due = *Council(origin).due;
  Tick(by - minutes(1));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kLate), 0U);
  Tick(by);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kLate), 1U) << "the school";
  Tick(due);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kLate), 2U) << "whatever the broker did";
  Receipt(school_, kSchoolRole, School(origin), origin, ReceiptKind::kAcknowledged, due);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kLate), 0U);
}

TEST_F(HeldOutboxTest, AReleaseIsKnownAtTheSenderAndItsRecipientMustAnswerToo) {
  StateKeys();
  const MessageId origin = Send();
  const Envelope envelope = Offered();
  const SignedWord word =
      Signed(Word(WordKind::kReleased, kPolice, envelope, 1, 1, kNight + hours(9)));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(police_.Hear(word, kNight));
  police_.Reopen();
  EXPECT_EQ(Council(origin).progress, Progress::kSent);
  EXPECT_EQ(Council(origin).released, kNight + hours(9));
  ASSERT_TRUE(police_.outbox().TakeOn(origin, kToSchool, false, kNight).has_value());
  EXPECT_FALSE(Message(origin).ended()) << "a person there was asked and has not answered";
  Receipt(council_, kServicesRole, Council(origin), origin, ReceiptKind::kAcknowledged);
  EXPECT_TRUE(Message(origin).ended());
}

TEST_F(HeldOutboxTest, WhatAPersonHereTookOnBeforeAReleaseNeedsNobodyElse) {
  StateKeys();
  const MessageId origin = Send();
  ASSERT_TRUE(police_.outbox().TakeOn(origin, kToSchool, true, kNight).has_value());
  EXPECT_TRUE(Message(origin).ended());
  // The broker, which does not know, released it: that wakes nothing that is over.
  Receipt(council_, kServicesRole, Council(origin), origin, ReceiptKind::kStored);
  EXPECT_TRUE(Message(origin).ended());
  Tick(kNight + hours(90));
  EXPECT_EQ(police_.alarms().open_count(), 0U);
}

TEST_F(HeldOutboxTest, WhatNobodyWillDeliverIsAPersonsAndSaysWhoWasNotTold) {
  StateKeys();
  const MessageId origin = Send();
  const Envelope envelope = Offered();
  BrokersWord word = Word(WordKind::kUndeliverable, kPolice, envelope, 0);
  word.may_arrive = true;
  ASSERT_TRUE(police_.Hear(Signed(word), kNight));
  ASSERT_TRUE(police_.Hear(Signed(word), kNight));
  police_.Reopen();
  EXPECT_EQ(School(origin).progress, Progress::kUndeliverable);
  EXPECT_EQ(School(origin).undeliverable, Code::kRecipientSuspended);
  EXPECT_TRUE(School(origin).may_arrive);
  ASSERT_EQ(police_.AlarmsOf(AlarmKind::kUndeliverable), 1U);
  const std::string& words = police_.alarms().all().rbegin()->second.words;
  EXPECT_NE(words.find("school.106890"), std::string::npos);
  EXPECT_NE(words.find("may have arrived"), std::string::npos);
  EXPECT_NE(words.find("in its place"), std::string::npos);
  EXPECT_EQ(police_.outbox().voids().size(), 1U) << "its number will never come";
  Tick(*School(origin).due);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kLate), 1U) << "its clock stands";
  EXPECT_FALSE(Message(origin).ended());
  ASSERT_TRUE(police_.outbox().TakeOn(origin, kToSchool, false, kNight).has_value());
  EXPECT_EQ(police_.alarms().open_count(), 0U);
}

TEST_F(HeldOutboxTest, WhatWasUndeliverableIsSealedAgainOnceTheSuspensionIsLifted) {
  StateKeys();
  const MessageId origin = Send();
  const Envelope first = Offered();
  ASSERT_TRUE(police_.Hear(Signed(Word(WordKind::kUndeliverable, kPolice, first, 0)), kNight));
  Suspend(police_, kSchoolA);
  Tick(kNight + minutes(1));
  EXPECT_EQ(Message(origin).sealings, 1U);
  Suspend(police_, kSchoolA, 2, true);
  Tick(kNight + minutes(2));
  EXPECT_EQ(Message(origin).sealings, 2U);
  EXPECT_EQ(School(origin).progress, Progress::kSent);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kUndeliverable), 0U);
  EXPECT_EQ(Offered().header.origin, origin);
}

TEST_F(HeldOutboxTest, AWordOfASealingThatWasReplacedChangesNothing) {
  StateKeys();
  const MessageId origin = Send();
  Envelope envelope = Offered();
  envelope.grants[0].ciphertext.push_back(0);
  ASSERT_TRUE(police_.Hear(Signed(Word(WordKind::kUndeliverable, kPolice, envelope, 0)), kNight));
  EXPECT_EQ(School(origin).progress, Progress::kSent);
}

class UnableOutboxTest : public HeldFixture {
 protected:
  void SetUp() override {
    PutInForce("unable");
    StateKeys();
  }
};

TEST_F(UnableOutboxTest, WhoIsToldOfAFailureHasNoClockUntilItsRelease) {
  const MessageId origin = Send();
  const Envelope envelope = Offered();
  const ClearPart& held = envelope.grants[1].clear;
  EXPECT_EQ(held.condition,
            (Condition{Kind::kUnable, seal::GrantDigest(envelope.grants[0]), TimePoint()}));
  EXPECT_FALSE(held.acknowledge_by.has_value());
  EXPECT_FALSE(Council(origin).due.has_value());
  const TimePoint later = kNight + hours(30);
  ASSERT_TRUE(
      police_.Hear(Signed(Word(WordKind::kReleased, kPolice, envelope, 1, 1, later)), later));
  EXPECT_EQ(Council(origin).due, later + hours(24));
  EXPECT_EQ(Council(origin).warn, later + hours(22));
}

}  // namespace
}  // namespace havenline
