#include "agents/link/inbox.h"

#include <gtest/gtest.h>

#include "schema/seal/joined.h"
#include "tests/fakes/signed_items.h"
#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Pseudonym kPerson("a1b2c3d4");

class InboxTest : public ::testing::Test {
 protected:
  void SetUp() override { school_.StateTo(police_); }

  Outbox::Offer Send(TimePoint now = kNight) {
    EXPECT_TRUE(police_.outbox()
                    .Take({partnership_.MakeContent(partnership_.NoticeContent()),
                           {{kSchoolA, kSchoolRole}},
                           ""},
                          now)
                    .has_value());
    return *police_.outbox().NextOffer(3U << 20U).value();
  }
  DeliverItem Carry(const Outbox::Offer& offer) {
    return broker_.DeliveryTo(partnership_, broker_.Accept(offer.bytes), 0);
  }
  void Deliver(const std::vector<DeliverItem>& items, TimePoint now = kNight) {
    ASSERT_TRUE(school_.inbox().OnDeliver(items, now).has_value());
  }
  std::vector<ReceiptKind> Receipts() {
    std::vector<ReceiptKind> kinds;
    for (const SignedReceipt& receipt : school_.TakeReceipts())
      kinds.push_back(receipt.receipt.kind);
    return kinds;
  }
  std::size_t Presented() {
    std::size_t count = 0;
    for (const auto& [number, message] : school_.inbox().messages())
      count += message.shown() ? 1U : 0U;
    return count;
  }
  Result<void> Act(std::uint64_t number, ReceiptKind kind) {
    return school_.inbox().Do({number, kind, kPerson}, kNight, StoreBatch());
  }
  // Refuses the message at the police and seals it again under a new policy version.
  Outbox::Offer SealAgain(const Outbox::Offer& offer) {
    EXPECT_TRUE(police_.outbox()
                    .OnAnswer(offer.message, Refused{Code::kPolicyDenies, {}, {}}, kNight)
                    .has_value());
    police_.Document(DocumentKind::kPolicy, partnership_.Sign(partnership_.PolicyText(
                                                2, partnership_.policy().version().hash)));
    EXPECT_TRUE(police_.outbox().Tick(kNight + seconds(5)).has_value());
    return *police_.outbox().NextOffer(3U << 20U).value();
  }

  TestPartnership partnership_;
  TestAgent police_{partnership_, kPolice, {}};
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  TestBroker broker_;
};

TEST_F(InboxTest, AMessageIsStoredReceiptedAndPresented) {
  Deliver({Carry(Send())});
  EXPECT_EQ(Presented(), 1U);
  EXPECT_EQ(Receipts(), std::vector{ReceiptKind::kStored});
  school_.Reopen();
  EXPECT_EQ(Presented(), 1U);
  const InMessage& message = school_.inbox().messages().begin()->second;
  const auto name = school_.inbox().Section(message, "childName");
  ASSERT_TRUE(name.has_value());
  EXPECT_TRUE(name->has_value());
  EXPECT_FALSE(
      school_.inbox().Section(message, "location")->has_value());  // Never released to a school.
}

TEST_F(InboxTest, ItsReceiptsWaitInTheStoreUntilTheBrokerHasThem) {
  Deliver({Carry(Send())});
  school_.Reopen();
  EXPECT_EQ(Receipts(), std::vector{ReceiptKind::kStored});
  school_.Reopen();
  EXPECT_TRUE(Receipts().empty());
}

TEST_F(InboxTest, TheSameDeliveryAgainIsNotPresentedTwiceNorReceiptedAnew) {
  const DeliverItem item = Carry(Send());
  Deliver({item, item});
  Deliver({item});
  school_.Reopen();
  Deliver({item});
  EXPECT_EQ(Presented(), 1U);
  EXPECT_EQ(Receipts().size(), 1U);
}

