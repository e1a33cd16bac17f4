#include "agents/link/outbox.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/tlog/merkle.h"
#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kAnySize = 3U << 20U;
const Recipient kToA{kSchoolA, kSchoolRole};
const Recipient kToB{kSchoolB, kSchoolRole};

class OutboxTest : public ::testing::Test {
 protected:
  void SetUp() override { school_.StateTo(police_); }

  MessageId Send(std::vector<Recipient> to, const std::string& reference = "",
                 TimePoint now = kNight) {
    const auto origin = police_.outbox().Take(
        {partnership_.MakeContent(partnership_.NoticeContent()), std::move(to), reference}, now);
    EXPECT_TRUE(origin.has_value()) << (origin ? "" : origin.error().detail);
    return *origin;
  }
  const OutMessage& Message(const MessageId& origin) {
    return police_.outbox().messages().at(origin);
  }
  std::optional<Outbox::Offer> NextOffer() {
    auto offer = police_.outbox().NextOffer(kAnySize);
    EXPECT_TRUE(offer.has_value());
    return *std::move(offer);
  }
  void Answer(const MessageId& message, const havenline::Answer& answer, TimePoint now = kNight) {
    ASSERT_TRUE(police_.outbox().OnAnswer(message, answer, now).has_value());
  }
  void Tick(TimePoint now) { ASSERT_TRUE(police_.outbox().Tick(now).has_value()); }
  Refused Refuse(Code code) { return {code, {}, {}}; }
  // A receipt of school A for the current sealing.
  SignedReceipt Receipt(const MessageId& origin, ReceiptKind kind, TimePoint time = kNight) {
    const OutMessage& message = Message(origin);
    havenline::Receipt draft;
    draft.recipient = kSchoolA;
    draft.role = kSchoolRole;
    draft.sender = kPolice;
    draft.origin = origin;
    draft.message = message.message;
    draft.grant = message.recipients[0].grant;
    draft.kind = kind;
    draft.time = time;
    StoreBatch batch;
    return school_.receipts().Sign({draft}, batch).front();
  }
  void TakeReceipt(const SignedReceipt& receipt, TimePoint now = kNight) {
    const PartProof proof = broker_.Enter(receipt);
    const auto taken = police_.outbox().OnReceipt(receipt, &proof, now);
    ASSERT_TRUE(taken.has_value());
    ASSERT_TRUE(*taken);
  }

  TestPartnership partnership_;
  TestAgent police_{partnership_, kPolice, {}};
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  TestBroker broker_;
};

TEST_F(OutboxTest, WhatItTookIsThereAfterACrashAndOfferedByteForByte) {
  const MessageId origin = Send({kToA});
  const auto before = NextOffer();
  ASSERT_TRUE(before.has_value());
  police_.Reopen();
  const auto after = NextOffer();
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->bytes, before->bytes);
  EXPECT_EQ(Message(origin).state, OutState::kSealed);
}

TEST_F(OutboxTest, TheSameReferenceIsTheSameMessageAlsoAfterACrash) {
  const MessageId first = Send({kToA}, "incident-1|child-a");
  EXPECT_EQ(Send({kToA}, "incident-1|child-a"), first);
  police_.Reopen();
  EXPECT_EQ(Send({kToA}, "incident-1|child-a"), first);
  EXPECT_EQ(police_.outbox().messages().size(), 1U);
  EXPECT_NE(Send({kToA}, "incident-1|child-b"), first);
}

TEST_F(OutboxTest, AReferenceOfAnotherMessageIsRefusedToWhoeverWaitsAndNeverSilentlyTheFirst) {
  const MessageId first = Send({kToA}, "case-1");
  auto content = partnership_.NoticeContent();
  content["circumstances"] = text::Value("Something else happened.");
  const auto take = [&](const Content& said, std::vector<Recipient> to, bool waits = true) {
    return police_.outbox().Take({said, std::move(to), "case-1", {}, waits}, kNight);
  };
  const auto other = take(partnership_.MakeContent(content), {kToA});
  ASSERT_FALSE(other.has_value());
  EXPECT_NE(other.error().detail.find("this one was not taken"), std::string::npos);
  const Content same = partnership_.MakeContent(partnership_.NoticeContent());
  EXPECT_FALSE(take(same, {kToA, kToB}).has_value());
  EXPECT_FALSE(take(same, {kToB}).has_value());
  EXPECT_EQ(*take(same, {kToA}), first);
  EXPECT_EQ(*take(same, {kToB}, false), first) << "an intake that took it before a crash";
  EXPECT_EQ(police_.outbox().messages().size(), 1U);
}

