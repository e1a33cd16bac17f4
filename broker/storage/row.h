// Rows: the fields of our records as bytes, each with its length where it has no fixed one. Private
// to broker/storage. What reads wrong is kCorrupt: we wrote it, so the disk or a bug changed it.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/model/position.h"

namespace havenline::storage {

class RowWriter {
 public:
  RowWriter& U8(std::uint8_t value);
  RowWriter& U32(std::uint32_t value);
  RowWriter& U64(std::uint64_t value);
  RowWriter& Fixed(ByteView bytes);  // Of a length the reader knows.
  RowWriter& Sized(ByteView bytes);  // With its length.
  RowWriter& Text(std::string_view text) { return Sized(AsBytes(text)); }
  RowWriter& At(const Position& position);
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// After something wrong every read gives zeros; ok() is asked once, at the end.
class RowReader {
 public:
  explicit RowReader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t U8();
  std::uint32_t U32();
  std::uint64_t U64();
  template <std::size_t kSize>
  ByteArray<kSize> Array() {
    return ToArray<kSize>(Take(kSize)).value_or(ByteArray<kSize>{});
  }
  Bytes Sized() { return ToBytes(Take(U32())); }
  std::string Text() { return ToText(Take(U32())); }
  Position At();
  // True if everything was there and nothing is left.
  bool ok() const { return ok_ && rest_.empty(); }

 private:
  ByteView Take(std::size_t count);

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace havenline::storage
