// JSON, strictly: RFC 8259 without its liberties. Pure; any thread.
//
// Other readers take the last of two equal keys, half a surrogate pair or a number that they cannot
// hold, each in its own way; then what was checked is not what is used. All of that is refused.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline::text {

inline constexpr std::size_t kJsonBytesMax = 16U << 20U;

// kInvalid "source:line:column: what" for anything but one JSON value: duplicate keys, unpaired
// surrogates, bytes that are not UTF-8, zero bytes, text after the value, nesting beyond
// kNestingMax, more than `bytes_max` bytes or kValuesMax values, a whole number beyond 64 bits, a
// real beyond a double. The fault quotes keys, never values.
//
// A byte order mark is skipped. "\u0000" in a string is allowed. -0 is 0, -0.0 a real.
Result<Value> ParseJson(std::string_view text, std::string_view source_name,
                        std::size_t bytes_max = kJsonBytesMax);

struct JsonOptions {
  std::size_t bytes_max = kJsonBytesMax;
  std::uint32_t first_line = 1;  // Of the text in what it is a part of.
  // Not empty: a key that is there twice is no fault, and its second value is kept under the key
  // with this at its end, for a caller that refuses such a key where it stands.
  std::string_view twice_suffix;
};
Result<Value> ParseJson(std::string_view text, std::string_view source_name,
                        const JsonOptions& options);

// A text that is one list, taken apart so that one item that cannot be read spoils no other; any
// other text is the one item of itself. Only quotes and brackets are looked at: what an item is,
// ParseJson says.
struct JsonItems {
  struct Item {
    std::string_view text;  // Of the whole; without blanks around it.
    std::uint32_t line = 1;
  };
  std::vector<Item> items;  // Those whose end is there.
  bool list = false;
  std::string problem;  // With its line: the text ends within an item, or goes on after the list.
};
JsonItems SplitJson(std::string_view text);

enum class JsonLayout : std::uint8_t { kOneLine, kIndented };

// Indented: by 2 spaces, with a last line end. UTF-8 stays as it is, control characters are
// escaped. CHECKs nesting.
std::string ToJson(const Value& value, JsonLayout layout = JsonLayout::kOneLine);

// The one text for this content, to be hashed or signed: no white space, keys in the order of their
// bytes, the escapes of RFC 8785. It differs from RFC 8785 in two points: reals are not allowed
// (CHECK), and keys sort by their UTF-8, not UTF-16.
std::string CanonicalJson(const Value& value);

// As ParseJson(), and kInvalid for a text that CanonicalJson() would not have written: what was
// hashed can be read in one way only.
Result<Value> ParseCanonicalJson(std::string_view text, std::string_view source_name,
                                 std::size_t bytes_max = kJsonBytesMax);

}  // namespace havenline::text
