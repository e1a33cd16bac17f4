#include "schema/tlog/cosignature.h"

#include <algorithm>
#include <limits>

#include "schema/base/check.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/signature_lines.h"

namespace havenline::tlog {
namespace {

constexpr std::size_t kTimeBytes = 8;
constexpr auto kSecondsMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

std::string CosignedText(std::string_view checkpoint_text, std::uint64_t seconds) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(checkpoint_text);
}

const WitnessKey* FindKnown(std::span<const WitnessKey> known, const SignatureLine& line) {
  const auto found = std::ranges::find_if(known, [&](const WitnessKey& candidate) {
    return candidate.name == line.name && WitnessKeyId(candidate) == line.key_id;
  });
  return found == known.end() ? nullptr : &*found;
}

// Of one witness its newest alone.
void Keep(Cosignature cosignature, std::vector<Cosignature>& kept) {
  const auto same = std::ranges::find(kept, cosignature.witness, &Cosignature::witness);
  if (same == kept.end()) {
    kept.push_back(std::move(cosignature));
  } else if (same->seconds < cosignature.seconds) {
    *same = std::move(cosignature);
  }
}

Result<std::vector<Cosignature>> Verify(std::string_view text,
                                        const std::vector<SignatureLine>& lines,
                                        std::span<const WitnessKey> known) {
  std::vector<Cosignature> cosignatures;
  for (const SignatureLine& line : lines) {
    const WitnessKey* const witness = FindKnown(known, line);
    if (witness == nullptr) continue;
    const auto field = ParseCosignatureField(line.signature);
    if (!field || !seal::Verify(witness->key, AsBytes(CosignedText(text, field->seconds)),
                                field->signature)) {
      return Fail(FaultCode::kCorrupt, "a known witness's cosignature does not hold");
    }
    Keep({*witness, field->seconds, std::string(line.line)}, cosignatures);
  }
  return cosignatures;
}

}  // namespace

std::uint32_t WitnessKeyId(const WitnessKey& key) {
  return KeyIdOf(key.name, SignatureType::kCosignature, key.key);
}

std::string WitnessKeyToText(const WitnessKey& key) {
  return KeyToText(key.name, SignatureType::kCosignature, key.key);
}

Result<WitnessKey> WitnessKeyFromText(std::string_view text) {
  ASSIGN_OR_RETURN(NamedKey key, KeyFromText(text, SignatureType::kCosignature));
  return WitnessKey{std::move(key.name), key.key};
}

std::optional<CosignatureField> ParseCosignatureField(ByteView field) {
  CosignatureField parsed;
  if (field.size() != kTimeBytes + parsed.signature.size()) return std::nullopt;
  parsed.seconds = ReadU64(field.first(kTimeBytes));
  if (parsed.seconds == 0 || parsed.seconds > kSecondsMax) return std::nullopt;
  std::ranges::copy(field.subspan(kTimeBytes), parsed.signature.begin());
  return parsed;
}

TimePoint Cosignature::time() const {
  constexpr std::uint64_t kMost = kSecondsMax / 1000;
  return FromMilliseconds(static_cast<std::int64_t>(std::min(seconds, kMost)) * 1000);
}

WitnessSigner::WitnessSigner(std::string name, seal::SigningKey key)
    : key_{std::move(name), key.public_key()}, signer_(std::move(key)) {
  CHECK(IsKeyName(key_.name));
}

Cosignature WitnessSigner::Cosign(std::string_view checkpoint_text, TimePoint time) const {
  CHECK(checkpoint_text.ends_with('\n'));
  CHECK(ToMilliseconds(time) >= 1000);
  const auto seconds = static_cast<std::uint64_t>(ToMilliseconds(time) / 1000);
  Bytes field;
  AppendU64(field, seconds);
  Append(field, signer_.Sign(AsBytes(CosignedText(checkpoint_text, seconds))));
  return {key_, seconds, MakeSignatureLine(key_.name, WitnessKeyId(key_), field)};
}

Result<std::vector<Cosignature>> OpenCosignatures(std::string_view checkpoint_text,
                                                  std::string_view lines,
                                                  std::span<const WitnessKey> known) {
  ASSIGN_OR_RETURN(const auto parsed, ParseSignatureLines(lines));
  return Verify(checkpoint_text, parsed, known);
}

Result<std::vector<Cosignature>> CosignaturesOn(std::string_view note,
                                                std::span<const WitnessKey> known) {
  ASSIGN_OR_RETURN(const SplitNote split, Split(note));
  return Verify(split.text, split.signatures, known);
}

Result<CosignedCheckpoint> OpenCosignedCheckpoint(const PartnershipId& partnership,
                                                  std::string_view note,
                                                  std::span<const NoteKey> log_keys,
                                                  std::span<const WitnessKey> known) {
  CosignedCheckpoint opened;
  ASSIGN_OR_RETURN(opened.head, OpenCheckpoint(partnership, note, log_keys));
  ASSIGN_OR_RETURN(opened.cosignatures, CosignaturesOn(note, known));
  return opened;
}

}  // namespace havenline::tlog