TEST_F(InboxTest, AMessageSealedAgainIsPresentedOnceAndItsNewGrantReceipted) {
  const Outbox::Offer first = Send();
  Deliver({Carry(first)});
  ASSERT_TRUE(Act(1, ReceiptKind::kAcknowledged).has_value());
  Receipts();
  const Outbox::Offer second = SealAgain(first);
  ASSERT_NE(second.message, first.message);
  school_.Document(DocumentKind::kPolicy, partnership_.Sign(partnership_.PolicyText(
                                              2, partnership_.policy().version().hash)));
  Deliver({Carry(second)});
  EXPECT_EQ(Presented(), 1U);
  EXPECT_EQ(Receipts(), std::vector{ReceiptKind::kStored});
  EXPECT_EQ(school_.inbox().messages().begin()->second.state, InState::kAcknowledged);
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kOtherPayload), 0U);
}

TEST_F(InboxTest, TheSameOriginWithAnotherContentIsKeptAndAlarmed) {
  const Outbox::Offer first = Send();
  Deliver({Carry(first)});
  // A sender gone wrong: the same origin over other words.
  const auto envelope = wire::ParseEnvelope(first.bytes);
  auto sections = partnership_.NoticeContent();
  sections["circumstances"] = "Something else altogether.";
  const Content other = partnership_.MakeContent(sections);
  CountedRandom random(4);
  const MessageId id = seal::NewMessageId(random, kNight + seconds(9));
  const SenderView view{partnership_.directory(), partnership_.policy(),
                        police_.documents().statements(), police_.documents().suspensions(),
                        LogHead{}};
  const ComposeTools tools{
      partnership_.Key(kPolice, seal::Purpose::kEnvelope), random,
      [](const AgencyId&, Lane) {
        return SeriesNumber{SeriesId(1), 50};
      },
      [](const policy::Deadline&, const AgencyId&, TimePoint) { return std::nullopt; }};
  const auto composed =
      Compose({other, {{kSchoolA, kSchoolRole}}, envelope->header.origin, id, kNight + seconds(9)},
              view, tools);
  ASSERT_TRUE(composed.has_value());
  Deliver({Carry({id, Lane::kUrgent, composed->bytes})});
  EXPECT_EQ(Presented(), 1U);
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kOtherPayload), 1U);
}

TEST_F(InboxTest, WhatItCannotOpenIsKeptReceiptedAndShownOnceSealedToAKeyItHas) {
  // Sealed to the test partnership's fixed key, which this school's own keyring does not hold.
  CountedRandom random(9);
  const Composed composed = partnership_.Compose({{kSchoolA, kSchoolRole}}, random, kNight);
  Deliver({Carry({composed.envelope.header.id, Lane::kUrgent, composed.bytes})});
  EXPECT_EQ(Presented(), 0U);
  EXPECT_EQ(Receipts(), std::vector{ReceiptKind::kUnreadable});
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kUnreadable), 1U);
  EXPECT_FALSE(Act(1, ReceiptKind::kOpened).has_value());
  // The same origin, to a key it holds.
  const SenderView view{partnership_.directory(), partnership_.policy(),
                        police_.documents().statements(), police_.documents().suspensions(),
                        LogHead{}};
  const ComposeTools tools{
      partnership_.Key(kPolice, seal::Purpose::kEnvelope), random,
      [](const AgencyId&, Lane) {
        return SeriesNumber{SeriesId(7), 2};
      },
      [](const policy::Deadline&, const AgencyId&, TimePoint) { return std::nullopt; }};
  const auto again = Compose({partnership_.MakeContent(partnership_.NoticeContent()),
                              {{kSchoolA, kSchoolRole}},
                              composed.envelope.header.origin,
                              std::nullopt,
                              kNight + seconds(1)},
                             view, tools);
  ASSERT_TRUE(again.has_value());
  Deliver({Carry({again->envelope.header.id, Lane::kUrgent, again->bytes})});
  EXPECT_EQ(Presented(), 1U);
  EXPECT_EQ(Receipts(), std::vector{ReceiptKind::kStored});
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kUnreadable), 0U);
}

TEST_F(InboxTest, WhatItsOwnNewerPolicyForbidsIsWithheld) {
  const Outbox::Offer offer = Send();
  const std::string stricter =
      TestPartnership::Replace(partnership_.PolicyText(2, partnership_.policy().version().hash),
                               "\"circumstances\", \"otherSafeguarding\", \"collection\"",
                               "\"otherSafeguarding\", \"collection\"");
  school_.Document(DocumentKind::kPolicy, partnership_.Sign(stricter));
  Deliver({Carry(offer)});
  EXPECT_EQ(Presented(), 0U);
  EXPECT_EQ(Receipts(), std::vector{ReceiptKind::kWithheld});
}