TEST_F(OutboxTest, WhatCanNeverBeSealedIsRefusedToWhoeverWaitsAndLeavesNoTrace) {
  Content content = partnership_.MakeContent(partnership_.NoticeContent());
  for (const char* const section : {"circumstances", "voiceOfChild", "presence", "handling"})
    content.sections[section].resize(limits::kSectionBytesMax - 4096);
  const auto take = [&](Content said, bool waits) {
    return police_.outbox().Take({std::move(said), {kToA}, "case-1", {}, waits}, kNight);
  };
  const auto refused = take(content, true);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().detail.find("voiceOfChild"), std::string::npos)
      << refused.error().detail;
  EXPECT_TRUE(police_.outbox().messages().empty());
  // Shortened, it goes, with the same reference.
  const auto sent = take(partnership_.MakeContent(partnership_.NoticeContent()), true);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(Message(*sent).state, OutState::kSealed);
}

TEST_F(OutboxTest, MoreRecipientsThanTheExchangeHasRoomForAreRefusedToWhoeverWaits) {
  std::vector<Recipient> to(8, kToA);
  const auto refused = police_.outbox().Take(
      {partnership_.MakeContent(partnership_.NoticeContent()), std::move(to), "", {}, true},
      kNight);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().detail.find("slots"), std::string::npos) << refused.error().detail;
  EXPECT_TRUE(police_.outbox().messages().empty());
}

TEST_F(OutboxTest, EachIsOfferedOnceInASessionOldestFirst) {
  const MessageId first = Send({kToA}, "", kNight);
  const MessageId second = Send({kToA}, "", kNight + seconds(1));
  EXPECT_EQ(NextOffer()->message, first);
  EXPECT_EQ(NextOffer()->message, second);
  EXPECT_FALSE(NextOffer().has_value());
  ASSERT_TRUE(police_.outbox().BeginSession({1, 100, {}}).has_value());
  EXPECT_EQ(NextOffer()->message, first);
}

TEST_F(OutboxTest, ADeferredMessageIsOfferedAgain) {
  const MessageId origin = Send({kToA});
  ASSERT_TRUE(NextOffer().has_value());
  Answer(origin, Deferred{Code::kOverload, Milliseconds(10)});
  EXPECT_EQ(NextOffer()->message, origin);
}

TEST_F(OutboxTest, WhatTheBrokerCannotCarryYetIsAlarmedAndWaitsForTheNextSession) {
  const MessageId origin = Send({kToA});
  ASSERT_TRUE(NextOffer().has_value());
  Answer(origin, Deferred{Code::kUnsupported, Milliseconds(10)});
  EXPECT_FALSE(NextOffer().has_value());
  EXPECT_EQ(police_.alarms().open_count(), 1U);
  ASSERT_TRUE(police_.outbox().BeginSession({1, 100, {}}).has_value());
  EXPECT_TRUE(NextOffer().has_value());
}

TEST_F(OutboxTest, WhatWasFoundInvalidIsOfferedAgainOnceADocumentChanged) {
  const MessageId origin = Send({kToA});
  ASSERT_TRUE(NextOffer().has_value());
  Answer(origin, Invalid{Code::kSenderSuspended});
  EXPECT_FALSE(NextOffer().has_value());
  police_.outbox().OnDocuments();
  EXPECT_EQ(NextOffer()->message, origin);
  police_.outbox().OnDocuments();  // Nothing was found invalid since.
  EXPECT_FALSE(NextOffer().has_value());
}

