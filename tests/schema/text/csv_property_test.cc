// Whatever fields there are: written as CSV in any legal way, they are read back as they were.

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "schema/text/csv.h"

namespace havenline::text {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// Texts of the characters that matter to CSV, and a few that matter to encodings.
rc::Gen<std::string> AnyField() {
  const auto piece = rc::gen::elementOf(std::vector<std::string>{"a", "Z", " ", "1", ",", ";", "\"",
                                                                 "\n", "\r", "\r\n", "=", "'", "\t",
                                                                 "\u00E9", "\u2019", "\U0001F600"});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const auto& pieces) {
    std::string field;
    for (const auto& one : pieces) field += one;
    return field;
  });
}

rc::Gen<Rows> AnyRows(std::size_t columns) {
  return rc::gen::container<Rows>(
      rc::gen::container<std::vector<std::string>>(columns, AnyField()));
}

bool NeedsQuotes(const std::string& field, char delimiter) {
  return field.empty() || field.find_first_of("\"\r\n ") != std::string::npos ||
         field.find(delimiter) != std::string::npos;
}

// Quotes where it must, and where `quote_also` says so.
std::string Written(const Rows& rows, char delimiter, bool quote_also,
                    const std::string& line_end) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += delimiter;
      if (!quote_also && !NeedsQuotes(row[i], delimiter)) {
        text += row[i];
        continue;
      }
      text += '"';
      for (const char c : row[i]) text.append(c == '"' ? 2 : 1, c);
      text += '"';
    }
    text += line_end;
  }
  return text;
}

std::vector<std::string> Header(std::size_t columns) {
  std::vector<std::string> header;
  header.reserve(columns);
  for (std::size_t i = 0; i < columns; ++i) header.push_back("column " + std::to_string(i));
  return header;
}

void ExpectRows(const std::string& text, char delimiter, const Rows& rows) {
  const auto table = ParseCsv(AsBytes(text), {.delimiter = delimiter});
  RC_ASSERT(table.has_value());
  RC_ASSERT(table->rows.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RC_ASSERT(!table->rows[i].problem.has_value());
    RC_ASSERT(table->rows[i].fields == rows[i]);
  }
}

TEST(CsvPropertyTest, WhatIsWrittenIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    const auto columns = *rc::gen::inRange<std::size_t>(1, 5);
    const auto rows = *AnyRows(columns);
    const char delimiter = *rc::gen::element(',', ';', '\t');
    const auto line_end = *rc::gen::element<std::string>("\n", "\r\n");
    Rows all = {Header(columns)};
    all.insert(all.end(), rows.begin(), rows.end());
    ExpectRows(Written(all, delimiter, *rc::gen::arbitrary<bool>(), line_end), delimiter, rows);
  }));
}

TEST(CsvPropertyTest, OurLinesAreReadBackButForTheApostrophe) {
  EXPECT_TRUE(rc::check([] {
    const auto columns = *rc::gen::inRange<std::size_t>(1, 5);
    auto rows = *AnyRows(columns);
    std::string text = CsvLine(Header(columns));
    for (const auto& row : rows) text += CsvLine(row);
    for (auto& row : rows) {
      for (auto& field : row) {
        if (!field.empty() &&
            std::string_view("=+-@\t\r\n").find(field[0]) != std::string_view::npos) {
          field.insert(0, 1, '\'');
        }
      }
    }
    ExpectRows(text, ',', rows);
  }));
}

// Every byte of a file is in a row, the header, or a line end.
TEST(CsvPropertyTest, NoByteIsLostFromAnyText) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = "a,b\n" + *AnyField();
    const auto table = ParseCsv(AsBytes(text), {});
    RC_ASSERT(table.has_value());
    std::size_t end = 3;
    const auto only_line_ends = [&](std::size_t from, std::size_t to) {
      return text.substr(from, to - from).find_first_not_of("\r\n") == std::string::npos;
    };
    for (const auto& row : table->rows) {
      RC_ASSERT(row.offset >= end);
      RC_ASSERT(only_line_ends(end, row.offset));
      RC_ASSERT(row.fields.size() == (row.problem ? 0U : 2U));
      end = row.offset + row.size;
    }
    RC_ASSERT(only_line_ends(end, text.size()));
  }));
}

}  // namespace
}  // namespace havenline::text
