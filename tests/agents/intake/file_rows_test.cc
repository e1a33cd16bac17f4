#include "agents/intake/file_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "agents/intake/limits.h"
#include "agents/intake/quarantine_file.h"
#include "agents/intake/receipt.h"
#include "schema/text/json.h"
#include "tests/agents/intake/files.h"
#include "tests/fakes/partnership.h"

namespace havenline::intake {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kMapping = R"(exchange = "encompass-notice"
force = "test"
force-name = "Test Police"
flags-not-recorded = ["works-in-education", "works-in-police", "covert-operation", "exempt",
  "relocated",
  "turned-18"]
file.last-line-end = "required"
forms = { days = ["yyyy-mm-dd"], clock = ["hh:mm"] }
incident = { reference = "REF", at = "WHEN" }
child.reference = ["CHILD"]
school.urn = "URN"
[[column]]
columns = ["NAME"]
to = "childName.family"
)";
constexpr const char* kHeader = "REF,WHEN,CHILD,URN,NAME\n";

class FileRowsTest : public ::testing::Test {
 protected:
  FileRows Split(const std::string& text) const {
    return SplitFile(AsBytes(text), FileFormat::kCsv, mapping_, {"Europe/London", zone_});
  }
  Digest DigestOf(const std::string& text, std::size_t row) const {
    return DigestOfRow(AsBytes(text), Split(text), row);
  }

  const Mapping mapping_ = ParsedMapping(kMapping);
  const Zone zone_ = Zone::Named("Europe/London").value();
};

TEST_F(FileRowsTest, AFileWithoutItsLastLineEndWasCutShort) {
  const FileRows rows = Split(std::string(kHeader) + "1,2,3,4,5\n1,2,3,4,TESTC");
  EXPECT_THAT(rows.failed, HasSubstr("cut short"));
  ASSERT_EQ(rows.table.rows.size(), 2U);
  EXPECT_FALSE(rows.table.rows[0].problem.has_value());
  EXPECT_TRUE(rows.table.rows[1].problem.has_value());
  EXPECT_EQ(Split(std::string(kHeader) + "1,2,3,4,5\n").failed, "");
}

TEST_F(FileRowsTest, AFileWithAnOpenQuoteWasCutShort) {
  const FileRows rows = Split(std::string(kHeader) + "1,2,3,4,5\n1,2,3,4,\"TESTC\n");
  EXPECT_THAT(rows.failed, AllOf(HasSubstr("line 3"), HasSubstr("cut short")));
  EXPECT_FALSE(rows.table.rows[0].problem.has_value());
}

TEST_F(FileRowsTest, AHeaderAloneIsAFileWithoutRows) {
  const FileRows rows = Split(kHeader);
  EXPECT_EQ(rows.failed, "");
  EXPECT_TRUE(rows.table.rows.empty());
  EXPECT_THAT(Split("").failed, HasSubstr("cannot be read as CSV"));
}

TEST_F(FileRowsTest, MoreRowsThanTheLimitAreAFailureAndNoRowIsTaken) {
  std::string text = kHeader;
  for (std::size_t i = 0; i < kRowsMax; ++i) text += "1,2,3,4,5\n";
  EXPECT_EQ(Split(text).table.rows.size(), kRowsMax);
  EXPECT_EQ(Split(text).failed, "");
  EXPECT_NE(Split(text + "1,2,3,4,5\n").failed, "");
  EXPECT_TRUE(Split(text + "1,2,3,4,5\n").table.rows.empty());
}

TEST_F(FileRowsTest, ARowIsTheSameWhateverItsQuotesButNotWhateverItsCells) {
  const std::string plain = std::string(kHeader) + "1,2,3,45,6\n";
  EXPECT_EQ(DigestOf(plain, 0), DigestOf(std::string(kHeader) + "\"1\",2,\"3\",45,6\r\n", 0));
  EXPECT_NE(DigestOf(plain, 0), DigestOf(std::string(kHeader) + "1,2,34,5,6\n", 0));
}

// --- the file of quarantined rows

class QuarantineFileTest : public FileRowsTest {
 protected:
  static std::string Of(const std::string& text, const FileRows& rows) {
    std::vector<QuarantinedLine> lines;
    for (const text::CsvRow& row : rows.table.rows)
      lines.push_back({&row, lines.size() + 7, "column 1: is empty"});
    return QuarantineFile(AsBytes(text), rows.table, rows.delimiter, lines);
  }
};

RC_GTEST_FIXTURE_PROP(QuarantineFileTest, RowsComeBackAsTheyWereHoweverOften, ()) {
  const auto cell = rc::gen::container<std::string>(
      rc::gen::element('a', '=', '+', '-', '@', '\'', '"', ',', ' ', '\n', '\t'));
  std::string text = kHeader;
  const auto count = *rc::gen::inRange<std::size_t>(1, 4);
  for (std::size_t row = 0; row < count; ++row) {
    text += "\"x";  // No row is empty.
    for (int column = 0; column < 5; ++column) {
      for (const char c : *cell) text.append(c == '"' ? 2 : 1, c);
      text += column < 4 ? "\",\"" : "\"\n";
    }
  }
  const FileRows rows = Split(text);
  const std::string once = Of(text, rows);
  const FileRows back = Split(once);
  const std::string twice = Of(once, back);
  RC_ASSERT(twice == once);
  RC_ASSERT(back.table.rows.size() == count);
  for (std::size_t row = 0; row < count; ++row) {
    RC_ASSERT(DigestOfRow(AsBytes(once), back, row) == DigestOfRow(AsBytes(text), rows, row));
    RC_ASSERT(back.reader->QuarantineNumber(back.table.rows[row].fields) ==
              std::optional<std::uint64_t>(row + 7));
  }
}

