// Signed notes (C2SP signed-note v1.0.0) with Ed25519 (signature type 0x01): the form of
// checkpoints, directories, policies, suspensions and openings. Pure; callable from any thread.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/seal/signing.h"

namespace havenline::tlog {

// A public key as texts name it: `name+hex8(key id)+base64(0x01 || key)`.
struct NoteKey {
  std::string name;
  seal::VerifyKey key{};

  friend bool operator==(const NoteKey&, const NoteKey&) = default;
};

// First 4 bytes of SHA-256(name || 0x0A || 0x01 || key).
std::uint32_t NoteKeyId(const NoteKey& key);
std::string NoteKeyToText(const NoteKey& key);
// Refuses what is not exactly what NoteKeyToText() writes, other signature types, and unacceptable
// keys.
Result<NoteKey> NoteKeyFromText(std::string_view text);

// A private key with the name it signs under.
class NoteSigner {
 public:
  NoteSigner(std::string name, seal::SigningKey key);
  const NoteKey& key() const { return key_; }
  // The signature line for `text`, which must end in a line feed.
  std::string SignatureLine(std::string_view text) const;
  ByteArray<32> ExposeSeed() const { return signer_.ExposeSeed(); }

 private:
  NoteKey key_;
  seal::SigningKey signer_;
};

// text, an empty line, signature lines. `text` ends in a line feed.
std::string MakeNote(std::string_view text, std::span<const std::string> signature_lines);

// A note of which at least one signature by a known key was verified.
struct OpenedNote {
  std::string text;
  std::vector<NoteKey> signers;  // The known keys that signed, without repeats.
};

// Signatures by unknown keys are ignored; one by a known key that does not hold refuses the whole
// note, and so does a note that no known key signed.
Result<OpenedNote> OpenNote(std::string_view note, std::span<const NoteKey> known);

// The text of a note that nobody has verified: to find out which keys it should be held to.
Result<std::string_view> UnverifiedText(std::string_view note);

// A document's hash: SHA-256 of the text without signatures.
Digest NoteTextHash(std::string_view text);

}  // namespace havenline::tlog
