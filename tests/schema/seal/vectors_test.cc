// RFC 9180's vectors for our suite, and Wycheproof's for every primitive that we use.

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "schema/seal/aead.h"
#include "schema/seal/hash.h"
#include "schema/seal/hpke.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/signing.h"
#include "tests/fakes/vectors.h"

namespace havenline::seal {
namespace {

// Gives out the bytes it was made with: so that the ephemeral key is the vector's.
class FixedRandom final : public RandomSource {
 public:
  explicit FixedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void Fill(std::span<std::uint8_t> bytes) override {
    ASSERT_LE(bytes.size(), bytes_.size());
    std::copy_n(bytes_.begin(), bytes.size(), bytes.begin());
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(bytes.size()));
  }

 private:
  Bytes bytes_;
};

Nonce NonceFor(const ByteArray<12>& base, std::uint64_t sequence) {
  Nonce nonce = base;
  for (std::size_t i = 0; i < 8; ++i) {
    nonce[11 - i] = static_cast<std::uint8_t>(nonce[11 - i] ^ (sequence >> (8 * i) & 0xFFU));
  }
  return nonce;
}

TEST(HpkeVectorsTest, BaseModeOfOurSuiteGivesTheRfcsBytes) {
  VECTORS_OR_SKIP(file, "hpke_vectors.json");
  int checked = 0;
  for (const auto& vector : file["vectors"]) {
    if (vector["mode"] != 0 || vector["kem_id"] != 0x20 || vector["kdf_id"] != 1 ||
        vector["aead_id"] != 2)
      continue;
    const SealKey recipient = SealKey::FromPrivate(ArrayFromHex<32>(vector["skRm"]));
    EXPECT_EQ(recipient.public_key(), ArrayFromHex<32>(vector["pkRm"]));
    const auto enc = ArrayFromHex<32>(vector["enc"]);
    const Bytes info = FromHex(vector["info"]);
    const auto agreed = recipient.Agree(enc);
    ASSERT_TRUE(agreed.has_value());
    const Secret<32> shared = HpkeSharedSecret(*agreed, enc, recipient.public_key());
    EXPECT_EQ(shared.ExposeSecret(), ArrayFromHex<32>(vector["shared_secret"]));
    const HpkeContext context = HpkeKeySchedule(shared, info);
    EXPECT_EQ(context.key.ExposeSecret(), ArrayFromHex<32>(vector["key"]));
    EXPECT_EQ(context.base_nonce, ArrayFromHex<12>(vector["base_nonce"]));
    EXPECT_EQ(context.exporter.ExposeSecret(), ArrayFromHex<32>(vector["exporter_secret"]));
    std::uint64_t sequence = 0;
    for (const auto& encryption : vector["encryptions"]) {
      const Bytes plaintext = FromHex(encryption["pt"]);
      EXPECT_EQ(GcmSeal(context.key, NonceFor(context.base_nonce, sequence),
                        FromHex(encryption["aad"]), plaintext),
                FromHex(encryption["ct"]));
      ++sequence;
      ++checked;
    }
    FixedRandom random(FromHex(vector["skEm"]));
    const auto sealed = HpkeSeal(random, recipient.public_key(), info, AsBytes("once"));
    ASSERT_TRUE(sealed.has_value());
    EXPECT_EQ(sealed->enc, enc);
    const auto opened = HpkeOpen(recipient, info, sealed->enc, sealed->ciphertext);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(AsText(opened->ExposeSecret()), "once");
  }
  EXPECT_GE(checked, 10);
}

TEST(WycheproofTest, X25519) {
  VECTORS_OR_SKIP(file, "wycheproof/x25519_test.json");
  int checked = 0;
  for (const auto& group : file["testGroups"]) {
    for (const auto& test : group["tests"]) {
      const SealKey key = SealKey::FromPrivate(ArrayFromHex<32>(test["private"]));
      const auto shared = key.Agree(ArrayFromHex<32>(test["public"]));
      const auto expected = ArrayFromHex<32>(test["shared"]);
      // Results of all zeros, "acceptable" to Wycheproof, we refuse: RFC 9180 requires it.
      if (expected == ByteArray<32>{}) {
        EXPECT_FALSE(shared.has_value()) << "tcId " << test["tcId"];
      } else {
        ASSERT_TRUE(shared.has_value()) << "tcId " << test["tcId"];
        EXPECT_EQ(shared->ExposeSecret(), expected) << "tcId " << test["tcId"];
      }
      ++checked;
    }
  }
  EXPECT_EQ(checked, file["numberOfTests"].get<int>());
}

TEST(WycheproofTest, Ed25519) {
  VECTORS_OR_SKIP(file, "wycheproof/ed25519_test.json");
  int checked = 0;
  for (const auto& group : file["testGroups"]) {
    const auto key = ArrayFromHex<32>(group["publicKey"]["pk"]);
    for (const auto& test : group["tests"]) {
      const auto signature = ToArray<64>(FromHex(test["sig"]));
      const bool holds = signature && Verify(key, FromHex(test["msg"]), *signature);
      EXPECT_EQ(holds, test["result"] == "valid") << "tcId " << test["tcId"];
      ++checked;
    }
  }
  EXPECT_EQ(checked, file["numberOfTests"].get<int>());
}

TEST(WycheproofTest, AesGcmWithOurKeyNonceAndTagSizes) {
  VECTORS_OR_SKIP(file, "wycheproof/aes_gcm_test.json");
  int checked = 0;
  for (const auto& group : file["testGroups"]) {
    if (group["keySize"] != 256 || group["ivSize"] != 96 || group["tagSize"] != 128) continue;
    for (const auto& test : group["tests"]) {
      const Secret<32> key(ArrayFromHex<32>(test["key"]));
      const auto nonce = ArrayFromHex<12>(test["iv"]);
      const Bytes aad = FromHex(test["aad"]);
      Bytes sealed = FromHex(test["ct"]);
      Append(sealed, FromHex(test["tag"]));
      const auto opened = GcmOpen(key, nonce, aad, sealed);
      EXPECT_EQ(opened.has_value(), test["result"] == "valid") << "tcId " << test["tcId"];
      if (opened) {
        EXPECT_EQ(ToBytes(opened->ExposeSecret()), FromHex(test["msg"])) << "tcId " << test["tcId"];
        EXPECT_EQ(GcmSeal(key, nonce, aad, FromHex(test["msg"])), sealed)
            << "tcId " << test["tcId"];
      }
      ++checked;
    }
  }
  EXPECT_GE(checked, 60);
}

TEST(WycheproofTest, HkdfSha256) {
  VECTORS_OR_SKIP(file, "wycheproof/hkdf_sha256_test.json");
  int checked = 0;
  for (const auto& group : file["testGroups"]) {
    for (const auto& test : group["tests"]) {
      const auto size = test["size"].get<std::size_t>();
      ++checked;
      if (test["result"] != "valid") {
        EXPECT_GT(size, 255U * 32U) << "tcId " << test["tcId"];  // We CHECK what RFC 5869 forbids.
        continue;
      }
      const Digest key = HkdfExtract(FromHex(test["salt"]), FromHex(test["ikm"]));
      EXPECT_EQ(HkdfExpand(key, FromHex(test["info"]), size), FromHex(test["okm"]))
          << "tcId " << test["tcId"];
    }
  }
  EXPECT_EQ(checked, file["numberOfTests"].get<int>());
}

// OpenSSL 3.0 verifies a forged signature under a key of small order; ours must never enter a
// directory.
TEST(SigningTest, TheEightSmallOrderPointsAndTheirOtherEncodingsAreNotAcceptable) {
  const char* const weak[] = {
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "0000000000000000000000000000000000000000000000000000000000000000",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      // Not canonical: y of p, p + 1, 2^255 - 1 and the sign bit on y = 1.
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0100000000000000000000000000000000000000000000000000000000000080",
  };
  for (const char* key : weak) {
    EXPECT_FALSE(IsAcceptable(ArrayFromHex<32>(key))) << key;
  }
  SystemRandom random;
  EXPECT_TRUE(IsAcceptable(SigningKey::Generate(random).public_key()));
}

TEST(SigningTest, OneKeysSignatureForAnotherPurposeOrAgencyDoesNotProvePossession) {
  SystemRandom random;
  const SigningKey key = SigningKey::Generate(random);
  const Signature proof = ProvePossession(key, "school.106890", "receipt");
  EXPECT_TRUE(PossessionHolds(key.public_key(), "school.106890", "receipt", proof));
  EXPECT_FALSE(PossessionHolds(key.public_key(), "school.106890", "envelope", proof));
  EXPECT_FALSE(PossessionHolds(key.public_key(), "school.106891", "receipt", proof));
}

}  // namespace
}  // namespace havenline::seal
