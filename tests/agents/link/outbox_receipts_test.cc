// What a sender's agent keeps of the receipts it gets: with what it will prove them, years later.

#include <gtest/gtest.h>

#include "agents/link/outbox.h"
#include "agents/link/outbox_rows.h"
#include "schema/model/names.h"
#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

class OutboxReceiptsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    school_.StateTo(police_);
    const auto taken = police_.outbox().Take(
        {partnership_.MakeContent(partnership_.NoticeContent()), {{kSchoolA, kSchoolRole}}, ""},
        kNight);
    ASSERT_TRUE(taken.has_value());
    origin_ = *taken;
  }
  const OutMessage& Message() { return police_.outbox().messages().at(origin_); }
  SignedReceipt Signed(ReceiptKind kind, TimePoint time = kNight) {
    Receipt draft;
    draft.recipient = kSchoolA;
    draft.role = kSchoolRole;
    draft.sender = kPolice;
    draft.origin = origin_;
    draft.message = Message().message;
    draft.grant = Message().recipients[0].grant;
    draft.kind = kind;
    draft.time = time;
    StoreBatch batch;
    return school_.receipts().Sign({draft}, batch).front();
  }
  void TakeReceipt(const SignedReceipt& receipt, const PartProof* proof) {
    const auto taken = police_.outbox().OnReceipt(receipt, proof, kNight);
    ASSERT_TRUE(taken.has_value() && *taken);
  }
  std::vector<KeptReceipt> Kept() {
    std::vector<KeptReceipt> kept;
    const auto scanned = police_.store().Scan(Table::kSealed, rows::ReceiptKeysOf(origin_),
                                              [&](std::string_view, const auto& row) {
                                                auto each = rows::KeptReceiptFrom(row);
                                                EXPECT_TRUE(each.has_value());
                                                kept.push_back(*std::move(each));
                                                return true;
                                              });
    EXPECT_TRUE(scanned.has_value());
    return kept;
  }

  TestPartnership partnership_;
  TestAgent police_{partnership_, kPolice, {}};
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  TestBroker broker_;
  MessageId origin_;
};

TEST_F(OutboxReceiptsTest, AReceiptIsKeptAsItWasSignedWithTheProofThatCameWithIt) {
  const SignedReceipt receipt = Signed(ReceiptKind::kAcknowledged);
  const PartProof proof = broker_.Enter(receipt);
  TakeReceipt(receipt, &proof);
  EXPECT_TRUE(Message().ended());
  police_.Reopen();  // What was sealed is gone by now; this is not.
  const auto kept = Kept();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].receipt, receipt);
  EXPECT_EQ(kept[0].proof, proof);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kBrokerEquivocates), 0U);
}

TEST_F(OutboxReceiptsTest, AReceiptWhoseProofDoesNotHoldCountsAndIsAlarmedAndHasNone) {
  const SignedReceipt stored = Signed(ReceiptKind::kStored);
  const SignedReceipt opened = Signed(ReceiptKind::kOpened);
  const SignedReceipt acknowledged = Signed(ReceiptKind::kAcknowledged);
  TakeReceipt(stored, nullptr);
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kBrokerEquivocates), 1U);
  const PartProof of_another = broker_.Enter(stored);
  TakeReceipt(opened, &of_another);
  PartProof no_leaf = broker_.Enter(acknowledged);
  no_leaf.salt[0] ^= 1U;
  TakeReceipt(acknowledged, &no_leaf);
  EXPECT_TRUE(Message().ended());
  const auto kept = Kept();
  ASSERT_EQ(kept.size(), 3U);
  for (const KeptReceipt& each : kept) EXPECT_FALSE(each.proof.has_value());
}

// The one whose time is shown; a recipient that signs for ever takes no more room.
TEST_F(OutboxReceiptsTest, OfEachKindTheFirstIsKept) {
  for (int i = 0; i < 5; ++i) {
    const SignedReceipt receipt = Signed(ReceiptKind::kStored, kNight + std::chrono::seconds(i));
    const PartProof proof = broker_.Enter(receipt);
    TakeReceipt(receipt, &proof);
  }
  const auto kept = Kept();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].receipt.receipt.time, Message().recipients[0].receipts.begin()->second);
}

TEST_F(OutboxReceiptsTest, AStoreOfAnOlderVersionWithoutThemLoads) {
  const SignedReceipt receipt = Signed(ReceiptKind::kStored);
  const PartProof proof = broker_.Enter(receipt);
  TakeReceipt(receipt, &proof);
  StoreBatch batch;
  batch.Delete(Table::kSealed, rows::KeyOf(origin_, receipt));
  ASSERT_TRUE(police_.store().Commit(batch).has_value());
  police_.Reopen();
  EXPECT_EQ(Message().recipients[0].progress, Progress::kStored);
  EXPECT_TRUE(Kept().empty());
}

}  // namespace
}  // namespace havenline
