// What an agent makes of a log that begins a new epoch: it believes governance's opening alone,
// never goes back, says again what it holds, and answers what it had answered.

#include <gtest/gtest.h>

#include "tests/fakes/openings.h"
#include "tests/fakes/signed_items.h"
#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

const Pseudonym kPerson("a1b2c3d4");

class AgentEpochTest : public ::testing::Test {
 protected:
  void SetUp() override { school_.StateTo(police_); }

  Result<bool> Open(TestAgent& agent, std::uint64_t epoch) {
    return agent.documents().Take(
        {DocumentKind::kOpening, 0, ToBytes(OpeningNoteOf(partnership_, epoch))});
  }
  static std::string CheckpointOf(std::uint64_t epoch, std::uint64_t size) {
    return tlog::MakeCheckpoint(kTestPartnership, {epoch, size, Digest{1}}, LogSignerOf(epoch));
  }
  Outbox::Offer Send() {
    EXPECT_TRUE(police_.outbox()
                    .Take({partnership_.MakeContent(partnership_.NoticeContent()),
                           {{kSchoolA, kSchoolRole}},
                           ""},
                          kNight)
                    .has_value());
    return *police_.outbox().NextOffer(3U << 20U).value();
  }
  DeliverItem Carry(const Outbox::Offer& offer) {
    return broker_.DeliveryTo(partnership_, broker_.Accept(offer.bytes), 0);
  }
  // Receipts as they go out; the broker takes them.
  std::vector<Bytes> Receipts() {
    std::vector<Bytes> bytes;
    for (const SignedReceipt& receipt : school_.TakeReceipts()) bytes.push_back(receipt.bytes);
    return bytes;
  }

  TestPartnership partnership_;
  TestAgent police_{partnership_, kPolice, {}};
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  TestBroker broker_;
};

TEST_F(AgentEpochTest, TheDirectorysKeyIsEnoughForTheFirstEpochItMeetsAndForNoLaterOne) {
  Documents& documents = police_.documents();
  EXPECT_EQ(documents.epoch(), 0U);
  EXPECT_TRUE(documents.Believes(1));
  EXPECT_FALSE(documents.Believes(2));
  const std::string first =
      tlog::MakeCheckpoint(kTestPartnership, {1, 9, Digest{1}}, partnership_.log_signer());
  ASSERT_TRUE(documents.TakeCheckpoint(first, 0, {}).has_value());
  EXPECT_EQ(documents.epoch(), 1U);
  EXPECT_FALSE(documents.Believes(2));
}

TEST_F(AgentEpochTest, ALaterEpochIsBelievedOnceGovernancesOpeningIsHere) {
  Documents& documents = police_.documents();
  EXPECT_FALSE(documents.TakeCheckpoint(CheckpointOf(2, 3), 0, {}).has_value());
  ASSERT_TRUE(Open(police_, 2).value());
  EXPECT_TRUE(documents.Believes(2));
  EXPECT_TRUE(documents.TakeCheckpoint(CheckpointOf(2, 3), 0, {}).value());
  EXPECT_EQ(documents.head().epoch, 2U);
}

TEST_F(AgentEpochTest, AnOpeningThatGovernanceDidNotSignOpensNothing) {
  CountedRandom random(9);
  const tlog::NoteSigner stranger("rotherham/governance/1", seal::SigningKey::Generate(random));
  const std::string text = OpeningText({kTestPartnership, 2, LogSignerOf(2).key()});
  const std::string note = tlog::MakeNote(text, std::vector{stranger.SignatureLine(text)});
  EXPECT_FALSE(police_.documents().Take({DocumentKind::kOpening, 0, ToBytes(note)}).has_value());
  EXPECT_FALSE(police_.documents().Believes(2));
}

TEST_F(AgentEpochTest, AnEpochThatEndedIsNeverBelievedAgain) {
  ASSERT_TRUE(Open(police_, 3).value());
  for (std::uint64_t life = 0; life < 2; ++life) {
    EXPECT_EQ(police_.documents().epoch(), 3U);
    for (const std::uint64_t older : {1U, 2U}) {
      EXPECT_FALSE(police_.documents().Believes(older)) << older;
    }
    EXPECT_FALSE(Open(police_, 2).value());
    const std::string first =
        tlog::MakeCheckpoint(kTestPartnership, {1, 9, Digest{1}}, partnership_.log_signer());
    EXPECT_TRUE(police_.documents().TakeCheckpoint(CheckpointOf(3, 3), 0, {}).has_value());
    EXPECT_FALSE(police_.documents().TakeCheckpoint(first, 0, {}).has_value());
    police_.Reopen();
  }
}

