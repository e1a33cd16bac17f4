// A CSV file's bytes as rows of raw fields, in whatever encoding: delimiters, quotes and line ends
// are the same bytes in all that we read. Private to schema/text.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/text/csv.h"

namespace havenline::text {

struct RawRow {
  std::size_t line = 0;
  std::size_t last_line = 0;  // Beyond `line` where a quoted field holds line ends.
  std::size_t offset = 0;
  std::size_t size = 0;
  std::size_t columns = 0;
  std::vector<std::string> fields;    // The first columns_max, and field_bytes_max bytes of each.
  std::optional<CsvProblem> problem;  // The first, without its place.
  bool unclosed = false;              // A quote opens a field and never closes.
};

// Both arguments must outlive it.
class CsvRows {
 public:
  CsvRows(std::string_view text, const CsvOptions& options) : text_(text), options_(options) {}

  // The next row that is not an empty line, or nothing at the end.
  std::optional<RawRow> Next();

 private:
  void ReadField(RawRow& row);
  void ReadUnquoted(RawRow& row);
  void ReadQuoted(RawRow& row, std::optional<std::size_t> broken);
  void Keep(RawRow& row, std::string_view bytes);

  bool AtEnd() const { return at_ == text_.size(); }
  bool AtLineEnd() const { return LineEndLength() > 0; }
  bool AtFieldEnd() const { return AtEnd() || text_[at_] == options_.delimiter || AtLineEnd(); }
  std::size_t LineEndLength() const;
  bool TakeLineEnd();

  std::string_view text_;
  const CsvOptions& options_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::string field_;
  bool no_quote_closes_ = false;  // Looked for one as far as the end already: looking is done once.
};

}  // namespace havenline::text
