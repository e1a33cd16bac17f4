// Reports in XML and JSON: read as the same rows, and given back to be mended.

#include "agents/intake/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/intake/file_rows.h"
#include "agents/intake/limits.h"
#include "agents/intake/quarantine_report.h"
#include "agents/intake/row_judge.h"
#include "schema/text/json.h"
#include "tests/agents/intake/files.h"
#include "tests/fakes/partnership.h"

namespace havenline::intake {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMapping = R"(exchange = "encompass-notice"
force = "test"
force-name = "Test Police"
flags-not-recorded = ["works-in-education", "works-in-police", "covert-operation", "exempt",
  "turned-18"]
forms = { days = ["yyyy-mm-dd"], clock = ["hh:mm"] }
incident = { reference = "REF", at = "WHEN" }
child.reference = ["CHILD"]
school.urn = "URN"
[[column]]
columns = ["NAME"]
to = "childName.family"
[[flag]]
flag = "relocated"
columns = ["MOVED"]
raised = ["Y"]
clear = ["N"]
)";

// What stands in a child of XML and of JSON.
std::string XmlField(const std::string& name, const std::string& text) {
  return "<field name=\"" + name + "\">" + text + "</field>";
}

class ReportTest : public ::testing::Test {
 protected:
  FileRows Json(const std::string& text) const { return Split(text, FileFormat::kJson); }
  FileRows Xml(const std::string& parts) const {
    return Split("<incident xmlns=\"urn:havenline:intake:1\">" + parts + "</incident>",
                 FileFormat::kXml);
  }
  FileRows Split(const std::string& text, FileFormat format) const {
    return SplitFile(AsBytes(text), format, mapping_, {"Europe/London", zone_});
  }
  // A row's cell by the mapping's column.
  static std::string Cell(const FileRows& rows, std::size_t row, const std::string& column) {
    return rows.table.rows.at(row).fields.at(rows.table.Column(column).value());
  }
  static std::string ProblemOf(const FileRows& rows, std::size_t row = 0) {
    if (row >= rows.table.rows.size()) return "no such row; " + rows.failed;
    const auto& problem = rows.table.rows[row].problem;
    return problem ? problem->text : "";
  }

  const Mapping mapping_ = ParsedMapping(kMapping);
  const Zone zone_ = Zone::Named("Europe/London").value();
};

const std::string kXmlChild = "<child>" + XmlField("CHILD", "C1") + XmlField("URN", "106890") +
                              XmlField("NAME", "TESTCASE") + XmlField("MOVED", "N") + "</child>";
const std::string kXmlIncident = XmlField("REF", "I1") + XmlField("WHEN", "2026-11-20 21:05");
const std::string kJsonChild =
    R"({"CHILD": "C1", "URN": 106890, "NAME": "TESTCASE", "MOVED": "N"})";
const std::string kJsonIncident = R"("REF": "I1", "WHEN": "2026-11-20 21:05")";

TEST_F(ReportTest, TheSameChildIsTheSameRowInEveryFormat) {
  const FileRows xml = Xml(kXmlIncident + kXmlChild);
  const FileRows json = Json("{" + kJsonIncident + ", \"children\": [" + kJsonChild + "]}");
  for (const FileRows* const rows : {&xml, &json}) {
    EXPECT_EQ(rows->failed, "");
    ASSERT_EQ(rows->table.rows.size(), 1U);
    EXPECT_EQ(ProblemOf(*rows), "");
    EXPECT_EQ(Cell(*rows, 0, "REF"), "I1");
    EXPECT_EQ(Cell(*rows, 0, "URN"), "106890");
    EXPECT_EQ(Cell(*rows, 0, "NAME"), "TESTCASE");
    EXPECT_EQ(DigestOfRow({}, *rows, 0), DigestOfRow({}, xml, 0));
  }
}

