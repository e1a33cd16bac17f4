// X25519 (RFC 7748) key pairs of recipients: what grants are sealed to.

#pragma once

#include <optional>

#include "schema/base/bytes.h"
#include "schema/model/statement.h"
#include "schema/seal/random.h"
#include "schema/seal/secret.h"

namespace havenline::seal {

// A private key. Thread-safe once made.
class SealKey {
 public:
  static SealKey Generate(RandomSource& random);
  static SealKey FromPrivate(const ByteArray<32>& private_key);

  const SealPublicKey& public_key() const { return public_key_; }
  KeyId id() const;  // KeyIdOf("seal", public_key()).

  // X25519 with a peer's public key; nothing if the result is all zero (a point of low order).
  std::optional<Secret<32>> Agree(const ByteArray<32>& peer) const;
  // For key files and stores only.
  const ByteArray<32>& ExposePrivate() const { return secret_.ExposeSecret(); }

 private:
  SealKey(LockedSecret<32> secret, const SealPublicKey& public_key);

  LockedSecret<32> secret_;
  SealPublicKey public_key_;
};

// False for a point of low order (RFC 7748, 6.1): nothing can be sealed to it, so it must not
// become anybody's key. Pure; callable from any thread.
bool CanBeSealedTo(const SealPublicKey& key);

}  // namespace havenline::seal
