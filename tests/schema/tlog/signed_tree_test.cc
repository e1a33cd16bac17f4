#include "schema/tlog/signed_tree.h"

#include <gtest/gtest.h>

namespace havenline::tlog {
namespace {

using seal::Purpose;

TEST(SignedTreeTest, EachOfManyVerifiesAloneAndOnlyAsItself) {
  const auto key = seal::SigningKey::FromSeed(ByteArray<32>{1});
  for (std::size_t count = 1; count <= 9; ++count) {
    std::vector<Bytes> texts;
    for (std::size_t i = 0; i < count; ++i) texts.push_back(Bytes{static_cast<std::uint8_t>(i)});
    const auto signatures = SignTogether(key, Purpose::kReceipt, texts);
    ASSERT_EQ(signatures.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_TRUE(VerifyOneOf(key.public_key(), Purpose::kReceipt, texts[i], signatures[i]));
      EXPECT_FALSE(VerifyOneOf(key.public_key(), Purpose::kEnvelope, texts[i], signatures[i]));
      EXPECT_FALSE(VerifyOneOf(key.public_key(), Purpose::kReceipt, Bytes{99}, signatures[i]));
      if (count > 1) {
        EXPECT_FALSE(VerifyOneOf(key.public_key(), Purpose::kReceipt, texts[i],
                                 signatures[(i + 1) % count]));
      }
    }
  }
}

TEST(SignedTreeTest, OneTextAloneIsSizeOneWithoutAPath) {
  const auto key = seal::SigningKey::FromSeed(ByteArray<32>{1});
  const std::vector<Bytes> texts = {Bytes{1, 2, 3}};
  const auto signatures = SignTogether(key, Purpose::kEnvelope, texts);
  EXPECT_EQ(signatures[0].size, 1U);
  EXPECT_TRUE(signatures[0].path.empty());
}

// The size is signed too: a leaf cannot claim to stand in a tree of another shape.
TEST(SignedTreeTest, AnotherSizeIndexOrPathLengthIsRefused) {
  const auto key = seal::SigningKey::FromSeed(ByteArray<32>{1});
  const std::vector<Bytes> texts = {Bytes{1}, Bytes{2}, Bytes{3}};
  const auto signature = SignTogether(key, Purpose::kReceipt, texts)[1];
  const auto holds = [&](const TreeSignature& changed) {
    return VerifyOneOf(key.public_key(), Purpose::kReceipt, texts[1], changed);
  };
  ASSERT_TRUE(holds(signature));
  TreeSignature changed = signature;
  changed.size = 4;
  EXPECT_FALSE(holds(changed));
  changed = signature;
  changed.index = 0;
  EXPECT_FALSE(holds(changed));
  changed = signature;
  changed.path.pop_back();
  EXPECT_FALSE(holds(changed));
  changed = signature;
  changed.size = 0;
  EXPECT_FALSE(holds(changed));
}

}  // namespace
}  // namespace havenline::tlog
