// Held grants at the recipient: opened with the broker's word alone; and what a suspension drops.

#include "tests/agents/link/held_fixture.h"

namespace havenline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class HeldInboxTest : public HeldFixture {
 protected:
  void SetUp() override {
    HeldFixture::SetUp();
    StateKeys();
    Send();
    taken_ = broker_.Accept(wire::EncodeEnvelope(Offered()));
  }
  // The council's grant, handed over with this word or with none.
  DeliverItem Handed(const std::optional<SignedWord>& release) {
    Delivery delivery = partnership_.DeliveryOf(taken_.envelope, 1);
    delivery.proof = taken_.entry.ProofOf(2);
    if (release) delivery.release = wire::EncodeSignedWord(*release);
    return {Reference(1), kCouncil, Lane::kUrgent, wire::EncodeDelivery(delivery)};
  }
  void Deliver(const DeliverItem& item, TimePoint now = kNight) {
    ASSERT_TRUE(council_.inbox().OnDeliver({item}, now).has_value());
  }
  BrokersWord Release(std::uint64_t n = 1) const {
    return Word(WordKind::kReleased, kCouncil, taken_.envelope, 1, n);
  }
  bool IsShown() {
    const auto& messages = council_.inbox().messages();
    return messages.size() == 1 && messages.begin()->second.shown();
  }
  const InMessage& Only() { return council_.inbox().messages().begin()->second; }

  TestBroker::Taken taken_;
};

TEST_F(HeldInboxTest, OneOpenedEarlyWithoutTheBrokersWordIsRefusedAndKept) {
  Deliver(Handed(std::nullopt));
  EXPECT_FALSE(IsShown());
  EXPECT_EQ(Only().state, InState::kUnreadable);
  EXPECT_FALSE(council_.inbox().Section(Only(), "reference")->has_value());
  const auto receipts = council_.TakeReceipts();
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts[0].receipt.kind, ReceiptKind::kUnreadable);
  ASSERT_EQ(council_.AlarmsOf(AlarmKind::kUnreadable), 1U);
  EXPECT_NE(council_.alarms().all().rbegin()->second.words.find("signed release"),
            std::string::npos);
  // Once it is released it is shown.
  council_.Reopen();
  Deliver(Handed(Signed(Release())));
  EXPECT_TRUE(IsShown());
  EXPECT_EQ(council_.AlarmsOf(AlarmKind::kUnreadable), 0U);
}

TEST_F(HeldInboxTest, AnotherWordThanTheReleaseOfExactlyThisGrantToItselfFreesNothing) {
  BrokersWord other_grant = Word(WordKind::kReleased, kCouncil, taken_.envelope, 0);
  BrokersWord other_agency = Release();
  other_agency.to = kSchoolA;
  BrokersWord other_kind = Release();
  other_kind.kind = WordKind::kStoodDown;
  BrokersWord other_partnership = Release();
  other_partnership.partnership = PartnershipId("elsewhere");
  BrokersWord other_message = Release();
  other_message.message = MessageId(ByteArray<16>{1});
  BrokersWord other_origin = Release();
  other_origin.origin = MessageId(ByteArray<16>{1});
  for (const BrokersWord& word :
       {other_grant, other_agency, other_kind, other_partnership, other_message, other_origin}) {
    Deliver(Handed(Signed(word)));
    EXPECT_FALSE(IsShown());
  }
  SignedWord forged = Signed(Release());
  forged.signature =
      seal::SignWord(partnership_.Key(kPolice, seal::Purpose::kReceipt), forged.bytes);
  Deliver(Handed(forged));
  EXPECT_FALSE(IsShown());
  Deliver(Handed(Signed(Release())));
  EXPECT_TRUE(IsShown());
}

TEST_F(HeldInboxTest, AGrantThatWasNotHeldIsNotReleasedEither) {
  Delivery delivery = partnership_.DeliveryOf(taken_.envelope, 0);
  delivery.proof = taken_.entry.ProofOf(1);
  delivery.release =
      wire::EncodeSignedWord(Signed(Word(WordKind::kReleased, kSchoolA, taken_.envelope, 0)));
  ASSERT_TRUE(
      school_.inbox()
          .OnDeliver({{Reference(1), kSchoolA, Lane::kUrgent, wire::EncodeDelivery(delivery)}},
                     kNight)
          .has_value());
  EXPECT_EQ(school_.inbox().messages().begin()->second.state, InState::kUnreadable);
}

TEST_F(HeldInboxTest, AReleasedNoticeShowsThePointerAndWhenItWasReleased) {
  BrokersWord word = Release();
  word.time = kNight + hours(9);
  Deliver(Handed(Signed(word)));
  ASSERT_TRUE(IsShown());
  council_.Reopen();
  EXPECT_EQ(Only().released, kNight + hours(9));
  EXPECT_TRUE(council_.inbox().Section(Only(), "reference")->has_value());
  EXPECT_FALSE(council_.inbox().Section(Only(), "childName")->has_value());
  EXPECT_EQ(council_.TakeReceipts().at(0).receipt.kind, ReceiptKind::kStored);
}

