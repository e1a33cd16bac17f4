// Cosignatures (C2SP tlog-cosignature v1.0.1, Ed25519, signature type 0x04): a witness's word, as a
// line below a checkpoint, that at this time it knew of no tree of this origin larger than this one
// and consistent with all it saw before. Pure; callable from any thread.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/seal/signing.h"
#include "schema/tlog/note.h"

namespace havenline::tlog {

// `name+hex8(key id)+base64(0x04 || key)`. What is signed does not name the witness: a key is never
// shared by two.
struct WitnessKey {
  std::string name;
  seal::VerifyKey key{};

  friend bool operator==(const WitnessKey&, const WitnessKey&) = default;
};

std::uint32_t WitnessKeyId(const WitnessKey& key);
std::string WitnessKeyToText(const WitnessKey& key);
// Refuses what is not exactly what WitnessKeyToText() writes, other types, and unacceptable keys.
Result<WitnessKey> WitnessKeyFromText(std::string_view text);

// What stands in the line after the key id: 8 bytes of time, 64 of signature. Nothing for any other
// length, a note's signature of 64 bytes above all, or a time that is none.
struct CosignatureField {
  std::uint64_t seconds = 0;  // Since 1970; 1 to 2^63-1.
  Signature signature{};
};
std::optional<CosignatureField> ParseCosignatureField(ByteView field);

struct Cosignature {
  WitnessKey witness;
  std::uint64_t seconds = 0;
  std::string line;  // As it stands below the checkpoint, with its line feed.

  // Capped where a TimePoint ends.
  TimePoint time() const;
  friend bool operator==(const Cosignature&, const Cosignature&) = default;
};

class WitnessSigner {
 public:
  WitnessSigner(std::string name, seal::SigningKey key);
  const WitnessKey& key() const { return key_; }
  // The line below this checkpoint's text, which must end in a line feed. `time` is after 1970.
  Cosignature Cosign(std::string_view checkpoint_text, TimePoint time) const;

 private:
  WitnessKey key_;
  seal::SigningKey signer_;
};

// The cosignatures of known witnesses among these lines, for a checkpoint's text; at most one of
// each witness, its newest. Lines by others are passed over; one by a known witness that does not
// hold refuses all, as with any note.
Result<std::vector<Cosignature>> OpenCosignatures(std::string_view checkpoint_text,
                                                  std::string_view lines,
                                                  std::span<const WitnessKey> known);

// The same for the text and the lines of a note, whoever else signed it.
Result<std::vector<Cosignature>> CosignaturesOn(std::string_view note,
                                                std::span<const WitnessKey> known);

struct CosignedCheckpoint {
  LogHead head;
  std::vector<Cosignature> cosignatures;
};
// As OpenCheckpoint() and OpenCosignatures(). Whether these cosignatures are enough is for the
// directory to say (schema/directory/witnesses.h).
Result<CosignedCheckpoint> OpenCosignedCheckpoint(const PartnershipId& partnership,
                                                  std::string_view note,
                                                  std::span<const NoteKey> log_keys,
                                                  std::span<const WitnessKey> known);

}  // namespace havenline::tlog
