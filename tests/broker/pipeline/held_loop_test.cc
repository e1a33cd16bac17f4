// Held grants through the loops: what a released one is delivered with, who is asked before, and
// what a clock that cannot be believed stops.

#include <gtest/gtest.h>

#include "schema/seal/word.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/word_codec.h"
#include "tests/fakes/held_notice.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

using std::chrono::hours;
using Kind = Condition::Kind;

class HeldLoopTest : public ::testing::Test {
 protected:
  HeldLoopTest() {
    loops_.SayHello(1, {kPolice});
    loops_.SayHello(2, {kSchoolA});
    loops_.SayHello(3, {kSchoolB});
  }
  TestBroker& broker() { return loops_.broker(); }
  Composed Submit() {
    Composed notice = HeldNotice(broker(), Kind::kUnacknowledged, broker().now() + hours(8));
    loops_.Offer(1, broker().Submission(notice));
    return notice;
  }
  void Pass(Milliseconds time) {
    loops_.clock().Wait(time);
    loops_.Settle();
  }
  // Until the deadline is over and whoever could still answer has said that it has not.
  void PassDeadline() {
    Pass(hours(8));
    for (const std::uint64_t link : {1U, 2U, 3U}) loops_.Drain(link);
    Pass(Milliseconds(500));
  }
  std::vector<ReceiptItem> Words(std::uint64_t link) {
    std::vector<ReceiptItem> words;
    for (const Frame& frame : loops_.link(link).frames) {
      if (const auto* body = std::get_if<WordFrame>(&frame.body))
        words.insert(words.end(), body->items.begin(), body->items.end());
    }
    return words;
  }
  bool Holds(const SignedWord& word) {
    return seal::WordHolds(broker().committer().standing().directory->broker_release_key(),
                           word.bytes, word.signature);
  }

  TestLoops loops_;
};

TEST_F(HeldLoopTest, AReleasedGrantIsDeliveredWithTheBrokersSignedWord) {
  const Composed notice = Submit();
  EXPECT_TRUE(loops_.Delivered(3).empty());
  PassDeadline();
  ASSERT_EQ(loops_.Delivered(3).size(), 1U);
  const auto delivery = wire::ParseDelivery(loops_.Delivered(3)[0].bytes);
  ASSERT_TRUE(delivery.has_value());
  const auto word = wire::ParseSignedWord(delivery->release);
  ASSERT_TRUE(word.has_value());
  EXPECT_TRUE(Holds(*word));
  EXPECT_EQ(word->word.kind, WordKind::kReleased);
  EXPECT_EQ(word->word.to, kSchoolB);
  EXPECT_EQ(word->word.grant, GrantOf(notice, 1));
  EXPECT_EQ(word->word.grant, seal::GrantDigest(delivery->grant));
  const auto first = wire::ParseDelivery(loops_.Delivered(2).at(0).bytes);
  EXPECT_TRUE(first->release.empty()) << "one that was not held has none";
}

TEST_F(HeldLoopTest, ItsSenderIsToldWithProofUntilItHasTheWordForGood) {
  Submit();
  PassDeadline();
  const auto words = Words(1);
  ASSERT_EQ(words.size(), 1U);
  const auto word = wire::ParseSignedWord(words[0].bytes);
  ASSERT_TRUE(word.has_value());
  EXPECT_TRUE(Holds(*word));
  EXPECT_EQ(word->word.to, kPolice);
  ASSERT_EQ(words[0].proof.size(), 1U);
  EXPECT_EQ(words[0].proof[0].position, word->word.position);
  const std::size_t waiting = broker().store().mailbox_size();
  loops_.Answer(1, {words[0].reference}, Accepted{});
  EXPECT_EQ(broker().store().mailbox_size(), waiting - 1);
}

TEST_F(HeldLoopTest, AHostThatWasAwayIsAskedWhenItComesBack) {
  Submit();
  loops_.delivery().Turn({LinkGone{LinkId(2)}});
  Pass(hours(8));
  EXPECT_EQ(loops_.observer().released, 0U);
  Pass(std::chrono::seconds(60));
  loops_.SayHello(2, {kSchoolA});
  EXPECT_EQ(loops_.observer().released, 0U);
  loops_.Drain(2);
  Pass(Milliseconds(500));
  EXPECT_EQ(loops_.observer().released, 1U);
}

TEST_F(HeldLoopTest, AClockSteppedByAnHourEitherWayReleasesNothing) {
  for (const auto step : {hours(1), hours(-1)}) {
    Submit();
    Pass(std::chrono::minutes(1));
    const std::size_t before = loops_.observer().released;
    loops_.clock().Step(step);
    for (int minute = 0; minute < 9 * 60; ++minute) Pass(std::chrono::minutes(1));
    for (const std::uint64_t link : {1U, 2U, 3U}) loops_.Drain(link);
    Pass(std::chrono::minutes(1));
    EXPECT_EQ(loops_.observer().released, before);
    EXPECT_TRUE(loops_.observer().clock_doubted);
    EXPECT_TRUE(loops_.state().clock_doubted);
    loops_.clock().Step(-step);
    Pass(Milliseconds(500));
    EXPECT_FALSE(loops_.observer().clock_doubted);
    for (const std::uint64_t link : {1U, 2U, 3U}) loops_.Drain(link);
    Pass(Milliseconds(500));
    EXPECT_EQ(loops_.observer().released, before + 1) << "what was due is, once it agrees again";
  }
}

TEST_F(HeldLoopTest, AStallDoesNotCountAsWaiting) {
  const Composed notice = Submit();
  Pass(hours(8));
  Pass(std::chrono::minutes(10));  // In which nothing was looked at.
  EXPECT_EQ(loops_.observer().released, 0U);
  loops_.Offer(2, broker().Item(broker().Receipt(notice, 0, ReceiptKind::kAcknowledged)));
  loops_.Drain(2);
  Pass(std::chrono::minutes(5));
  EXPECT_EQ(loops_.observer().released, 0U);
}

}  // namespace
}  // namespace havenline
