// Documents that governance signs: k of n keys, one line of versions, nothing put back.

#include "schema/directory/governance.h"

#include <gtest/gtest.h>

#include "schema/directory/opening.h"
#include "tests/schema/directory/documents.h"

namespace havenline {
namespace {

constexpr const char* kText = "A document.\n";

DocumentVersion Version(std::uint64_t number, std::uint8_t hash) { return {number, Digest{hash}}; }

TEST(GovernanceTest, TwoOfThreeSign) {
  for (const auto& signers : std::vector<std::vector<std::uint8_t>>{
           {1, 2}, {1, 3}, {2, 3}, {3, 1}, {1, 2, 3}, {1, 2, 9}}) {
    const auto text = OpenByGovernance(NoteBy(kText, signers), TwoOfThree());
    ASSERT_TRUE(text.has_value()) << text.error().detail;
    EXPECT_EQ(*text, kText);
  }
}

TEST(GovernanceTest, OneIsNotTwo) {
  const auto one = OpenByGovernance(NoteBy(kText, {1}), TwoOfThree());
  EXPECT_TRUE(Refused(one, "signed by 1 of the 2 governance keys"));
  EXPECT_TRUE(Refused(OpenByGovernance(NoteBy(kText, {1, 1}), TwoOfThree()), "signed by 1 of"))
      << "one that signs twice is one";
  EXPECT_TRUE(Refused(OpenByGovernance(NoteBy(kText, {1, 8, 9}), TwoOfThree()), "signed by 1 of"))
      << "strangers do not count";
  EXPECT_TRUE(Refused(OpenByGovernance(NoteBy(kText, {8, 9}), TwoOfThree()), "no known key"));
}

TEST(GovernanceTest, ASignatureIsForThisText) {
  const std::string other = "Another document.\n";
  const std::string mixed = tlog::MakeNote(
      kText, std::array{Governor(1).SignatureLine(kText), Governor(2).SignatureLine(other)});
  EXPECT_TRUE(Refused(OpenByGovernance(mixed, TwoOfThree()), "does not hold"));
}

// A name is not a key: whoever takes a governor's name signs with another.
TEST(GovernanceTest, AStrangerOfTheSameNameDoesNotCount) {
  const tlog::NoteSigner forger("testshire/governance/2", TestKey(77));
  const std::string note = tlog::MakeNote(
      kText, std::array{Governor(1).SignatureLine(kText), forger.SignatureLine(kText)});
  EXPECT_TRUE(Refused(OpenByGovernance(note, TwoOfThree()), "signed by 1 of"));
}

TEST(GovernanceTest, AnyByteChangedIsRefused) {
  const std::string note = NoteBy(kText, {1, 2});
  for (std::size_t at = 0; at < note.size(); ++at) {
    std::string changed = note;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(OpenByGovernance(changed, TwoOfThree()).has_value()) << at;
  }
}

TEST(SuccessionTest, AtTheLogTheNextVersionNamesTheHashInForce) {
  EXPECT_TRUE(CheckFollows(Version(3, 0xAA), {Version(4, 0xBB), Digest{0xAA}}).has_value());
  EXPECT_TRUE(Refused(CheckFollows(Version(3, 0xAA), {Version(4, 0xBB), Digest{0xAB}}),
                      "not the hash of version 3"));
  EXPECT_TRUE(Refused(CheckFollows(Version(3, 0xAA), {Version(5, 0xBB), Digest{0xAA}}),
                      "version 4 is next"));
  EXPECT_TRUE(CheckFollows({}, {Version(1, 0xBB), Digest{}}).has_value());
  EXPECT_TRUE(Refused(CheckFollows({}, {Version(2, 0xBB), Digest{}}), "version 1 is next"));
}

TEST(SuccessionTest, NothingIsPutBack) {
  for (const std::uint64_t old : {0U, 1U, 2U, 3U}) {
    EXPECT_FALSE(CheckFollows(Version(3, 0xAA), {Version(old, 0xBB), Digest{0xAA}}).has_value());
    EXPECT_TRUE(Refused(CheckNewer(Version(3, 0xAA), {Version(old, 0xBB), Digest{0xAA}}),
                        "is not newer than version 3"))
        << old;
  }
}

TEST(SuccessionTest, AnAgentThatMissedSomeTakesANewerOne) {
  EXPECT_TRUE(CheckNewer(Version(3, 0xAA), {Version(9, 0xBB), Digest{0xCC}}).has_value());
  EXPECT_TRUE(CheckNewer(Version(3, 0xAA), {Version(4, 0xBB), Digest{0xAA}}).has_value());
  EXPECT_TRUE(Refused(CheckNewer(Version(3, 0xAA), {Version(4, 0xBB), Digest{0xCC}}),
                      "not the hash of version 3"))
      << "the next one is held to the chain all the same";
}

TEST(SuccessionTest, WhoGovernsDoesNotChange) {
  EXPECT_TRUE(CheckSameGovernance(TwoOfThree(), TwoOfThree()).has_value());
  Governance fewer = TwoOfThree();
  fewer.threshold = 1;
  EXPECT_TRUE(Refused(CheckSameGovernance(TwoOfThree(), fewer), "changed"));
  Governance others = TwoOfThree();
  others.keys[2] = Governor(4).key();
  EXPECT_TRUE(Refused(CheckSameGovernance(TwoOfThree(), others), "changed"));
  Governance renamed = TwoOfThree();
  renamed.keys[2].name += "x";
  EXPECT_TRUE(Refused(CheckSameGovernance(TwoOfThree(), renamed), "changed"));
}

// --- openings

Opening FirstOpening() {
  return {PartnershipId("testshire"), 1, tlog::NoteSigner("testshire/log/1", TestKey(20)).key()};
}

TEST(OpeningTest, IsReadBack) {
  const auto opening = OpenOpening(NoteBy(OpeningText(FirstOpening()), {1, 2}), TwoOfThree());
  ASSERT_TRUE(opening.has_value()) << opening.error().detail;
  EXPECT_EQ(opening->partnership, PartnershipId("testshire"));
  EXPECT_EQ(opening->epoch, 1U);
  EXPECT_EQ(opening->log_key, FirstOpening().log_key);
}

TEST(OpeningTest, NeedsTheThreshold) {
  EXPECT_TRUE(Refused(OpenOpening(NoteBy(OpeningText(FirstOpening()), {1}), TwoOfThree()),
                      "signed by 1 of the 2"));
}

TEST(OpeningTest, TheLogKeyIsOfThisPartnershipAndEpoch) {
  const auto refused = [](const Opening& opening, std::string_view words) {
    return Refused(OpenOpening(NoteBy(OpeningText(opening), {1, 2}), TwoOfThree()), words);
  };
  Opening opening = FirstOpening();
  opening.epoch = 2;
  EXPECT_TRUE(refused(opening, "name is not testshire/log/2"));
  opening = FirstOpening();
  opening.partnership = PartnershipId("othershire");
  EXPECT_TRUE(refused(opening, "name is not othershire/log/1"));
  opening = FirstOpening();
  opening.epoch = 0;
  EXPECT_TRUE(refused(opening, "from 1"));
}

TEST(OpeningTest, AnyOtherTextIsRefused) {
  const std::string good = OpeningText(FirstOpening());
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"opening\"", "\"suspension\""},
           {"epoch = 1\n", ""},
           {"epoch = 1\n", "epoch = \"1\"\n"},
           {"epoch = 1\n", "epoch = 1\nepoch = 1\n"},
           {"epoch = 1\n", "epoch = 1\nforce = true\n"},
           {"log-key = \"", "log-key = \"x"}}) {
    const auto opening = OpenOpening(NoteBy(Changed(good, from, to), {1, 2}), TwoOfThree());
    EXPECT_FALSE(opening.has_value()) << to;
  }
}

}  // namespace
}  // namespace havenline
