#include "agents/intake/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agents/intake/files.h"

namespace havenline::intake {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kGood = R"(exchange = "encompass-notice"
force = "test"
force-name = "Test Police"
flags-not-recorded = ["works-in-education", "works-in-police", "covert-operation", "exempt"]

[forms]
days = ["yyyy-mm-dd"]
clock = ["hh:mm"]

[incident]
reference = "REF"
at = "WHEN"

[child]
reference = ["CHILD"]

[school]
urn = "URN"

[[column]]
columns = ["NAME"]
to = "childName.family"

[[column]]
columns = ["DOB"]
to = "childBirth"

[[flag]]
flag = "relocated"
columns = ["MOVED"]
raised = ["Y"]
clear = ["N"]
)";

// kGood with one piece of it replaced; the words of the fault.
std::string Refused(const std::string& what, const std::string& with) {
  std::string text = kGood;
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), with);
  const auto mapping = Mapping::Parse(text, "test.toml", TestHoldFlags());
  return mapping ? "taken" : mapping.error().detail;
}

TEST(MappingTest, SaysWhichColumnsAFileMustHave) {
  EXPECT_THAT(ParsedMapping(kGood).Columns(),
              ElementsAre("REF", "WHEN", "URN", "CHILD", "NAME", "DOB", "MOVED"));
}

TEST(MappingTest, TheExamplesAreGood) {
  const Mapping first = ExampleMapping("south-yorkshire");
  EXPECT_EQ(first.force, "south-yorkshire");
  EXPECT_TRUE(first.last_line_end_required);
  EXPECT_THAT(first.Uncovered(TestHoldFlags()), IsEmpty());
  const Mapping second = ExampleMapping("lincolnshire");
  EXPECT_EQ(second.delimiter, ';');
  EXPECT_EQ(second.encoding, text::CsvEncoding::kWindows1252);
  EXPECT_THAT(second.child, ElementsAre("Surname", "First name", "Date of birth"));
}

TEST(MappingTest, AFieldThatIsNotThereIsNamedWithWhatIs) {
  EXPECT_EQ(
      Refused("childName.family", "childName.surname"),
      "test.toml:20:1: \"column\" must feed childName.given or childName.family: nobody can find a "
      "child without\n"
      "test.toml:22:6: in [column #1]: \"to\" is no field of the notice; childName has: given, "
      "family, "
      "alias");
  EXPECT_THAT(
      Refused("\"childBirth\"", "\"birth\""),
      AllOf(HasSubstr("test.toml:26:6"), HasSubstr("its sections are: exclusions, childName")));
  EXPECT_THAT(Refused("\"childBirth\"", "\"childBirth.day\""), HasSubstr("nothing below it"));
  EXPECT_THAT(Refused("\"childBirth\"", "\"presence\""), HasSubstr("presence has presence, where"));
  EXPECT_THAT(Refused("\"childBirth\"", "\"collection.who\""), HasSubstr("from [1] to [10]"));
  EXPECT_THAT(Refused("\"childBirth\"", "\"collection[11].who\""), HasSubstr("from [1] to [10]"));
  EXPECT_THAT(Refused("\"childBirth\"", "\"collection[x].who\""), HasSubstr("from [1] to [10]"));
  EXPECT_THAT(Refused("\"childBirth\"", "\"collection[1]\""), HasSubstr("must say which field"));
  EXPECT_THAT(Refused("\"childBirth\"", "\"presence[1].where\""), HasSubstr("is no list"));
}

TEST(MappingTest, WhatIntakeFillsItselfCannotBeFed) {
  EXPECT_THAT(Refused("\"childBirth\"", "\"establishment.urn\""), HasSubstr("columns in [school]"));
  EXPECT_THAT(Refused("\"childBirth\"", "\"incidentTime.local\""),
              HasSubstr("columns in [incident]"));
  EXPECT_THAT(Refused("\"childBirth\"", "\"reference.incident\""), HasSubstr("force-name"));
  EXPECT_THAT(Refused("\"childBirth\"", "\"exclusions.persons\""), HasSubstr("cannot be fed"));
}

TEST(MappingTest, AFieldIsFedOnce) {
  EXPECT_THAT(Refused("\"childBirth\"", "\"childName.family\""),
              AllOf(HasSubstr("test.toml:26:6"), HasSubstr("is fed twice")));
}

