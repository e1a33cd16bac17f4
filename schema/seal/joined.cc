#include "schema/seal/joined.h"

#include <limits>

#include "schema/base/check.h"

namespace havenline::seal {

Joined& Joined::Add(ByteView field) {
  CHECK(field.size() <= std::numeric_limits<std::uint32_t>::max());
  AppendU32(bytes_, static_cast<std::uint32_t>(field.size()));
  Append(bytes_, field);
  return *this;
}

Joined& Joined::Add(std::uint64_t integer) {
  AppendU32(bytes_, 8);
  AppendU64(bytes_, integer);
  return *this;
}

}  // namespace havenline::seal
