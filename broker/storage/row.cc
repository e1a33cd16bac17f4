#include "broker/storage/row.h"

#include "schema/base/check.h"

namespace havenline::storage {

RowWriter& RowWriter::U8(std::uint8_t value) {
  bytes_.push_back(value);
  return *this;
}

RowWriter& RowWriter::U32(std::uint32_t value) {
  AppendU32(bytes_, value);
  return *this;
}

RowWriter& RowWriter::U64(std::uint64_t value) {
  AppendU64(bytes_, value);
  return *this;
}

RowWriter& RowWriter::Fixed(ByteView bytes) {
  Append(bytes_, bytes);
  return *this;
}

RowWriter& RowWriter::Sized(ByteView bytes) {
  CHECK(bytes.size() <= 0xFFFFFFFFU);
  AppendU32(bytes_, static_cast<std::uint32_t>(bytes.size()));
  Append(bytes_, bytes);
  return *this;
}

RowWriter& RowWriter::At(const Position& position) {
  return U64(position.epoch).U64(position.index.value());
}

ByteView RowReader::Take(std::size_t count) {
  if (count > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const ByteView taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

std::uint8_t RowReader::U8() {
  const ByteView taken = Take(1);
  return taken.empty() ? std::uint8_t{0} : taken[0];
}

std::uint32_t RowReader::U32() {
  const ByteView taken = Take(4);
  return taken.empty() ? 0 : ReadU32(taken);
}

std::uint64_t RowReader::U64() {
  const ByteView taken = Take(8);
  return taken.empty() ? 0 : ReadU64(taken);
}

Position RowReader::At() {
  const std::uint64_t epoch = U64();
  return {epoch, LogIndex(U64())};
}

}  // namespace havenline::storage
