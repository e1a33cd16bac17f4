#include "schema/seal/secret.h"

#include <algorithm>
#include <array>
#include <new>
#include <type_traits>

#include <gtest/gtest.h>

#include "schema/seal/aead.h"
#include "schema/seal/joined.h"
#include "schema/seal/key_text.h"
#include "tests/fakes/counted_random.h"

namespace havenline::seal {
namespace {

static_assert(!std::is_copy_constructible_v<Secret<32>> &&
              !std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<LockedSecret<32>>);

TEST(SecretTest, AMovedFromSecretIsWiped) {
  Secret<4> from(ByteArray<4>{1, 2, 3, 4});
  const Secret<4> to = std::move(from);
  EXPECT_EQ(to.ExposeSecret(), (ByteArray<4>{1, 2, 3, 4}));
  EXPECT_EQ(from.ExposeSecret(),
            ByteArray<4>{});  // NOLINT(bugprone-use-after-move): that is the test.
}

TEST(SecretTest, ASecretIsWipedWhenItGoes) {
  alignas(Secret<32>) std::array<std::uint8_t, sizeof(Secret<32>)> memory{};
  auto* const secret = new (memory.data()) Secret<32>(ByteArray<32>{1, 2, 3, 4});
  ASSERT_EQ(memory[1], 2);
  secret->~Secret();
  EXPECT_EQ(std::ranges::count(memory, 0), std::ptrdiff_t{sizeof(Secret<32>)});
}

TEST(JoinedTest, FieldsCannotSlideIntoEachOther) {
  EXPECT_NE(ToBytes(Joined("ab").Add("c").bytes()), ToBytes(Joined("a").Add("bc").bytes()));
  EXPECT_EQ(HexEncode(Joined("ab").Add(std::uint64_t{5}).bytes()),
            "0000000261620000000800000000000000"
            "05");
}

TEST(StoredTest, ARowOpensOnlyInItsPlace) {
  CountedRandom random(3);
  const LockedSecret<32> key(random.Array<32>());
  const Bytes stored = SealStored(key, random.Array<12>(), AsBytes("inbox/1"), AsBytes("row"));
  const auto opened = OpenStored(key, AsBytes("inbox/1"), stored);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(AsText(opened->ExposeSecret()), "row");
  EXPECT_FALSE(OpenStored(key, AsBytes("inbox/2"), stored).has_value());
  EXPECT_FALSE(OpenStored(key, AsBytes("inbox/1"), ByteView(stored).first(20)).has_value());
  EXPECT_FALSE(OpenStored(key, AsBytes("inbox/1"), {}).has_value());
}

TEST(StoredTest, ARowWithOneBitFlippedDoesNotOpen) {
  CountedRandom random(3);
  const LockedSecret<32> key(random.Array<32>());
  const Bytes stored = SealStored(key, random.Array<12>(), AsBytes("inbox/1"), AsBytes("row"));
  for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
    Bytes flipped = stored;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);
    EXPECT_FALSE(OpenStored(key, AsBytes("inbox/1"), flipped).has_value()) << bit;
  }
}

TEST(KeyTextTest, AKeyInTheWrongFileIsRefused) {
  const ByteArray<32> key{7};
  const std::string text = KeyToText("receipt", key);
  const auto read = KeyFromText("receipt", text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->ExposeSecret(), key);
  EXPECT_FALSE(KeyFromText("envelope", text).has_value());
  EXPECT_FALSE(KeyFromText("receipt", text.substr(0, text.size() - 3)).has_value());
  EXPECT_FALSE(KeyFromText("receipt", "").has_value());
}

}  // namespace
}  // namespace havenline::seal
