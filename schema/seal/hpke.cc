#include "schema/seal/hpke.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "schema/seal/aead.h"
#include "schema/seal/hash.h"

namespace havenline::seal {
namespace {

// suite_id of RFC 9180, 4.1 and 5.1: "KEM" || 0x0020, and "HPKE" || 0x0020 || 0x0001 || 0x0002.
constexpr std::array<std::uint8_t, 5> kKemSuite = {'K', 'E', 'M', 0x00, 0x20};
constexpr std::array<std::uint8_t, 10> kHpkeSuite = {'H',  'P',  'K',  'E',  0x00,
                                                     0x20, 0x00, 0x01, 0x00, 0x02};
constexpr std::string_view kVersion = "HPKE-v1";

Bytes Labeled(ByteView suite, std::string_view label) {
  Bytes bytes = ToBytes(kVersion);
  Append(bytes, suite);
  Append(bytes, AsBytes(label));
  return bytes;
}

Digest LabeledExtract(ByteView suite, ByteView salt, std::string_view label, ByteView input_key) {
  Bytes labeled = Labeled(suite, label);
  Append(labeled, input_key);
  const SecretBytes wiped(std::move(labeled));
  return HkdfExtract(salt, wiped.ExposeSecret());
}

template <std::size_t kSize>
Secret<kSize> LabeledExpand(ByteView suite, const Secret<32>& key, std::string_view label,
                            ByteView info) {
  Bytes labeled = {0, static_cast<std::uint8_t>(kSize)};  // I2OSP(L, 2)
  Append(labeled, Labeled(suite, label));
  Append(labeled, info);
  const SecretBytes expanded(HkdfExpand(key.ExposeSecret(), labeled, kSize));
  Secret<kSize> secret;
  std::ranges::copy(expanded.ExposeSecret(), secret.MutableSecret().begin());
  return secret;
}

}  // namespace

Secret<32> HpkeSharedSecret(const Secret<32>& agreed, const ByteArray<32>& enc,
                            const SealPublicKey& recipient) {
  const Secret<32> key(LabeledExtract(kKemSuite, {}, "eae_prk", agreed.ExposeSecret()));
  Bytes context = ToBytes(ByteView(enc));
  Append(context, recipient);
  return LabeledExpand<32>(kKemSuite, key, "shared_secret", context);
}

HpkeContext HpkeKeySchedule(const Secret<32>& shared_secret, ByteView info) {
  Bytes context = {0x00};  // mode_base
  Append(context, LabeledExtract(kHpkeSuite, {}, "psk_id_hash", {}));
  Append(context, LabeledExtract(kHpkeSuite, {}, "info_hash", info));
  const Secret<32> secret(LabeledExtract(kHpkeSuite, shared_secret.ExposeSecret(), "secret", {}));
  HpkeContext keys;
  keys.key = LabeledExpand<32>(kHpkeSuite, secret, "key", context);
  keys.base_nonce = LabeledExpand<12>(kHpkeSuite, secret, "base_nonce", context).ExposeSecret();
  keys.exporter = LabeledExpand<32>(kHpkeSuite, secret, "exp", context);
  return keys;
}

std::optional<HpkeSealed> HpkeSeal(RandomSource& random, const SealPublicKey& recipient,
                                   ByteView info, ByteView plaintext) {
  const SealKey ephemeral = SealKey::Generate(random);
  const auto agreed = ephemeral.Agree(recipient);
  if (!agreed) return std::nullopt;
  const HpkeContext context =
      HpkeKeySchedule(HpkeSharedSecret(*agreed, ephemeral.public_key(), recipient), info);
  // One message a context: sequence number 0, so the nonce is the base nonce.
  return HpkeSealed{ephemeral.public_key(),
                    GcmSeal(context.key, context.base_nonce, {}, plaintext)};
}

std::optional<SecretBytes> HpkeOpen(const SealKey& recipient, ByteView info,
                                    const ByteArray<32>& enc, ByteView ciphertext) {
  const auto agreed = recipient.Agree(enc);
  if (!agreed) return std::nullopt;
  const HpkeContext context =
      HpkeKeySchedule(HpkeSharedSecret(*agreed, enc, recipient.public_key()), info);
  return GcmOpen(context.key, context.base_nonce, {}, ciphertext);
}

}  // namespace havenline::seal