TEST_F(ReportTest, RowsSayWhereTheyBegin) {
  const FileRows json =
      Json("[\n{" + kJsonIncident + ",\n \"children\": [" + kJsonChild + ",\n" + kJsonChild +
           "]},\n{" + kJsonIncident + ", \"children\":\n[" + kJsonChild + "]}]");
  ASSERT_EQ(json.table.rows.size(), 3U);
  EXPECT_EQ(json.PlaceOf(1), "incident 1, child 2");
  EXPECT_EQ(json.table.rows[1].line, 4U);
  EXPECT_EQ(json.PlaceOf(2), "incident 2, child 1");
  EXPECT_EQ(json.table.rows[2].line, 6U);
  const FileRows xml = Xml(kXmlIncident + "\n" + kXmlChild + "\n" + kXmlChild);
  ASSERT_EQ(xml.table.rows.size(), 2U);
  EXPECT_EQ(xml.PlaceOf(1), "child 2");
  EXPECT_EQ(xml.table.rows[1].line, 3U);
}

TEST_F(ReportTest, WhatNobodyNamedIsRefusedWithItsPathAndWhatToDo) {
  const std::string child = kJsonChild.substr(0, kJsonChild.size() - 1);
  const std::string begin = "{" + kJsonIncident + ", \"children\": [";
  EXPECT_THAT(ProblemOf(Json(begin + kJsonChild + "," + child + ", \"MOVD\": \"Y\"}]}"), 1),
              AllOf(HasSubstr("incident 1, child 2: field \"MOVD\" of the child"),
                    HasSubstr("correct its name, or leave it out")));
  EXPECT_THAT(ProblemOf(Json("{\"BEAT\": \"x\", " + begin.substr(1) + kJsonChild + "]}")),
              HasSubstr("incident 1, child 1: field \"BEAT\" of the incident"));
  EXPECT_THAT(ProblemOf(Json(begin + child + ", \"URN\": \"106891\"}]}")),
              HasSubstr("field \"URN\" is there twice: keep one"));
  EXPECT_THAT(ProblemOf(Json(begin + child + ", \"REF\": \"I2\"}]}")),
              HasSubstr("field \"REF\" is there twice: keep one"));
  EXPECT_THAT(ProblemOf(Xml(kXmlIncident + "<child>" + XmlField("MOVD", "Y") + "</child>")),
              HasSubstr("child 1: field \"MOVD\" of the child is none"));
  const std::string twice = kXmlChild.substr(0, kXmlChild.size() - 8) + XmlField("URN", "106891");
  EXPECT_THAT(ProblemOf(Xml(kXmlIncident + twice + "</child>")),
              HasSubstr("field \"URN\" is there twice: keep one"));
}

TEST_F(ReportTest, AFlagOfDangerIsNeverTakenForClearBecauseItIsMissing) {
  const FileRows json = Json("{" + kJsonIncident +
                             R"(, "children": [{"CHILD": "C1", "URN": "106890", "NAME": "T"}]})");
  EXPECT_THAT(ProblemOf(json), HasSubstr("field \"MOVED\" is missing: it says whether"));
  const FileRows empty =
      Json("{" + kJsonIncident + R"(, "children": [{"CHILD": "C1", "NAME": "T", "MOVED": null}]})");
  EXPECT_EQ(ProblemOf(empty), "");
  // One for all children of the incident will do.
  EXPECT_EQ(ProblemOf(Xml(kXmlIncident + XmlField("MOVED", "") + "<child>" +
                          XmlField("CHILD", "C1") + "</child>")),
            "");
}

