// Agencies' statements: a chain at the log, the newest at agents, and the key to seal to.

#include "schema/directory/statement_book.h"

#include <gtest/gtest.h>

#include "schema/seal/hash.h"
#include "schema/wire/statement_codec.h"
#include "tests/schema/directory/documents.h"

namespace havenline {
namespace {

const AgencyId kSchool("school.100001");
const Role kRole("school");

AgencyStatement StatementNumber(std::uint64_t counter, const Digest& previous = {}) {
  AgencyStatement statement;
  statement.partnership = PartnershipId("testshire");
  statement.agency = kSchool;
  statement.counter = counter;
  statement.previous = previous;
  statement.telephone = "01632 960001";
  statement.keys = {{kRole, static_cast<std::uint32_t>(counter),
                     SealPublicKey{static_cast<std::uint8_t>(counter)},
                     RecipientKey::State::kCurrent}};
  return statement;
}

SignedStatement Signed(const AgencyStatement& statement) {
  Bytes bytes = wire::EncodeStatement(statement);
  const Signature signature = SignStatement(TestKey(34), bytes);
  return {std::move(bytes), statement, signature};
}

Digest HashOf(const AgencyStatement& statement) {
  return seal::Sha256(wire::EncodeStatement(statement));
}

KeyId IdOf(std::uint8_t key) { return seal::KeyIdOf("seal", SealPublicKey{key}); }

TEST(StatementSignatureTest, HoldsForTheseBytesAndThisKey) {
  const SignedStatement statement = Signed(StatementNumber(1));
  const seal::VerifyKey key = TestKey(34).public_key();
  EXPECT_TRUE(StatementHolds(key, statement));
  EXPECT_FALSE(StatementHolds(TestKey(35).public_key(), statement));
  SignedStatement other = statement;
  other.bytes.back() ^= 1;
  EXPECT_FALSE(StatementHolds(key, other));
  other = statement;
  other.signature.front() ^= 1;
  EXPECT_FALSE(StatementHolds(key, other));
  other.signature = TestKey(34).Sign(statement.bytes);
  EXPECT_FALSE(StatementHolds(key, other)) << "without the label of its purpose";
}

TEST(StatementBookTest, TakesAChainAndARepeatInSilence) {
  StatementBook book;
  const AgencyStatement first = StatementNumber(1);
  const AgencyStatement second = StatementNumber(2, HashOf(first));
  EXPECT_EQ(book.Find(kSchool), nullptr);
  EXPECT_EQ(book.Apply(Signed(first)).value(), true);
  EXPECT_EQ(book.Apply(Signed(first)).value(), false);
  EXPECT_EQ(book.Apply(Signed(second)).value(), true);
  EXPECT_EQ(*book.Find(kSchool), second);
}

TEST(StatementBookTest, NothingIsPutBackLeftOutOrForked) {
  StatementBook book;
  const AgencyStatement first = StatementNumber(1);
  EXPECT_TRUE(Refused(book.Apply(Signed(StatementNumber(2, HashOf(first)))), "1 is next"));
  EXPECT_TRUE(Refused(book.Apply(Signed(StatementNumber(0))), "1 is next"));
  EXPECT_TRUE(Refused(book.Apply(Signed(StatementNumber(1, Digest{1}))), "does not name"));
  ASSERT_TRUE(book.Apply(Signed(first)).has_value());
  AgencyStatement forked = first;
  forked.telephone = "01632 960002";
  EXPECT_TRUE(Refused(book.Apply(Signed(forked)), "2 is next"));
  EXPECT_TRUE(Refused(book.Apply(Signed(StatementNumber(2, HashOf(forked)))), "does not name"));
  EXPECT_TRUE(Refused(book.Apply(Signed(StatementNumber(3, HashOf(first)))), "2 is next"));
  EXPECT_EQ(*book.Find(kSchool), first) << "what is refused changes nothing";
  const AgencyStatement second = StatementNumber(2, HashOf(first));
  ASSERT_TRUE(book.Apply(Signed(second)).has_value());
  EXPECT_TRUE(Refused(book.Apply(Signed(first)), "3 is next")) << "only the last is a repeat";
}

TEST(StatementBookTest, AtAnAgentANewerOneIsTakenWhateverWasMissed) {
  StatementBook book;
  EXPECT_TRUE(book.ApplyNewer(Signed(StatementNumber(5, Digest{9}))));
  EXPECT_FALSE(book.ApplyNewer(Signed(StatementNumber(5, Digest{9}))));
  EXPECT_FALSE(book.ApplyNewer(Signed(StatementNumber(4))));
  EXPECT_EQ(book.Find(kSchool)->counter, 5U);
  EXPECT_TRUE(book.ApplyNewer(Signed(StatementNumber(9))));
  EXPECT_EQ(book.Find(kSchool)->counter, 9U);
}

TEST(StatementBookTest, AgenciesDoNotMeet) {
  StatementBook book;
  ASSERT_TRUE(book.Apply(Signed(StatementNumber(1))).has_value());
  AgencyStatement other = StatementNumber(1);
  other.agency = AgencyId("school.100002");
  other.keys.clear();
  ASSERT_TRUE(book.Apply(Signed(other)).has_value());
  EXPECT_EQ(book.Find(kSchool)->keys.size(), 1U);
  EXPECT_FALSE(book.RecipientOf(AgencyId("school.100002"), kRole).has_value());
}

TEST(StatementBookTest, TheKeyToSealToIsTheCurrentOneOfTheHighestEpoch) {
  using State = RecipientKey::State;
  StatementBook book;
  EXPECT_FALSE(book.RecipientOf(kSchool, kRole).has_value());
  AgencyStatement statement = StatementNumber(7);
  statement.keys = {{kRole, 3, SealPublicKey{3}, State::kCurrent},
                    {kRole, 5, SealPublicKey{5}, State::kCurrent},
                    {kRole, 4, SealPublicKey{4}, State::kCurrent},
                    {kRole, 6, SealPublicKey{6}, State::kRetiring},
                    {kRole, 7, SealPublicKey{7}, State::kCompromised},
                    {Role("idva"), 9, SealPublicKey{9}, State::kCurrent},
                    {Role("old"), 1, SealPublicKey{10}, State::kRetiring}};
  ASSERT_TRUE(book.ApplyNewer(Signed(statement)));
  const auto recipient = book.RecipientOf(kSchool, kRole);
  ASSERT_TRUE(recipient.has_value());
  EXPECT_EQ(recipient->key, SealPublicKey{5});
  EXPECT_EQ(recipient->id, IdOf(5));
  EXPECT_EQ(recipient->statement, 7U);
  EXPECT_EQ(book.RecipientOf(kSchool, Role("idva"))->key, SealPublicKey{9});
  EXPECT_FALSE(book.RecipientOf(kSchool, Role("old")).has_value()) << "none to seal to is none";
  EXPECT_FALSE(book.RecipientOf(kSchool, Role("police")).has_value());

  EXPECT_EQ(book.StateOf(kSchool, kRole, IdOf(5)), State::kCurrent);
  EXPECT_EQ(book.StateOf(kSchool, kRole, IdOf(6)), State::kRetiring);
  EXPECT_EQ(book.StateOf(kSchool, kRole, IdOf(7)), State::kCompromised);
  EXPECT_EQ(book.StateOf(kSchool, kRole, IdOf(9)), std::nullopt) << "another role's";
  EXPECT_EQ(book.StateOf(kSchool, kRole, IdOf(1)), std::nullopt);
  EXPECT_EQ(book.StateOf(AgencyId("nobody"), kRole, IdOf(5)), std::nullopt);
}

}  // namespace
}  // namespace havenline
