#include "agents/link/documents.h"

#include <array>

#include <gtest/gtest.h>

#include "schema/directory/suspension.h"
#include "schema/seal/hash.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

class DocumentsTest : public ::testing::Test {
 protected:
  // A suspension that the agency signs of itself, with its statement key.
  std::string OwnSuspension(const AgencyId& agency) {
    const tlog::NoteSigner signer(
        AgencyNoteName(kTestPartnership, agency),
        seal::SigningKey::FromSeed(
            partnership_.Key(agency, seal::Purpose::kStatement).ExposeSeed()));
    const std::string text = SuspensionText({kTestPartnership, agency, 1, false});
    return tlog::MakeNote(text, std::array{signer.SignatureLine(text)});
  }
  // The next directory, in which the agency's statement key is `state`.
  std::string DirectoryWithStatementKey(const AgencyId& agency, const std::string& state) {
    const std::string text =
        partnership_.DirectoryText(2, tlog::NoteTextHash(partnership_.DirectoryText()));
    const std::string key =
        Base64Encode(partnership_.Key(agency, seal::Purpose::kStatement).public_key());
    const std::string line = "public = \"" + key + "\"\n";
    return partnership_.Sign(
        TestPartnership::Replace(text, line, line + "state = \"" + state + "\"\n"));
  }

  TestPartnership partnership_;
  TestAgent police_{partnership_, kPolice, {}};
};

TEST_F(DocumentsTest, ASuspensionOutlivesTheKeyThatSignedItWhenTheAgentStartsAgain) {
  police_.Notice(DocumentKind::kSuspension, ToBytes(OwnSuspension(kSchoolA)));
  police_.Document(DocumentKind::kDirectory, DirectoryWithStatementKey(kSchoolA, "compromised"));
  police_.Reopen();
  EXPECT_EQ(police_.documents().directory().version().version, 2U);
  EXPECT_TRUE(police_.documents().suspensions().IsSuspended(kSchoolA));
}

TEST_F(DocumentsTest, ASuspensionThatComesNewIsHeldToTheKeysInForce) {
  police_.Document(DocumentKind::kDirectory, DirectoryWithStatementKey(kSchoolA, "compromised"));
  const auto taken =
      police_.documents().Take({DocumentKind::kSuspension, 1, ToBytes(OwnSuspension(kSchoolA))});
  EXPECT_FALSE(taken.has_value());
  EXPECT_FALSE(police_.documents().suspensions().IsSuspended(kSchoolA));
}

// One school's key that nothing can be sealed to must not keep a message from the others (D7): what
// it states is not taken, and it stands as a school without a key.
TEST_F(DocumentsTest, AStatementWithAKeyThatNothingCanBeSealedToIsNotTaken) {
  AgencyStatement weak = partnership_.StatementOf(kSchoolA).statement;
  for (RecipientKey& key : weak.keys) key.key = SealPublicKey{1};
  const Bytes bytes = wire::EncodeSignedStatement(partnership_.SignStatementOf(weak));
  EXPECT_FALSE(police_.documents().Take({DocumentKind::kStatement, 1, bytes}).has_value());
  EXPECT_EQ(police_.documents().statements().Find(kSchoolA), nullptr);
  police_.Notice(DocumentKind::kStatement,
                 wire::EncodeSignedStatement(partnership_.StatementOf(kSchoolB)));
  ASSERT_TRUE(police_.outbox()
                  .Take({partnership_.MakeContent(partnership_.NoticeContent()),
                         {{kSchoolA, kSchoolRole}, {kSchoolB, kSchoolRole}},
                         ""},
                        kNight)
                  .has_value());
  EXPECT_TRUE(police_.outbox().NextOffer(3U << 20U).value().has_value()) << "the other's waits";
  EXPECT_EQ(police_.AlarmsOf(AlarmKind::kNoKey), 1U);
}

}  // namespace
}  // namespace havenline
