// Suspensions: one governor or the agency itself cuts off; only the threshold lets back in.

#include "schema/directory/suspension.h"

#include <gtest/gtest.h>

#include "tests/schema/directory/documents.h"

namespace havenline {
namespace {

const AgencyId kPolice("police.test");
const AgencyId kSchool("school.100001");

class SuspensionTest : public ::testing::Test {
 protected:
  SuspensionTest() : directory_(*Directory::Parse(DirectoryText(), "d.toml")) {}

  static Suspension Of(const AgencyId& agency, bool lifted = false, std::uint64_t number = 1) {
    return {PartnershipId("testshire"), agency, number, lifted};
  }
  // Signed by an agency's own key, given by its seed.
  static std::string NoteByAgency(const std::string& text, const AgencyId& agency,
                                  std::uint8_t seed) {
    const tlog::NoteSigner own(AgencyNoteName(PartnershipId("testshire"), agency), TestKey(seed));
    return tlog::MakeNote(text, std::array{own.SignatureLine(text)});
  }
  Result<Suspension> Open(const std::string& note) const {
    return OpenSuspension(note, directory_);
  }

  Directory directory_;
};

TEST_F(SuspensionTest, OneGovernorSuspends) {
  for (const std::uint8_t governor : std::vector<std::uint8_t>{1, 2, 3}) {
    const auto opened = Open(NoteBy(SuspensionText(Of(kPolice)), {governor}));
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    EXPECT_EQ(opened->agency, kPolice);
    EXPECT_EQ(opened->number, 1U);
    EXPECT_FALSE(opened->lifted);
  }
  EXPECT_TRUE(Refused(Open(NoteBy(SuspensionText(Of(kPolice)), {4})), "no known key"));
}

TEST_F(SuspensionTest, AnAgencySuspendsItselfAndNoOther) {
  EXPECT_TRUE(Open(NoteByAgency(SuspensionText(Of(kPolice)), kPolice, 33)).has_value());
  EXPECT_TRUE(Open(NoteByAgency(SuspensionText(Of(kSchool)), kSchool, 34)).has_value());
  EXPECT_FALSE(Open(NoteByAgency(SuspensionText(Of(kPolice)), kSchool, 34)).has_value());
  EXPECT_FALSE(Open(NoteByAgency(SuspensionText(Of(kPolice)), kPolice, 34)).has_value());
}

// Only the key for statements: one that signs envelopes signs nothing else.
TEST_F(SuspensionTest, NoOtherKeyOfTheAgencySuspends) {
  EXPECT_FALSE(Open(NoteByAgency(SuspensionText(Of(kPolice)), kPolice, 30)).has_value());
}

TEST_F(SuspensionTest, LiftingNeedsTheThreshold) {
  const std::string text = SuspensionText(Of(kPolice, true, 2));
  EXPECT_TRUE(Open(NoteBy(text, {1, 2})).has_value());
  EXPECT_TRUE(Refused(Open(NoteBy(text, {1})), "needs 2 governance keys"));
  EXPECT_TRUE(Refused(Open(NoteBy(text, {1, 1})), "needs 2 governance keys"));
  EXPECT_TRUE(Refused(Open(NoteByAgency(text, kPolice, 33)), "needs 2 governance keys"));
  const tlog::NoteSigner own(AgencyNoteName(PartnershipId("testshire"), kPolice), TestKey(33));
  const std::string both =
      tlog::MakeNote(text, std::array{Governor(1).SignatureLine(text), own.SignatureLine(text)});
  EXPECT_TRUE(Refused(Open(both), "needs 2 governance keys")) << "the agency is no governor";
}

TEST_F(SuspensionTest, IsOfThisPartnership) {
  Suspension suspension = Of(kPolice);
  suspension.partnership = PartnershipId("othershire");
  EXPECT_TRUE(Refused(Open(NoteBy(SuspensionText(suspension), {1})), "another partnership"));
}

// An agency that is not (or no longer) in the directory can be suspended before it comes back.
TEST_F(SuspensionTest, AnAgencyThatIsNotListedCanBeSuspendedByGovernance) {
  EXPECT_TRUE(Open(NoteBy(SuspensionText(Of(AgencyId("school.9"))), {1})).has_value());
}

// One that was taken stands, whatever becomes of the key that signed it.
TEST_F(SuspensionTest, OneThatWasKeptIsReadWhoeverSignedIt) {
  const auto kept = ReadKeptSuspension(NoteBy(SuspensionText(Of(kPolice)), {9}));
  ASSERT_TRUE(kept.has_value()) << kept.error().detail;
  EXPECT_EQ(kept->agency, kPolice);
  EXPECT_FALSE(ReadKeptSuspension(SuspensionText(Of(kPolice))).has_value()) << "no note";
}

TEST_F(SuspensionTest, AnyOtherTextIsRefused) {
  const std::string good = SuspensionText(Of(kPolice));
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"suspension\"", "\"opening\""},
           {"number = 1\n", ""},
           {"number = 1\n", "number = 0\n"},
           {"\"suspended\"", "\"paused\""},
           {"\"police.test\"", "\"\""},
           {"number = 1\n", "number = 1\nuntil = \"2027\"\n"},
           {"agency", "agencies"}})
    EXPECT_FALSE(Open(NoteBy(Changed(good, from, to), {1, 2, 3})).has_value()) << to;
  EXPECT_FALSE(Open("").has_value());
  EXPECT_FALSE(Open(good).has_value()) << "unsigned";
}

TEST(SuspensionBookTest, CutsOffAndLetsBackIn) {
  SuspensionBook book;
  const PartnershipId partnership("testshire");
  EXPECT_FALSE(book.IsSuspended(kPolice));
  ASSERT_TRUE(book.Apply({partnership, kPolice, 1, false}).has_value());
  EXPECT_TRUE(book.IsSuspended(kPolice));
  EXPECT_FALSE(book.IsSuspended(kSchool));
  ASSERT_TRUE(book.Apply({partnership, kPolice, 2, false}).has_value()) << "suspended further";
  EXPECT_TRUE(book.IsSuspended(kPolice));
  ASSERT_TRUE(book.Apply({partnership, kPolice, 3, true}).has_value());
  EXPECT_FALSE(book.IsSuspended(kPolice));
}

// An old lifting is not played again to undo a new suspension.
TEST(SuspensionBookTest, NothingOldIsTakenAgainAndNoneIsLeftOut) {
  SuspensionBook book;
  const PartnershipId partnership("testshire");
  ASSERT_TRUE(book.Apply({partnership, kPolice, 1, false}).has_value());
  ASSERT_TRUE(book.Apply({partnership, kPolice, 2, true}).has_value());
  ASSERT_TRUE(book.Apply({partnership, kPolice, 3, false}).has_value());
  for (const std::uint64_t number : {0U, 1U, 2U, 3U, 5U}) {
    EXPECT_TRUE(Refused(book.Apply({partnership, kPolice, number, true}), "4 is next")) << number;
    EXPECT_TRUE(book.IsSuspended(kPolice));
  }
  EXPECT_TRUE(Refused(book.Apply({partnership, kSchool, 2, false}), "1 is next"))
      << "each agency's are numbered by themselves";
}

}  // namespace
}  // namespace havenline
