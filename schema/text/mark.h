// Where something stands in a text that a person wrote. Pure; any thread.

#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace havenline::text {

// Both count from 1, columns in code points as editors do. 0 and 0: made by code, not written
// anywhere.
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend auto operator<=>(const Mark&, const Mark&) = default;
};

// Turns byte offsets into marks, in one pass over the text: offsets may not go back.
// The text must outlive it.
class MarkCounter {
 public:
  explicit MarkCounter(std::string_view text) : text_(text) {}
  Mark To(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  Mark mark_{1, 1};
};

Mark MarkAt(std::string_view text, std::size_t offset);

// "broker.toml:3:7: what"; without a mark "broker.toml: what".
std::string Located(std::string_view source, Mark mark, std::string_view what);

// The offset of the first byte that is not UTF-8, or nothing.
std::optional<std::size_t> FindNotUtf8(std::string_view text);

}  // namespace havenline::text
