#include "schema/text/writing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "schema/base/bytes.h"
#include "schema/base/check.h"

namespace havenline::text {
namespace {

void AppendEscaped(std::string& to, char c, DeleteCharacter delete_character) {
  constexpr std::string_view kPlain = "\b\t\n\f\r\"\\";
  constexpr std::string_view kLetters = "btnfr\"\\";
  constexpr char kDelete = 0x7F;
  const auto byte = static_cast<std::uint8_t>(c);
  if (const auto at = kPlain.find(c); at != std::string_view::npos) {
    to += '\\';
    to += kLetters[at];
  } else if (byte < 0x20 || (c == kDelete && delete_character == DeleteCharacter::kEscaped)) {
    to += "\\u00" + HexEncode(ByteView(&byte, 1));
  } else {
    to += c;
  }
}

bool IsBareKey(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c == '-';
  });
}

}  // namespace

void AppendQuoted(std::string& to, std::string_view text, DeleteCharacter delete_character) {
  to += '"';
  for (const char c : text) AppendEscaped(to, c, delete_character);
  to += '"';
}

std::string KeyText(std::string_view key) {
  std::string text;
  if (IsBareKey(key)) {
    text = key;
  } else {
    AppendQuoted(text, key, DeleteCharacter::kEscaped);
  }
  return text;
}

std::string RealText(double number) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  CHECK(error == std::errc());
  std::string text(buffer.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace havenline::text
