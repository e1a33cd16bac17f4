#include "agents/intake/file_rows.h"

#include "agents/intake/limits.h"
#include "agents/intake/quarantine_file.h"
#include "schema/seal/hash.h"

namespace havenline::intake {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

text::CsvOptions OptionsFor(ByteView bytes, const Mapping& mapping) {
  text::CsvOptions options;
  options.bytes_max = kFileBytesMax;
  options.rows_max = kRowsMax;
  options.delimiter = mapping.delimiter;
  // What begins with its mark is UTF-8 whatever was agreed: our own files of quarantined rows are.
  const bool marked = AsText(bytes).starts_with(kUtf8Mark);
  options.encoding = marked ? text::CsvEncoding::kUtf8 : mapping.encoding;
  return options;
}

}  // namespace

FileRows SplitFile(ByteView bytes, const Mapping& mapping, const LocalZone& zone) {
  FileRows rows;
  rows.delimiter = mapping.delimiter;
  auto table = text::ParseCsv(bytes, OptionsFor(bytes, mapping));
  if (!table) {
    rows.failed = "it cannot be read as CSV: " + table.error().detail;
    return rows;
  }
  auto reader = RowReader::For(mapping, table->header, zone);
  if (!reader) {
    rows.failed = reader.error().detail;
    return rows;
  }
  rows.table = *std::move(table);
  rows.reader = *std::move(reader);
  if (rows.table.rows.empty()) return rows;
  text::CsvRow& last = rows.table.rows.back();
  if (rows.table.unclosed) {
    rows.failed = "a quote that opens in line " + std::to_string(last.line) +
                  " never closes: the file was cut short, or a quote is missing. The rows before "
                  "it were taken";
  } else if (mapping.last_line_end_required && bytes.back() != '\n') {
    rows.failed = "its last line has no end: the file was cut short. The rows before it were taken";
    if (!last.problem) last.problem = text::CsvProblem{0, "the file was cut short in this row"};
    last.fields.clear();
  }
  return rows;
}

Digest DigestOfRow(ByteView file, const FileRows& rows, std::size_t row) {
  const text::CsvRow& of = rows.table.rows[row];
  if (of.problem) return seal::Sha256(file.subspan(of.offset, of.size));
  const auto added = rows.reader->quarantine_column();
  Bytes cells;
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    if (added == i) continue;
    const std::string_view cell = added ? Unprotected(of.fields[i]) : of.fields[i];
    AppendU32(cells, static_cast<std::uint32_t>(cell.size()));
    Append(cells, AsBytes(cell));
  }
  return seal::Sha256(cells);
}

}  // namespace havenline::intake
