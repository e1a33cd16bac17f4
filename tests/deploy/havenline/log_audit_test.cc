#include "deploy/havenline/log_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/havenline/audit_report.h"
#include "schema/seal/hash.h"

namespace havenline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Leaf(std::uint64_t index, const std::string& document = "", std::uint64_t version = 1) {
  tlog::Leaf leaf{seal::Sha256(AsBytes(std::to_string(index))), LogIndex(index), {}};
  if (!document.empty())
    leaf.document = tlog::DocumentMark{document, version, seal::Sha256(AsBytes(document))};
  return tlog::LeafText(leaf);
}

std::vector<std::string> Log(std::uint64_t size) {
  std::vector<std::string> leaves = {Leaf(0, "opening"), Leaf(1, "directory"), Leaf(2, "policy")};
  for (std::uint64_t i = 3; i < size; ++i) leaves.push_back(Leaf(i));
  return leaves;
}

LogHead HeadOf(const std::vector<std::string>& leaves, std::size_t size, std::uint64_t epoch = 1) {
  tlog::TreeEdge edge;
  for (std::size_t i = 0; i < size; ++i) edge.Append(tlog::LeafHash(AsBytes(leaves[i])));
  return {epoch, size, edge.root()};
}

std::vector<std::string> Audit(const std::vector<std::string>& leaves, const LogHead& head,
                               const std::optional<LogHead>& remembered = {}) {
  LogAudit audit(head, remembered);
  for (const std::string& leaf : leaves) {
    if (!audit.complete()) audit.Add(leaf);
  }
  const tlog::Verdict verdict = audit.Judge();
  std::vector<std::string> words;
  for (const tlog::Place& place : verdict.tampered()) words.push_back(WordsOf(place));
  for (const tlog::Place& place : verdict.missing()) words.push_back("missing: " + WordsOf(place));
  return words;
}

TEST(LogAuditTest, ALogThatWasSignedHasNoProblems) {
  for (const std::size_t size : {3U, 4U, 7U, 8U, 100U}) {
    const auto log = Log(size);
    EXPECT_THAT(Audit(log, HeadOf(log, size)), IsEmpty());
    for (std::size_t earlier = 0; earlier <= size; ++earlier)
      EXPECT_THAT(Audit(log, HeadOf(log, size), HeadOf(log, earlier)), IsEmpty());
  }
}

TEST(LogAuditTest, AChangedLeafDoesNotGiveTheSignedRoot) {
  const auto log = Log(9);
  for (std::size_t i = 3; i < 9; ++i) {
    auto changed = log;
    changed[i].replace(changed[i].find("\"d\":\"") + 5, 2, "00");
    if (changed[i] == log[i]) continue;
    EXPECT_THAT(Audit(changed, HeadOf(log, 9)),
                ElementsAre(HasSubstr("do not give the root that the checkpoint signs")));
  }
}

TEST(LogAuditTest, ALeafThatIsMissingIsNamed) {
  const auto log = Log(9);
  const std::vector<std::string> first(log.begin(), log.begin() + 5);
  EXPECT_THAT(Audit(first, HeadOf(log, 9)),
              ElementsAre(HasSubstr("missing: entry 5 is not given by the broker")));
}

// Signed anew over other entries: the head holds, only memory tells.
TEST(LogAuditTest, AForkIsSeenAgainstTheRememberedHead) {
  const auto log = Log(9);
  auto other = Log(12);
  other[4] = Leaf(4, "suspension", 1);
  EXPECT_THAT(Audit(other, HeadOf(other, 12), HeadOf(log, 9)),
              ElementsAre(HasSubstr("the log forked: its first 9 entries")));
  EXPECT_THAT(Audit(other, HeadOf(other, 12), HeadOf(log, 4)), IsEmpty());
}

TEST(LogAuditTest, ALogThatWentBackIsSeen) {
  const auto log = Log(9);
  EXPECT_THAT(Audit(log, HeadOf(log, 8), HeadOf(log, 9)),
              ElementsAre(HasSubstr("the log went back: it has 8 entries")));
  EXPECT_THAT(Audit(log, HeadOf(log, 9), HeadOf(log, 9, 2)),
              ElementsAre(HasSubstr("of epoch 1, and one of epoch 2")));
}

TEST(LogAuditTest, ANewEpochIsNoFork) {
  auto log = Log(4);
  log[0] = Leaf(0, "opening", 2);
  EXPECT_THAT(Audit(log, HeadOf(log, 4, 2), HeadOf(Log(9), 9)), IsEmpty());
}

TEST(LogAuditTest, LeavesOutOfPlaceAreNamed) {
  auto log = Log(5);
  std::swap(log[3], log[4]);
  EXPECT_THAT(Audit(log, HeadOf(log, 5)),
              ElementsAre(HasSubstr("entry 3 is not a leaf"), HasSubstr("entry 4 is not a leaf")));
}

TEST(LogAuditTest, DocumentsMustComeInTheirOrder) {
  auto log = Log(5);
  log[4] = Leaf(4, "policy", 3);
  EXPECT_THAT(Audit(log, HeadOf(log, 5)),
              ElementsAre("entry 4 puts version 3 of the policy in force, after version 1"));
  log[4] = Leaf(4, "opening", 1);
  EXPECT_THAT(Audit(log, HeadOf(log, 5)), ElementsAre("entry 4 is an opening out of place"));
  log = Log(3);
  log[0] = Leaf(0);
  EXPECT_THAT(Audit(log, HeadOf(log, 3)), ElementsAre("entry 0 is not the opening of the epoch"));
}

}  // namespace
}  // namespace havenline
