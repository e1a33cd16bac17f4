// The commit thread's loop: order, batches, what is said when, and what a disk that fails silences.

#include "broker/pipeline/commit_loop.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "tests/broker/forbidden_message.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

class CommitLoopTest : public ::testing::Test {
 protected:
  CommitLoopTest() { loops_.SayHello(1, {kPolice}); }
  TestBroker& broker() { return loops_.broker(); }
  CommitItem Rejected(std::uint64_t reference) {
    Route route;
    route.link = LinkId(1);
    route.host = TestPartnership::HostOf(kPolice);
    route.session = loops_.link(1).session;
    route.reference = Reference(reference);
    route.bytes = 10;
    return {route, RejectedWork{Invalid{Code::kMalformed}}};
  }

  TestLoops loops_;
};

TEST_F(CommitLoopTest, AnswersInTheOrderOfArrivalWhateverVerifyFinishesFirst) {
  std::vector<CommitEvent> late;
  late.emplace_back(Judged{Ticket(2), Rejected(2), {1, 10}});
  late.emplace_back(Judged{Ticket(1), Rejected(1), {1, 10}});
  loops_.commit().Turn(std::move(late));
  loops_.Settle();
  EXPECT_TRUE(loops_.Answers(1).empty()) << "ticket 0 is not there yet";
  std::vector<CommitEvent> first;
  first.emplace_back(Judged{Ticket(0), Rejected(0), {1, 10}});
  loops_.commit().Turn(std::move(first));
  loops_.Settle();
  const auto answers = loops_.Answers(1);
  ASSERT_EQ(answers.size(), 3U);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(answers[i].reference, Reference(i));
  EXPECT_EQ(loops_.state().invalid, 3U);
}

TEST_F(CommitLoopTest, ManyAnswersAreSplitIntoFramesAndAllAreCredited) {
  std::vector<CommitEvent> events;
  for (std::uint64_t i = 0; i < 2 * limits::kItemsMax + 3; ++i)
    events.emplace_back(Judged{Ticket(i), Rejected(i), {1, 10}});
  loops_.commit().Turn(std::move(events));
  loops_.Settle();
  EXPECT_GE(loops_.link(1).frames.size(), 3U);
  EXPECT_EQ(loops_.Answers(1).size(), 2 * limits::kItemsMax + 3);
  // In bytes too: who counts both would come to a stop otherwise.
  EXPECT_EQ(loops_.link(1).answered.items, 2 * limits::kItemsMax + 3);
  EXPECT_EQ(loops_.link(1).answered.bytes, 10 * (2 * limits::kItemsMax + 3));
}

// A frame has a limit of objections, and writing one that has more would end the broker.
TEST_F(CommitLoopTest, ARefusalOfMoreObjectionsThanAFrameNamesReachesItsSender) {
  const ForbiddenMessage forbidden = MakeForbiddenMessage(broker());
  ASSERT_GT(forbidden.objections, limits::kObjectionsMax);
  loops_.Offer(1, broker().Submission(forbidden.composed));
  const auto answers = loops_.Answers(1);
  ASSERT_EQ(answers.size(), 1U);
  const auto* const refused = std::get_if<Refused>(&answers[0].answer);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->code, Code::kPolicyDenies);
  EXPECT_EQ(refused->objections.size(), limits::kObjectionsMax);
}

// D1: nobody hears of what is not durable.
TEST_F(CommitLoopTest, ABatchThatFailedIsAnsweredToNobody) {
  for (const FakeStore::Cut cut : {FakeStore::Cut::kLost, FakeStore::Cut::kTaken}) {
    TestLoops loops;
    loops.SayHello(1, {kPolice});
    loops.SayHello(2, {kSchoolA});
    loops.broker().store().FailApply(1, cut);
    EXPECT_THROW(loops.Offer(1, loops.broker().Submission(loops.broker().Notice())), Stopped);
    loops.Collect();
    EXPECT_TRUE(loops.link(1).frames.empty());
    EXPECT_TRUE(loops.link(2).frames.empty());
    EXPECT_EQ(loops.released().items, 2U) << "the hellos'";
  }
}

// A2: what was answered without its mark could be forgotten unnoticed.
TEST_F(CommitLoopTest, WithoutItsMarkNothingOfABatchIsSaid) {
  loops_.SayHello(2, {kSchoolA});
  loops_.mark().fails = true;
  EXPECT_THROW(loops_.Offer(1, broker().Submission(broker().Notice())), Stopped);
  loops_.Collect();
  EXPECT_TRUE(loops_.link(1).frames.empty());
  EXPECT_TRUE(loops_.link(2).frames.empty());
}

TEST_F(CommitLoopTest, WhatIsAnsweredIsMarked) {
  for (int i = 0; i < 3; ++i) {
    loops_.Offer(1, broker().Submission(broker().Notice()));
    EXPECT_EQ(loops_.mark().marked, broker().committer().head());
  }
}

TEST_F(CommitLoopTest, CheckpointsAreSoManyASecondAndOnlyWithNews) {
  const auto checkpoints = [&] {
    return std::ranges::count_if(loops_.link(1).frames, [](const Frame& frame) {
      return std::holds_alternative<Head>(frame.body);
    });
  };
  for (int i = 0; i < 20; ++i) {
    loops_.clock().Wait(Milliseconds(50));
    loops_.Offer(1, broker().Submission(broker().Notice()));
  }
  EXPECT_EQ(checkpoints(), 4) << "in one second";
  loops_.clock().Wait(Milliseconds(300));
  loops_.Settle();
  EXPECT_EQ(checkpoints(), 4) << "nothing is new";
  loops_.clock().Wait(Milliseconds(10'000));
  loops_.Settle();
  EXPECT_EQ(checkpoints(), 4);
  loops_.Offer(1, broker().Submission(broker().Notice()));
  EXPECT_EQ(checkpoints(), 5);
}

// A timer that cannot be read would never fire, and nobody would know.
TEST_F(CommitLoopTest, TimersThatCannotBeReadStopTheBroker) {
  broker().store().FailReads(1);
  EXPECT_THROW(loops_.Settle(), Stopped);
}

TEST_F(CommitLoopTest, CountsWhatItAnswered) {
  loops_.Offer(1, broker().Submission(broker().Notice()));
  broker().store().set_room(false);
  loops_.Offer(1, broker().Submission(broker().Notice()));
  EXPECT_EQ(loops_.state().accepted, 1U);
  EXPECT_EQ(loops_.state().deferred, 1U);
  EXPECT_EQ(loops_.state().refused, 0U);
}

}  // namespace
}  // namespace havenline
