// Fetches: what a host may ask for, and that "not yours" and "not there" are one answer.

#include "broker/pipeline/fetches.h"

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/envelope_codec.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

class FetchesTest : public ::testing::Test {
 protected:
  FetchesTest() {
    notice_ = loops_.broker().Notice({kSchoolA});
    loops_.Offer(1, loops_.broker().Submission(notice_));
    position_ = (*loops_.broker().store().ReadGrant(notice_.granted[0].grant))->position;
    loops_.clock().Wait(Milliseconds(300));
    loops_.Settle();
    loops_.SayHello(1, {kPolice});
    loops_.SayHello(2, {kSchoolA});
    loops_.SayHello(3, {kSchoolB});
    loops_.SayHello(4, HostId("host.operator"), TestLoops::HelloOf({}));
  }
  template <class What>
  DocumentFrame Ask(std::uint64_t link, What what) {
    return loops_.Ask(link, Fetch{{}, what});
  }

  Published Now() {
    const Standing& standing = loops_.broker().committer().standing();
    Published published;
    published.directory = standing.directory;
    published.policy = standing.policy;
    published.suspensions = standing.suspensions;
    return published;
  }

  TestLoops loops_;
  Composed notice_;
  Position position_;
};

TEST_F(FetchesTest, APartyGetsItsOwnPartsAndNobodyElseAnything) {
  for (const auto& [link, party] : std::map<std::uint64_t, AgencyId>{{1, kPolice}, {2, kSchoolA}}) {
    const DocumentFrame frame = Ask(link, Fetch::Parts{position_});
    ASSERT_EQ(frame.pieces.size(), 1U);
    const auto proof = wire::ParsePartProof(frame.pieces[0].bytes);
    ASSERT_TRUE(proof.has_value());
    EXPECT_EQ(proof->position, position_);
  }
  const DocumentFrame not_yours = Ask(3, Fetch::Parts{position_});
  DocumentFrame not_there = Ask(3, Fetch::Parts{{1, LogIndex(10'000)}});
  not_there.reference = not_yours.reference;
  EXPECT_TRUE(not_yours.pieces.empty());
  EXPECT_EQ(wire::EncodeFrame({{}, not_yours}), wire::EncodeFrame({{}, not_there}));
}

TEST_F(FetchesTest, ASuspendedAgencyGetsNoPartsAnyMore) {
  loops_.Offer(1, loops_.broker().Document(
                      DocumentKind::kSuspension,
                      loops_.broker().partnership().SuspensionNote(kSchoolA, 1, false)));
  EXPECT_TRUE(loops_.link(2).ended);
  // Nor on a link of its host that stays, since the host speaks for another.
  const Published now = Now();
  const HostId host = TestPartnership::HostOf(kSchoolA);
  const FetchParts parts{loops_.broker().store(), now, host,
                         loops_.mark().marked,    {},  [] { return std::string(); }};
  EXPECT_TRUE(AnswerFetch(Fetch{{}, Fetch::Parts{position_}}, parts).pieces.empty());
}

TEST_F(FetchesTest, LeavesAreThoseThatACheckpointCovers) {
  const std::uint64_t size = loops_.mark().marked.size;
  EXPECT_EQ(Ask(3, Fetch::Leaves{1, 0, 500}).pieces.size(), size);
  loops_.Offer(1, loops_.broker().Submission(loops_.broker().Notice()));
  EXPECT_EQ(Ask(3, Fetch::Leaves{1, 0, 500}).pieces.size(), size) << "not yet signed for";
  const DocumentFrame two = Ask(3, Fetch::Leaves{1, 2, 2});
  ASSERT_EQ(two.pieces.size(), 2U);
  EXPECT_EQ(two.pieces[1].index, 3U);
  EXPECT_TRUE(Ask(3, Fetch::Leaves{1, size, 1}).pieces.empty());
  EXPECT_TRUE(Ask(3, Fetch::Leaves{1, UINT64_MAX, UINT32_MAX}).pieces.empty());
  EXPECT_TRUE(Ask(3, Fetch::Leaves{2, 0, 1}).pieces.empty());
  EXPECT_TRUE(Ask(3, Fetch::Leaves{1, 0, 0}).pieces.empty());
}

TEST_F(FetchesTest, AProofHoldsForTheLeafThatItNames) {
  const LogHead head = loops_.mark().marked;
  const DocumentFrame frame =
      Ask(3, Fetch::Proofs{1, head.size, {LogIndex(1), LogIndex(head.size)}});
  ASSERT_EQ(frame.pieces.size(), 1U) << "beyond the tree there is none";
  EXPECT_EQ(frame.pieces[0].index, 1U);
  EXPECT_EQ(frame.pieces[0].bytes.size() % 32, 0U);
  EXPECT_TRUE(Ask(3, Fetch::Proofs{1, head.size + 1, {LogIndex(0)}}).pieces.empty());
  EXPECT_TRUE(Ask(3, Fetch::Proofs{7, head.size, {LogIndex(0)}}).pieces.empty());
}

TEST_F(FetchesTest, DocumentsAreFoundByTheirHash) {
  const DocumentVersion policy = loops_.broker().committer().standing().policy->version();
  const DocumentFrame frame = Ask(3, Fetch::Document{policy.hash});
  ASSERT_EQ(frame.pieces.size(), 1U);
  EXPECT_EQ(frame.pieces[0].kind, DocumentKind::kPolicy);
  EXPECT_TRUE(Ask(3, Fetch::Document{Digest{1}}).pieces.empty());
}

TEST_F(FetchesTest, StatementsAreThoseAfterTheNumberGiven) {
  const std::uint64_t all = loops_.broker().committer().notices();
  EXPECT_EQ(Ask(3, Fetch::Statements{0}).pieces.size(), all);
  const DocumentFrame last = Ask(3, Fetch::Statements{all - 1});
  ASSERT_EQ(last.pieces.size(), 1U);
  EXPECT_EQ(last.pieces[0].index, all);
  EXPECT_TRUE(Ask(3, Fetch::Statements{all}).pieces.empty());
  EXPECT_TRUE(Ask(3, Fetch::Statements{UINT64_MAX}).pieces.empty());
}

TEST_F(FetchesTest, StatusIsForTheOperatorsLink) {
  EXPECT_TRUE(Ask(3, Fetch::Status{}).pieces.empty());
  const DocumentFrame frame = Ask(4, Fetch::Status{});
  ASSERT_EQ(frame.pieces.size(), 1U);
  const std::string json = ToText(frame.pieces[0].bytes);
  EXPECT_NE(json.find("\"sessions\":4"), std::string::npos) << json;
  // C5: counts and versions, never an agency.
  EXPECT_EQ(json.find("school"), std::string::npos) << json;
}

TEST_F(FetchesTest, MoreThanFitsIsAskedForAgain) {
  while (loops_.broker().committer().head().size <= limits::kItemsMax + 2)
    loops_.Offer(1, loops_.broker().Submission(loops_.broker().Notice()));
  loops_.clock().Wait(Milliseconds(300));
  loops_.Settle();
  const DocumentFrame first = Ask(3, Fetch::Leaves{1, 0, UINT32_MAX});
  EXPECT_TRUE(first.more);
  EXPECT_EQ(first.pieces.size(), limits::kItemsMax);
  const DocumentFrame rest = Ask(3, Fetch::Leaves{1, first.pieces.back().index + 1, UINT32_MAX});
  EXPECT_FALSE(rest.more);
  EXPECT_EQ(rest.pieces.size(), loops_.mark().marked.size - limits::kItemsMax);
}

}  // namespace
}  // namespace havenline
