#include "schema/text/mark.h"

#include <algorithm>

#include "schema/base/bytes.h"
#include "schema/base/check.h"

namespace havenline::text {
namespace {

constexpr std::size_t kSequenceMax = 4;  // Bytes of one code point.

// The length of the code point at the front of `text`, or 0 if there is none.
std::size_t CodePointLength(std::string_view text) {
  for (std::size_t length = 1; length <= std::min(kSequenceMax, text.size()); ++length) {
    if (IsUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

Mark MarkCounter::To(std::size_t offset) {
  CHECK(offset >= at_ && offset <= text_.size());
  for (; at_ < offset; ++at_) {
    const auto byte = static_cast<std::uint8_t>(text_[at_]);
    if (byte == '\n') {
      ++mark_.line;
      mark_.column = 1;
    } else if ((byte & 0xC0U) != 0x80U) {
      ++mark_.column;
    }
  }
  return mark_;
}

Mark MarkAt(std::string_view text, std::size_t offset) { return MarkCounter(text).To(offset); }

std::string Located(std::string_view source, Mark mark, std::string_view what) {
  std::string line(source);
  if (mark != Mark{}) {
    line += ':' + std::to_string(mark.line) + ':' + std::to_string(mark.column);
  }
  return line.append(": ").append(what);
}

std::optional<std::size_t> FindNotUtf8(std::string_view text) {
  if (IsUtf8(text)) return std::nullopt;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = CodePointLength(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

}  // namespace havenline::text
