// Bytes: what crosses wires and disks, and the few encodings in which people and texts see them.
// Pure. Decoders are strict: what is not exactly what the encoder writes is refused.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace havenline {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
template <std::size_t kSize>
using ByteArray = std::array<std::uint8_t, kSize>;

// The same memory seen as the other. The view lives no longer than what it views.
ByteView AsBytes(std::string_view text);
std::string_view AsText(ByteView bytes);

Bytes ToBytes(ByteView bytes);
Bytes ToBytes(std::string_view text);
std::string ToText(ByteView bytes);
void Append(Bytes& to, ByteView bytes);

// Not in constant time: for public values only (secrets are compared in schema/seal).
bool Equal(ByteView a, ByteView b);

// The bytes as an array of exactly kSize, or nothing when there are more or fewer.
template <std::size_t kSize>
std::optional<ByteArray<kSize>> ToArray(ByteView bytes) {
  if (bytes.size() != kSize) return std::nullopt;
  ByteArray<kSize> array{};
  for (std::size_t i = 0; i < kSize; ++i) array[i] = bytes[i];
  return array;
}

// Lower-case hexadecimal.
std::string HexEncode(ByteView bytes);
std::optional<Bytes> HexDecode(std::string_view text);

// RFC 4648 section 4, with padding; decoding refuses white space and non-zero trailing bits.
std::string Base64Encode(ByteView bytes);
std::optional<Bytes> Base64Decode(std::string_view text);

// Big-endian integers.
void AppendU32(Bytes& to, std::uint32_t value);
void AppendU64(Bytes& to, std::uint64_t value);
std::uint32_t ReadU32(ByteView four);   // CHECKs for 4 bytes.
std::uint64_t ReadU64(ByteView eight);  // CHECKs for 8 bytes.

// True if `text` is UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing cut
// short.
bool IsUtf8(std::string_view text);

}  // namespace havenline
