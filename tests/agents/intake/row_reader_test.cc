#include "agents/intake/row_reader.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/intake/limits.h"
#include "deploy/runtime/zones.h"
#include "tests/agents/intake/files.h"
#include "tests/fakes/partnership.h"

namespace havenline::intake {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

class RowReaderTest : public ::testing::Test {
 protected:
  RowReaderTest() : header_(mapping_.Columns()), cells_(header_.size()) {
    Set("OCCURRENCE_NO", "SY/1");
    Set("INCIDENT_DATE", "20/11/2026");
    Set("INCIDENT_TIME", "21:05");
    Set("CHILD_NOMINAL", "N1");
    Set("SCHOOL_URN", "106890");
    Set("CHILD_SURNAME", "TESTCASE");
    Set("CHILD_DOB", "04/03/2015");
    Set("ADULT_OCCUPATION", "shop assistant");
  }

  std::size_t At(const std::string& column) const {
    return static_cast<std::size_t>(std::ranges::find(header_, column) - header_.begin());
  }
  void Set(const std::string& column, const std::string& cell) { cells_.at(At(column)) = cell; }
  RowReading Read(TimePoint now = kNight) const {
    const auto reader = RowReader::For(mapping_, header_, {"Europe/London", zone_});
    EXPECT_TRUE(reader.has_value()) << (reader ? "" : reader.error().detail);
    return reader->Read(cells_, now);
  }
  RowFacts Facts(TimePoint now = kNight) const {
    const auto reading = Read(now);
    const auto* const problem = std::get_if<RowProblem>(&reading);
    EXPECT_EQ(problem, nullptr) << (problem == nullptr ? "" : problem->reason);
    return problem == nullptr ? std::get<RowFacts>(reading) : RowFacts{};
  }
  // "column: reason" with one cell changed, or "good".
  std::string Wrong(const std::string& column, const std::string& cell) {
    const std::string before = cells_.at(At(column));
    Set(column, cell);
    const auto reading = Read();
    Set(column, before);
    const auto* const problem = std::get_if<RowProblem>(&reading);
    if (problem == nullptr) return "good";
    EXPECT_EQ(problem->column, At(column) + 1) << problem->reason;
    return problem->reason;
  }