TEST_F(OutboxTest, AcceptedIsKeptOnlyUnderACheckpointThatProvesIt) {
  const MessageId origin = Send({kToA});
  const auto taken = broker_.Accept(NextOffer()->bytes);
  Answer(origin, taken.accepted);
  EXPECT_EQ(Message(origin).state, OutState::kAccepted);
  // Until then it is offered again in each session, and after a crash.
  police_.Reopen();
  EXPECT_TRUE(NextOffer().has_value());
  // A log of just that leaf at its index.
  tlog::TreeEdge tree;
  std::map<tlog::NodeId, Digest> nodes;
  const auto append = [&](const Digest& hash) {
    for (const tlog::Node& node : tree.Append(hash)) nodes[node.id] = node.hash;
  };
  for (std::uint64_t i = 0; i < taken.entry.position.index.value(); ++i)
    append(Digest{static_cast<std::uint8_t>(i)});
  append(tlog::LeafHash(AsBytes(taken.entry.leaf)));
  const LogHead head{1, tree.size(), tree.root()};
  EXPECT_TRUE(police_.outbox().Unproved({1, tree.size() - 1, {}}, 10).empty());
  ASSERT_EQ(police_.outbox().Unproved(head, 10), std::vector<LogIndex>{taken.entry.position.index});
  const auto path =
      tlog::InclusionProof(taken.entry.position.index.value(), tree.size(),
                           [&](const tlog::NodeId& id) { return std::optional(nodes.at(id)); });
  ASSERT_TRUE(
      police_.outbox().OnProof(taken.entry.position.index, head, *path, kNight).has_value());
  EXPECT_EQ(Message(origin).state, OutState::kKept);
  ASSERT_TRUE(police_.outbox().BeginSession(head).has_value());
  EXPECT_FALSE(NextOffer().has_value());
}

TEST_F(OutboxTest, AProofThatDoesNotHoldIsAlarmed) {
  const MessageId origin = Send({kToA});
  const auto taken = broker_.Accept(NextOffer()->bytes);
  Answer(origin, taken.accepted);
  ASSERT_TRUE(police_.outbox()
                  .OnProof(taken.entry.position.index, {1, 9, Digest{3}}, {}, kNight)
                  .has_value());
  EXPECT_EQ(Message(origin).state, OutState::kAccepted);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kBrokerEquivocates), 1U);
}

TEST_F(OutboxTest, AnAcceptanceWithAnotherMessagesProofIsAlarmedAndNotBelieved) {
  const MessageId first = Send({kToA}, "", kNight);
  Send({kToA}, "", kNight + seconds(1));
  NextOffer();
  const auto other = broker_.Accept(NextOffer()->bytes);
  Answer(first, other.accepted);
  EXPECT_EQ(Message(first).state, OutState::kSealed);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kBrokerEquivocates), 1U);
}

TEST_F(OutboxTest, ABrokerThatForgotIsOfferedEverythingUnsettledAgain) {
  const MessageId origin = Send({kToA});
  const Bytes bytes = NextOffer()->bytes;
  Answer(origin, broker_.Accept(bytes).accepted);
  ASSERT_TRUE(
      police_.outbox().BeginSession({1, 3, {}}).has_value());  // Shorter than the index it gave.
  EXPECT_EQ(Message(origin).state, OutState::kSealed);
  EXPECT_EQ(NextOffer()->bytes, bytes);
  Answer(origin, broker_.Accept(bytes).accepted);
  ASSERT_TRUE(police_.outbox().BeginSession({2, 50, {}}).has_value());  // Another epoch.
  EXPECT_EQ(NextOffer()->bytes, bytes);
}

// A rule was removed between sealing and acceptance: refused, sealed again under the policy that
// explains it.
TEST_F(OutboxTest, ARefusedMessageIsSealedAgainUnderTheNewPolicyWithTheSameOrigin) {
  const MessageId origin = Send({kToA});
  const auto first = wire::ParseEnvelope(NextOffer()->bytes);
  Answer(origin, Refuse(Code::kPolicyDenies));
  EXPECT_EQ(Message(origin).state, OutState::kRefused);
  EXPECT_EQ(police_.outbox().voids().size(), 1U);  // The number it had will never come.
  Tick(kNight + seconds(3));
  EXPECT_FALSE(NextOffer().has_value());  // Nothing has changed yet.
  const std::string changed =
      TestPartnership::Replace(partnership_.PolicyText(2, partnership_.policy().version().hash),
                               "\"circumstances\", \"otherSafeguarding\", \"collection\"",
                               "\"otherSafeguarding\", \"collection\"");
  police_.Document(DocumentKind::kPolicy, partnership_.Sign(changed));
  Tick(kNight + seconds(4));
  const auto offer = NextOffer();
  ASSERT_TRUE(offer.has_value());
  const auto second = wire::ParseEnvelope(offer->bytes);
  EXPECT_EQ(second->header.origin, origin);
  EXPECT_NE(second->header.id, first->header.id);
  EXPECT_EQ(second->header.policy.version, 2U);
  EXPECT_EQ(second->grants[0].clear.number->n, first->grants[0].clear.number->n + 1);
  const auto& openings = second->grants[0].clear.openings;
  EXPECT_EQ(std::ranges::find(openings, "circumstances"), openings.end());
}

