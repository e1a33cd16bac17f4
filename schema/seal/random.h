// Where randomness comes from: the system's in every program, a counted stream in tests of formats.

#pragma once

#include <cstdint>
#include <span>

#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/model/ids.h"

namespace havenline::seal {

// Thread-safe. Fill() never returns fewer or weaker bytes: a source that fails aborts the process.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;

  template <std::size_t kSize>
  ByteArray<kSize> Array() {
    ByteArray<kSize> array{};
    Fill(array);
    return array;
  }
};

// OpenSSL's private generator.
class SystemRandom final : public RandomSource {
 public:
  void Fill(std::span<std::uint8_t> bytes) override;
};

// A new id for a message made at `time`.
MessageId NewMessageId(RandomSource& random, TimePoint time);

}  // namespace havenline::seal
