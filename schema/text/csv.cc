#include "schema/text/csv.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "schema/base/check.h"
#include "schema/text/csv_rows.h"
#include "schema/text/mark.h"
#include "schema/text/windows_1252.h"
#include "schema/text/writing.h"

namespace havenline::text {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::size_t kColumnNameShown = 96;  // Bytes; no export has longer ones.

bool IsAscii(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

// `asked`: what the caller wants; `used`: how the file as a whole reads.
Decoded Decode(std::string bytes, CsvEncoding asked, CsvEncoding used) {
  if (bytes.find('\0') != std::string::npos)
    return {{}, "a zero byte: save the file as UTF-8 (is it UTF-16?)"};
  if (IsAscii(bytes)) return {std::move(bytes), {}};
  const bool utf8 = IsUtf8(bytes);
  if (used == CsvEncoding::kUtf8) {
    if (!utf8) return {{}, "not UTF-8: save the file as UTF-8, or say that it is Windows-1252"};
    return {std::move(bytes), {}};
  }
  if (utf8 && asked == CsvEncoding::kDetect) {
    return {{}, "this field is UTF-8, but the file as a whole is not: say which encoding it has"};
  }
  return FromWindows1252(bytes);
}

std::string LinesOf(const RawRow& row) {
  if (row.last_line == row.line) return {};
  return "; lines " + std::to_string(row.line) + " to " + std::to_string(row.last_line) +
         " are kept as one row and not read";
}

class TableReader {
 public:
  // `visit` may be empty: then the table keeps the rows. Both must outlive it.
  TableReader(const CsvOptions& options, const CsvVisitor& visit)
      : options_(options), visit_(visit) {}

  Result<CsvTable> Read(std::string_view text) {
    ASSIGN_OR_RETURN(const std::size_t mark, ChooseEncoding(text));
    text.remove_prefix(mark);
    CsvRows rows(text, options_);
    auto first = rows.Next();
    if (!first)
      return Fail(FaultCode::kInvalid, "the file is empty: its first line must name the columns");
    RETURN_IF_FAULT(ReadHeader(*std::move(first)));
    for (std::size_t count = 0;; ++count) {
      auto raw = rows.Next();
      if (!raw) break;
      if (count == options_.rows_max) {
        return FailAt(raw->line,
                      "more than " + std::to_string(options_.rows_max) + " rows: split the file");
      }
      table_.unclosed = raw->unclosed;
      CsvRow row = ReadRow(*std::move(raw));
      row.offset += mark;
      if (visit_) {
        visit_(table_, std::move(row));
      } else {
        table_.rows.push_back(std::move(row));
      }
    }
    return std::move(table_);
  }

 private:
  static tl::unexpected<Fault> FailAt(std::size_t line, std::string_view what) {
    return Fail(FaultCode::kInvalid, "line " + std::to_string(line) + ": " + std::string(what));
  }

  // Returns how many bytes to skip at the front.
  Result<std::size_t> ChooseEncoding(std::string_view text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
      return FailAt(1, "the file is UTF-16: save it as \"CSV UTF-8\"");
    }
    const bool marked = text.starts_with(kUtf8Mark);
    if (marked && options_.encoding == CsvEncoding::kWindows1252) {
      return FailAt(1, "the file begins with the mark of UTF-8, but Windows-1252 was expected");
    }
    table_.encoding = options_.encoding;
    if (options_.encoding == CsvEncoding::kDetect) {
      table_.encoding = marked || IsUtf8(text) ? CsvEncoding::kUtf8 : CsvEncoding::kWindows1252;
    }
    return marked ? kUtf8Mark.size() : 0;
  }

  Result<void> ReadHeader(RawRow row) {
    if (row.problem) return FailAt(row.line, Placed(row, *row.problem));
    if (row.columns > options_.columns_max) {
      return FailAt(row.line, "more than " + std::to_string(options_.columns_max) + " columns");
    }
    std::map<std::string, std::size_t> names;
    for (std::string& field : row.fields) {
      const std::size_t column = table_.header.size() + 1;
      auto decoded = Decode(std::move(field), options_.encoding, table_.encoding);
      if (!decoded.problem.empty()) return FailAt(row.line, Placed(row, {column, decoded.problem}));
      const auto [same, is_new] = names.emplace(decoded.text, column);
      if (!decoded.text.empty() && !is_new) {
        return FailAt(row.line, "columns " + std::to_string(same->second) + " and " +
                                    std::to_string(column) + " have the same name");
      }
      table_.header.push_back(std::move(decoded.text));
    }
    return {};
  }

  CsvRow ReadRow(RawRow raw) const {
    CsvRow row;
    row.line = raw.line;
    row.offset = raw.offset;
    row.size = raw.size;
    auto problem = DecodeFields(raw);
    if (problem) {
      problem->text = "line " + std::to_string(raw.line) + ": " + Placed(raw, *problem);
      row.problem = std::move(problem);
    } else {
      row.fields = std::move(raw.fields);
    }
    return row;
  }

  // What keeps the row from being read; without it the fields are UTF-8 and as many as the header
  // has.
  std::optional<CsvProblem> DecodeFields(RawRow& row) const {
    if (row.problem) return row.problem;
    if (row.columns != table_.header.size()) {
      return CsvProblem{0, std::to_string(row.columns) + " fields where the header has " +
                               std::to_string(table_.header.size()) +
                               ": is a field or a delimiter missing, or one too many? Correct it"};
    }
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      auto decoded = Decode(std::move(row.fields[i]), options_.encoding, table_.encoding);
      if (!decoded.problem.empty()) return CsvProblem{i + 1, std::move(decoded.problem)};
      row.fields[i] = std::move(decoded.text);
    }
    return std::nullopt;
  }

