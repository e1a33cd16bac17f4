#include "deploy/havenline/table.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "deploy/runtime/zones.h"
#include "schema/base/bytes.h"
#include "schema/base/check.h"

namespace havenline::tool {
namespace {

// UTF-8 of what turns or hides text around it: U+200B-200F, U+2028-202E, U+2060-206F, U+FEFF.
bool IsInvisible(std::string_view at) {
  if (at.starts_with("\xEF\xBB\xBF")) return true;
  if (at.size() < 3 || at[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(at[1]);
  const auto third = static_cast<unsigned char>(at[2]);
  if (second == 0x80) return (third >= 0x8B && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE);
  return second == 0x81 && third >= 0xA0 && third <= 0xAF;
}

// U+0080-U+009F, which some terminals take for commands.
bool IsHighControl(std::string_view at) {
  return at.size() >= 2 && at[0] == '\xC2' && static_cast<unsigned char>(at[1]) <= 0x9F;
}

}  // namespace

std::string Plain(std::string_view text) {
  if (!IsUtf8(text)) return std::string(text.size(), '?');
  std::string plain;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    std::size_t skip = first < 0x20 || first == 0x7F ? 1 : 0;
    if (IsHighControl(text)) skip = 2;
    if (IsInvisible(text)) skip = 3;
    plain += skip > 0 ? ' ' : text.front();
    text.remove_prefix(std::max<std::size_t>(1, skip));
  }
  return plain;
}

std::string PlainLines(std::string_view text, std::string_view indent) {
  std::string lines;
  while (true) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines += std::string(indent) + Plain(line);
    if (end == std::string_view::npos) return lines;
    lines += '\n';
    text.remove_prefix(end + 1);
  }
}

std::size_t WidthOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void Table::Add(std::vector<std::string> fields) {
  CHECK(fields.size() == rows_.front().size());
  for (std::string& field : fields) field = Plain(field);
  rows_.push_back(std::move(fields));
}

std::string Table::Text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line = "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] - WidthOf(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string Count(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string Join(const std::vector<std::string>& words, std::string_view between) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += between;
    joined += word;
  }
  return joined;
}

std::string LocalText(TimePoint time) {
  const auto zone = Zone::Named("Europe/London");
  if (zone) return FormatLocal(*zone, time);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto minute = std::chrono::duration_cast<std::chrono::minutes>(time - day).count();
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d UTC",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(minute / 60),
                static_cast<int>(minute % 60));
  return text.data();
}

}  // namespace havenline::tool
