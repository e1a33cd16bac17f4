// Cap'n Proto messages written word by word, so that they can claim anything about themselves.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <capnp/schema.h>

#include "schema/base/bytes.h"

namespace havenline::wire {

// The codes of list elements in a list pointer.
enum class ListOf : std::uint8_t { kVoid, kBit, kByte, kTwo, kFour, kEight, kPointer, kStruct };

struct StructSize {
  std::size_t data = 0;
  std::size_t pointers = 0;
  std::size_t words() const { return data + pointers; }
};

template <class Raw>
StructSize SizeOf() {
  const auto node = capnp::Schema::from<Raw>().getProto().getStruct();
  return {node.getDataWordCount(), node.getPointerCount()};
}

// One segment. Places are indices of words.
class Words {
 public:
  std::size_t size() const { return words_.size(); }
  std::uint64_t& operator[](std::size_t at) { return words_[at]; }

  std::size_t Add(std::size_t count) {
    words_.resize(words_.size() + count);
    return words_.size() - count;
  }

  // Makes the word at `at` a pointer to a struct or list that lies at `target`, before or behind
  // it.
  void PointToStruct(std::size_t at, std::size_t target, StructSize size) {
    words_[at] = Offset(at, target) << 2U | std::uint64_t{size.data} << 32U |
                 std::uint64_t{size.pointers} << 48U;
  }
  void PointToList(std::size_t at, std::size_t target, ListOf element, std::uint64_t count) {
    words_[at] =
        Offset(at, target) << 2U | 1U | static_cast<std::uint64_t>(element) << 32U | count << 35U;
  }
  // The tag of a list of structs: how many, and of what size each.
  void Tag(std::size_t at, std::uint64_t count, StructSize size) {
    words_[at] = (count << 2U & 0xFFFFFFFFU) | std::uint64_t{size.data} << 32U |
                 std::uint64_t{size.pointers} << 48U;
  }
  void PointFar(std::size_t at, std::uint64_t segment, std::uint64_t position, bool twice) {
    words_[at] = 2U | (twice ? 4U : 0U) | position << 3U | segment << 32U;
  }

  std::size_t AddStruct(std::size_t at, StructSize size) {
    const std::size_t target = Add(size.words());
    PointToStruct(at, target, size);
    return target;
  }
  // A list of structs; returns where the first begins.
  std::size_t AddStructs(std::size_t at, std::size_t count, StructSize size) {
    const std::size_t tag = Add(1 + count * size.words());
    PointToList(at, tag, ListOf::kStruct, count * size.words());
    Tag(tag, count, size);
    return tag + 1;
  }
  // `bytes` as they are: a text needs its NUL.
  void AddBytes(std::size_t at, std::string_view bytes) {
    const std::size_t target = Add((bytes.size() + 7) / 8);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      words_[target + i / 8] |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (i % 8 * 8);
    }
    PointToList(at, target, ListOf::kByte, bytes.size());
  }

  // With its segment table.
  Bytes Message() const { return MessageOf({*this}); }
  static Bytes MessageOf(const std::vector<Words>& segments) {
    Bytes bytes;
    const auto add32 = [&](std::uint64_t value) {
      for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    };
    add32(segments.size() - 1);
    for (const Words& segment : segments) add32(segment.size());
    if (segments.size() % 2 == 0) add32(0);
    for (const Words& segment : segments) {
      for (const std::uint64_t word : segment.words_) {
        add32(word & 0xFFFFFFFFU);
        add32(word >> 32U);
      }
    }
    return bytes;
  }

 private:
  static std::uint64_t Offset(std::size_t at, std::size_t target) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(target) -
                                      static_cast<std::int64_t>(at) - 1) &
           0x3FFFFFFFU;
  }

  std::vector<std::uint64_t> words_;
};

}  // namespace havenline::wire
