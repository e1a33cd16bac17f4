#include "agents/intake/file_rows.h"

#include <map>

#include "agents/intake/limits.h"
#include "agents/intake/quarantine_file.h"
#include "schema/base/check.h"
#include "schema/seal/hash.h"

namespace havenline::intake {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

text::CsvOptions OptionsFor(ByteView bytes, const Mapping& mapping) {
  text::CsvOptions options;
  options.bytes_max = kFileBytesMax;
  options.rows_max = kRowsMax;
  options.field_bytes_max = kFieldBytesMax;
  options.delimiter = mapping.delimiter;
  // What begins with its mark is UTF-8 whatever was agreed: our own files of quarantined rows are.
  const bool marked = AsText(bytes).starts_with(kUtf8Mark);
  options.encoding = marked ? text::CsvEncoding::kUtf8 : mapping.encoding;
  return options;
}

FileRows SplitCsv(ByteView bytes, const Mapping& mapping, const LocalZone& zone) {
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
    if (!last.problem)
      last.problem = text::CsvProblem{0, "line " + std::to_string(last.line) +
                                             ": the file was cut short in this "
                                             "row: export it again"};
    last.fields.clear();
  }
  return rows;
}

FileRows SplitReport(ByteView bytes, FileFormat format, const Mapping& mapping,
                     const LocalZone& zone) {
  FileRows rows;
  rows.format = format;
  if (bytes.size() > kFileBytesMax) {
    rows.failed = "it is larger than " + std::to_string(kFileBytesMax >> 20U) + " MiB: split it";
    return rows;
  }
  rows.report = format == FileFormat::kXml ? ReadXmlReport(bytes) : ReadJsonReport(bytes);
  ReportRows made = RowsOf(rows.report, format, mapping);
  if (made.table.rows.size() > kRowsMax) {
    rows.failed = "it names more than " + std::to_string(kRowsMax) + " children: split it";
    return rows;
  }
  if (!rows.report.failed.empty()) {
    rows.failed = "it cannot be read as " + std::string(NameOf(format)) + ": " + rows.report.failed;
    if (!made.table.rows.empty()) rows.failed += ". What could be read was taken";
  }
  if (made.table.rows.empty()) return rows;
  auto reader = RowReader::For(mapping, made.table.header, zone, RowWords::kFields);
  CHECK(reader.has_value());  // The header is the mapping's own.
  rows.reader = *std::move(reader);
  rows.table = std::move(made.table);
  rows.sources = std::move(made.sources);
  return rows;
}

void AppendPart(Bytes& to, std::string_view text) {
  AppendU32(to, static_cast<std::uint32_t>(text.size()));
  Append(to, AsBytes(text));
}

// By names and texts, so that a mapping file that names more leaves it as it was.
Digest DigestOfReportRow(const FileRows& rows, std::size_t row) {
  const RowSource& source = rows.sources[row];
  const ReportIncident& incident = rows.report.incidents[source.incident];
  std::multimap<std::string, std::string> fields;
  const auto add = [&](const std::vector<ReportField>& of) {
    for (const ReportField& field : of) {
      if (field.name != kQuarantineColumn && !(field.text.empty() && field.problem.empty()))
        fields.emplace(field.name, field.problem + field.text);
    }
  };
  add(incident.fields);
  if (source.child) add(incident.children[*source.child].fields);
  Bytes parts;
  for (const auto& [name, text] : fields) {
    AppendPart(parts, name);
    AppendPart(parts, text);
  }
  return seal::Sha256(parts);
}

}  // namespace

FileRows SplitFile(ByteView bytes, FileFormat format, const Mapping& mapping,
                   const LocalZone& zone) {
  if (format == FileFormat::kCsv) return SplitCsv(bytes, mapping, zone);
  return SplitReport(bytes, format, mapping, zone);
}

Digest DigestOfRow(ByteView file, const FileRows& rows, std::size_t row) {
  if (rows.format != FileFormat::kCsv) return DigestOfReportRow(rows, row);
  const text::CsvRow& of = rows.table.rows[row];
  if (of.problem) return seal::Sha256(file.subspan(of.offset, of.size));
  const auto added = rows.reader->quarantine_column();
  Bytes cells;
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    if (added == i) continue;
    AppendPart(cells, added ? Unprotected(of.fields[i]) : of.fields[i]);
  }
  return seal::Sha256(cells);
}

}  // namespace havenline::intake
