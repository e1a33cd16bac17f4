// The bounds that toml++ does not set. Private to schema/text.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace havenline::text {

struct TomlOverrun {
  std::size_t offset;
  std::string what;
};

// What would make toml++ spend too much on `text`, found without it:
//   - depth: a dotted key of a million parts becomes a million tables inside each other, whose
//     destruction overflows the stack;
//   - values: each costs a node of 100 bytes or so, also where it is a single digit;
//   - headers and dots: it looks for each among all of its kind, one after the other.
// Knows strings, comments and brackets only. Where a text is malformed it may misjudge what
// follows, which toml++ does not reach.
std::optional<TomlOverrun> FindTomlOverrun(std::string_view text);

}  // namespace havenline::text
