// A committer on a real store, stopped and started again: what it took stands.

#include <array>

#include <gtest/gtest.h>

#include "broker/commit/committer.h"
#include "broker/storage/broker_store.h"
#include "schema/directory/suspension.h"
#include "schema/seal/random.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/partnership.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

class RestartTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Start();
    const auto founded = committer_->Found(partnership_.OpeningNote(),
                                           partnership_.Sign(partnership_.DirectoryText()),
                                           partnership_.Sign(partnership_.PolicyText()));
    ASSERT_TRUE(founded.has_value()) << founded.error().detail;
  }

  void Start() {
    committer_.reset();
    store_.reset();
    auto store = BrokerStore::Open({scratch_ / "store", 0, false});
    ASSERT_TRUE(store.has_value()) << store.error().detail;
    store_ = *std::move(store);
    committer_ = std::make_unique<Committer>(
        *store_, random_, CommitterOptions{kTestPartnership, wire::ParseSignedStatement});
    const auto recovered = committer_->Recover();
    ASSERT_TRUE(recovered.has_value()) << recovered.error().detail;
  }

  bool Publish(DocumentKind kind, const std::string& note) {
    committer_->Take({{}, DocumentWork{kind, note}}, kNight);
    const auto committed = committer_->Commit();
    EXPECT_TRUE(committed.has_value());
    return std::holds_alternative<Accepted>(committed->answers.at(0).answer);
  }

  std::string OwnSuspension(const AgencyId& agency) {
    const tlog::NoteSigner signer(
        AgencyNoteName(kTestPartnership, agency),
        seal::SigningKey::FromSeed(
            partnership_.Key(agency, seal::Purpose::kStatement).ExposeSeed()));
    const std::string text = SuspensionText({kTestPartnership, agency, 1, false});
    return tlog::MakeNote(text, std::array{signer.SignatureLine(text)});
  }

  TestPartnership partnership_;
  ScratchDirectory scratch_;
  seal::SystemRandom random_;
  std::unique_ptr<BrokerStore> store_;
  std::unique_ptr<Committer> committer_;
};

// The usual course of a break-in: the agency suspends itself, governance then marks its keys
// compromised.
TEST_F(RestartTest, ASuspensionOutlivesTheKeyThatSignedIt) {
  ASSERT_TRUE(Publish(DocumentKind::kSuspension, OwnSuspension(kSchoolA)));
  const std::string text =
      partnership_.DirectoryText(2, tlog::NoteTextHash(partnership_.DirectoryText()));
  const std::string line =
      "public = \"" +
      Base64Encode(partnership_.Key(kSchoolA, seal::Purpose::kStatement).public_key()) + "\"\n";
  ASSERT_TRUE(Publish(
      DocumentKind::kDirectory,
      partnership_.Sign(TestPartnership::Replace(text, line, line + "state = \"compromised\"\n"))));
  Start();
  EXPECT_EQ(committer_->standing().directory->version().version, 2U);
  EXPECT_TRUE(committer_->standing().suspensions.IsSuspended(kSchoolA));
}

}  // namespace
}  // namespace havenline