TEST_F(OutboxTest, ARefusalThatNothingExplainsIsAPersonsAndWaits) {
  const MessageId origin = Send({kToA});
  NextOffer();
  Answer(origin, Refuse(Code::kPolicyDenies));
  Tick(kNight + seconds(10));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kRefused), 0U);
  Tick(kNight + minutes(1));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kRefused), 1U);
  EXPECT_FALSE(Message(origin).ended());
  ASSERT_TRUE(police_.outbox().TakeOn(origin, kToA, false, kNight + minutes(2)).has_value());
  EXPECT_TRUE(Message(origin).ended());
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kRefused), 0U);
}

TEST_F(OutboxTest, ARecipientWithoutAKeyWaitsAndGoesOnceItHasStatedOne) {
  TestAgent other(partnership_, kSchoolB, {kSchoolRole});
  const MessageId origin = Send({kToA, kToB});
  const auto first = wire::ParseEnvelope(NextOffer()->bytes);
  EXPECT_EQ(first->grants.size(), 1U);  // The other school does not wait for it.
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kNoKey), 1U);
  Tick(kNight + seconds(30));
  EXPECT_FALSE(NextOffer().has_value());
  other.StateTo(police_);
  Tick(kNight + seconds(60));
  const auto second = wire::ParseEnvelope(NextOffer()->bytes);
  EXPECT_EQ(second->grants.size(), 2U);  // All grants again, under the same origin.
  EXPECT_EQ(second->header.origin, origin);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kNoKey), 0U);
}

TEST_F(OutboxTest, NothingIsSealedToASuspendedAgencyUntilItIsLifted) {
  const auto notice = [&](std::uint64_t number, bool lifted) {
    police_.Notice(
        DocumentKind::kSuspension,
        ToBytes(partnership_.Sign(SuspensionText({kTestPartnership, kSchoolA, number, lifted}))));
  };
  notice(1, false);
  const MessageId origin = Send({kToA});
  EXPECT_EQ(Message(origin).state, OutState::kUnsealed);
  Tick(kNight + minutes(1));
  EXPECT_FALSE(NextOffer().has_value());
  notice(2, true);
  Tick(kNight + minutes(2));
  EXPECT_TRUE(NextOffer().has_value());
}

TEST_F(OutboxTest, AMessageThatNobodyCanBeGrantedYetIsKeptAndSealedLater) {
  TestAgent other(partnership_, kSchoolB, {kSchoolRole});
  const MessageId origin = Send({kToB});
  EXPECT_EQ(Message(origin).state, OutState::kUnsealed);
  police_.Reopen();
  other.StateTo(police_);
  Tick(kNight + seconds(60));
  const auto envelope = wire::ParseEnvelope(NextOffer()->bytes);
  EXPECT_EQ(envelope->header.origin, origin);
}

TEST_F(OutboxTest, ARecipientThatPolicyOrDirectoryForbidNeedsAPerson) {
  const MessageId origin =
      Send({{kSchoolA, kPoliceRole}, {AgencyId("school.999999"), kSchoolRole}});
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kNoRecipient), 2U);
  EXPECT_EQ(Message(origin).recipients[0].progress, Progress::kImpossible);
  EXPECT_FALSE(Message(origin).ended());
}