TEST_F(ReportTest, AWrongKindIsSaidOfItsField) {
  const auto with = [&](const std::string& value) {
    return ProblemOf(
        Json("{" + kJsonIncident + R"(, "children": [{"MOVED": "N", "NAME": )" + value + "}]}"));
  };
  EXPECT_THAT(with("true"), HasSubstr("field \"NAME\": must be text"));
  EXPECT_THAT(with("1.5"), HasSubstr("field \"NAME\": must be text"));
  EXPECT_THAT(with("[]"), HasSubstr("is a list or an object"));
  EXPECT_THAT(with("{\"a\": {}}"), HasSubstr("is a list or an object"));
  EXPECT_THAT(with("\"\\u0000\""), HasSubstr("zero byte"));
  EXPECT_THAT(with("\"" + std::string(kFieldBytesMax + 1, 'x') + "\""), HasSubstr("shorten it"));
  EXPECT_THAT(ProblemOf(Xml(kXmlIncident + "<child><field name=\"NAME\">a<b/></field></child>")),
              HasSubstr("field \"NAME\": must hold text alone"));
  EXPECT_THAT(ProblemOf(Json("{" + kJsonIncident + ", \"children\": [7]}")),
              HasSubstr("must be an object"));
}

TEST_F(ReportTest, AnIncidentThatNamesNoChildWaitsForAPerson) {
  for (const FileRows& rows :
       {Json("{" + kJsonIncident + "}"), Json("{" + kJsonIncident + ", \"children\": []}"),
        Json("{" + kJsonIncident + ", \"children\": \"none\"}"), Xml(kXmlIncident)}) {
    EXPECT_THAT(ProblemOf(rows), HasSubstr("names no child"));
  }
}

TEST_F(ReportTest, OneIncidentThatCannotBeReadSpoilsNoOther) {
  const std::string good = "{" + kJsonIncident + ", \"children\": [" + kJsonChild + "]}";
  const FileRows rows = Json("[" + good + ",\n{\"REF\" \"I2\"},\n" + good + ",\n7]");
  EXPECT_EQ(rows.table.rows.size(), 2U);
  EXPECT_THAT(rows.failed, AllOf(HasSubstr("incident 2, line 2:"), HasSubstr("incident 4, line 4:"),
                                 HasSubstr("What could be read was taken")));
  EXPECT_EQ(rows.PlaceOf(1), "incident 3, child 1");
  const FileRows cut = Json("[" + good + ",\n{\"REF\": \"I2\", \"child");
  EXPECT_EQ(cut.table.rows.size(), 1U);
  EXPECT_THAT(cut.failed, AllOf(HasSubstr("line 2"), HasSubstr("cut short")));
  std::string many = "[";
  for (int i = 0; i < 9; ++i) many += "7,";
  EXPECT_THAT(Json(many + "7]").failed, HasSubstr("; and 5 more"));
}

TEST_F(ReportTest, ChildrenBeforeTheEndOfAnXmlFileCutShortAreTaken) {
  const std::string text = "<incident xmlns=\"urn:havenline:intake:1\">\n" + kXmlIncident + "\n" +
                           kXmlChild + "\n" + kXmlChild;
  const FileRows rows = Split(text.substr(0, text.size() - 20), FileFormat::kXml);
  EXPECT_EQ(rows.table.rows.size(), 1U);
  EXPECT_EQ(ProblemOf(rows), "");
  EXPECT_THAT(rows.failed, AllOf(HasSubstr("line 4"), HasSubstr("cut short"),
                                 HasSubstr("What could be read was taken")));
  // Nothing of the incident may come after a child, where a cut would hide it.
  EXPECT_THAT(ProblemOf(Xml(kXmlChild + kXmlIncident)), HasSubstr("before the first"));
}

TEST_F(ReportTest, ADocumentOfAnotherKindIsAFailure) {
  EXPECT_THAT(Split("<incident/>", FileFormat::kXml).failed,
              HasSubstr("xmlns=\"urn:havenline:intake:1\""));
  EXPECT_THAT(
      Split("<!DOCTYPE incident SYSTEM \"file:///etc/passwd\"><incident/>", FileFormat::kXml)
          .failed,
      HasSubstr("DOCTYPE"));
  EXPECT_THAT(Json("REF,WHEN\nI1,now\n").failed, HasSubstr("line 1: not valid JSON"));
  EXPECT_THAT(Json("").failed, HasSubstr("not valid JSON"));
  EXPECT_THAT(Json(std::string("\xFF\xFE[\0", 4)).failed, HasSubstr("UTF-16"));
  EXPECT_EQ(Json("[]").failed, "");
  EXPECT_TRUE(Json("[]").table.rows.empty());
}

