// Recovery mode: a broker that may have forgotten something stays up, says so, and takes and hands
// out nothing.

#include <gtest/gtest.h>

#include "schema/tlog/checkpoint.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

std::string Checkpoint(TestLoops& loops, const LogHead& head) {
  return tlog::MakeCheckpoint(kTestPartnership, head, loops.broker().partnership().log_signer());
}

void SayHello(TestLoops& loops, std::uint64_t link, const std::string& checkpoint) {
  Hello hello = TestLoops::HelloOf({kSchoolA});
  hello.checkpoint = checkpoint;
  loops.SayHello(link, TestPartnership::HostOf(kSchoolA), hello);
}

TEST(RecoveryTest, EveryOfferIsDeferredAndNothingIsWritten) {
  TestLoops loops(true);
  const int applies = loops.broker().store().applies();
  loops.SayHello(1, {kPolice});
  ASSERT_TRUE(loops.link(1).welcome.has_value());
  EXPECT_TRUE(loops.link(1).welcome->recovery);
  loops.Offer(1, loops.broker().Submission(loops.broker().Notice()));
  const auto answers = loops.Answers(1);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(CodeOf(answers[0].answer), Code::kRecovery);
  EXPECT_EQ(loops.broker().store().applies(), applies);
  EXPECT_EQ(loops.released().items, 2U);
}

TEST(RecoveryTest, NothingIsDeliveredAndNoCheckpointIsSigned) {
  TestLoops loops(true);
  ASSERT_TRUE(IsAccepted(loops.broker().Offer(loops.broker().Notice())));
  loops.SayHello(2, {kSchoolA});
  loops.clock().Wait(std::chrono::hours(9));
  loops.Settle();
  EXPECT_TRUE(loops.Delivered(2).empty());
  EXPECT_EQ(loops.mark().marked, LogHead{});
  EXPECT_EQ(loops.observer().overdue, 0U) << "no timer fires: an answer may be forgotten too";
}

TEST(RecoveryTest, AHeadThatWeContainIsServed) {
  TestLoops loops;
  const LogHead old = loops.broker().committer().head();
  loops.Offer(1, loops.broker().Submission(loops.broker().Notice()));
  loops.clock().Wait(Milliseconds(300));
  loops.Settle();
  SayHello(loops, 2, Checkpoint(loops, old));
  ASSERT_TRUE(loops.link(2).welcome.has_value());
  EXPECT_FALSE(loops.link(2).welcome->recovery);
  EXPECT_FALSE(loops.link(2).welcome->consistency.empty());
  EXPECT_EQ(loops.Delivered(2).size(), 1U);
}

TEST(RecoveryTest, AHeadOfOursThatWeDoNotContainBeginsItForEverybody) {
  const std::vector<std::function<LogHead(LogHead)>> lost = {
      [](LogHead head) {
        return LogHead{head.epoch, head.size + 1, head.root};
      },
      [](LogHead head) {
        return LogHead{head.epoch, head.size, Digest{1}};
      },
      [](LogHead head) {
        return LogHead{head.epoch, head.size - 1, head.root};
      },
  };
  for (const auto& make : lost) {
    TestLoops loops;
    ASSERT_TRUE(IsAccepted(loops.broker().Offer(loops.broker().Notice())));
    const LogHead head = loops.mark().marked;
    SayHello(loops, 2, Checkpoint(loops, make(head)));
    EXPECT_FALSE(loops.observer().recovery.empty());
    ASSERT_TRUE(loops.link(2).welcome.has_value());
    EXPECT_TRUE(loops.link(2).welcome->recovery);
    EXPECT_TRUE(loops.Delivered(2).empty());
    loops.Offer(1, loops.broker().Submission(loops.broker().Notice()));
    EXPECT_EQ(loops.broker().committer().head().size, head.size + 1) << "nothing more is taken";
  }
}

TEST(RecoveryTest, AHeadThatWeDidNotSignChangesNothing) {
  TestLoops loops;
  CountedRandom random(99);
  const tlog::NoteSigner forger(loops.broker().partnership().log_signer().key().name,
                                seal::SigningKey::Generate(random));
  SayHello(loops, 2, tlog::MakeCheckpoint(kTestPartnership, {1, 1'000, Digest{1}}, forger));
  EXPECT_FALSE(loops.state().recovery);
  ASSERT_TRUE(loops.link(2).rehello.has_value());
  EXPECT_EQ(loops.link(2).rehello->code, Code::kMalformed);
}

}  // namespace
}  // namespace havenline
