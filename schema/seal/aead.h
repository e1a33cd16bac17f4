// AES-256-GCM (NIST SP 800-38D), 12-byte nonce, 16-byte tag after the ciphertext. Private to
// schema/seal: everyone else seals sections, grants or stored rows, where the nonce is not theirs
// to choose.

#pragma once

#include <optional>

#include "schema/base/bytes.h"
#include "schema/seal/secret.h"

namespace havenline::seal {

inline constexpr std::size_t kTagBytes = 16;
using Nonce = ByteArray<12>;

// A key and a nonce may meet once only.
Bytes GcmSeal(const Secret<32>& key, const Nonce& nonce, ByteView aad, ByteView plaintext);

// Nothing if the tag does not hold; nothing decrypted leaves before that is known.
std::optional<SecretBytes> GcmOpen(const Secret<32>& key, const Nonce& nonce, ByteView aad,
                                   ByteView sealed);

// A row of an agent's own store, under its store key: nonce (random) ‖ ciphertext ‖ tag. `context`
// binds the row to its place, so that rows cannot be swapped.
Bytes SealStored(const LockedSecret<32>& key, const Nonce& random_nonce, ByteView context,
                 ByteView plaintext);
std::optional<SecretBytes> OpenStored(const LockedSecret<32>& key, ByteView context,
                                      ByteView stored);

}  // namespace havenline::seal