// The sender's clock runs whether there is a broker or not.
TEST_F(OutboxTest, WhatNobodyAcknowledgesIsWarnedAboutAndThenAlarmed) {
  const MessageId origin = Send({kToA});
  const TimePoint due = *Message(origin).recipients[0].due;
  Tick(due - minutes(31));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kDueSoon), 0U);
  Tick(due - minutes(30));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kDueSoon), 1U);
  Tick(due - minutes(29));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kDueSoon), 1U);  // Once.
  police_.Reopen();
  Tick(due);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kLate), 1U);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kDueSoon), 0U);
  Tick(due + hours(5));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kLate), 1U);
  TakeReceipt(Receipt(origin, ReceiptKind::kAcknowledged), due + hours(6));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kLate), 0U);
  EXPECT_TRUE(Message(origin).ended());
}

TEST_F(OutboxTest, SealingAnewDoesNotMoveADeadline) {
  const MessageId origin = Send({kToA});
  const TimePoint due = *Message(origin).recipients[0].due;
  NextOffer();
  Answer(origin, Refuse(Code::kPolicyDenies));
  police_.Document(DocumentKind::kPolicy, partnership_.Sign(partnership_.PolicyText(
                                              2, partnership_.policy().version().hash)));
  Tick(kNight + hours(60));
  EXPECT_EQ(Message(origin).sealings, 2U);
  EXPECT_EQ(*Message(origin).recipients[0].due, due);
}

TEST_F(OutboxTest, OnlyAPersonEndsAMessage) {
  const MessageId origin = Send({kToA});
  for (const ReceiptKind kind : {ReceiptKind::kStored, ReceiptKind::kOpened}) {
    TakeReceipt(Receipt(origin, kind));
    EXPECT_FALSE(Message(origin).ended());
  }
  TakeReceipt(Receipt(origin, ReceiptKind::kNotOurs));
  EXPECT_FALSE(Message(origin).ended());
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kNotOurs), 1U);
  ASSERT_TRUE(police_.outbox().TakeOn(origin, kToA, true, kNight).has_value());
  EXPECT_TRUE(Message(origin).ended());
  // Custody is over: neither content nor sealed bytes stay.
  const auto content = police_.store().Get(Table::kPayload, "out/" + ToText(origin));
  ASSERT_TRUE(content.has_value());
  EXPECT_FALSE(content->has_value());
}

// A person may answer before the checkpoint that proves the acceptance.
TEST_F(OutboxTest, WhatHasEndedIsNeverOfferedAgain) {
  const MessageId answered = Send({kToA}, "", kNight);
  const MessageId taken_on = Send({kToA}, "", kNight + seconds(1));
  Answer(answered, broker_.Accept(NextOffer()->bytes).accepted);
  TakeReceipt(Receipt(answered, ReceiptKind::kAcknowledged));
  ASSERT_TRUE(police_.outbox().TakeOn(taken_on, kToA, true, kNight).has_value());
  for (int start = 0; start < 2; ++start) {
    ASSERT_TRUE(police_.outbox().BeginSession({1, 100, {}}).has_value());
    EXPECT_FALSE(NextOffer().has_value());
    police_.Reopen();
  }
}

TEST_F(OutboxTest, AForgedOrForeignReceiptChangesNothing) {
  const MessageId origin = Send({kToA});
  SignedReceipt forged = Receipt(origin, ReceiptKind::kAcknowledged);
  forged.signature.signature[3] ^= 1U;
  EXPECT_FALSE(*police_.outbox().OnReceipt(forged, nullptr, kNight));
  SignedReceipt altered = Receipt(origin, ReceiptKind::kStored);
  altered.receipt.kind = ReceiptKind::kAcknowledged;
  altered.bytes = wire::EncodeReceipt(altered.receipt);
  EXPECT_FALSE(*police_.outbox().OnReceipt(altered, nullptr, kNight));
  EXPECT_EQ(Message(origin).recipients[0].progress, Progress::kSent);
}

TEST_F(OutboxTest, AGapInARecipientsReceiptsIsAlarmed) {
  const MessageId origin = Send({kToA});
  TakeReceipt(Receipt(origin, ReceiptKind::kStored));
  Receipt(origin, ReceiptKind::kOpened);  // Signed, and lost on the way.
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kReceiptChain), 0U);
  TakeReceipt(Receipt(origin, ReceiptKind::kAcknowledged));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kReceiptChain), 1U);
  EXPECT_TRUE(Message(origin).ended());  // The receipt itself is good.
}

