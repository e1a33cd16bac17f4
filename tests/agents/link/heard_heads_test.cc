#include "agents/link/heard_heads.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/fakes/test_log.h"

namespace havenline {
namespace {

class HeardHeadsTest : public ::testing::Test {
 protected:
  static Delivery Carrying(const LogHead& head, std::uint8_t message = 1) {
    Delivery delivery;
    delivery.header.checkpoint = head;
    delivery.header.id = MessageId({message});
    delivery.header.sender = kPolice;
    delivery.header_bytes = ToBytes("the header as it was signed");
    return delivery;
  }
  std::vector<HeardHeads::Heard> Judge(std::uint64_t ours, TimePoint now = kNight) {
    return heard_.Judge(
        log_.HeadAt(ours),
        [this](std::uint64_t epoch, std::uint64_t size) -> std::optional<Digest> {
          if (epoch != 1 || !stood_at_.contains(size)) return std::nullopt;
          return log_.HeadAt(size).root;
        },
        now);
  }
  // The broker shows the last leaf of that size, and its proof in our tree; of its other history if
  // it tries to.
  void Prove(std::uint64_t size, std::uint64_t ours) { Prove(size, ours, log_); }
  void Prove(std::uint64_t size, std::uint64_t ours, const TestLog& with) {
    const LogIndex last(size - 1);
    heard_.OnLeaf(last, with.Leaf(size - 1));
    heard_.OnProof(last, log_.HeadAt(ours), with.Inclusion(size - 1, ours));
  }

  TestLog log_;
  TestLog other_{7, 3};
  std::set<std::uint64_t> stood_at_;
  HeardHeads heard_;
};

TEST_F(HeardHeadsTest, AHeadAtWhichWeStoodIsJudgedAtOnce) {
  stood_at_ = {5};
  heard_.Hear(Carrying(log_.HeadAt(5)));
  EXPECT_TRUE(Judge(9).empty());
  EXPECT_EQ(heard_.waiting(), 0U);
  heard_.Hear(Carrying(other_.HeadAt(5), 2));
  const auto contradict = Judge(9);
  ASSERT_EQ(contradict.size(), 1U);
  EXPECT_EQ(contradict[0].head, other_.HeadAt(5));
  EXPECT_EQ(contradict[0].message, MessageId({2}));
  EXPECT_EQ(contradict[0].header, ToBytes("the header as it was signed"));
  EXPECT_EQ(heard_.waiting(), 0U);
}

TEST_F(HeardHeadsTest, AnyOtherHeadIsJudgedByTheProofOfItsLastLeafInOurTree) {
  heard_.Hear(Carrying(log_.HeadAt(5), 1));
  heard_.Hear(Carrying(other_.HeadAt(6), 2));
  EXPECT_TRUE(Judge(9).empty());
  EXPECT_EQ(heard_.ToFetch(log_.HeadAt(9), 9), (std::vector{LogIndex(4), LogIndex(5)}));
  EXPECT_TRUE(heard_.ToProve(log_.HeadAt(9), 9).empty());
  Prove(5, 9);
  EXPECT_TRUE(Judge(9).empty());
  EXPECT_EQ(heard_.waiting(), 1U) << "the first is good";
  Prove(6, 9);
  const auto contradict = Judge(9);
  ASSERT_EQ(contradict.size(), 1U);
  EXPECT_EQ(contradict[0].head, other_.HeadAt(6));
}

// The sender saw the other history. To us the broker cannot prove it, whatever it shows.
TEST_F(HeardHeadsTest, ALeafOrPathOfTheOtherHistoryProvesNothingAndTimeRunsOut) {
  heard_.Hear(Carrying(other_.HeadAt(5)));
  Judge(9);
  Prove(5, 9, other_);
  EXPECT_TRUE(Judge(9, kNight + std::chrono::minutes(15)).empty());
  EXPECT_EQ(Judge(9, kNight + std::chrono::minutes(16)).size(), 1U);
}

TEST_F(HeardHeadsTest, ABrokerThatSaysNothingIsAsOneThatCannotProve) {
  heard_.Hear(Carrying(log_.HeadAt(5)));
  EXPECT_TRUE(Judge(9).empty());
  EXPECT_EQ(Judge(9, kNight + std::chrono::minutes(16)).size(), 1U);
}

TEST_F(HeardHeadsTest, AHeadAheadOfOursWaitsUntilWeAreThere) {
  heard_.Hear(Carrying(log_.HeadAt(9)));
  EXPECT_TRUE(Judge(5).empty());
  EXPECT_TRUE(Judge(5, kNight + std::chrono::hours(99)).empty());
  EXPECT_TRUE(heard_.ToFetch(log_.HeadAt(5), 9).empty());
  stood_at_ = {9};
  EXPECT_TRUE(Judge(9).empty());
  EXPECT_EQ(heard_.waiting(), 0U);
}

TEST_F(HeardHeadsTest, AHeadOfAClosedEpochIsLetGo) {
  heard_.Hear(Carrying(log_.HeadAt(5)));
  LogHead next = log_.HeadAt(9);
  next.epoch = 2;
  const auto nothing_known = [](std::uint64_t, std::uint64_t) { return std::optional<Digest>(); };
  EXPECT_TRUE(heard_.Judge(next, nothing_known, kNight).empty());
  EXPECT_EQ(heard_.waiting(), 0U);
}

TEST_F(HeardHeadsTest, TheSameHeadTwiceIsOneAndWhatWasProvedIsNotAskedAgain) {
  heard_.Hear(Carrying(log_.HeadAt(5), 1));
  heard_.Hear(Carrying(log_.HeadAt(5), 2));
  EXPECT_EQ(heard_.waiting(), 1U);
  Judge(9);
  Prove(5, 9);
  Judge(9);
  heard_.Hear(Carrying(log_.HeadAt(5), 3));
  EXPECT_EQ(heard_.waiting(), 0U);
  heard_.Hear(Carrying(other_.HeadAt(5), 4));
  EXPECT_EQ(Judge(9).size(), 1U) << "against what was proved";
}

TEST_F(HeardHeadsTest, WhoHadNoHeadYetSaysNone) {
  heard_.Hear(Carrying(LogHead{}));
  EXPECT_EQ(heard_.waiting(), 0U);
}

// A hostile sender cannot make it grow: what is beyond is simply not looked at.
TEST_F(HeardHeadsTest, NoMoreWaitThanItsLimit) {
  for (std::uint64_t size = 1; size <= 1000; ++size)
    heard_.Hear(Carrying({1, size, Digest{9}}, static_cast<std::uint8_t>(size)));
  EXPECT_EQ(heard_.waiting(), 64U);
  EXPECT_EQ(heard_.ToFetch(log_.HeadAt(60), 4).size(), 4U);
}

}  // namespace
}  // namespace havenline
