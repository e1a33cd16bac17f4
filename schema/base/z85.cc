#include "schema/base/z85.h"

#include <algorithm>
#include <array>

namespace havenline {
namespace {

// Five characters are four bytes, base 85.
constexpr std::string_view kDigits =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

}  // namespace

std::string Z85Encode(const ByteArray<32>& key) {
  std::string text;
  for (std::size_t at = 0; at < key.size(); at += 4) {
    std::uint32_t value = ReadU32(ByteView(key).subspan(at, 4));
    std::array<char, 5> group{};
    for (std::size_t i = group.size(); i-- > 0; value /= 85) group[i] = kDigits[value % 85];
    text.append(group.data(), group.size());
  }
  return text;
}

std::optional<ByteArray<32>> Z85Decode(std::string_view text) {
  if (text.size() != 40) return std::nullopt;
  Bytes key;
  for (std::size_t at = 0; at < text.size(); at += 5) {
    std::uint64_t value = 0;
    for (const char c : text.substr(at, 5)) {
      const auto digit = kDigits.find(c);
      if (digit == std::string_view::npos) return std::nullopt;
      value = value * 85 + digit;
    }
    if (value > 0xFFFFFFFFU) return std::nullopt;
    AppendU32(key, static_cast<std::uint32_t>(value));
  }
  return ToArray<32>(key);
}

}  // namespace havenline
