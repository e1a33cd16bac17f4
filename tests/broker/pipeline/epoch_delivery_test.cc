// After a loss: a grant of the epoch before is handed out only once its sender has said again all
// that the log may have forgotten of it (C6).

#include <gtest/gtest.h>

#include "schema/tlog/checkpoint.h"
#include "tests/fakes/openings.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

// Two notices wait for the school; then the epoch begins.
void LoseAndComeBack(TestBroker& broker) {
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(IsAccepted(broker.Offer(broker.Notice())));
  const TestPartnership& partnership = broker.partnership();
  const EpochPlan plan{OpeningNoteOf(partnership, 2),
                       partnership.Sign(partnership.DirectoryText()),
                       {partnership.Sign(partnership.PolicyText())},
                       {},
                       {}};
  EXPECT_TRUE(broker.committer().BeginEpoch(plan, kNight).has_value());
}

class EpochDeliveryTest : public ::testing::Test {
 protected:
  EpochDeliveryTest() {
    loops_.SayHello(1, {kPolice});
    loops_.SayHello(2, {kSchoolA});
  }

  TestBroker& broker() { return loops_.broker(); }
  void Reconcile(const AgencyId& agency) {
    CommitItem item = broker().Document(DocumentKind::kPolicy, "");
    item.route.host = TestPartnership::HostOf(agency);
    item.work = ReconciledWork{2, {agency}};
    loops_.Offer(1, std::move(item));
  }

  TestLoops loops_{false, limits::kInFlightPool, LoseAndComeBack};
};

TEST_F(EpochDeliveryTest, WhatWaitedIsHandedOutOnceItsSenderHasComeBack) {
  EXPECT_TRUE(loops_.Delivered(2).empty());
  Reconcile(kPolice);
  EXPECT_EQ(loops_.Delivered(2).size(), 2U);
}

TEST_F(EpochDeliveryTest, AnotherSendersReturnChangesNothing) {
  Reconcile(kCouncil);
  EXPECT_TRUE(loops_.Delivered(2).empty());
}

TEST_F(EpochDeliveryTest, WhatIsSentInTheNewEpochDoesNotWait) {
  loops_.Offer(1, broker().Submission(broker().Notice()));
  EXPECT_EQ(loops_.Delivered(2).size(), 1U);
  // And is not handed twice when the mailbox is read again from its beginning.
  Reconcile(kPolice);
  EXPECT_EQ(loops_.Delivered(2).size(), 3U);
}

// What C6 needs the wait for: the sender knew of a suspension that the log had forgotten.
TEST_F(EpochDeliveryTest, ASuspensionThatTheSenderBringsBackHoldsBeforeAnythingGoes) {
  ASSERT_TRUE(IsAccepted(broker().Suspend(kSchoolA)));
  loops_.commit().Announce();
  loops_.Settle();
  Reconcile(kPolice);
  EXPECT_TRUE(loops_.Delivered(2).empty());
}

TEST_F(EpochDeliveryTest, AHeadOfTheEpochBeforeIsNoContradiction) {
  Hello hello = TestLoops::HelloOf({kSchoolB});
  hello.checkpoint = tlog::MakeCheckpoint(kTestPartnership, {1, 9'000, Digest{1}},
                                          broker().partnership().log_signer());
  loops_.SayHello(3, TestPartnership::HostOf(kSchoolB), hello);
  ASSERT_TRUE(loops_.link(3).welcome.has_value());
  EXPECT_FALSE(loops_.state().recovery);
  EXPECT_EQ(loops_.link(3).welcome->head.epoch, 2U);
}

TEST_F(EpochDeliveryTest, AHeadOfThisEpochThatWeDoNotContainIsKeptAsEvidence) {
  Hello hello = TestLoops::HelloOf({kSchoolB});
  hello.checkpoint = tlog::MakeCheckpoint(kTestPartnership, {2, 9'000, Digest{1}}, LogSignerOf(2));
  loops_.SayHello(3, TestPartnership::HostOf(kSchoolB), hello);
  EXPECT_TRUE(loops_.state().recovery);
  EXPECT_EQ(loops_.observer().shown, hello.checkpoint);
}

TEST_F(EpochDeliveryTest, TheEpochBeforeMayStillBeAskedAbout) {
  const LogHead closed = broker().committer().closed().at(0);
  const auto leaves = loops_.Ask(2, {{}, Fetch::Leaves{1, 0, 500}});
  EXPECT_EQ(leaves.pieces.size(), closed.size);
  const auto proof = loops_.Ask(2, {{}, Fetch::Proofs{1, closed.size, {LogIndex(1)}}});
  ASSERT_EQ(proof.pieces.size(), 1U);
  EXPECT_TRUE(loops_.Ask(2, {{}, Fetch::Proofs{1, closed.size + 1, {LogIndex(1)}}}).pieces.empty());
}

TEST_F(EpochDeliveryTest, WhatAnEpochBeganWithIsForEveryoneToSee) {
  EXPECT_EQ(loops_.Ask(2, {{}, Fetch::Parts{{2, LogIndex(0)}}}).pieces.size(), 1U);
  EXPECT_TRUE(loops_.Ask(2, {{}, Fetch::Parts{{1, LogIndex(0)}}}).pieces.empty());
}

}  // namespace
}  // namespace havenline
