// Windows-1252, which records systems still write, to UTF-8. Private to schema/text.

#pragma once

#include <string>
#include <string_view>

namespace havenline::text {

// The text, or why there is none.
struct Decoded {
  std::string text;
  std::string problem;
};

// Five bytes are no character of Windows-1252; the problem names the first.
Decoded FromWindows1252(std::string_view bytes);

// The same, with U+FFFD for what is no character.
std::string FromWindows1252ForPeople(std::string_view bytes);

}  // namespace havenline::text
