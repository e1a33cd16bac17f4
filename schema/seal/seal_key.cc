#include "schema/seal/seal_key.h"

#include <openssl/evp.h>

#include <memory>
#include <utility>

#include "schema/base/check.h"
#include "schema/seal/signing.h"

namespace havenline::seal {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;

Key PrivateKey(const ByteArray<32>& bytes) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytes.data(), bytes.size()));
  CHECK(key != nullptr);
  return key;
}

bool IsZero(ByteView bytes) {
  std::uint8_t any = 0;
  for (const std::uint8_t byte : bytes) any = static_cast<std::uint8_t>(any | byte);
  return any == 0;
}

}  // namespace

SealKey::SealKey(LockedSecret<32> secret, const SealPublicKey& public_key)
    : secret_(std::move(secret)), public_key_(public_key) {}

SealKey SealKey::Generate(RandomSource& random) {
  const Secret<32> secret(random.Array<32>());
  return FromPrivate(secret.ExposeSecret());
}

SealKey SealKey::FromPrivate(const ByteArray<32>& private_key) {
  const Key key = PrivateKey(private_key);
  SealPublicKey public_key{};
  std::size_t length = public_key.size();
  CHECK(EVP_PKEY_get_raw_public_key(key.get(), public_key.data(), &length) == 1);
  CHECK(length == public_key.size());
  return {LockedSecret<32>(private_key), public_key};
}

KeyId SealKey::id() const { return KeyIdOf("seal", public_key_); }

std::optional<Secret<32>> SealKey::Agree(const ByteArray<32>& peer) const {
  const Key own = PrivateKey(secret_.ExposeSecret());
  const Key other(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, peer.data(), peer.size()));
  CHECK(other != nullptr);
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new(own.get(), nullptr));
  CHECK(context != nullptr && EVP_PKEY_derive_init(context.get()) == 1);
  if (EVP_PKEY_derive_set_peer(context.get(), other.get()) != 1) return std::nullopt;
  Secret<32> shared;
  std::size_t length = 32;
  // OpenSSL refuses an all-zero result here; the check below is for the day it does not.
  if (EVP_PKEY_derive(context.get(), shared.MutableSecret().data(), &length) != 1)
    return std::nullopt;
  if (length != 32 || IsZero(shared.ExposeSecret())) return std::nullopt;
  return shared;
}

bool CanBeSealedTo(const SealPublicKey& key) {
  // Whatever the private key: a multiple of the group's cofactor takes every such point to zero.
  static const SealKey probe = SealKey::FromPrivate(ByteArray<32>{8});
  return probe.Agree(key).has_value();
}

}  // namespace havenline::seal
