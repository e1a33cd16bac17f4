// The beginning of a log: what is founded on, and what a start finds again.

#include <array>

#include <gtest/gtest.h>

#include "schema/directory/opening.h"
#include "schema/seal/hash.h"
#include "schema/tlog/leaf.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/test_broker.h"

namespace havenline {
namespace {

class FoundingTest : public ::testing::Test {
 protected:
  FoundingTest() : committer_(store_, random_, {kTestPartnership, wire::ParseSignedStatement}) {
    EXPECT_TRUE(committer_.Recover().has_value());
  }
  Result<void> Found() { return committer_.Found(opening_, directory_, policy_); }
  // That nothing came of it: not an entry, and the committer still new.
  void ExpectNotFounded() {
    const auto founded = Found();
    ASSERT_FALSE(founded.has_value());
    EXPECT_EQ(founded.error().code, FaultCode::kInvalid) << founded.error().detail;
    EXPECT_EQ(store_.applies(), 0);
  }
  std::string Resigned(const std::string& text, const tlog::NoteSigner& signer) const {
    return tlog::MakeNote(text, std::array{signer.SignatureLine(text)});
  }

  TestPartnership partnership_;
  CountedRandom random_{5};
  FakeStore store_;
  Committer committer_;
  std::string opening_ = partnership_.OpeningNote();
  std::string directory_ = partnership_.Sign(partnership_.DirectoryText());
  std::string policy_ = partnership_.Sign(partnership_.PolicyText());
};

TEST_F(FoundingTest, ANewStoreIsNewAndAFoundedOneIsNot) {
  EXPECT_TRUE(committer_.is_new());
  ASSERT_TRUE(Found().has_value());
  EXPECT_FALSE(committer_.is_new());
  EXPECT_EQ(committer_.head().epoch, 1U);
  EXPECT_EQ(committer_.head().size, 3U);
  EXPECT_EQ(committer_.log_key(), partnership_.log_signer().key());
  EXPECT_EQ(store_.applies(), 1) << "one synced batch";
}

TEST_F(FoundingTest, TheFirstEntriesSayInClearWhatIsInForce) {
  ASSERT_TRUE(Found().has_value());
  const auto leaves = store_.ReadLeaves({1, LogIndex(0)}, 10);
  ASSERT_EQ(leaves->size(), 3U);
  const std::vector<std::pair<std::string, Digest>> expected = {
      {"opening", tlog::NoteTextHash(*tlog::UnverifiedText(opening_))},
      {"directory", partnership_.directory().version().hash},
      {"policy", partnership_.policy().version().hash}};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto leaf = tlog::ParseLeaf((*leaves)[i]);
    ASSERT_TRUE(leaf && leaf->document);
    EXPECT_EQ(leaf->document->document, expected[i].first);
    EXPECT_EQ(leaf->document->hash, expected[i].second);
    EXPECT_TRUE((*store_.ReadDocument(expected[i].second)).has_value());
  }
}

TEST_F(FoundingTest, ARestartFindsWhatWasFounded) {
  ASSERT_TRUE(Found().has_value());
  const auto again = store_.Reopened();
  Committer restarted(*again, random_, {kTestPartnership, wire::ParseSignedStatement});
  ASSERT_TRUE(restarted.Recover().has_value());
  EXPECT_FALSE(restarted.is_new());
  EXPECT_EQ(restarted.head(), committer_.head());
  EXPECT_EQ(restarted.log_key(), committer_.log_key());
  EXPECT_EQ(restarted.standing().directory->version(), partnership_.directory().version());
  EXPECT_EQ(restarted.standing().policy->version(), partnership_.policy().version());
}

TEST_F(FoundingTest, WhatGovernanceDidNotSignFoundsNothing) {
  const tlog::NoteSigner stranger(kTestPartnership.value() + "/governance/1",
                                  seal::SigningKey::Generate(random_));
  const auto whole = std::array{opening_, directory_, policy_};
  opening_ =
      Resigned(OpeningText({kTestPartnership, 1, partnership_.log_signer().key()}), stranger);
  EXPECT_FALSE(Found().has_value());
  opening_ = whole[0];
  directory_ = Resigned(partnership_.DirectoryText(), stranger);
  EXPECT_FALSE(Found().has_value());
  directory_ = whole[1];
  policy_ = Resigned(partnership_.PolicyText(), stranger);
  EXPECT_FALSE(Found().has_value());
  EXPECT_EQ(store_.applies(), 0);
  EXPECT_TRUE(committer_.is_new());
  policy_ = whole[2];
  EXPECT_TRUE(Found().has_value());
}

TEST_F(FoundingTest, AnOpeningOfAKeyThatTheDirectoryDoesNotListFoundsNothing) {
  const tlog::NoteSigner other(kTestPartnership.value() + "/log/1",
                               seal::SigningKey::Generate(random_));
  opening_ = partnership_.Sign(OpeningText({kTestPartnership, 1, other.key()}));
  ExpectNotFounded();
}

TEST_F(FoundingTest, APolicyOfAnotherPartnershipFoundsNothing) {
  policy_ = partnership_.Sign(TestPartnership::Replace(
      partnership_.PolicyText(), "partnership = \"rotherham\"", "partnership = \"elsewhere\""));
  ExpectNotFounded();
}

TEST_F(FoundingTest, ADirectoryOfAnotherPartnershipFoundsNothing) {
  Committer elsewhere(store_, random_, {PartnershipId("elsewhere"), wire::ParseSignedStatement});
  ASSERT_TRUE(elsewhere.Recover().has_value());
  EXPECT_FALSE(elsewhere.Found(opening_, directory_, policy_).has_value());
  EXPECT_EQ(store_.applies(), 0);
}

TEST_F(FoundingTest, WhatDoesNotParseFoundsNothing) {
  for (std::string* const document : {&opening_, &directory_, &policy_}) {
    const std::string whole = *document;
    for (const std::string& broken :
         {std::string(), std::string("nonsense"), partnership_.Sign("document = \"opening\"\n")}) {
      *document = broken;
      EXPECT_FALSE(Found().has_value());
    }
    *document = whole;
  }
  EXPECT_EQ(store_.applies(), 0);
}

TEST_F(FoundingTest, AFoundingThatCouldNotBeSyncedIsAFault) {
  store_.FailApply(1, FakeStore::Cut::kLost);
  const auto founded = Found();
  ASSERT_FALSE(founded.has_value());
  EXPECT_EQ(founded.error().code, FaultCode::kIo);
}

TEST_F(FoundingTest, AStoreWhoseHeadIsNotItsLeavesIsCorrupt) {
  ASSERT_TRUE(Found().has_value());
  CommitBatch wrong = store_.batches().back();
  wrong.head.root[0] ^= 1U;
  FakeStore changed;
  ASSERT_TRUE(changed.Apply(wrong).has_value());
  Committer restarted(changed, random_, {kTestPartnership, wire::ParseSignedStatement});
  const auto recovered = restarted.Recover();
  ASSERT_FALSE(recovered.has_value());
  EXPECT_EQ(recovered.error().code, FaultCode::kCorrupt);
}

TEST_F(FoundingTest, AStoreWithoutItsDocumentsIsCorrupt) {
  ASSERT_TRUE(Found().has_value());
  for (int change = 0; change < 2; ++change) {
    CommitBatch wrong = store_.batches().back();
    if (change == 0) wrong.documents.clear();
    if (change == 1) wrong.documents.at(1).note[20] ^= 1;
    FakeStore changed;
    ASSERT_TRUE(changed.Apply(wrong).has_value());
    Committer restarted(changed, random_, {kTestPartnership, wire::ParseSignedStatement});
    const auto recovered = restarted.Recover();
    ASSERT_FALSE(recovered.has_value());
    EXPECT_EQ(recovered.error().code, FaultCode::kCorrupt);
  }
}

}  // namespace
}  // namespace havenline
