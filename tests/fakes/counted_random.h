// A stream of bytes that is the same in every run: for golden messages, whose bytes a test fixes.
// Never for keys that anything else uses.

#pragma once

#include "schema/seal/hash.h"
#include "schema/seal/random.h"

namespace havenline {

// Block i is SHA-256(seed as 8 bytes ‖ i as 8 bytes).
class CountedRandom final : public seal::RandomSource {
 public:
  explicit CountedRandom(std::uint64_t seed) : seed_(seed) {}

  void Fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) {
      if (used_ == block_.size()) NextBlock();
      byte = block_[used_++];
    }
  }

 private:
  void NextBlock() {
    Bytes input;
    AppendU64(input, seed_);
    AppendU64(input, next_++);
    block_ = seal::Sha256(input);
    used_ = 0;
  }

  std::uint64_t seed_;
  std::uint64_t next_ = 0;
  Digest block_{};
  std::size_t used_ = block_.size();
};

}  // namespace havenline
