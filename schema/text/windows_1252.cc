#include "schema/text/windows_1252.h"

#include <array>
#include <cstdint>

#include "schema/base/bytes.h"

namespace havenline::text {
namespace {

// What Windows-1252 means by 80 to 9F; 0 for the five bytes that mean nothing.
constexpr std::array<char16_t, 32> kSpecial = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
constexpr char16_t kLost = 0xFFFD;

// Code points below U+10000.
void AppendUtf8(std::string& to, char16_t code_point) {
  constexpr unsigned kSixBits = 0x3F;
  const unsigned code = code_point;
  if (code < 0x80) {
    to += static_cast<char>(code);
  } else if (code < 0x800) {
    to += static_cast<char>(0xC0U | code >> 6U);
    to += static_cast<char>(0x80U | (code & kSixBits));
  } else {
    to += static_cast<char>(0xE0U | code >> 12U);
    to += static_cast<char>(0x80U | (code >> 6U & kSixBits));
    to += static_cast<char>(0x80U | (code & kSixBits));
  }
}

// 0 for a byte that means nothing, if it is not zero itself.
char16_t CodePointOf(std::uint8_t byte) {
  return byte >= 0x80 && byte < 0xA0 ? kSpecial.at(byte - 0x80U) : byte;
}

}  // namespace

Decoded FromWindows1252(std::string_view bytes) {
  Decoded decoded;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    const char16_t code_point = CodePointOf(byte);
    if (code_point == 0 && byte != 0) {
      return {{},
              "the byte " + HexEncode(ByteView(&byte, 1)) +
                  " is no character of Windows-1252: correct it"};
    }
    AppendUtf8(decoded.text, code_point);
  }
  return decoded;
}

std::string FromWindows1252ForPeople(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    const char16_t code_point = CodePointOf(byte);
    AppendUtf8(text, code_point == 0 && byte != 0 ? kLost : code_point);
  }
  return text;
}

}  // namespace havenline::text
