// Keys that look like keys and protect nothing, and what OpenSSL 3.0 makes of them. The public
// vectors have these cases, too; here they hold where the vectors are not at hand.

#include <openssl/evp.h>

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "schema/seal/hpke.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/signing.h"
#include "tests/fakes/counted_random.h"
#include "tests/fakes/vectors.h"

namespace havenline::seal {
namespace {

// The neutral element of edwards25519, as a key and as the first half of a signature whose second
// is zero: S·B = R + h·A holds for every message.
constexpr ByteArray<32> kNeutral{1};
constexpr Signature kForged{1};

// All points of low order of curve25519 and its twist, with every encoding that RFC 7748 reads so.
std::vector<SealPublicKey> LowOrderPoints() {
  std::vector<SealPublicKey> points;
  for (const char* point : {
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0100000000000000000000000000000000000000000000000000000000000000",
           "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
           "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
       }) {
    points.push_back(ArrayFromHex<32>(point));
    points.push_back(points.back());
    points.back()[31] |= 0x80U;  // Which is not part of the number.
  }
  return points;
}

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

TEST(WeakKeysTest, AForgeryUnderTheNeutralKeyIsRefused) {
  EXPECT_FALSE(Verify(kNeutral, AsBytes("anything"), kForged));
  EXPECT_FALSE(Verify(kNeutral, {}, kForged));
}

// Why Verify() is libsodium's. Should this fail after an upgrade, OpenSSL got better.
TEST(WeakKeysTest, OpenSslTakesThatForgery) {
  const std::unique_ptr<EVP_PKEY, Free> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, kNeutral.data(), kNeutral.size()));
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  ASSERT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()), 1);
  const ByteView message = AsBytes("anything");
  EXPECT_EQ(EVP_DigestVerify(context.get(), kForged.data(), kForged.size(), message.data(),
                             message.size()),
            1);
}

TEST(WeakKeysTest, NothingIsAgreedWithAPointOfLowOrderNorSealedToItNorOpenedFromIt) {
  CountedRandom random(8);
  const SealKey own = SealKey::Generate(random);
  auto sealed = HpkeSeal(random, own.public_key(), AsBytes("info"), AsBytes("content"));
  ASSERT_TRUE(sealed.has_value());
  for (const SealPublicKey& point : LowOrderPoints()) {
    EXPECT_FALSE(own.Agree(point).has_value()) << HexEncode(point);
    EXPECT_FALSE(HpkeSeal(random, point, AsBytes("info"), AsBytes("content")).has_value());
    EXPECT_FALSE(HpkeOpen(own, AsBytes("info"), point, sealed->ciphertext).has_value());
    EXPECT_FALSE(CanBeSealedTo(point)) << HexEncode(point);
  }
}

TEST(WeakKeysTest, AnyOtherKeyCanBeSealedTo) {
  CountedRandom random(8);
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(CanBeSealedTo(SealKey::Generate(random).public_key())) << i;
}

}  // namespace
}  // namespace havenline::seal