TEST_F(OutboxTest, ReceiptsThatAreHandedOutAgainAreNoGapAlsoAfterACrash) {
  const MessageId origin = Send({kToA});
  const SignedReceipt stored = Receipt(origin, ReceiptKind::kStored);
  const SignedReceipt opened = Receipt(origin, ReceiptKind::kOpened);
  TakeReceipt(stored);
  TakeReceipt(opened);
  // The broker was killed, or we were, before it heard that these are durable here.
  for (const bool crash : {false, true}) {
    if (crash) police_.Reopen();
    TakeReceipt(stored);
    TakeReceipt(opened);
    EXPECT_EQ(police_.AlarmsOf(AlarmKind::kReceiptChain), 0U);
  }
  TakeReceipt(Receipt(origin, ReceiptKind::kAcknowledged));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kReceiptChain), 0U);
}

TEST_F(OutboxTest, AnUnreadableMessageIsSealedAgainToTheKeyThatTheRecipientStatesNext) {
  const MessageId origin = Send({kToA});
  const auto first = wire::ParseEnvelope(NextOffer()->bytes);
  TakeReceipt(Receipt(origin, ReceiptKind::kUnreadable));
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kUnreadable), 1U);
  StoreBatch batch;
  seal::SystemRandom random;
  ASSERT_TRUE(school_.keys().Roll(kSchoolA, kNight, random, batch).has_value());
  ASSERT_TRUE(school_.store().Commit(batch).has_value());
  school_.StateTo(police_);
  Tick(kNight + seconds(5));
  const auto second = wire::ParseEnvelope(NextOffer()->bytes);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->header.origin, origin);
  EXPECT_NE(second->grants[0].clear.key, first->grants[0].clear.key);
}

// D4: whether the store is the newest cannot be known, so a number is given by one run alone.
TEST_F(OutboxTest, AStoreThatIsOpenedAgainNeverGivesANumberThatItMayHaveGiven) {
  const auto number = [&](const MessageId& origin) {
    return *Message(origin).recipients[0].number;
  };
  const SeriesNumber first = number(Send({kToA}));
  const SeriesNumber second = number(Send({kToA}, "", kNight + std::chrono::seconds(1)));
  EXPECT_EQ(second.series, first.series);
  EXPECT_EQ(second.n, 2U);
  police_.Reopen();
  const SeriesNumber third = number(Send({kToA}, "", kNight + std::chrono::seconds(2)));
  EXPECT_NE(third.series, first.series);
  EXPECT_EQ(third.n, 1U);
}

TEST_F(OutboxTest, ANumberOfAnEarlierRunIsVoidedInItsOwnSeries) {
  const MessageId origin = Send({kToA});
  Send({kToA}, "", kNight + std::chrono::seconds(1));
  const SeriesNumber number = *Message(origin).recipients[0].number;
  police_.Reopen();
  Answer(Message(origin).message, Refuse(Code::kPolicyDenies));
  ASSERT_EQ(police_.outbox().voids().size(), 1U);
  const Void voided = wire::ParseSignedVoid(police_.outbox().voids().begin()->second).value().value;
  EXPECT_EQ(voided.series, number.series);
  EXPECT_EQ(voided.voided, std::vector{number.n});
  EXPECT_EQ(voided.last_given, 2U);
}

TEST_F(OutboxTest, SeriesThatNoMessageNamesAreForgotten) {
  const auto rows = [&] {
    std::size_t count = 0;
    EXPECT_TRUE(police_.store()
                    .Scan(Table::kSeries, "",
                          [&](std::string_view, const text::Value&) { return ++count > 0; })
                    .has_value());
    return count;
  };
  const MessageId origin = Send({kToA});
  for (int i = 0; i < 3; ++i) police_.Reopen();
  EXPECT_EQ(rows(), 1U);
  TakeReceipt(Receipt(origin, ReceiptKind::kAcknowledged));
  ASSERT_TRUE(Message(origin).ended());
  police_.Reopen();
  EXPECT_EQ(rows(), 0U);
}

}  // namespace
}  // namespace havenline