TEST_F(HeldInboxTest, AGapInTheBrokersOwnSeriesIsAlarmed) {
  Deliver(Handed(Signed(Release(1))));
  const SignedWord third = Signed(Word(WordKind::kStoodDown, kCouncil, taken_.envelope, 1, 3));
  ASSERT_TRUE(council_.Hear(third, kNight));
  ASSERT_TRUE(council_.inbox().Tick(kNight + minutes(2)).has_value());
  ASSERT_EQ(council_.AlarmsOf(AlarmKind::kGap), 1U);
  EXPECT_NE(council_.alarms().all().rbegin()->second.words.find("broker"), std::string::npos);
  const SignedWord second = Signed(Word(WordKind::kStoodDown, kCouncil, taken_.envelope, 1, 2));
  ASSERT_TRUE(council_.Hear(second, kNight));
  EXPECT_EQ(council_.AlarmsOf(AlarmKind::kGap), 0U);
}

TEST_F(HeldInboxTest, AStandDownIsShownBesideTheNoticeAndAPersonMayStillAcknowledge) {
  Deliver(Handed(Signed(Release())));
  const SignedWord word =
      Signed(Word(WordKind::kStoodDown, kCouncil, taken_.envelope, 1, 2, kNight + hours(10)));
  SignedWord forged = word;
  forged.signature[5] ^= 1U;
  EXPECT_FALSE(council_.Hear(forged, kNight));
  EXPECT_FALSE(Only().stood_down.has_value());
  EXPECT_TRUE(council_.Hear(word, kNight));
  council_.Reopen();
  EXPECT_EQ(Only().stood_down, kNight + hours(10));
  EXPECT_TRUE(council_.inbox()
                  .Do({1, ReceiptKind::kAcknowledged, Pseudonym("a1b2c3d4")}, kNight, StoreBatch())
                  .has_value());
  EXPECT_FALSE(school_.Hear(word, kNight)) << "not to an agency of its own";
}

TEST_F(HeldInboxTest, AStandDownThatComesBeforeItsNoticeWaitsForIt) {
  const SignedWord word =
      Signed(Word(WordKind::kStoodDown, kCouncil, taken_.envelope, 1, 2, kNight + hours(10)));
  ASSERT_TRUE(council_.Hear(word, kNight));
  council_.Reopen();
  Deliver(Handed(Signed(Release())));
  EXPECT_EQ(Only().stood_down, kNight + hours(10));
}

// C6: a grant already handed to a link may arrive; the agent drops it unopened.
TEST_F(HeldInboxTest, WhatArrivesOnceItsAgencyIsSuspendedIsDroppedAndWhatWasShownStays) {
  Deliver(Handed(Signed(Release())));
  ASSERT_TRUE(IsShown());
  council_.TakeReceipts();
  Send(kNight + seconds(1));
  taken_ = broker_.Accept(wire::EncodeEnvelope(Offered()));
  Suspend(council_, kCouncil);
  ASSERT_TRUE(council_.inbox().OnDocuments(kNight).has_value());
  EXPECT_EQ(council_.AlarmsOf(AlarmKind::kSuspended), 1U);
  Deliver(Handed(Signed(Release(2))));
  EXPECT_TRUE(IsShown()) << "the first one, alone";
  EXPECT_EQ(council_.inbox().dropped(), 1U);
  EXPECT_TRUE(council_.TakeReceipts().empty());
  Suspend(council_, kCouncil, 2, true);
  ASSERT_TRUE(council_.inbox().OnDocuments(kNight).has_value());
  EXPECT_EQ(council_.AlarmsOf(AlarmKind::kSuspended), 0U);
  Deliver(Handed(Signed(Release(2))));
  EXPECT_EQ(council_.inbox().messages().size(), 2U);
}

// It was handed before, and has not been opened.
TEST_F(HeldInboxTest, WhatWaitsForAPolicyWhenItsAgencyIsSuspendedIsDroppedUnopened) {
  TestAgent behind(partnership_, kSchoolA, {kSchoolRole});  // It has the first policy alone.
  Delivery delivery = partnership_.DeliveryOf(taken_.envelope, 0);
  const DeliverItem item{Reference(1), kSchoolA, Lane::kUrgent, wire::EncodeDelivery(delivery)};
  ASSERT_TRUE(behind.inbox().OnDeliver({item}, kNight).has_value());
  ASSERT_EQ(behind.inbox().WantedPolicies().size(), 1U);
  Suspend(behind, kSchoolA);
  ASSERT_TRUE(behind.inbox().OnDocuments(kNight).has_value());
  behind.Reopen();
  EXPECT_TRUE(behind.inbox().messages().empty());
}

class UnableInboxTest : public HeldInboxTest {
 protected:
  void SetUp() override {
    PutInForce("unable");
    StateKeys();
    Send();
    taken_ = broker_.Accept(wire::EncodeEnvelope(Offered()));
  }
};

TEST_F(UnableInboxTest, TheClockOfAnUntimedReleaseRunsFromIt) {
  BrokersWord word = Release();
  word.time = kNight + hours(30);
  Deliver(Handed(Signed(word)), kNight + hours(31));
  ASSERT_TRUE(IsShown());
  EXPECT_EQ(Only().acknowledge_by, kNight + hours(54));
}

}  // namespace
}  // namespace havenline