// A school is told that there is more only where the rule says so of that very section.
TEST_F(InboxTest, OfWhatIsWithheldOnlyThatMayShowWhichBothPoliciesSay) {
  const auto may_show = [&](std::uint64_t number) {
    return school_.inbox().Find(number)->may_show;
  };
  Deliver({Carry(Send())});
  EXPECT_TRUE(may_show(1).empty());
  const auto visible = [&](std::uint64_t version, const std::string& sections) {
    return partnership_.Sign(TestPartnership::Replace(
        partnership_.PolicyText(version, police_.documents().policy().version().hash),
        "rule = \"ENC-1\"\n", "rule = \"ENC-1\"\nvisible-when-withheld = " + sections + "\n"));
  };
  const std::string second = visible(2, "[\"location\", \"adults\"]");
  police_.Document(DocumentKind::kPolicy, second);
  school_.Document(DocumentKind::kPolicy, second);
  // Each at a time of its own: the last message is the one with the last id.
  const auto send = [&](TimePoint now) {
    ASSERT_TRUE(police_.outbox()
                    .Take({partnership_.MakeContent(partnership_.NoticeContent()),
                           {{kSchoolA, kSchoolRole}},
                           ""},
                          now)
                    .has_value());
    while (const auto offer = police_.outbox().NextOffer(3U << 20U).value()) {
      if (offer->message == police_.outbox().messages().rbegin()->second.message)
        Deliver({Carry(*offer)}, now);
    }
  };
  send(kNight + seconds(9));
  ASSERT_NE(school_.inbox().Find(2), nullptr);
  EXPECT_EQ(may_show(2), (std::vector<std::string>{"location", "adults"}));
  // The school has a newer one that says less; the force does not yet.
  school_.Document(DocumentKind::kPolicy, visible(3, "[\"adults\"]"));
  send(kNight + seconds(10));
  ASSERT_NE(school_.inbox().Find(3), nullptr);
  EXPECT_EQ(may_show(3), std::vector<std::string>{"adults"});
  school_.Reopen();
  EXPECT_EQ(may_show(2), (std::vector<std::string>{"location", "adults"}));
}

TEST_F(InboxTest, AMessageUnderAPolicyThatIsNotAtHandYetWaitsForItWithoutAReceipt) {
  const std::string next =
      partnership_.Sign(partnership_.PolicyText(2, partnership_.policy().version().hash));
  police_.Document(DocumentKind::kPolicy, next);
  Deliver({Carry(Send())});
  EXPECT_EQ(Presented(), 0U);
  EXPECT_TRUE(Receipts().empty());
  ASSERT_EQ(school_.inbox().WantedPolicies().size(), 1U);
  school_.Reopen();
  ASSERT_EQ(school_.inbox().WantedPolicies().size(), 1U);
  school_.Document(DocumentKind::kPolicy, next);
  ASSERT_TRUE(school_.inbox().OnDocuments(kNight).has_value());
  EXPECT_EQ(Presented(), 1U);
  EXPECT_EQ(Receipts(), std::vector{ReceiptKind::kStored});
}

TEST_F(InboxTest, AClaimThatDiffersIsShownWithAWarningAndAlarmed) {
  school_.claims_made_ =
      std::map<std::string, std::string>{{"childPart", "victim"}};  // The envelope says household.
  Deliver({Carry(Send())});
  EXPECT_EQ(Presented(), 1U);
  EXPECT_EQ(Receipts(), (std::vector{ReceiptKind::kClaimsDiffer, ReceiptKind::kStored}));
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kClaimsDiffer), 1U);
}

TEST_F(InboxTest, ItemsForOthersOrMalformedAreSkippedAndTheGoodOnesShown) {
  DeliverItem good = Carry(Send());
  DeliverItem foreign = Carry(Send(kNight + seconds(1)));
  foreign.agency = kSchoolB;
  DeliverItem malformed = good;
  malformed.bytes.resize(40);
  Deliver({malformed, foreign, good});
  EXPECT_EQ(Presented(), 1U);
  EXPECT_EQ(school_.inbox().skipped(), 2U);
}