  const Mapping mapping_ = ExampleMapping("south-yorkshire");
  const Zone zone_ = Zone::Named("Europe/London").value();
  const std::vector<std::string> header_;
  std::vector<std::string> cells_;
};

TEST_F(RowReaderTest, AGoodRowSaysWhatItsCellsSay) {
  Set("CHILD_PRESENT", " y ");
  Set("ADDRESS_1", "1 Example Street");
  Set("POSTCODE", "ZZ99 1ZZ");
  Set("NO_COLLECT_WHO", "Pat Testcase");
  const RowFacts facts = Facts();
  EXPECT_EQ(facts.incident, "SY/1");
  EXPECT_EQ(facts.child, "N1");
  EXPECT_EQ(facts.school.urn, "106890");
  EXPECT_THAT(facts.flags, IsEmpty());
  EXPECT_FALSE(facts.turned_18);
  EXPECT_EQ(facts.sections.at("presence").Find("presence")->text(), "present");
  EXPECT_EQ(facts.sections.at("childAddress").text(), "1 Example Street, ZZ99 1ZZ");
  EXPECT_EQ(facts.sections.at("childBirth").text(), "2015-03-04");
  EXPECT_EQ(facts.sections.at("collection").items().size(), 1U);
  EXPECT_EQ(facts.sections.at("incidentTime").Find("local")->text(), "2026-11-20 21:05");
}

TEST_F(RowReaderTest, AllThatIsWrongIsSaidAtOnceAndNothingOfTheCells) {
  Set("CHILD_DOB", "secret");
  Set("INCIDENT_TIME", "private");
  Set("CHILD_SURNAME", "");
  const RowReading reading = Read();
  const auto& problem = std::get<RowProblem>(reading);
  EXPECT_THAT(problem.reason,
              AllOf(HasSubstr("CHILD_DOB"), HasSubstr("INCIDENT_TIME"), HasSubstr("CHILD_SURNAME"),
                    Not(HasSubstr("secret")), Not(HasSubstr("private"))));
}

TEST_F(RowReaderTest, ReferencesAreBoundedAndCannotRunIntoEachOther) {
  EXPECT_EQ(Wrong("OCCURRENCE_NO", std::string(60, 'x')), "good");
  EXPECT_THAT(Wrong("OCCURRENCE_NO", std::string(61, 'x')), HasSubstr("shorten it to 60 bytes"));
  EXPECT_EQ(Wrong("CHILD_NOMINAL", std::string(200, 'x')), "good");
  EXPECT_THAT(Wrong("CHILD_NOMINAL", std::string(201, 'x')), HasSubstr("shorten it to 200 bytes"));
  EXPECT_THAT(Wrong("CHILD_NOMINAL", "N|1"), HasSubstr("'|'"));
  EXPECT_THAT(Wrong("CHILD_NOMINAL", "N\n1"), HasSubstr("control character"));
  EXPECT_THAT(Wrong("CHILD_NOMINAL", "\u00A0"), HasSubstr("is empty"));
}

TEST_F(RowReaderTest, AnIncidentIsNeitherOlderThanTheMemoryNorAhead) {
  EXPECT_EQ(Wrong("INCIDENT_DATE", "17/10/2025"), "good");
  EXPECT_THAT(Wrong("INCIDENT_DATE", "15/10/2025"), HasSubstr("over 400 days old"));
  EXPECT_THAT(Wrong("INCIDENT_DATE", "21/11/2026"), HasSubstr("in the future"));
  // Ahead by as much as a clock is off.
  Set("INCIDENT_TIME", "23:45");
  Facts(kNight - 5min);
  EXPECT_TRUE(std::holds_alternative<RowProblem>(Read(kNight - 6min)));
}

TEST_F(RowReaderTest, AnHourThatNeverWasAndOneThatCameTwiceAreSaid) {
  Set("INCIDENT_TIME", "01:30");
  Set("INCIDENT_DATE", "29/03/2026");
  const RowFacts spring = Facts();
  EXPECT_EQ(spring.sections.at("incidentTime").Find("utc")->integer(), 1'774'746'000'000);  // 01:00
  EXPECT_TRUE(spring.sections.at("incidentTime").Find("nonexistent")->boolean());
  EXPECT_THAT(spring.notes, ElementsAre(HasSubstr("forward")));
  Set("INCIDENT_DATE", "25/10/2026");
  const RowFacts autumn = Facts();
  EXPECT_EQ(autumn.sections.at("incidentTime").Find("utc")->integer(), 1'792'888'200'000);  // 00:30
  EXPECT_TRUE(autumn.sections.at("incidentTime").Find("ambiguous")->boolean());
  EXPECT_THAT(autumn.notes, ElementsAre(HasSubstr("back")));
}

TEST_F(RowReaderTest, WhoHasTurned18IsTakenForAnAdultFromTheDayOn) {
  Set("CHILD_DOB", "21/11/2008");
  EXPECT_FALSE(Facts().turned_18);
  EXPECT_TRUE(Facts(kNight + 20min).turned_18);  // After midnight, here.
  Set("CHILD_DOB", "29/02/2008");
  EXPECT_TRUE(Facts().turned_18);
}

TEST_F(RowReaderTest, WithoutADateOfBirthNobodyCanTell) {
  Set("CHILD_DOB", "");
  EXPECT_TRUE(Facts().turned_18);
  Set("CHILD_ROLE", "UNBORN");
  EXPECT_FALSE(Facts().turned_18);
  Set("CHILD_DOB", "04/03/2015");
  EXPECT_TRUE(std::holds_alternative<RowProblem>(Read()));
}

TEST_F(RowReaderTest, OnlyWhatIsListedAsClearIsClear) {
  for (const char* const clear : {"", "N", "n"}) {
    Set("COVERT_FLAG", clear);
    EXPECT_THAT(Facts().flags, IsEmpty()) << clear;
  }
  Set("COVERT_FLAG", "Y");
  EXPECT_THAT(Facts().flags, ElementsAre("covert-operation"));
  EXPECT_THAT(Facts().notes, IsEmpty());
  Set("COVERT_FLAG", "unbekannt");
  EXPECT_THAT(Facts().flags, ElementsAre("covert-operation"));
  EXPECT_THAT(Facts().notes, ElementsAre(HasSubstr("does not list")));
  Set("ADULT_OCCUPATION", "Retired Headteacher and police volunteer");
  EXPECT_THAT(Facts().flags,
              UnorderedElementsAre("covert-operation", "works-in-education", "works-in-police"));
}

TEST_F(RowReaderTest, WhoMustNotLearnOfItKeepsARowBack) {
  EXPECT_THAT(Wrong("DO_NOT_DISCLOSE_TO", "Pat Testcase"),
              AllOf(HasSubstr("tell the school by telephone"), Not(HasSubstr("Pat"))));
}

TEST_F(RowReaderTest, AMistypedNumberThatMayBeLeftOutKeepsNoNoticeBack) {
  Set("CHILD_UPN", "nonsense");
  const RowFacts facts = Facts();
  EXPECT_FALSE(facts.sections.contains("identifiers"));
  EXPECT_THAT(facts.notes, ElementsAre(AllOf(HasSubstr("left out"), Not(HasSubstr("nonsense")))));
}

TEST_F(RowReaderTest, ANameWithALostCharacterIsNoName) {
  EXPECT_THAT(Wrong("CHILD_SURNAME", "TEST\uFFFDCASE"), HasSubstr("another system has lost"));
  Set("CIRCUMSTANCES", "said \uFFFD");
  EXPECT_THAT(Facts().notes, ElementsAre(HasSubstr("another system has lost")));
}

TEST_F(RowReaderTest, HomeEducatedAndASchoolContradictEachOther) {
  Set("SCHOOL_NAME", "home educated");
  EXPECT_THAT(Wrong("SCHOOL_NAME", "home educated"), HasSubstr("correct one of them"));
  Set("SCHOOL_URN", "");
  EXPECT_TRUE(Facts().home_educated);
}

TEST_F(RowReaderTest, AHeaderMustHaveWhatTheMappingNeedsInAnyOrder) {
  std::vector<std::string> header(header_.rbegin(), header_.rend());
  header.front() = " " + header.front() + "\t";
  header.emplace_back("BEAT");
  const auto good = RowReader::For(mapping_, header, {"Europe/London", zone_});
  ASSERT_TRUE(good.has_value());
  EXPECT_THAT(good->unused(), ElementsAre("BEAT"));
  header.front() = "Pat Testcase";
  const auto bad = RowReader::For(mapping_, header, {"Europe/London", zone_});
  ASSERT_FALSE(bad.has_value());
  EXPECT_THAT(bad.error().detail,
              AllOf(HasSubstr("lacks: \"" + header_.back() + "\""), Not(HasSubstr("Pat"))));
  header = header_;
  header.push_back(" " + header_.front());
  EXPECT_FALSE(RowReader::For(mapping_, header, {"Europe/London", zone_}).has_value());
}

// --- numbers of the child

class IdentifiersTest : public ::testing::Test {
 protected:
  // What comes of one number: its section's value, the note beside it, or why the row cannot go.
  std::string Of(const std::string& field, const std::string& number,
                 const std::string& more = "") const {
    const Mapping mapping = ParsedMapping(R"(exchange = "encompass-notice"
force = "test"
force-name = "Test Police"
flags-not-recorded = ["works-in-education", "works-in-police", "covert-operation", "exempt",
  "relocated", "turned-18"]
forms = { days = ["yyyy-mm-dd"], clock = ["hh:mm"] }
incident = { reference = "REF", at = "WHEN" }
child.reference = ["REF"]
school.urn = "URN"
[[column]]
columns = ["NAME"]
to = "childName.family"
[[column]]
columns = ["NUMBER"]
to = "identifiers.)" + field + "\"\n" + more);
    const auto reader =
        RowReader::For(mapping, {"REF", "WHEN", "URN", "NAME", "NUMBER"}, {"Europe/London", zone_});
    EXPECT_TRUE(reader.has_value());
    const auto reading =
        reader->Read({"1", "2026-11-20 21:05", "106890", "TESTCASE", number}, kNight);
    if (const auto* const problem = std::get_if<RowProblem>(&reading))
      return "quarantined: " + problem->reason;
    const auto& facts = std::get<RowFacts>(reading);
    const auto numbers = facts.sections.find(kIdentifiersSection);
    if (numbers != facts.sections.end()) return numbers->second.Find(field)->text();
    return facts.notes.empty() ? "" : facts.notes.front();
  }

