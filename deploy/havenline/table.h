// Words on a terminal: tables, and texts from elsewhere made harmless. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/base/clock.h"
#include "schema/base/result.h"

namespace havenline::tool {

// Columns under their names, as wide as their widest field, two spaces between.
class Table {
 public:
  explicit Table(std::vector<std::string> names) : rows_{std::move(names)} {}
  // CHECKs that it has a field for each name. Fields are made Plain().
  void Add(std::vector<std::string> fields);
  bool empty() const { return rows_.size() == 1; }
  std::string Text() const;  // Each line after `  `.

 private:
  std::vector<std::vector<std::string>> rows_;
};

// One line of harmless text: control characters, line ends among them, and marks that turn the
// direction of writing become spaces. What others sent must not move a terminal's cursor or hide a
// part of itself.
std::string Plain(std::string_view text);

// The same for a text of several lines: they stay lines, each after `indent`, without a last line
// end.
std::string PlainLines(std::string_view text, std::string_view indent);

// Characters as a terminal counts them, roughly: code points.
std::size_t WidthOf(std::string_view text);

// "3 agencies", "1 agency".
std::string Count(std::size_t count, std::string_view one, std::string_view many);
std::string Join(const std::vector<std::string>& words, std::string_view between = ", ");

// What a wall clock in England shows: "2026-11-22 08:15"; UTC, and says so, where this machine has
// no zones.
std::string LocalText(TimePoint time);

}  // namespace havenline::tool
