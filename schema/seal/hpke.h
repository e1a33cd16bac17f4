// HPKE (RFC 9180), base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
// OpenSSL has no HPKE before 3.2; this is the RFC's algorithm on its primitives, held to the RFC's
// vectors. Pure but for the randomness it is given; callable from any thread.

#pragma once

#include <optional>

#include "schema/base/bytes.h"
#include "schema/model/statement.h"
#include "schema/seal/random.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/secret.h"

namespace havenline::seal {

struct HpkeSealed {
  ByteArray<32> enc{};
  Bytes ciphertext;  // With its 16-byte tag.
};

// Seals to `recipient`, which must be no point of low order (a directory check): nothing otherwise.
std::optional<HpkeSealed> HpkeSeal(RandomSource& random, const SealPublicKey& recipient,
                                   ByteView info, ByteView plaintext);

// Nothing if anything is wrong; it does not say what.
std::optional<SecretBytes> HpkeOpen(const SealKey& recipient, ByteView info,
                                    const ByteArray<32>& enc, ByteView ciphertext);

// The key schedule's outputs, which the RFC's vectors fix. For tests and for the two functions
// above.
struct HpkeContext {
  Secret<32> key;
  ByteArray<12> base_nonce{};
  Secret<32> exporter;
};
HpkeContext HpkeKeySchedule(const Secret<32>& shared_secret, ByteView info);
Secret<32> HpkeSharedSecret(const Secret<32>& agreed, const ByteArray<32>& enc,
                            const SealPublicKey& recipient);

}  // namespace havenline::seal
