// Files broken in every way: intake never crashes, takes every child that nobody touched for what
// it was, and says of what is bad where it stands and what to do.

#include "tests/agents/intake/broken_files.h"

#include <map>
#include <memory>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/xmlschemas.h>

#include "agents/intake/file_rows.h"
#include "agents/intake/limits.h"
#include "tests/agents/intake/files.h"
#include "tests/agents/intake/intake_fixture.h"

namespace havenline::intake {
namespace {

constexpr unsigned kFilesOfEachKind = 200;

// What a person is told to do.
bool NamesARemedy(const std::string& words) {
  static const std::regex kRemedy(
      "correct|keep one|shorten|write|leave|take it away|take the other|fill|save|split|give|move|"
      "must be|put it|put the|put what|a person must|name the|was cut short|closing tag|look "
      "at|expected|export it|missing");
  return std::regex_search(words, kRemedy);
}

bool NamesAPlace(const std::string& words) {
  static const std::regex kPlace(
      "line [0-9]+|column [0-9]+|child [0-9]+|incident [0-9]+|UTF-16|"
      "first line|last line|the incident");
  return std::regex_search(words, kPlace);
}

class BrokenFilesTest : public ::testing::TestWithParam<FileFormat> {
 protected:
  struct Outcome {
    std::multimap<int, std::string> good;  // A child's number, and its name.
    std::vector<std::string> bad;          // Reasons.
    std::string failed;
  };
  Outcome Read(const std::string& bytes) const {
    const FileRows rows = SplitFile(AsBytes(bytes), GetParam(), mapping_, {"Europe/London", zone_});
    Outcome outcome;
    outcome.failed = rows.failed;
    for (std::size_t i = 0; i < rows.table.rows.size(); ++i) {
      const text::CsvRow& row = rows.table.rows[i];
      DigestOfRow(AsBytes(bytes), rows, i);
      if (row.problem) {
        outcome.bad.push_back(row.problem->text);
        continue;
      }
      const auto reading = rows.reader->Read(row.fields, kNight);
      if (const auto* const facts = std::get_if<RowFacts>(&reading)) {
        const int child = std::atoi(facts->child.c_str() + 1);
        outcome.good.emplace(child, facts->sections.at(kNameSection).Find("family")->text());
      } else {
        outcome.bad.push_back(rows.PlaceOf(i) + std::get<RowProblem>(reading).reason);
      }
    }
    return outcome;
  }

  static bool HasAsItWas(const std::multimap<int, std::string>& good, int child) {
    const auto [first, last] = good.equal_range(child);
    return std::any_of(first, last,
                       [&](const auto& each) { return each.second == NameOfChild(child); });
  }