  // "column 3 ("dob"): what; lines 7 to 9 …".
  std::string Placed(const RawRow& row, const CsvProblem& problem) const {
    std::string text;
    if (problem.column > 0) text = "column " + std::to_string(problem.column);
    if (problem.column > 0 && problem.column <= table_.header.size()) {
      const std::string& name = table_.header[problem.column - 1];
      // Somebody else's words: they must not end our line, or fill it.
      if (name.size() <= kColumnNameShown) {
        text += " (";
        AppendQuoted(text, name, DeleteCharacter::kEscaped);
        text += ")";
      }
    }
    if (!text.empty()) text += ": ";
    return text + problem.text + LinesOf(row);
  }

  const CsvOptions& options_;
  const CsvVisitor& visit_;
  CsvTable table_;
};

bool RunsAsFormula(std::string_view field) {
  constexpr auto kStarts = std::to_array<std::string_view>(
      {"=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"});
  return std::ranges::any_of(kStarts,
                             [&](std::string_view start) { return field.starts_with(start); });
}

}  // namespace

std::optional<std::size_t> CsvTable::Column(std::string_view name) const {
  CHECK(!name.empty());
  const auto found = std::ranges::find(header, name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

Result<CsvTable> ParseCsv(ByteView bytes, const CsvOptions& options) {
  return VisitCsv(bytes, options, {});
}

Result<CsvTable> VisitCsv(ByteView bytes, const CsvOptions& options, const CsvVisitor& visit) {
  CHECK(options.delimiter == ',' || options.delimiter == ';' || options.delimiter == '\t');
  CHECK(options.columns_max > 0 && options.field_bytes_max > 0);
  if (bytes.size() > options.bytes_max) {
    return Fail(FaultCode::kInvalid, "the file is larger than " +
                                         std::to_string(options.bytes_max) + " bytes: split it");
  }
  return TableReader(options, visit).Read(AsText(bytes));
}

std::string CsvTextForPeople(ByteView row, CsvEncoding encoding) {
  constexpr std::string_view kLost = "\uFFFD";
  if (encoding == CsvEncoding::kWindows1252) return FromWindows1252ForPeople(AsText(row));
  std::string text;
  std::string_view rest = AsText(row);
  while (!rest.empty()) {
    const std::size_t good = FindNotUtf8(rest).value_or(rest.size());
    text += rest.substr(0, good);
    if (good < rest.size()) text += kLost;
    rest.remove_prefix(std::min(good + 1, rest.size()));
  }
  return text;
}

std::string CsvLine(std::span<const std::string> fields) {
  std::string line;
  for (const std::string& field : fields) {
    line += line.empty() ? "\"" : ",\"";
    if (RunsAsFormula(field)) line += '\'';
    for (const char c : field) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace havenline::text
