#include "schema/text/csv.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/schema/text/faults.h"

namespace havenline::text {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

Result<CsvTable> Parse(std::string_view text, const CsvOptions& options = {}) {
  return ParseCsv(AsBytes(text), options);
}

CsvTable Parsed(std::string_view text, const CsvOptions& options = {}) {
  auto table = Parse(text, options);
  EXPECT_TRUE(table) << table.error().detail;
  return table.value_or(CsvTable{});
}

std::string Refused(std::string_view text, const CsvOptions& options = {}) {
  return FaultOf(Parse(text, options));
}

// One line a row: its fields joined with '|', or "!" for a row with a problem.
std::string Shape(const CsvTable& table) {
  std::string shape;
  for (const CsvRow& row : table.rows) {
    EXPECT_EQ(row.fields.size(), row.problem ? 0 : table.header.size());
    shape += std::to_string(row.line) + ":";
    if (row.problem) shape += "!";
    for (const auto& field : row.fields) shape += field + "|";
    shape += ' ';
  }
  return shape;
}

std::string ProblemOf(const CsvTable& table, std::size_t row) {
  return table.rows.at(row).problem.value_or(CsvProblem{}).text;
}

std::size_t ProblemColumnOf(const CsvTable& table, std::size_t row) {
  return table.rows.at(row).problem.value_or(CsvProblem{99, {}}).column;
}

TEST(CsvTest, ReadsHeaderAndRows) {
  const auto table = Parsed("id,name\r\n1,Ann\r\n2,\r\n");
  EXPECT_THAT(table.header, ElementsAre("id", "name"));
  EXPECT_EQ(Shape(table), "2:1|Ann| 3:2|| ");
  EXPECT_EQ(table.encoding, CsvEncoding::kUtf8);
  EXPECT_EQ(table.Column("name"), 1U);
  EXPECT_EQ(table.Column("Name"), std::nullopt);
}

TEST(CsvTest, TheLastLineNeedsNoEnd) {
  EXPECT_EQ(Shape(Parsed("a,b\n1,2")), "2:1|2| ");
  EXPECT_EQ(Shape(Parsed("a,b\n1,2\r")), "2:1|2| ");
  EXPECT_EQ(Shape(Parsed("a,b\n1,")), "2:1|| ");
  EXPECT_EQ(Shape(Parsed("a,b\n\"1\",\"2\"")), "2:1|2| ");
  EXPECT_EQ(Shape(Parsed("a,b")), "");
}

TEST(CsvTest, EmptyLinesAreNotRows) {
  EXPECT_EQ(Shape(Parsed("\n\r\na,b\n\n1,2\r\n\r\n\r\n3,4\n\n")), "5:1|2| 8:3|4| ");
  EXPECT_EQ(Shape(Parsed("a\n\"\"\n\n")), "2:| ");
}

TEST(CsvTest, QuotedFieldsHoldAnything) {
  EXPECT_EQ(Shape(Parsed("a,b\n\"1,2\",\"say \"\"hi\"\"\"\n\"\",\"\"\"\"\n")),
            "2:1,2|say \"hi\"| 3:|\"| ");
}

TEST(CsvTest, RowsAreCountedByTheLineTheyStartAt) {
  EXPECT_EQ(Shape(Parsed("a,b\n1,\"x\r\ny\n\nz\"\n2,y\n")), "2:1|x\r\ny\n\nz| 6:2|y| ");
}

TEST(CsvTest, SpacesBelongToFields) { EXPECT_EQ(Shape(Parsed("a,b\n 1 , 2 \n")), "2: 1 | 2 | "); }

TEST(CsvTest, OtherDelimiters) {
  EXPECT_EQ(Shape(Parsed("a;b\n1,5;\"2;3\"\n", {.delimiter = ';'})), "2:1,5|2;3| ");
  EXPECT_EQ(Shape(Parsed("a\tb\n1,5\t2\n", {.delimiter = '\t'})), "2:1,5|2| ");
}

TEST(CsvTest, ARowKnowsItsBytes) {
  constexpr std::string_view kText = "\xEF\xBB\xBFid,b\r\n1,\"x\ny\"\r\n2\n";
  const auto table = Parsed(kText);
  EXPECT_EQ(kText.substr(table.rows[0].offset, table.rows[0].size), "1,\"x\ny\"");
  EXPECT_EQ(kText.substr(table.rows[1].offset, table.rows[1].size), "2");
}

TEST(CsvTest, AFileNeedsAHeader) {
  EXPECT_EQ(Refused(""), "the file is empty: its first line must name the columns");
  EXPECT_THAT(Refused("\r\n\n"), HasSubstr("empty"));
  EXPECT_THAT(Refused("\xEF\xBB\xBF"), HasSubstr("empty"));
  EXPECT_EQ(Refused("\na,b,a\n"), "line 2: columns 1 and 3 have the same name");
  EXPECT_THAT(Refused("a,\"b\n1,2\n"),
              StartsWith("line 1: column 2: a quote opens this field and never closes"));
  EXPECT_EQ(Parsed("a,,\n1,2,3\n").Column("a"), 0U);
}

TEST(CsvTest, ARowOfTheWrongLengthIsKeptAndTheRestGoesOn) {
  const auto table = Parsed("a,b\n1\n1,2\n1,2,3\n4,5\n");
  EXPECT_EQ(Shape(table), "2:! 3:1|2| 4:! 5:4|5| ");
  const std::string kCount = ": is a field or a delimiter missing, or one too many? Correct it";
  EXPECT_EQ(ProblemOf(table, 0), "line 2: 1 fields where the header has 2" + kCount);
  EXPECT_EQ(ProblemOf(table, 2), "line 4: 3 fields where the header has 2" + kCount);
  EXPECT_EQ(ProblemColumnOf(table, 0), 0U);
}

TEST(CsvTest, AQuoteLeftOpenKeepsTheRowsBeforeIt) {
  const auto table = Parsed("a,b\n1,2\n3,\"4\n5,6\n7,8\n");
  EXPECT_EQ(Shape(table), "2:1|2| 3:! ");
  EXPECT_EQ(ProblemOf(table, 1),
            "line 3: column 2 (\"b\"): a quote opens this field and never closes: close it, or "
            "take it away; lines 3 to 6 are "
            "kept as one row "
            "and not read");
  EXPECT_EQ(ProblemColumnOf(table, 1), 2U);
  EXPECT_TRUE(table.unclosed);
}

// A file that was cut inside a quoted field is told from one with a quote too many.
TEST(CsvTest, OnlyAQuoteThatNeverClosesLooksLikeAFileCutShort) {
  EXPECT_TRUE(Parsed("a,b\n1,\"2").unclosed);
  EXPECT_FALSE(Parsed("a,b\n1,\"2\"x\n").unclosed);
  EXPECT_FALSE(Parsed("a,b\n1").unclosed);
  EXPECT_FALSE(Parsed("a,b\n1,2\n").unclosed);
}

TEST(CsvTest, BytesAreShownAsTheirFileWasRead) {
  const auto shown = [](std::string_view bytes, CsvEncoding encoding) {
    return CsvTextForPeople(AsBytes(bytes), encoding);
  };
  EXPECT_EQ(shown("caf\xE9 \x92", CsvEncoding::kWindows1252), "caf\u00E9 \u2019");
  EXPECT_EQ(shown("a\x81", CsvEncoding::kWindows1252), "a\uFFFD");
  EXPECT_EQ(shown("caf\u00E9", CsvEncoding::kUtf8), "caf\u00E9");
  EXPECT_EQ(shown("caf\xE9,\xC3", CsvEncoding::kUtf8), "caf\uFFFD,\uFFFD");
  EXPECT_EQ(shown("", CsvEncoding::kUtf8), "");
}

TEST(CsvTest, VisitingSeesWhatParsingKeeps) {
  constexpr std::string_view kText = "\xEF\xBB\xBFid,b\n1,x\n2\n3,\"y\"\n";
  const auto kept = Parsed(kText);
  CsvTable seen;
  const auto visited = VisitCsv(AsBytes(kText), {}, [&](const CsvTable& table, CsvRow row) {
    EXPECT_THAT(table.header, ElementsAre("id", "b"));
    seen.rows.push_back(std::move(row));
  });
  ASSERT_TRUE(visited);
  EXPECT_THAT(visited->rows, IsEmpty());
  EXPECT_EQ(visited->header, kept.header);
  seen.header = kept.header;
  EXPECT_EQ(Shape(seen), Shape(kept));
  EXPECT_EQ(seen.rows.back().offset, kept.rows.back().offset);
}

TEST(CsvTest, VisitingHasTheSameLimits) {
  std::size_t visited = 0;
  const auto count = [&](const CsvTable&, const CsvRow&) { ++visited; };
  EXPECT_EQ(FaultOf(VisitCsv(AsBytes("a\n1\n2\n3\n"), {.rows_max = 2}, count)),
            "line 4: more than 2 rows: split the file");
  EXPECT_EQ(visited, 2U);
}

TEST(CsvTest, AQuoteInsideAnUnquotedFieldSpoilsOneRow) {
  const auto table = Parsed("a,b\n5\" pipe,x\n1,\"2\"\n");
  EXPECT_EQ(Shape(table), "2:! 3:1|2| ");
  EXPECT_EQ(ProblemOf(table, 0),
            "line 2: column 1 (\"a\"): a quote inside a field that does not begin with one: put "
            "the field into quotes, and double those inside it");
}

// The note's writer forgot to double the quotes. Its second line looks like a row, and is none.
TEST(CsvTest, ALineOfANoteIsNeverARow) {
  const auto table = Parsed("a,b\n1,\"He said \"hi\" and\nSmith,John\nleft\"\n2,x\n");
  EXPECT_EQ(Shape(table), "2:! 5:2|x| ");
  EXPECT_EQ(ProblemOf(table, 0),
            "line 2: column 2 (\"b\"): text after the closing quote (a quote inside a field must "
            "be doubled); lines 2 "
            "to 4 are kept as one row and not read");
  const auto spaced = Parsed("a,b\n1,  \"He said\nSmith,John\nleft\"\n2,x\n");
  EXPECT_EQ(Shape(spaced), "2:! 5:2|x| ");
  EXPECT_THAT(
      ProblemOf(spaced, 0),
      HasSubstr("column 2 (\"b\"): spaces before the opening quote: take them away; lines 2"));
}

TEST(CsvTest, TextAfterAClosingQuoteSpoilsOneRowIfNoQuoteClosesLater) {
  const auto table = Parsed("a,b\n1,\"x\"y\n2,z\n\"3\"4,5\n6,7\n");
  EXPECT_EQ(Shape(table), "2:! 3:2|z| 4:! 5:6|7| ");
}

TEST(CsvTest, ManyBadQuotesTakeNoLongerThanGoodOnes) {
  std::string text = "a\n";
  for (int i = 0; i < 100'000; ++i) text += "\"x\"y\n";
  EXPECT_EQ(Parsed(text).rows.size(), 100'000U);
}

TEST(CsvTest, ACarriageReturnAloneSpoilsOneRow) {
  const auto table = Parsed("a,b\n1\r,2\n3,4\r\r\n\"5\r\",6\n");
  EXPECT_EQ(Shape(table), "2:! 3:! 4:5\r|6| ");
  EXPECT_THAT(ProblemOf(table, 0), HasSubstr("column 1 (\"a\"): a carriage return"));
  EXPECT_THAT(ProblemOf(table, 1), HasSubstr("column 2 (\"b\"): a carriage return"));
  EXPECT_THAT(Refused("a,b\r1,2\r"), StartsWith("line 1: column 2: a carriage return"));
}

// Whoever writes the header must not write lines of ours.
TEST(CsvTest, WhatAColumnIsCalledCannotBreakTheWordsAboutIt) {
  EXPECT_EQ(
      ProblemOf(Parsed("\"a\n\x1B\"\"\"\nx\r,\n"), 0),
      "line 3: column 1 (\"a\\n\\u001b\\\"\"): a carriage return that is not part of a line end: "
      "put the field into quotes");
  const std::string longer(97, 'a');
  EXPECT_THAT(ProblemOf(Parsed(longer + ",b\n1\r,2\n"), 0), HasSubstr("column 1: a carriage"));
}

TEST(CsvTest, AZeroByteSpoilsItsRow) {
  const auto table = Parsed("a,b\n1,x\0y\n2,\"\0\"\n3,z\n"s);
  EXPECT_EQ(Shape(table), "2:! 3:! 4:3|z| ");
  EXPECT_THAT(ProblemOf(table, 0), HasSubstr("column 2 (\"b\"): a zero byte"));
}

TEST(CsvTest, Utf16IsRefusedInWords) {
  EXPECT_EQ(Refused("\xFF\xFE"
                    "a\0,\0b\0"s),
            "line 1: the file is UTF-16: save it as \"CSV UTF-8\"");
  EXPECT_THAT(Refused("\xFE\xFF\0a"s), StartsWith("line 1: the file is UTF-16"));
  EXPECT_EQ(Refused("a\0,\0b\0\n\0"s),
            "line 1: column 1: a zero byte: save the file as UTF-8 (is it UTF-16?)");
}

TEST(CsvTest, TheByteOrderMarkIsNotPartOfTheHeader) {
  const auto table = Parsed("\xEF\xBB\xBFid\nJos\u00E9\n");
  EXPECT_EQ(table.header[0], "id");
  EXPECT_EQ(Shape(table), "2:Jos\u00E9| ");
  EXPECT_THAT(Refused("\xEF\xBB\xBFid\n", {.encoding = CsvEncoding::kWindows1252}),
              HasSubstr("mark of UTF-8"));
}

TEST(CsvTest, Windows1252IsDetected) {
  const auto table = Parsed("name\nJos\xE9\n\x80 O\x92Neill \x96 \x9F\xFF\n");
  EXPECT_EQ(table.encoding, CsvEncoding::kWindows1252);
  EXPECT_EQ(Shape(table), "2:Jos\u00E9| 3:\u20AC O\u2019Neill \u2013 \u0178\u00FF| ");
}

TEST(CsvTest, EveryByteOfWindows1252IsReadOrNamed) {
  constexpr std::string_view kSpecial =
      "\u20AC?\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152?\u017D?"
      "?\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153?\u017E\u0178";
  std::string read;
  for (int byte = 0x80; byte < 0xA0; ++byte) {
    const auto table =
        Parsed("a\n"s + static_cast<char>(byte), {.encoding = CsvEncoding::kWindows1252});
    const bool undefined =
        byte == 0x81 || byte == 0x8D || byte == 0x8F || byte == 0x90 || byte == 0x9D;
    EXPECT_EQ(table.rows[0].problem.has_value(), undefined) << byte;
    read += undefined ? "?" : table.rows[0].fields[0];
  }
  EXPECT_EQ(read, kSpecial);
  for (int byte = 0xA0; byte < 0x100; ++byte) {
    const auto table =
        Parsed("a\n"s + static_cast<char>(byte), {.encoding = CsvEncoding::kWindows1252});
    const std::string latin1 = {static_cast<char>(0xC0 | byte >> 6),
                                static_cast<char>(0x80 | (byte & 0x3F))};
    EXPECT_EQ(table.rows[0].fields[0], latin1) << byte;
  }
}

TEST(CsvTest, AnUndefinedByteNamesRowAndColumn) {
  const auto table = Parsed("id,name\n1,Jos\xE9\n2,A\x9D\n3,B\n");
  EXPECT_EQ(Shape(table), "2:1|Jos\u00E9| 3:! 4:3|B| ");
  EXPECT_EQ(ProblemOf(table, 1),
            "line 3: column 2 (\"name\"): the byte 9d is no character of Windows-1252: correct it");
  EXPECT_EQ(ProblemColumnOf(table, 1), 2U);
  EXPECT_EQ(Refused("a,\x81\n"),
            "line 1: column 2: the byte 81 is no character of Windows-1252: correct it");
}

TEST(CsvTest, AFieldThatIsNotUtf8SpoilsItsRow) {
  const auto options = CsvOptions{.encoding = CsvEncoding::kUtf8};
  const auto table = Parsed("a\nJos\xE9\nJos\u00E9\n", options);
  EXPECT_EQ(Shape(table), "2:! 3:Jos\u00E9| ");
  EXPECT_THAT(ProblemOf(table, 0),
              StartsWith("line 2: column 1 (\"a\"): not UTF-8: save the file as UTF-8"));
  EXPECT_EQ(Shape(Parsed("\xEF\xBB\xBF"
                         "a\nJos\xE9\nJos\u00E9\n")),
            "2:! 3:Jos\u00E9| ");
}

// Without this, one broken byte would make "JosÃ©" of every "José" in the file.
TEST(CsvTest, AMixOfEncodingsIsNotGuessed) {
  const auto table = Parsed("a\nJos\u00E9\nJos\xE9\nAnn\n");
  EXPECT_EQ(Shape(table), "2:! 3:Jos\u00E9| 4:Ann| ");
  EXPECT_THAT(ProblemOf(table, 0), HasSubstr("say which encoding it has"));
  EXPECT_EQ(Shape(Parsed("a\nJos\u00E9\n", {.encoding = CsvEncoding::kWindows1252})),
            "2:Jos\u00C3\u00A9| ");
}

TEST(CsvTest, EveryLimitHoldsAtItsEdge) {
  EXPECT_EQ(Refused("a\n1\n", {.bytes_max = 3}), "the file is larger than 3 bytes: split it");
  EXPECT_TRUE(Parse("a\n1\n", {.bytes_max = 4}));
  EXPECT_EQ(Refused("a\n1\n2\n", {.rows_max = 1}), "line 3: more than 1 rows: split the file");
  EXPECT_TRUE(Parse("a\n1\n\n", {.rows_max = 1}));
  EXPECT_EQ(Refused("a,b,c\n", {.columns_max = 2}), "line 1: more than 2 columns");
  EXPECT_TRUE(Parse("a,b\n", {.columns_max = 2}));
  const auto table =
      Parsed("a\n123\n1234\n\"123\"\n\"1\"\"3\"\n\"12\"\"4\"\n", {.field_bytes_max = 3});
  EXPECT_EQ(Shape(table), "2:123| 3:! 4:123| 5:1\"3| 6:! ");
  EXPECT_EQ(ProblemOf(table, 1), "line 3: column 1 (\"a\"): longer than 3 bytes: shorten it");
  EXPECT_THAT(ProblemOf(Parsed("a,b\n1,2,3,4\n", {.columns_max = 2}), 0),
              HasSubstr("4 fields where"));
}

// A fault or problem goes to logs and screens; what is in the fields does not.
TEST(CsvTest, ProblemsQuoteNoField) {
  for (const auto* text :
       {"a,b\nJane\n", "a,b\n\"Jane\"Doe,1\n", "a,b\nJane\"x,1\n", "a,b\n1,\"Jane",
        "a,b\nJane\x81,\xE9\n", "a,b\nJane\rDoe,1\n", "a,b\n1, \"Jane\"\n"}) {
    const auto table = Parsed(text);
    ASSERT_TRUE(table.rows.at(0).problem) << text;
    EXPECT_THAT(ProblemOf(table, 0), Not(HasSubstr("Jane"))) << text;
    EXPECT_THAT(table.rows[0].fields, IsEmpty());
  }
}

TEST(CsvTest, LinesAreQuotedAndCannotRunAsFormulas) {
  EXPECT_EQ(CsvLine(std::vector<std::string>{"a", "", "say \"hi\"", "x,y\n"}),
            "\"a\",\"\",\"say \"\"hi\"\"\",\"x,y\n\"\r\n");
  for (const auto* start :
       {"=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"}) {
    const std::string cell = start + "1"s;
    EXPECT_EQ(CsvLine(std::vector{cell}), "\"'" + cell + "\"\r\n");
    EXPECT_EQ(CsvLine(std::vector{"a" + cell}), "\"a" + cell + "\"\r\n");
  }
}

TEST(CsvTest, NoTruncationCrashesOrInventsARow) {
  constexpr std::string_view kWhole =
      "id,name,note\r\n1,Jos\u00E9,\"said \"\"no\"\"\r\ntwice\"\r\n2,\"A, B\",x\r\n3,C,\"\"\r\n";
  const auto whole = Parsed(kWhole);
  for (std::size_t size = 0; size < kWhole.size(); ++size) {
    const auto table = Parse(kWhole.substr(0, size));
    if (!table) continue;
    // All rows but the last are those of the whole; the last may be cut.
    for (std::size_t i = 0; i + 1 < table->rows.size(); ++i) {
      EXPECT_EQ(table->rows[i].fields, whole.rows[i].fields) << size;
    }
  }
}

TEST(CsvTest, NoChangedByteCrashesOrLosesABadRowsBytes) {
  std::string text =
      "id,name,note\r\n1,Jos\u00E9,\"said \"\"no\"\"\r\ntwice\"\r\n2,\"A, B\",x\r\n3,C,\"\"\r\n";
  for (char& c : text) {
    const char kept = c;
    for (int byte = 0; byte < 256; ++byte) {
      c = static_cast<char>(byte);
      const auto table = Parse(text);
      std::size_t end = 0;
      for (const CsvRow& row : table ? table->rows : std::vector<CsvRow>{}) {
        EXPECT_GE(row.offset, end);
        end = row.offset + row.size;
        EXPECT_LE(end, text.size());
      }
    }
    c = kept;
  }
}

TEST(CsvDeathTest, ADelimiterIsACommaSemicolonOrTab) {
  EXPECT_DEATH((void)Parse("a", {.delimiter = '|'}), "CHECK failed");
  EXPECT_DEATH((void)CsvTable{}.Column(""), "CHECK failed");
}

}  // namespace
}  // namespace havenline::text
