#include "agents/intake/establishments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/intake/texts.h"
#include "tests/agents/intake/files.h"

namespace havenline::intake {
namespace {

using std::chrono_literals::operator""y;
using testing::AllOf;
using testing::HasSubstr;

constexpr Day kToday = std::chrono::sys_days(2026y / 11 / 22);
constexpr const char* kHeader =
    "URN,LA (code),EstablishmentNumber,EstablishmentName,EstablishmentStatus "
    "(code),OpenDate,CloseDate\n";

class EstablishmentsTest : public ::testing::Test {
 protected:
  // "stated>now", or why not.
  std::string Place(const SchoolNamed& named, Day today = kToday) const {
    const Placing placing = register_.Place(named, today);
    if (const auto* const why = std::get_if<std::string>(&placing)) return *why;
    const auto& placed = std::get<Placed>(placing);
    return placed.stated->urn + ">" + placed.now->urn;
  }
  std::string ByUrn(const std::string& urn, Day today = kToday) const {
    return Place({urn, "", "", "URN"}, today);
  }
  std::string ByLaestab(const std::string& number) const { return Place({"", number, "", "URN"}); }
  std::string ByName(const std::string& name) const { return Place({"", "", name, "URN"}); }

  const Establishments register_ = TestRegister();
};

std::string Refused(const std::string& schools, const std::optional<std::string>& links = {}) {
  std::optional<RegisterFile> file;
  if (links) file = RegisterFile{"links.csv", AsBytes(*links)};
  const auto read = Establishments::Parse({"register.csv", AsBytes(schools)}, file);
  return read ? "read" : read.error().detail;
}

TEST_F(EstablishmentsTest, AnOpenOneIsFoundByItsNumber) {
  EXPECT_EQ(register_.size(), 22U);
  EXPECT_EQ(ByUrn("106890"), "106890>106890");
  EXPECT_EQ(register_.Find("106890")->name, "Oak Hill Primary School");
  EXPECT_EQ(register_.Find("106891")->name, "St Maud\u2019s Catholic Primary School");
}

TEST_F(EstablishmentsTest, AnUnknownOrMalformedNumberIsNobody) {
  EXPECT_THAT(ByUrn("123456"), HasSubstr("no establishment of the register has this URN"));
  EXPECT_EQ(ByUrn("10689"), "a URN is six digits, and this has more or fewer: correct it");
  EXPECT_EQ(ByUrn("106890.0"), "a URN is six digits, and this is no number: correct it");
}

TEST_F(EstablishmentsTest, AClosedOneLeadsToItsOnlyOpenSuccessor) {
  EXPECT_EQ(ByUrn("900101"), "900101>106890");
  EXPECT_EQ(ByUrn("900104"), "900104>106892");  // Over another that is closed as well.
}

TEST_F(EstablishmentsTest, AClosedOneWithoutOneOpenSuccessorIsNobody) {
  EXPECT_THAT(ByUrn("900103"), HasSubstr("900103 is not open and has no known successor"));
  EXPECT_THAT(ByUrn("900102"), HasSubstr("has 2 open successors"));
  EXPECT_THAT(ByUrn("900115"),
              HasSubstr("no known successor"));  // Its successor is not in the register.
  EXPECT_THAT(ByUrn("900119"), HasSubstr("no successor of it is open"));
}

TEST_F(EstablishmentsTest, SuccessorsThatGoInCirclesEnd) {
  EXPECT_THAT(ByUrn("900110"), HasSubstr("no successor of it is open"));
}

TEST_F(EstablishmentsTest, OnlySuccessorLinksCount) {
  // 106892 has a link of another kind to 900109, and 106890 one to its predecessor.
  EXPECT_EQ(ByUrn("106892"), "106892>106892");
}

TEST_F(EstablishmentsTest, DatesWinOverWhatAnOldRegisterSaysOfTheStatus) {
  EXPECT_EQ(ByUrn("900113"), "900113>106891");  // To close on 31 August.
  EXPECT_EQ(ByUrn("900113", std::chrono::sys_days(2026y / 8 / 31)),
            "900113>900113");                   // Its last day.
  EXPECT_EQ(ByUrn("900117"), "900117>900117");  // Proposed to open since September.
  EXPECT_THAT(ByUrn("900108"), HasSubstr("is not open"));
  EXPECT_EQ(ByUrn("900108", std::chrono::sys_days(2027y / 9 / 1)), "900108>900108");
  EXPECT_EQ(ByUrn("900119", std::chrono::sys_days(2027y / 9 / 1)), "900119>900108");
}

TEST_F(EstablishmentsTest, AStatusThatNobodyKnowsIsNotOpen) {
  EXPECT_THAT(ByUrn("900118"), HasSubstr("is not open"));
}

TEST_F(EstablishmentsTest, LocalAuthorityAndNumberFindTheOneThatIsOpen) {
  for (const char* const form : {"9992001", "999/2001", "999-2001", "999 2001"})
    EXPECT_EQ(ByLaestab(form), "106890>106890") << form;
  EXPECT_EQ(ByLaestab("999/4003"), "106892>106892");  // A closed school had the same number.
  EXPECT_EQ(ByLaestab("999/2101"), "900101>106890");
  EXPECT_THAT(ByLaestab("999/2102"), HasSubstr("2 open successors"));
  EXPECT_THAT(ByLaestab("999/2103"), HasSubstr("no known successor"));
  EXPECT_THAT(ByLaestab("999/9999"), HasSubstr("has this LA/establishment number"));
  EXPECT_THAT(ByLaestab("99/92001"), HasSubstr("not seven digits"));
}

TEST_F(EstablishmentsTest, ANameFindsWhatIsTheOnlyOneOfThatName) {
  EXPECT_EQ(ByName("OAK HILL PRIMARY SCHOOL"), "106890>106890");
  EXPECT_EQ(ByName("St. Mauds  Catholic Primary School"), "106891>106891");
  EXPECT_EQ(ByName("COLL\u00C8GE \u00C9LAN AND CAF\u00C9 SCHOOL"), "900114>900114");
  EXPECT_EQ(ByName("Elm Infant School"), "900104>106892");
}

TEST_F(EstablishmentsTest, ANameThatSeveralHadIsNobody) {
  EXPECT_THAT(ByName("Twin Lane School"), HasSubstr("2 establishments have this name"));
  // One of the two is closed for good: but who can say which was meant?
  EXPECT_THAT(ByName("Brookside Academy"),
              HasSubstr("2 establishments have this name, not all of them open"));
  EXPECT_THAT(ByName("Nowhere School"),
              HasSubstr("no establishment of the register has this name"));
}

TEST_F(EstablishmentsTest, TwoNumbersMustNotContradictEachOther) {
  EXPECT_EQ(Place({"106890", "999/2001", "", "URN"}), "106890>106890");
  EXPECT_THAT(Place({"106890", "999/2002", "", "URN"}), HasSubstr("name different schools"));
  EXPECT_THAT(Place({"106890", "nonsense", "", "URN"}), HasSubstr("name different schools"));
  // A closed school's own number, or that of its successor.
  EXPECT_EQ(Place({"900101", "999/2101", "", "URN"}), "900101>106890");
  EXPECT_EQ(Place({"900101", "999/2001", "", "URN"}), "900101>106890");
  // Numbers win over names, which people write as they like.
  EXPECT_EQ(Place({"106890", "", "Oakhill Sch", "URN"}), "106890>106890");
}

TEST(EstablishmentsFileTest, ARegisterWithoutItsColumnsIsRefused) {
  EXPECT_THAT(Refused("URN,Name\n1,2\n"), AllOf(HasSubstr("register.csv:1: lacks the columns"),
                                                HasSubstr("EstablishmentStatus (code)")));
  EXPECT_THAT(Refused(""), HasSubstr("the file is empty"));
  EXPECT_THAT(Refused(kHeader, "URN,LinkURN\n"),
              HasSubstr("links.csv:1: lacks the columns: LinkType"));
}

TEST(EstablishmentsFileTest, FaultsNameLineAndColumn) {
  EXPECT_EQ(Refused(std::string(kHeader) + "100001,999,1001,A,1,,\n100001,999,1002,B,1,,\n"),
            "register.csv:3: column \"URN\": is there twice; use the register as published");
  EXPECT_THAT(Refused(std::string(kHeader) + "100001,999,1001,A,2,,31/02/2020\n"),
              HasSubstr("register.csv:2: column \"CloseDate\": no such day"));
}

TEST(EstablishmentsFileTest, RowsThatCannotBeReadAreCountedAndLeftOut) {
  const std::string text =
      std::string(kHeader) + "100001,999,1001,A,1,,\nnonsense,999,1,B,1,,\n100002,1\n";
  const auto read = Establishments::Parse({"register.csv", AsBytes(text)}, std::nullopt);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->size(), 1U);
  EXPECT_EQ(read->unreadable_rows(), 2U);
}

TEST(TextsTest, BlanksOfAllKindsAreTrimmed) {
  EXPECT_EQ(Trimmed(" \t\u00A0a b\u00A0 "), "a b");
  EXPECT_EQ(Trimmed("\u00A0"), "");
  EXPECT_EQ(Trimmed(""), "");
}

TEST(TextsTest, NamesFoldToWhatPeopleMean) {
  EXPECT_EQ(FoldedName("  ST.  MARY'S, C&E "), "st marys c and e");
  EXPECT_EQ(FoldedName("St Mary\u2019s C & E"), "st marys c and e");
  EXPECT_EQ(FoldedName("\u00C9COLE"), FoldedName("\u00E9cole"));
  EXPECT_EQ(FoldedName("'.,"), "");
}

}  // namespace
}  // namespace havenline::intake