TEST_F(QuarantineFileTest, NoSpreadsheetRunsACell) {
  const std::string text = std::string(kHeader) + "=1,+2,-3,@4,\"\t5\"\n";
  EXPECT_THAT(Of(text, Split(text)), HasSubstr("\"'=1\",\"'+2\",\"'-3\",\"'@4\",\"'\t5\""));
}

// A column's name is protected as a cell is, and must be found behind it.
TEST_F(QuarantineFileTest, ColumnsNamedAsAFormulaComeBackAsTheyWereHoweverOften) {
  const std::string text = "REF,WHEN,CHILD,URN,\"\tNAME\",=MORE\n1,2,3,4,5,6\n";
  const FileRows rows = Split(text);
  ASSERT_EQ(rows.failed, "");
  const std::string once = Of(text, rows);
  EXPECT_THAT(once, HasSubstr("\"'\tNAME\",\"'=MORE\""));
  const FileRows back = Split(once);
  ASSERT_EQ(back.failed, "");
  EXPECT_EQ(Of(once, back), once);
  EXPECT_EQ(DigestOfRow(AsBytes(once), back, 0), DigestOfRow(AsBytes(text), rows, 0));
}

TEST_F(QuarantineFileTest, ARowThatCouldNotBeSplitComesLastAndSpoilsNothing) {
  const std::string text = std::string(kHeader) + "1,2\n1,2,3,4,5\n";
  const std::string made = Of(text, Split(text));
  EXPECT_THAT(made, testing::EndsWith("\r\n1,2\r\n"));
  EXPECT_EQ(Split(made).table.rows.size(), 2U);
}

TEST(QuarantineNumberTest, IsReadFromTheFrontOfTheCell) {
  EXPECT_EQ(QuarantineNumberIn("17: column 5"), 17U);
  for (const char* const none : {"", "17", ":", "x: 1", "99999999999999999999: x", " 17: x"})
    EXPECT_EQ(QuarantineNumberIn(none), std::nullopt) << none;
}

// --- receipts

TEST(ReceiptTest, SaysOfEachRowWhatBecameOfIt) {
  FileRecord file;
  file.name = "night.csv";
  file.failed = "it was cut short";
  FileRecord earlier;
  earlier.target = "night.3.csv";
  const MessageId origin(ByteArray<16>{9});
  const std::vector<RowOutcome> outcomes = {{OutcomeKind::kNotice, 2, 1, 0, "", {}, {"a note"}},
                                            {OutcomeKind::kDuplicate, 3, 2, 0, "", {}, {}},
                                            {OutcomeKind::kQuarantined, 4, 5, 6, "why", {}, {}},
                                            {OutcomeKind::kHeld, 5, 8, 0, "", {"relocated"}, {}}};
  const ReceiptFacts facts{.file = file,
                           .outcomes = outcomes,
                           .origin_of = [&](std::uint64_t number) -> std::optional<MessageId> {
                             if (number == 1) return origin;
                             return std::nullopt;  // It repeats what waits for a supervisor.
                           },
                           .unused_columns = {"BEAT"},
                           .quarantine_file = "night.csv.quarantine.csv",
                           .same_bytes = &earlier};
  const std::string text = ReceiptText(facts);
  EXPECT_TRUE(text.ends_with("}\n"));
  const auto read = text::ParseJson(text, "receipt");
  ASSERT_TRUE(read.has_value());
  const auto compact = [&](const char* key) { return text::CanonicalJson(*read->Find(key)); };
  EXPECT_EQ(compact("notices"), "[{\"origin\":\"09000000000000000000000000000000\",\"row\":2}]");
  EXPECT_EQ(compact("duplicates"), "[{\"row\":3}]");
  EXPECT_EQ(compact("quarantined"), "[{\"column\":6,\"number\":5,\"reason\":\"why\",\"row\":4}]");
  EXPECT_EQ(compact("held"), "[{\"flags\":[\"relocated\"],\"number\":8,\"row\":5}]");
  EXPECT_EQ(compact("notes"), "[{\"note\":\"a note\",\"row\":2}]");
  EXPECT_EQ(compact("rows"), "4");
  EXPECT_EQ(compact("same-as"), "\"night.3.csv\"");
  EXPECT_EQ(compact("failed"), "\"it was cut short\"");
  EXPECT_EQ(compact("unused-columns"), "[\"BEAT\"]");
}

TEST(ReceiptTest, FilesOfQuarantinedRowsDoNotGrowLongerNames) {
  EXPECT_EQ(QuarantineFileName("a.csv", 7), "a.csv.quarantine.csv");
  EXPECT_EQ(QuarantineFileName("a.csv.quarantine.csv", 7), "a.csv.7.quarantine.csv");
  EXPECT_EQ(QuarantineFileName("a.csv.7.quarantine.csv", 9), "a.csv.9.quarantine.csv");
}

}  // namespace
}  // namespace havenline::intake
