// What `audit message` says of receipts that it can prove, and of those that it cannot.

#include "deploy/havenline/message_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/link/outbox_rows.h"
#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

using testing::HasSubstr;
using testing::Not;

class MessageRecordTest : public ::testing::Test {
 protected:
  void SetUp() override {
    school_.StateTo(police_);
    const auto taken = police_.outbox().Take(
        {partnership_.MakeContent(partnership_.NoticeContent()), {{kSchoolA, kSchoolRole}}, ""},
        kNight);
    ASSERT_TRUE(taken.has_value());
    origin_ = *taken;
  }
  // The school's receipt, with the proof that the broker gave or none.
  SignedReceipt Receive(ReceiptKind kind, bool with_proof) {
    const OutMessage& message = police_.outbox().messages().at(origin_);
    Receipt draft;
    draft.recipient = kSchoolA;
    draft.role = kSchoolRole;
    draft.sender = kPolice;
    draft.origin = origin_;
    draft.message = message.message;
    draft.grant = message.recipients[0].grant;
    draft.kind = kind;
    draft.time = kNight;
    StoreBatch batch;
    SignedReceipt receipt = school_.receipts().Sign({draft}, batch).front();
    proof_ = broker_.Enter(receipt);
    EXPECT_TRUE(
        police_.outbox().OnReceipt(receipt, with_proof ? &proof_ : nullptr, kNight).value());
    return receipt;
  }
  MessageRecord Record() {
    auto record = RecordOf(police_.store(), origin_);
    EXPECT_TRUE(record.has_value());
    return *std::move(record);
  }
  TestPartnership partnership_;
  TestAgent police_{partnership_, kPolice, {}};
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  TestBroker broker_;
  MessageId origin_;
  PartProof proof_;
};

TEST_F(MessageRecordTest, AReceiptWithItsProofLeadsToItsEntry) {
  Receive(ReceiptKind::kStored, true);
  const MessageRecord record = Record();
  ASSERT_EQ(record.sent.size(), 1U);
  ASSERT_EQ(record.sent[0].receipts.size(), 1U);
  EXPECT_EQ(record.sent[0].receipts[0].proof, proof_);
  EXPECT_THAT(WordsOf(record, nullptr),
              HasSubstr("stored: entry " + std::to_string(proof_.position.index.value())));
}

TEST_F(MessageRecordTest, AReceiptWithoutAProofIsSaidNotToBeProved) {
  Receive(ReceiptKind::kStored, true);
  Receive(ReceiptKind::kOpened, false);
  const MessageRecord record = Record();
  EXPECT_THAT(WordsOf(record, nullptr), HasSubstr("opened: not proved"));
  EXPECT_THAT(WordsOf(record, nullptr), Not(HasSubstr("stored: not proved")));
  const text::Value json = JsonOf(record, nullptr);
  const text::Value& opened = json.Find("sent")->items()[0].Find("receipts")->items()[1];
  EXPECT_EQ(opened.Find("kind")->text(), "opened");
  EXPECT_EQ(opened.Find("proof"), nullptr);
}

TEST_F(MessageRecordTest, AReceiptThatAnOlderVersionTookIsSaidNotToBeProved) {
  const SignedReceipt receipt = Receive(ReceiptKind::kAcknowledged, true);
  StoreBatch batch;
  batch.Delete(Table::kSealed, rows::KeyOf(origin_, receipt));
  ASSERT_TRUE(police_.store().Commit(batch).has_value());
  EXPECT_THAT(WordsOf(Record(), nullptr), HasSubstr("acknowledged: not proved"));
}

TEST_F(MessageRecordTest, AProofThatWasPutBesideAnotherReceiptIsNone) {
  const SignedReceipt stored = Receive(ReceiptKind::kStored, true);
  StoreBatch batch;
  const SignedReceipt opened = Receive(ReceiptKind::kOpened, true);
  batch.Put(Table::kSealed, rows::KeyOf(origin_, stored), rows::ToRow(origin_, {stored, proof_}));
  ASSERT_TRUE(police_.store().Commit(batch).has_value());
  EXPECT_THAT(WordsOf(Record(), nullptr), HasSubstr("stored: not proved"));
}

TEST_F(MessageRecordTest, AnEntryThatTheSignedLogDoesNotHoldIsSaidNotToBeInIt) {
  Receive(ReceiptKind::kStored, true);
  // A head that the broker signed, and no path to it that holds.
  const LogHead head{proof_.position.epoch, proof_.position.index.value() + 1, Digest{7}};
  const Inclusion other{"checkpoint", head, {{proof_.position.index, {}}}};
  EXPECT_THAT(WordsOf(Record(), &other), HasSubstr("NOT in the log that the broker signed"));
}

}  // namespace
}  // namespace havenline