TEST_F(InboxTest, AMissingNumberIsAlarmedAfterAWhileAndSettledWhenItArrives) {
  const DeliverItem first = Carry(Send());
  const DeliverItem second = Carry(Send(kNight + seconds(1)));
  const DeliverItem third = Carry(Send(kNight + seconds(2)));
  Deliver({first, third});
  EXPECT_EQ(Presented(), 2U);  // What arrived is presented at once.
  ASSERT_TRUE(school_.inbox().Tick(kNight + seconds(10)).has_value());
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kGap), 0U);
  school_.Reopen();
  ASSERT_TRUE(school_.inbox().Tick(kNight + minutes(2)).has_value());
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kGap), 1U);
  Deliver({second}, kNight + minutes(3));
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kGap), 0U);
}

TEST_F(InboxTest, AVoidedNumberLeavesNoGap) {
  const Outbox::Offer refused = Send();
  const DeliverItem second = Carry(Send(kNight + seconds(1)));
  ASSERT_TRUE(police_.outbox()
                  .OnAnswer(refused.message, Refused{Code::kPolicyDenies, {}, {}}, kNight)
                  .has_value());
  ASSERT_EQ(police_.outbox().voids().size(), 1U);
  const auto voided = wire::ParseSignedVoid(police_.outbox().voids().begin()->second);
  Deliver({second});
  const auto taken = school_.inbox().OnVoid(*voided, kNight);
  ASSERT_TRUE(taken.has_value() && *taken);
  ASSERT_TRUE(school_.inbox().Tick(kNight + minutes(5)).has_value());
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kGap), 0U);
  SignedVoid forged = *voided;
  forged.signature[0] ^= 1U;
  EXPECT_FALSE(*school_.inbox().OnVoid(forged, kNight));
}

// Voids are the quickest way to let a number be seen: any number, signed by the sender.
TEST_F(InboxTest, AGapBeyondWhatIsRememberedIsAlarmedAtOnceAndItsAlarmIsAPersonsToEnd) {
  const auto see = [&](std::uint64_t n) {
    ASSERT_TRUE(
        school_.inbox().OnVoid(SignVoid(partnership_, kPolice, kSchoolA, {n}), kNight).value());
  };
  for (std::uint64_t n = 2; n <= 1'025; ++n) see(n);
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kGap), 0U);
  see(1'026);
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kGap), 1U);
  see(1'027);
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kGap), 1U);
  school_.Reopen();
  see(1'028);
  EXPECT_EQ(school_.AlarmsOf(AlarmKind::kGap), 1U);
}

TEST_F(InboxTest, ActsAreReceiptedInOrderAndOnceEach) {
  Deliver({Carry(Send())});
  ASSERT_TRUE(Act(1, ReceiptKind::kOpened).has_value());
  ASSERT_TRUE(Act(1, ReceiptKind::kOpened).has_value());
  ASSERT_TRUE(Act(1, ReceiptKind::kAcknowledged).has_value());
  EXPECT_FALSE(Act(1, ReceiptKind::kNotOurs).has_value());
  EXPECT_FALSE(Act(2, ReceiptKind::kOpened).has_value());
  const auto receipts = school_.TakeReceipts();
  ASSERT_EQ(receipts.size(), 3U);
  EXPECT_EQ(receipts[0].receipt.previous, Digest{});
  for (std::size_t i = 1; i < receipts.size(); ++i) {
    EXPECT_EQ(receipts[i].receipt.previous, seal::Sha256(receipts[i - 1].bytes));
  }
  EXPECT_EQ(receipts[2].receipt.kind, ReceiptKind::kAcknowledged);
  EXPECT_EQ(receipts[2].receipt.person, kPerson);
}

TEST_F(InboxTest, ReceiptsOfOneFrameCarryOneSignature) {
  Deliver({Carry(Send()), Carry(Send(kNight + seconds(1))), Carry(Send(kNight + seconds(2)))});
  const auto receipts = school_.TakeReceipts();
  ASSERT_EQ(receipts.size(), 3U);
  for (const SignedReceipt& receipt : receipts) {
    EXPECT_EQ(receipt.signature.size, 3U);
    EXPECT_EQ(receipt.signature.signature, receipts[0].signature.signature);
  }
}

}  // namespace
}  // namespace havenline
