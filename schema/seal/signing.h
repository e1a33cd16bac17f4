// Ed25519 (RFC 8032) by libsodium, which verifies twice as fast as OpenSSL 3.0 and refuses keys of
// small order. One key per purpose; every signed text begins with its purpose's label.

#pragma once

#include <optional>
#include <string_view>

#include "schema/base/bytes.h"
#include "schema/model/ids.h"
#include "schema/seal/random.h"
#include "schema/seal/secret.h"

namespace havenline::seal {

// What a key signs. An agency has one key for each that it needs.
enum class Purpose : std::uint8_t { kEnvelope, kReceipt, kVoid, kRecall, kStatement, kRelease };

std::string_view NameOf(Purpose purpose);  // "envelope": the word in directories and key files.
std::optional<Purpose> PurposeNamed(std::string_view name);
std::string_view LabelOf(Purpose purpose);  // "havenline/1/envelope".

using VerifyKey = ByteArray<32>;

// True for the canonical encoding of a point of the main subgroup: what may enter a directory.
bool IsAcceptable(const VerifyKey& key);

// First 8 bytes of SHA-256("havenline/1/key" ‖ purpose ‖ public key). `purpose` is a name: a
// Purpose's, or "seal" for recipient keys.
KeyId KeyIdOf(std::string_view purpose, ByteView public_key);

// Pure; callable from any thread.
bool Verify(const VerifyKey& key, ByteView message, const Signature& signature);

// A private key. Thread-safe once made.
class SigningKey {
 public:
  static SigningKey Generate(RandomSource& random);
  static SigningKey FromSeed(const ByteArray<32>& seed);

  Signature Sign(ByteView message) const;
  const VerifyKey& public_key() const { return public_key_; }
  // For key files only.
  ByteArray<32> ExposeSeed() const;

 private:
  SigningKey(LockedSecret<64> secret, const VerifyKey& public_key);

  LockedSecret<64> secret_;
  VerifyKey public_key_;
};

// That whoever names this key as `agency`'s for `purpose` holds its private half.
Signature ProvePossession(const SigningKey& key, std::string_view agency, std::string_view purpose);
bool PossessionHolds(const VerifyKey& key, std::string_view agency, std::string_view purpose,
                     const Signature& proof);

}  // namespace havenline::seal
