// What our writers of text share. Private to schema/text.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace havenline::text {

// `text` in double quotes, with the escapes of RFC 8785 section 3.2.2.2. JSON lets U+007F stand as
// it is, TOML does not.
enum class DeleteCharacter : std::uint8_t { kAsItIs, kEscaped };
void AppendQuoted(std::string& to, std::string_view text, DeleteCharacter delete_character);

// `key` as TOML wants it: bare where that is possible, else in quotes.
std::string KeyText(std::string_view key);

// The shortest decimal that reads back as the same double and does not look like a whole number.
std::string RealText(double number);

}  // namespace havenline::text