TEST_F(AgentEpochTest, WhatTheLogToldBeforeIsHeldAndOfferedToTheNewOne) {
  const std::string suspension = partnership_.SuspensionNote(kSchoolC, 1, false);
  police_.Notice(DocumentKind::kSuspension, ToBytes(suspension));
  ASSERT_TRUE(Open(police_, 2).value());
  for (int life = 0; life < 2; ++life) {
    EXPECT_EQ(police_.documents().notices(), 0U) << "the new log numbers from the first";
    EXPECT_TRUE(police_.documents().suspensions().IsSuspended(kSchoolC));
    EXPECT_NE(police_.documents().statements().Find(kSchoolA), nullptr);
    const auto held = police_.documents().Held(
        {partnership_.directory().version(), partnership_.policy().version(), 0});
    ASSERT_EQ(held->size(), 2U);
    // Who is cut off comes first.
    EXPECT_EQ(held->at(0).kind, DocumentKind::kSuspension);
    EXPECT_EQ(ToText(held->at(0).bytes), suspension);
    EXPECT_EQ(held->at(1).kind, DocumentKind::kStatement);
    police_.Reopen();
  }
  // What the new log tells again is not told twice here, nor a fault.
  police_.Notice(DocumentKind::kSuspension, ToBytes(suspension));
  EXPECT_TRUE(police_.documents().suspensions().IsSuspended(kSchoolC));
}

TEST_F(AgentEpochTest, ADirectoryNewerThanTheLogsIsOfferedToo) {
  police_.Document(DocumentKind::kDirectory, partnership_.Sign(partnership_.DirectoryText(
                                                 2, partnership_.directory().version().hash)));
  ASSERT_TRUE(Open(police_, 2).value());
  const auto held = police_.documents().Held(
      {partnership_.directory().version(), partnership_.policy().version(), 0});
  ASSERT_EQ(held->size(), 2U);
  EXPECT_EQ(held->at(0).kind, DocumentKind::kDirectory);
}

TEST_F(AgentEpochTest, OnesOwnNewestStatementIsStatedOnceMore) {
  EXPECT_TRUE(school_.keys().pending().empty());
  StoreBatch batch;
  school_.keys().StateAgain(batch);
  school_.keys().StateAgain(batch);
  ASSERT_EQ(school_.keys().pending().size(), 1U);
  EXPECT_EQ(school_.keys().pending()[0].counter, 1U);
  ASSERT_TRUE(school_.store().Commit(batch).has_value());
  school_.Reopen();
  EXPECT_EQ(school_.keys().pending().size(), 1U) << "until the broker has taken it";
}

TEST_F(AgentEpochTest, EverythingUnsettledIsOfferedAgainByteForByte) {
  const Outbox::Offer first = Send();
  ASSERT_TRUE(
      police_.outbox().OnAnswer(first.message, broker_.Accept(first.bytes).accepted, kNight));
  EXPECT_EQ(police_.outbox().Unproved({1, 100, {}}, 9).size(), 1U);
  ASSERT_TRUE(police_.outbox().BeginSession({2, 900, {}}).has_value());
  EXPECT_FALSE(police_.outbox().AllOffered());
  const auto again = police_.outbox().NextOffer(3U << 20U).value();
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->bytes, first.bytes);
  EXPECT_TRUE(police_.outbox().AllOffered());
  EXPECT_TRUE(police_.outbox().Unproved({2, 900, {}}, 9).empty());
}

// A log that kept what it had accepted answers with its place of then, which no head of now proves.
TEST_F(AgentEpochTest, AnAnswerOfTheEpochBeforeIsNotHeldToTheNewLog) {
  const Outbox::Offer first = Send();
  const Accepted then = broker_.Accept(first.bytes).accepted;
  ASSERT_TRUE(police_.outbox().BeginSession({2, 900, {}}).has_value());
  ASSERT_TRUE(police_.outbox().NextOffer(3U << 20U).value().has_value());
  ASSERT_TRUE(police_.outbox().OnAnswer(first.message, then, kNight).has_value());
  EXPECT_TRUE(police_.outbox().Unproved({2, 900, {}}, 9).empty());
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kBrokerEquivocates), 0U);
}

TEST_F(AgentEpochTest, ADeliveryOfTheNewLogIsAnsweredWithTheReceiptsOfThenAndPresentedOnce) {
  const Outbox::Offer offer = Send();
  ASSERT_TRUE(school_.inbox().OnDeliver({Carry(offer)}, kNight).has_value());
  const std::uint64_t number = school_.inbox().messages().begin()->first;
  ASSERT_TRUE(
      school_.inbox().Do({number, ReceiptKind::kAcknowledged, kPerson}, kNight, StoreBatch()));
  const auto signed_then = Receipts();
  ASSERT_EQ(signed_then.size(), 2U);
  broker_.epoch = 2;
  const DeliverItem again = Carry(offer);
  for (int life = 0; life < 2; ++life) {
    school_.Reopen();
    ASSERT_TRUE(school_.inbox().OnDeliver({again, again}, kNight).has_value());
    EXPECT_EQ(Receipts(), signed_then) << "byte for byte, in the order in which they were signed";
  }
  ASSERT_EQ(school_.inbox().messages().size(), 1U);
  const InMessage& message = school_.inbox().messages().at(number);
  EXPECT_EQ(message.position.epoch, 2U) << "what proves it now";
  EXPECT_EQ(message.state, InState::kAcknowledged);
}

}  // namespace
}  // namespace havenline
