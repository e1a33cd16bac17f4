#include "agents/intake/quarantine_file.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "agents/intake/texts.h"

namespace havenline::intake {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr auto kFormulaStarts = std::to_array<std::string_view>(
    {"=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"});

bool StartsFormula(std::string_view text) {
  return std::ranges::any_of(kFormulaStarts,
                             [&](std::string_view start) { return text.starts_with(start); });
}

// True for what a spreadsheet would run, and for what looks as if it had been protected already:
// else taking the apostrophe away again would not give back what was there.
bool NeedsApostrophe(std::string_view cell) {
  return StartsFormula(cell.substr(std::min(cell.find_first_not_of('\''), cell.size())));
}

void AppendCell(std::string& to, std::string_view cell) {
  to += NeedsApostrophe(cell) ? "\"'" : "\"";
  for (const char c : cell) to.append(c == '"' ? 2 : 1, c);
  to += '"';
}

}  // namespace

std::string QuarantineFile(ByteView file, const text::CsvTable& table, char delimiter,
                           const std::vector<QuarantinedLine>& lines) {
  const auto trimmed = [](const std::string& name) { return Trimmed(name); };
  const auto earlier = static_cast<std::size_t>(
      std::ranges::find(table.header, kQuarantineColumn, trimmed) - table.header.begin());
  std::string text(kUtf8Mark);
  const auto append_row = [&](const std::vector<std::string>& cells, std::string_view last) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i == earlier) continue;  // Of the file's last time here.
      // What was protected then is not protected twice.
      AppendCell(text, earlier < table.header.size() ? Unprotected(cells[i]) : cells[i]);
      text += delimiter;
    }
    AppendCell(text, last);
    text += "\r\n";
  };
  append_row(table.header, kQuarantineColumn);
  for (const QuarantinedLine& line : lines) {
    if (line.row->problem) continue;
    append_row(line.row->fields, std::to_string(line.number) + ": " + line.reason);
  }
  for (const QuarantinedLine& line : lines) {
    if (!line.row->problem) continue;
    text += text::CsvTextForPeople(file.subspan(line.row->offset, line.row->size), table.encoding);
    text += "\r\n";
  }
  return text;
}

std::string_view Unprotected(std::string_view cell) {
  if (cell.starts_with('\'') && NeedsApostrophe(cell)) cell.remove_prefix(1);
  return cell;
}

std::optional<std::uint64_t> QuarantineNumberIn(std::string_view cell) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (error != std::errc() || end == cell.data() + cell.size() || *end != ':') return std::nullopt;
  return number;
}

}  // namespace havenline::intake
