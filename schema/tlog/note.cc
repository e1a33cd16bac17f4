#include "schema/tlog/note.h"

#include <algorithm>

#include "schema/base/check.h"
#include "schema/seal/hash.h"
#include "schema/tlog/signature_lines.h"

namespace havenline::tlog {

std::uint32_t NoteKeyId(const NoteKey& key) {
  return KeyIdOf(key.name, SignatureType::kEd25519, key.key);
}

std::string NoteKeyToText(const NoteKey& key) {
  return KeyToText(key.name, SignatureType::kEd25519, key.key);
}

Result<NoteKey> NoteKeyFromText(std::string_view text) {
  ASSIGN_OR_RETURN(NamedKey key, KeyFromText(text, SignatureType::kEd25519));
  return NoteKey{std::move(key.name), key.key};
}

NoteSigner::NoteSigner(std::string name, seal::SigningKey key)
    : key_{std::move(name), key.public_key()}, signer_(std::move(key)) {
  CHECK(IsKeyName(key_.name));
}

std::string NoteSigner::SignatureLine(std::string_view text) const {
  CHECK(text.ends_with('\n'));
  return MakeSignatureLine(key_.name, NoteKeyId(key_), signer_.Sign(AsBytes(text)));
}

std::string MakeNote(std::string_view text, std::span<const std::string> signature_lines) {
  CHECK(text.ends_with('\n'));
  std::string note(text);
  note += '\n';
  for (const std::string& line : signature_lines) note += line;
  return note;
}

Result<OpenedNote> OpenNote(std::string_view note, std::span<const NoteKey> known) {
  ASSIGN_OR_RETURN(const SplitNote split, Split(note));
  OpenedNote opened{.text = std::string(split.text), .signers = {}};
  for (const SignatureLine& line : split.signatures) {
    const auto key = std::ranges::find_if(known, [&](const NoteKey& candidate) {
      return candidate.name == line.name && NoteKeyId(candidate) == line.key_id;
    });
    if (key == known.end()) continue;
    const auto signature = ToArray<64>(line.signature);
    if (!signature || !seal::Verify(key->key, AsBytes(split.text), *signature)) {
      return Fail(FaultCode::kCorrupt, "a signature of a known key on the note does not hold");
    }
    if (std::ranges::find(opened.signers, *key) == opened.signers.end())
      opened.signers.push_back(*key);
  }
  if (opened.signers.empty()) return Fail(FaultCode::kCorrupt, "no known key signed the note");
  return opened;
}

Result<std::string_view> UnverifiedText(std::string_view note) {
  ASSIGN_OR_RETURN(const SplitNote split, Split(note));
  return split.text;
}

Digest NoteTextHash(std::string_view text) { return seal::Sha256(AsBytes(text)); }

}  // namespace havenline::tlog
