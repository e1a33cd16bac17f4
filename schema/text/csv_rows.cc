#include "schema/text/csv_rows.h"

#include <algorithm>
#include <utility>

namespace havenline::text {
namespace {

void Note(RawRow& row, std::string_view what) {
  if (!row.problem) row.problem = CsvProblem{row.columns + 1, std::string(what)};
}

}  // namespace

std::optional<RawRow> CsvRows::Next() {
  while (TakeLineEnd()) {
  }
  if (AtEnd()) return std::nullopt;
  RawRow row;
  row.line = line_;
  row.offset = at_;
  ReadField(row);
  while (!AtEnd() && text_[at_] == options_.delimiter) {
    ++at_;
    ReadField(row);
  }
  row.size = at_ - row.offset;
  line_ += static_cast<std::size_t>(std::ranges::count(text_.substr(row.offset, row.size), '\n'));
  row.last_line = line_;
  TakeLineEnd();
  return row;
}

void CsvRows::ReadField(RawRow& row) {
  constexpr char kQuote = '"';
  field_.clear();
  const std::size_t start = std::min(text_.find_first_not_of(' ', at_), text_.size());
  if (start == text_.size() || text_[start] != kQuote) {
    ReadUnquoted(row);
  } else if (start == at_) {
    ReadQuoted(row, std::nullopt);
  } else {
    // Some write ", " between fields. By the RFC the quote is then part of the field; if they meant
    // it as an opening one, the field may go on over lines, and these must not become rows.
    Note(row, "spaces before the opening quote: take them away");
    at_ = start;
    ReadQuoted(row, start);
  }
  ++row.columns;
  if (row.fields.size() < options_.columns_max) row.fields.push_back(std::move(field_));
}

void CsvRows::ReadUnquoted(RawRow& row) {
  const std::size_t start = at_;
  for (; !AtFieldEnd(); ++at_) {
    if (text_[at_] == '"')
      Note(row,
           "a quote inside a field that does not begin with one: put the field into quotes, and "
           "double "
           "those inside it");
    if (text_[at_] == '\r')
      Note(row, "a carriage return that is not part of a line end: put the field into quotes");
  }
  Keep(row, text_.substr(start, at_ - start));
}

// `broken`: where the field stopped being as the RFC wants, if it did. From there two readings are
// possible. It ends at the line's end: then the next line is a row. Or its quotes were not doubled:
// then it goes on to a quote that does end a field. The second holds if there is such a quote,
// since the first would present a line of somebody's note as a row.
void CsvRows::ReadQuoted(RawRow& row, std::optional<std::size_t> broken) {
  for (++at_;;) {
    const std::size_t quote = std::min(text_.find('"', at_), text_.size());
    Keep(row, text_.substr(at_, quote - at_));
    at_ = quote;
    if (AtEnd()) break;
    ++at_;
    if (!AtEnd() && text_[at_] == '"') {
      Keep(row, "\"");
      ++at_;
      continue;
    }
    if (AtFieldEnd()) return;
    Note(row, "text after the closing quote (a quote inside a field must be doubled)");
    if (no_quote_closes_) return ReadUnquoted(row);
    if (!broken) broken = at_;
  }
  if (!broken) {
    row.unclosed = true;
    return Note(row, "a quote opens this field and never closes: close it, or take it away");
  }
  no_quote_closes_ = true;
  at_ = *broken;
  ReadUnquoted(row);
}

void CsvRows::Keep(RawRow& row, std::string_view bytes) {
  const std::size_t room = options_.field_bytes_max - field_.size();
  if (bytes.size() > room) {
    Note(row, "longer than " + std::to_string(options_.field_bytes_max) + " bytes: shorten it");
  }
  field_ += bytes.substr(0, room);
}

// 0 unless here is CRLF, LF, or a CR that the end of the file cut off from its LF.
std::size_t CsvRows::LineEndLength() const {
  const std::string_view rest = text_.substr(at_);
  if (rest.starts_with('\n') || rest == "\r") return 1;
  return rest.starts_with("\r\n") ? 2 : 0;
}

bool CsvRows::TakeLineEnd() {
  const std::size_t length = LineEndLength();
  at_ += length;
  if (length > 0) ++line_;
  return length > 0;
}

}  // namespace havenline::text
