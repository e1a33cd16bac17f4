// The file in which quarantined rows come back: the original's header and rows, and a column that
// says why. It can be opened with a spreadsheet, mended and dropped again. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/text/csv.h"

namespace havenline::intake {

// The column that is added: "17: column 5 …", the number under which the row is known here.
inline constexpr std::string_view kQuarantineColumn = "havenline-quarantine";

struct QuarantinedLine {
  const text::CsvRow* row = nullptr;
  std::uint64_t number = 0;
  std::string reason;
};

// `file` is what `table` was read from. UTF-8 with its mark. A cell that a spreadsheet would run
// gets an apostrophe in front, which Unprotected() takes away again. Rows that could not be split
// into cells come last, as they are, so that they cannot spoil the others.
std::string QuarantineFile(ByteView file, const text::CsvTable& table, char delimiter,
                           const std::vector<QuarantinedLine>& lines);

// A cell of such a file as it was before.
std::string_view Unprotected(std::string_view cell);

// The number at the front of the added column's cell.
std::optional<std::uint64_t> QuarantineNumberIn(std::string_view cell);

}  // namespace havenline::intake
