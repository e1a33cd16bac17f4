// A disk that fails or is full: nothing is answered that is not durable, and room again is enough
// to go on.

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/fakes/test_broker.h"

namespace havenline {
namespace {

class DiskTest : public ::testing::Test {
 protected:
  template <class... Items>
  Result<Committed> TryCommit(Items... items) {
    std::vector<CommitItem> batch;
    (batch.push_back(std::move(items)), ...);
    return broker_.TryCommit(std::move(batch));
  }
  std::string NextPolicy() {
    const DocumentVersion version = broker_.committer().standing().policy->version();
    return broker_.partnership().Sign(
        broker_.partnership().PolicyText(version.version + 1, version.hash));
  }

  TestBroker broker_;
};

TEST_F(DiskTest, ABatchThatWasNotSyncedYieldsNoCommitted) {
  for (const FakeStore::Cut cut : {FakeStore::Cut::kLost, FakeStore::Cut::kTaken}) {
    const Composed notice = broker_.Notice();
    broker_.store().FailApply(1, cut);
    const auto committed = TryCommit(broker_.Submission(notice));
    ASSERT_FALSE(committed.has_value());
    EXPECT_EQ(committed.error().code, FaultCode::kIo);
    broker_.Restart();
    // Lost or taken, the repeat finds out.
    const LogHead before = broker_.committer().head();
    EXPECT_TRUE(IsAccepted(broker_.Offer(notice)));
    EXPECT_EQ(broker_.committer().head().size - before.size,
              cut == FakeStore::Cut::kLost ? 1U : 0U);
  }
}

// Whichever read fails, for good or once: the batch is a fault, never a crash, never an answer.
TEST_F(DiskTest, AReadThatFailsAnywhereIsAFaultOfTheBatch) {
  for (const bool once : {false, true}) {
    int nth = 0;
    for (bool failed = true; failed;) {
      ASSERT_LT(++nth, 100);
      const Composed shared = broker_.Notice({kSchoolA, kSchoolB});
      ASSERT_TRUE(IsAccepted(broker_.Offer(shared)));
      const Composed fresh = broker_.Notice({kSchoolA, kSchoolB});
      std::vector<CommitItem> items;
      items.push_back(broker_.Submission(fresh));
      items.push_back(broker_.Submission(fresh));
      for (const ReceiptKind kind :
           {ReceiptKind::kOpened, ReceiptKind::kStored, ReceiptKind::kAcknowledged}) {
        for (const std::size_t grant : {0U, 1U}) {
          const SignedReceipt receipt = broker_.Receipt(shared, grant, kind);
          items.push_back(broker_.Item(receipt));
          items.push_back(broker_.Item(receipt));
        }
      }
      once ? broker_.store().FailRead(nth) : broker_.store().FailReads(nth);
      failed = !broker_.TryCommit(std::move(items)).has_value();
      broker_.store().FailReads(0);
      if (failed) broker_.Restart();
    }
    EXPECT_GT(nth, 5) << "the batch reads the store";
  }
}

TEST_F(DiskTest, AFullDiskDefersWhatIsNewAndRecoversByItself) {
  const Composed notice = broker_.Notice();
  broker_.store().set_room(false);
  const auto deferred =
      TryCommit(broker_.Submission(notice), broker_.Document(DocumentKind::kPolicy, NextPolicy()),
                broker_.Item(SignVoid(broker_.partnership(), kPolice, kSchoolA, {1})));
  ASSERT_TRUE(deferred.has_value());
  ASSERT_EQ(deferred->answers.size(), 3U);
  for (const Answered& answered : deferred->answers) {
    ASSERT_TRUE(std::holds_alternative<Deferred>(answered.answer));
    EXPECT_EQ(CodeOf(answered.answer), Code::kDiskFull);
    EXPECT_GT(std::get<Deferred>(answered.answer).retry_after, Milliseconds(0));
  }
  EXPECT_EQ(broker_.committer().standing().policy->version().version, 1U);
  broker_.store().set_room(true);
  EXPECT_TRUE(IsAccepted(broker_.Offer(notice)));
}

TEST_F(DiskTest, AFullDiskStillTakesWhatFreesRoom) {
  const Composed notice = broker_.Notice();
  ASSERT_TRUE(IsAccepted(broker_.Offer(notice)));
  broker_.store().set_room(false);
  EXPECT_TRUE(
      IsAccepted(broker_.Offer(broker_.Item(broker_.Receipt(notice, 0, ReceiptKind::kStored)))));
  EXPECT_EQ(broker_.store().message_count(), 0U);
  const MailboxPlace receipt{kPolice, Lane::kUrgent, 1};
  const auto taken = TryCommit(CommitItem{{}, TakenWork{{receipt}}});
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->removed, std::vector<MailboxPlace>{receipt});
  EXPECT_EQ(broker_.store().mailbox_size(), 0U);
}

TEST_F(DiskTest, AFullDiskIsNoticedInABatchThatBeganWithTimers) {
  broker_.Wait(std::chrono::minutes(5));
  ASSERT_TRUE(IsAccepted(broker_.Offer(broker_.Notice())));
  broker_.Wait(std::chrono::hours(9));
  broker_.store().set_room(false);
  broker_.committer().FireTimers(broker_.now(), broker_.monotonic());
  broker_.committer().Take(broker_.Submission(broker_.Notice()), broker_.now());
  const auto committed = broker_.committer().Commit();
  ASSERT_TRUE(committed.has_value());
  EXPECT_EQ(CodeOf(committed->answers.at(0).answer), Code::kDiskFull);
}

TEST_F(DiskTest, ADeferredMessageKeepsNothingUnderItsId) {
  const Composed notice = broker_.Notice();
  broker_.store().set_room(false);
  const int applies = broker_.store().applies();
  EXPECT_EQ(CodeOf(broker_.Offer(notice)), Code::kDiskFull);
  EXPECT_EQ(broker_.store().applies(), applies);
}

}  // namespace
}  // namespace havenline
