#include "schema/seal/signing.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

#include "schema/base/check.h"
#include "schema/seal/hash.h"
#include "schema/seal/joined.h"
#include "schema/seal/labels.h"

namespace havenline::seal {
namespace {

struct PurposeWords {
  Purpose purpose;
  std::string_view name;
  std::string_view label;
};

constexpr std::array<PurposeWords, 6> kPurposes = {{
    {Purpose::kEnvelope, "envelope", labels::kEnvelope},
    {Purpose::kReceipt, "receipt", labels::kReceipt},
    {Purpose::kVoid, "void", labels::kVoid},
    {Purpose::kRecall, "recall", labels::kRecall},
    {Purpose::kStatement, "statement", labels::kStatement},
    {Purpose::kRelease, "release", labels::kRelease},
}};

const PurposeWords& WordsOf(Purpose purpose) {
  const auto at = std::ranges::find(kPurposes, purpose, &PurposeWords::purpose);
  CHECK(at != kPurposes.end());
  return *at;
}

Joined PossessionText(std::string_view agency, std::string_view purpose, const VerifyKey& key) {
  Joined text(labels::kPossession);
  text.Add(agency).Add(purpose).Add(ByteView(key));
  return text;
}

}  // namespace

std::string_view NameOf(Purpose purpose) { return WordsOf(purpose).name; }
std::string_view LabelOf(Purpose purpose) { return WordsOf(purpose).label; }

std::optional<Purpose> PurposeNamed(std::string_view name) {
  const auto at = std::ranges::find(kPurposes, name, &PurposeWords::name);
  if (at == kPurposes.end()) return std::nullopt;
  return at->purpose;
}

bool IsAcceptable(const VerifyKey& key) {
  return crypto_core_ed25519_is_valid_point(key.data()) == 1;
}

KeyId KeyIdOf(std::string_view purpose, ByteView public_key) {
  const Digest digest = Sha256(Joined(labels::kKey).Add(purpose).Add(public_key).bytes());
  ByteArray<8> id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return KeyId(id);
}

bool Verify(const VerifyKey& key, ByteView message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.data()) == 0;
}

SigningKey::SigningKey(LockedSecret<64> secret, const VerifyKey& public_key)
    : secret_(std::move(secret)), public_key_(public_key) {}

SigningKey SigningKey::Generate(RandomSource& random) {
  const Secret<32> seed(random.Array<32>());
  return FromSeed(seed.ExposeSecret());
}

SigningKey SigningKey::FromSeed(const ByteArray<32>& seed) {
  VerifyKey public_key{};
  Secret<64> expanded;
  CHECK(crypto_sign_seed_keypair(public_key.data(), expanded.MutableSecret().data(), seed.data()) ==
        0);
  return {LockedSecret<64>(expanded.ExposeSecret()), public_key};
}

Signature SigningKey::Sign(ByteView message) const {
  Signature signature{};
  CHECK(crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                             secret_.ExposeSecret().data()) == 0);
  return signature;
}

ByteArray<32> SigningKey::ExposeSeed() const {
  ByteArray<32> seed{};
  CHECK(crypto_sign_ed25519_sk_to_seed(seed.data(), secret_.ExposeSecret().data()) == 0);
  return seed;
}

Signature ProvePossession(const SigningKey& key, std::string_view agency,
                          std::string_view purpose) {
  return key.Sign(PossessionText(agency, purpose, key.public_key()).bytes());
}

bool PossessionHolds(const VerifyKey& key, std::string_view agency, std::string_view purpose,
                     const Signature& proof) {
  return Verify(key, PossessionText(agency, purpose, key).bytes(), proof);
}

}  // namespace havenline::seal