TEST(MappingTest, CodesMustMeanSomethingThatTheFieldHas) {
  EXPECT_THAT(
      Refused("to = \"childBirth\"", "to = \"presence.presence\"\ncodes = { Y = \"here\" }"),
      AllOf(HasSubstr("test.toml:27"),
            HasSubstr("give \"Y\" a meaning that must be one of: unknown, "
                      "present, notPresent")));
  EXPECT_THAT(Refused("to = \"childBirth\"",
                      "to = \"presence.presence\"\ncodes = { Y = \"present\", y = \"present\" }"),
              HasSubstr("capital and small letters are the same"));
  EXPECT_THAT(Refused("to = \"childBirth\"", "to = \"handling.doNotApproachParents\""),
              HasSubstr("codes are needed"));
  EXPECT_THAT(Refused("to = \"childBirth\"",
                      "to = \"handling.doNotApproachParents\"\ncodes = { Y = \"maybe\" }"),
              HasSubstr("must be yes or no"));
}

TEST(MappingTest, ConstantsAreCheckedAsCellsAre) {
  EXPECT_THAT(Refused("[[column]]", "[constant]\n\"risk.grade\" = \"huge\"\n\n[[column]]"),
              AllOf(HasSubstr("test.toml:21"),
                    HasSubstr("must be one of: unknown, standard, medium, high")));
  EXPECT_THAT(Refused("[[column]]", "[constant]\n\"childName.family\" = \"A\"\n\n[[column]]"),
              HasSubstr("is fed twice"));
  EXPECT_THAT(Refused("[[column]]", "[constant]\n\"adults[1].part\" = \"victim\"\n\n[[column]]"),
              HasSubstr("cannot be constant"));
  EXPECT_THAT(Refused("\"Test Police\"", "\"" + std::string(97, 'x') + "\""),
              AllOf(HasSubstr("force-name"), HasSubstr("too long")));
}

TEST(MappingTest, AForgottenDangerIsRefused) {
  EXPECT_THAT(Refused("\"exempt\"]", "]"), HasSubstr("the policy holds rows for \"exempt\""));
  EXPECT_THAT(
      Refused("\"exempt\"]", "\"exempted\"]"),
      AllOf(HasSubstr("is no flag of the policy's hold list"), HasSubstr("relocated, turned-18")));
  EXPECT_THAT(Refused("flag = \"relocated\"", "flag = \"moved\""),
              HasSubstr("is no flag of the policy's hold list"));
  // Without the date of birth nobody computes who has turned 18.
  EXPECT_THAT(Refused("\"childBirth\"", "\"presence.where\""),
              HasSubstr("holds rows for \"turned-18\""));
}

TEST(MappingTest, AFlagThatWouldBeClearByMistakeIsRefused) {
  EXPECT_THAT(Refused("clear = [\"N\"]\n", ""), HasSubstr("needs `clear`"));
  EXPECT_THAT(Refused("raised = [\"Y\"]\nclear = [\"N\"]\n", ""),
              HasSubstr("either `raised` with `clear`"));
}

TEST(MappingTest, APolicyThatListsMoreLeavesAFlagUncovered) {
  const Mapping mapping = ParsedMapping(kGood);
  EXPECT_THAT(mapping.Uncovered({"relocated", "turned-18", "witness-protection"}),
              ElementsAre("witness-protection"));
}

TEST(MappingTest, TimesAreInOneColumnOrInTwo) {
  EXPECT_THAT(Refused("at = \"WHEN\"", ""), HasSubstr("either the column `at`"));
  EXPECT_THAT(Refused("at = \"WHEN\"", "at = \"WHEN\"\nday = \"D\"\ntime = \"T\""),
              HasSubstr("either the column"));
  EXPECT_THAT(Refused("at = \"WHEN\"", "day = \"D\""), HasSubstr("either the column"));
  EXPECT_EQ(Refused("at = \"WHEN\"", "day = \"D\"\ntime = \"T\""), "taken");
  EXPECT_THAT(Refused("[\"yyyy-mm-dd\"]", "[\"mm/dd/yyyy\"]"),
              HasSubstr("must hold \"dd/mm/yyyy\""));
  EXPECT_THAT(Refused("[\"hh:mm\"]", "[]"), HasSubstr("at least one form"));
}

TEST(MappingTest, MisspeltKeysAndMissingOnesAreNamed) {
  EXPECT_THAT(Refused("to = \"childBirth\"", "to = \"childBirth\"\nrequred = true"),
              AllOf(HasSubstr("test.toml:27"), HasSubstr("did you mean \"required\"?")));
  EXPECT_THAT(Refused("urn = \"URN\"", ""), HasSubstr("at least one of the columns"));
  EXPECT_THAT(Refused("\"encompass-notice\"", "\"dash-referral\""),
              HasSubstr("must be \"encompass-notice\""));
  EXPECT_THAT(Refused("reference = [\"CHILD\"]", "reference = []"),
              HasSubstr("at least one column"));
  EXPECT_THAT(Refused("[school]", "[school"), HasSubstr("test.toml:17"));
}

}  // namespace
}  // namespace havenline::intake
