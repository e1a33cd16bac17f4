// Joined: the `‖` of docs/protocol.md. Fields follow each other, each as its length (u32,
// big-endian) and its bytes, so that no two different lists of fields give the same bytes.

#pragma once

#include <cstdint>
#include <string_view>

#include "schema/base/bytes.h"

namespace havenline::seal {

class Joined {
 public:
  explicit Joined(std::string_view first) { Add(first); }
  explicit Joined(ByteView first) { Add(first); }

  Joined& Add(ByteView field);
  Joined& Add(std::string_view field) { return Add(AsBytes(field)); }
  Joined& Add(std::uint64_t integer);  // A field of 8 bytes, big-endian.

  ByteView bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace havenline::seal