  const Zone zone_ = Zone::Named("Europe/London").value();
};

TEST_F(IdentifiersTest, AGoodNumberIsTakenAsItsRegisterWritesIt) {
  EXPECT_EQ(Of("upn", "b801200005001"), "B801200005001");
  EXPECT_EQ(Of("upn", " B8012 0000 5001 "), "B801200005001");
  EXPECT_EQ(Of("nhsNumber", "943 476 5919"), "9434765919");
  EXPECT_EQ(Of("nhsNumber", "943-476-5919"), "9434765919");
  EXPECT_EQ(Of("upn", ""), "");
}

TEST_F(IdentifiersTest, AWrongOneKeepsNoNoticeBackAndTheReceiptSaysWhatIsWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"B80120000500", "13 characters"},     {"B8012000050010", "13 characters"},
      {"C801200005001", "its check letter"}, {"1801200005001", "a letter and 12 digits"},
      {"B80120000500O", "but I, O and S"},   {"B80120A005001", "a letter and 12 digits"},
      {"B801200005002", "its check letter"}};
  for (const auto& [upn, words] : wrong) {
    EXPECT_THAT(Of("upn", upn), AllOf(HasSubstr("column 5 (\"NUMBER\"): left out: is wrong: "),
                                      HasSubstr(words), HasSubstr("correct it")))
        << upn;
  }
  EXPECT_THAT(Of("nhsNumber", "9434765918"), HasSubstr("left out: is wrong: its check digit"));
  EXPECT_THAT(Of("nhsNumber", "943476591"), HasSubstr("ten digits"));
  EXPECT_THAT(Of("nhsNumber", "unknown"), HasSubstr("this is no number"));
  EXPECT_THAT(Of("nhsNumber", "0000000000"), HasSubstr("nobody's"));
}

TEST_F(IdentifiersTest, AForceMayAskForTheRowToWait) {
  EXPECT_THAT(Of("upn", "C801200005001", "if-wrong = \"quarantine\"\n"),
              HasSubstr("quarantined: column 5"));
}

}  // namespace
}  // namespace havenline::intake
