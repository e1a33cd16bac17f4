#include "deploy/runtime/crc32c.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

// RFC 3720, appendix B.4, and the check value that every catalogue of CRCs gives.
TEST(Crc32cTest, AgreesWithThePublishedValues) {
  EXPECT_EQ(Crc32c(AsBytes("123456789")), 0xE3069283U);
  EXPECT_EQ(Crc32c(Bytes(32, 0x00)), 0x8A9136AAU);
  EXPECT_EQ(Crc32c(Bytes(32, 0xFF)), 0x62A8AB43U);
  EXPECT_EQ(Crc32c({}), 0U);
}

TEST(Crc32cTest, SeesEveryFlippedBit) {
  const Bytes original(64, 0x5A);
  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    Bytes flipped = original;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << bit % 8));
    EXPECT_NE(Crc32c(flipped), Crc32c(original)) << "bit " << bit;
  }
}

}  // namespace
}  // namespace havenline