  const Mapping mapping_ = ParsedMapping(kNightMapping);
  const Zone zone_ = Zone::Named("Europe/London").value();
};

INSTANTIATE_TEST_SUITE_P(Formats, BrokenFilesTest,
                         testing::Values(FileFormat::kCsv, FileFormat::kXml, FileFormat::kJson),
                         [](const auto& each) { return std::string(NameOf(each.param)); });

TEST_P(BrokenFilesTest, AGoodNightIsTakenWhole) {
  const Outcome outcome = Read(NightMaker(GetParam()).Good());
  EXPECT_EQ(outcome.failed, "");
  EXPECT_TRUE(outcome.bad.empty());
  ASSERT_EQ(outcome.good.size(), static_cast<std::size_t>(kChildrenOfNight));
  for (const auto& [child, name] : outcome.good) EXPECT_EQ(name, NameOfChild(child));
}

TEST_P(BrokenFilesTest, NoneLosesAChildThatNobodyTouchedAndEachSaysWhereAndWhatToDo) {
  NightMaker night(GetParam());
  std::size_t good = 0;
  for (unsigned seed = 0; seed < kFilesOfEachKind; ++seed) {
    const BrokenFile file = night.Break(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + file.what);
    const Outcome outcome = Read(file.bytes);
    for (const int child : file.safe)
      EXPECT_TRUE(HasAsItWas(outcome.good, child)) << "child " << child << "; " << outcome.failed;
    std::size_t changed = 0;  // A bit may make one child's number or name another's.
    for (const auto& [child, name] : outcome.good) changed += name == NameOfChild(child) ? 0U : 1U;
    EXPECT_LE(changed, file.touched.size());
    EXPECT_LE(outcome.good.size(), static_cast<std::size_t>(kChildrenOfNight));
    good += outcome.good.size();
    if (outcome.good.size() < static_cast<std::size_t>(kChildrenOfNight)) {
      EXPECT_TRUE(!outcome.bad.empty() || !outcome.failed.empty() || file.bytes.empty())
          << "children are missing and nothing says so";
    }
    for (std::string words : outcome.bad) {
      EXPECT_TRUE(NamesAPlace(words)) << words;
      EXPECT_TRUE(NamesARemedy(words)) << words;
      EXPECT_EQ(words.find("TESTCASE"), std::string::npos) << words;
    }
    if (!outcome.failed.empty()) {
      EXPECT_TRUE(NamesAPlace(outcome.failed)) << outcome.failed;
      EXPECT_TRUE(NamesARemedy(outcome.failed)) << outcome.failed;
      EXPECT_EQ(outcome.failed.find("TESTCASE"), std::string::npos) << outcome.failed;
    }
  }
  EXPECT_GT(good, kFilesOfEachKind * kChildrenOfNight / 2);
}

// --- the schema that is handed out, and the reader

class SchemaTest : public ::testing::Test {
 protected:
  SchemaTest() {
    const std::string path = std::string(HAVENLINE_SOURCE) + "/agents/intake/incident.xsd";
    const auto parser = std::unique_ptr<xmlSchemaParserCtxt, void (*)(xmlSchemaParserCtxtPtr)>(
        xmlSchemaNewParserCtxt(path.c_str()), xmlSchemaFreeParserCtxt);
    schema_.reset(xmlSchemaParse(parser.get()));
  }
  // Nothing if it is no XML at all.
  std::optional<bool> Valid(const std::string& text) const {
    const std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> document(
        xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
        xmlFreeDoc);
    if (document == nullptr) return std::nullopt;
    const std::unique_ptr<xmlSchemaValidCtxt, void (*)(xmlSchemaValidCtxtPtr)> validator(
        xmlSchemaNewValidCtxt(schema_.get()), xmlSchemaFreeValidCtxt);
    xmlSchemaSetValidStructuredErrors(
        validator.get(), [](void*, auto*) {}, nullptr);
    return xmlSchemaValidateDoc(validator.get(), document.get()) == 0;
  }
  static bool OneOfEachName(const std::vector<ReportField>& fields) {
    std::set<std::string> names;
    return std::ranges::all_of(fields, [&](const ReportField& field) {
      return field.problem.empty() && !field.name.empty() && field.text.size() <= kFieldBytesMax &&
             names.insert(field.name).second;
    });
  }
  // What the reader thinks of its form, whatever the fields are called.
  static bool Accepted(const std::string& text) {
    const Report report = ReadXmlReport(AsBytes(text));
    if (!report.failed.empty() || report.incidents.size() != 1) return false;
    const ReportIncident& incident = report.incidents.front();
    return incident.problems.empty() && !incident.children.empty() &&
           OneOfEachName(incident.fields) &&
           std::ranges::all_of(incident.children, [](const ReportChild& child) {
             return child.problems.empty() && OneOfEachName(child.fields);
           });
  }

  std::unique_ptr<xmlSchema, void (*)(xmlSchemaPtr)> schema_{nullptr, xmlSchemaFree};
};

TEST_F(SchemaTest, AllowsWhatTheReaderTakesAndNothingElse) {
  ASSERT_NE(schema_, nullptr);
  NightMaker night(FileFormat::kXml);
  std::vector<std::string> texts = {night.Good(), SourceFile("deploy/examples/incident.xml")};
  const std::string begin = "<incident xmlns=\"urn:havenline:intake:1\">";
  for (const char* const rest :
       {"</incident>", "<child/></incident>", "<field name='a'/></incident>",
        "<child/><field name='a'/></incident>", "x<child/></incident>",
        "<child>x</child></incident>", "<child n='1'/></incident>", "<child/><other/></incident>",
        "<child><child/></child></incident>", "<child><field/></child></incident>",
        "<child><field name=''/></child></incident>", "<field name='a' b='c'/><child/></incident>",
        "<field name='a'/><field name='a'/><child/></incident>",
        "<field name='a'/><child><field name='b'>x</field></child></incident>"})
    texts.push_back(begin + rest);
  texts.emplace_back("<incident><child/></incident>");
  for (unsigned seed = 0; seed < kFilesOfEachKind; ++seed) texts.push_back(night.Break(seed).bytes);
  const std::string no_text(1, '\0');  // The same in UTF-16: of its form it is right.
  std::size_t valid = 0;
  for (const std::string& text : texts) {
    const auto says = Valid(text);
    if (!says || text.find(no_text) != std::string::npos) continue;
    EXPECT_EQ(Accepted(text), *says) << text.size() << " bytes: " << text.substr(0, 200);
    valid += *says ? 1U : 0U;
  }
  EXPECT_GT(valid, 20U);
  EXPECT_TRUE(Valid(texts[0]).value_or(false) && Valid(texts[1]).value_or(false));
}

}  // namespace
}  // namespace havenline::intake
