// CSV (RFC 4180) as records systems export it, and as we write it for spreadsheets.
// Pure; any thread.
//
// The rule of the reader: nothing lost, nothing misread. A row that cannot be read with certainty
// is kept as a row with a problem and without fields, so that good rows go on and no half-read
// field is taken for data; its bytes can be shown to a person. Only what puts the whole file in
// doubt is a fault.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/result.h"

namespace havenline::text {

enum class CsvEncoding : std::uint8_t {
  kDetect,  // UTF-8 if all of the file is, or if it begins with its mark; else Windows-1252.
  kUtf8,
  kWindows1252,  // A file that begins with the mark of UTF-8 is refused.
};

struct CsvOptions {
  CsvEncoding encoding = CsvEncoding::kDetect;
  char delimiter = ',';  // Or ';' or tab.
  std::size_t bytes_max = 16U << 20U;
  std::size_t rows_max = 100'000;  // Without the header.
  std::size_t columns_max = 256;
  std::size_t field_bytes_max = 64U << 10U;
};

struct CsvProblem {
  std::size_t column = 0;  // From 1; 0: the row as a whole.
  std::string text;        // For people, with line and column, without anything from a field.
};

struct CsvRow {
  std::size_t line = 0;    // Where it starts, from 1.
  std::size_t offset = 0;  // Its bytes in the file, without its line end.
  std::size_t size = 0;
  std::vector<std::string> fields;  // UTF-8, as many as the header has; none if there is a problem.
  std::optional<CsvProblem> problem;
};

struct CsvTable {
  CsvEncoding encoding = CsvEncoding::kUtf8;  // What it was read as: never kDetect.
  std::vector<std::string> header;            // Unique, but for columns without a name ("").
  std::vector<CsvRow> rows;
  // The last row is what an open quote swallowed: the file may have been cut short.
  bool unclosed = false;

  // The index of the column named exactly `name`. CHECKs that `name` is not empty.
  std::optional<std::size_t> Column(std::string_view name) const;
};

// Lines end with CRLF or LF; empty lines are skipped; spaces belong to fields.
//
// A fault (kInvalid, "line N: what"; the caller knows the file's name): no header, two columns of
// one name (which it does not repeat: without a header it is somebody's data), a header that cannot
// be read, UTF-16, carriage returns alone as line ends, a limit of
// bytes or rows.
//
// A row's problem: too few or too many fields, a field too long, a zero byte, a byte that its
// encoding does not have, a quote where none may be, a carriage return alone. A wrong quote may
// reach over lines:
//   - text after a closing quote, or spaces before an opening one: if the field can be read to a
//     later quote that does end it, the lines up to there are that one row (the lines of a note
//     whose quotes were not doubled must not become rows);
//   - a quote that never closes: the rest of the file is that one row. The rows before it are good.
// With kDetect, a field that reads as UTF-8 in a file that as a whole does not is a problem as
// well: one broken byte must not turn the names of all other rows into something else.
Result<CsvTable> ParseCsv(ByteView bytes, const CsvOptions& options = {});

// The same for large files whose rows need not all be kept: hands each to `visit`, with the table
// so far, whose `rows` stay empty. A fault may come after rows were visited.
using CsvVisitor = std::function<void(const CsvTable& table, CsvRow row)>;
Result<CsvTable> VisitCsv(ByteView bytes, const CsvOptions& options, const CsvVisitor& visit);

// The bytes of a row that could not be read, as text to show: U+FFFD stands for what its file's
// encoding does not have.
std::string CsvTextForPeople(ByteView row, CsvEncoding encoding);

// The fields as one line with its CRLF, each in quotes. A field that a spreadsheet would run as a
// formula (it starts with = + - @, their wide forms, tab, CR or LF) gets an apostrophe in front.
std::string CsvLine(std::span<const std::string> fields);

}  // namespace havenline::text
