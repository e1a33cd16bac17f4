// A table holds what its file says: rows as wide as the header, in their order, and written again
// they are read as they were.

#include "schema/text/csv.h"

#include <algorithm>
#include <array>

#include "schema/base/check.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

using text::CsvEncoding;
using text::CsvOptions;
using text::CsvRow;
using text::CsvTable;

CsvOptions OptionsOf(std::uint8_t choice) {
  static constexpr std::array kDelimiters = {',', ';', '\t'};
  CsvOptions options;
  options.encoding = static_cast<CsvEncoding>(choice % 3);
  options.delimiter = kDelimiters.at(choice / 3 % 3);
  // Small enough that they are met.
  options.rows_max = 64;
  options.columns_max = 16;
  options.field_bytes_max = 256;
  return options;
}

void CheckRow(const CsvTable& table, const CsvRow& row, ByteView bytes) {
  CHECK(row.offset + row.size <= bytes.size());
  const ByteView raw = bytes.subspan(row.offset, row.size);
  CHECK(IsUtf8(text::CsvTextForPeople(raw, table.encoding)));
  if (row.problem) {
    CHECK(row.fields.empty());
    CheckFault({FaultCode::kInvalid, row.problem->text});
    return;
  }
  CHECK(row.fields.size() == table.header.size());
  CHECK(std::ranges::all_of(row.fields, [](const std::string& field) { return IsUtf8(field); }));
}

void CheckHeader(const CsvTable& table) {
  CHECK(table.encoding != CsvEncoding::kDetect && !table.header.empty());
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    CHECK(IsUtf8(table.header[i]));
    if (!table.header[i].empty()) CHECK(table.Column(table.header[i]) == i);
  }
}

// Read again, a line of ours says the same but for the apostrophes, and no spreadsheet runs it.
void CheckWritten(const std::vector<std::string>& fields) {
  const std::string line = text::CsvLine(fields);
  std::string header;
  for (std::size_t i = 0; i < fields.size(); ++i)
    header += (i == 0 ? "c" : ",c") + std::to_string(i);
  CsvOptions options;
  options.encoding = CsvEncoding::kUtf8;
  const std::string file = header + "\r\n" + line;
  const auto table = text::ParseCsv(AsBytes(file), options);
  CHECK(table && table->rows.size() == 1 && !table->rows[0].problem);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string& field = table->rows[0].fields[i];
    CHECK(field == fields[i] || field == "'" + fields[i]);
    CHECK(field.empty() || std::string_view("=+-@\t\r\n").find(field[0]) == std::string_view::npos);
  }
}

}  // namespace

bool TryCsv(ByteView input) {
  if (input.empty()) return false;
  const CsvOptions options = OptionsOf(input.front());
  const ByteView bytes = input.subspan(1);
  std::vector<CsvRow> visited;
  const auto streamed = text::VisitCsv(
      bytes, options, [&](const CsvTable&, CsvRow row) { visited.push_back(std::move(row)); });
  const auto table = text::ParseCsv(bytes, options);
  CHECK(table.has_value() == streamed.has_value());
  if (!table) {
    CheckFault(table.error());
    return false;
  }
  CheckHeader(*table);
  CHECK(visited.size() == table->rows.size() && visited.size() <= options.rows_max);
  std::size_t end = 0;
  for (std::size_t i = 0; i < visited.size(); ++i) {
    const CsvRow& row = table->rows[i];
    CHECK(row.offset >= end && row.fields == visited[i].fields);
    end = row.offset + row.size;
    CheckRow(*table, row, bytes);
    if (!row.problem) CheckWritten(row.fields);
  }
  return true;
}

}  // namespace havenline::fuzz