// --- given back

class QuarantineReportTest : public ReportTest {
 protected:
  static std::string Returned(const FileRows& rows, const std::vector<std::size_t>& which) {
    std::vector<QuarantinedChild> children;
    for (const std::size_t row : which)
      children.push_back({row, row + 7, "field \"NAME\": why & \"how\" <so>"});
    return QuarantineReport(rows, children);
  }
};

TEST_F(QuarantineReportTest, ChildrenComeBackAsTheyWereHoweverOften) {
  const std::string second = R"({"CHILD": "C2", "NAME": "'=T\u0026\r\n<", "MOVED": ""})";
  const std::string report = "[{" + kJsonIncident + ", \"children\": [" + kJsonChild + "," +
                             second + "]}, {" + kJsonIncident + R"(, "children": [{"X": [1.5]}]})" +
                             ", {\"REF\": \"I3\"}]";
  const std::string xml = "<incident xmlns=\"urn:havenline:intake:1\">" + kXmlIncident + kXmlChild +
                          "<child>" + XmlField("NAME", "'=T&amp;&#13;\n&lt;") + "<x>1</x></child>" +
                          "</incident>";
  for (const auto& [text, format, which] :
       {std::tuple(report, FileFormat::kJson, std::vector<std::size_t>{1, 2, 3}),
        std::tuple(xml, FileFormat::kXml, std::vector<std::size_t>{1})}) {
    const FileRows rows = Split(text, format);
    const std::string once = Returned(rows, which);
    const FileRows back = Split(once, format);
    ASSERT_EQ(back.failed, "") << once;
    ASSERT_EQ(back.table.rows.size(), which.size()) << once;
    for (std::size_t i = 0; i < which.size(); ++i) {
      EXPECT_EQ(DigestOfRow({}, back, i), DigestOfRow({}, rows, which[i])) << once;
      EXPECT_EQ(back.table.rows[i].problem.has_value(),
                rows.table.rows[which[i]].problem.has_value());
      EXPECT_EQ(back.reader->QuarantineNumber(back.table.rows[i].fields), which[i] + 7);
      EXPECT_EQ(Cell(back, i, "NAME"), Cell(rows, which[i], "NAME"));
    }
    EXPECT_THAT(once, HasSubstr("why"));
  }
}

TEST_F(QuarantineReportTest, AFieldWithAnElementInItIsOfTheSameRowWhenItComesBack) {
  for (const std::string text : {"<b/>", "a <b>c</b> d\n", "\n  <b/>\n"}) {
    const FileRows rows = Xml(kXmlIncident + "<child>" + XmlField("NAME", text) + "</child>");
    const FileRows back = Split(Returned(rows, {0}), FileFormat::kXml);
    ASSERT_EQ(back.table.rows.size(), 1U) << text;
    EXPECT_EQ(DigestOfRow({}, back, 0), DigestOfRow({}, rows, 0)) << text;
  }
}

TEST_F(QuarantineReportTest, AKeyThatWasThereTwiceIsNotMendedByGivingItBack) {
  const std::string child = kJsonChild.substr(0, kJsonChild.size() - 1);
  const FileRows rows =
      Json("{" + kJsonIncident + ", \"children\": [" + child + ", \"NAME\": \"OTHER\"}]}");
  const FileRows back = Json(Returned(rows, {0}));
  EXPECT_THAT(ProblemOf(back), HasSubstr("field \"NAME\" is there twice: keep one"));
}

TEST_F(QuarantineReportTest, AChildThatIsNoObjectComesBackBesideItsReason) {
  const FileRows rows = Json("{" + kJsonIncident + ", \"children\": [7]}");
  const FileRows back = Json(Returned(rows, {0}));
  ASSERT_EQ(back.table.rows.size(), 1U);
  EXPECT_THAT(ProblemOf(back), HasSubstr("field \"was\""));
}

}  // namespace
}  // namespace havenline::intake
