#include "schema/tlog/note.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "schema/base/check.h"
#include "schema/seal/hash.h"

namespace havenline::tlog {
namespace {

constexpr std::uint8_t kEd25519 = 0x01;
constexpr std::string_view kSignaturePrefix = "\xE2\x80\x94 ";  // EM DASH, space.
constexpr std::size_t kSignaturesMax = 100;

bool IsKeyName(std::string_view name) {
  // Unicode white space beyond US-ASCII does not occur in our names; their bytes are all above
  // 0x20.
  return !name.empty() && IsUtf8(name) && std::ranges::none_of(name, [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '+' || c == 0x7F;
  });
}

Bytes TypedKey(const seal::VerifyKey& key) {
  Bytes typed = {kEd25519};
  Append(typed, key);
  return typed;
}

std::string Hex8(std::uint32_t id) {
  Bytes bytes;
  AppendU32(bytes, id);
  return HexEncode(bytes);
}

// One line `— name base64`, taken apart.
struct SignatureLine {
  std::string_view name;
  std::uint32_t key_id = 0;
  Bytes signature;
};

std::optional<SignatureLine> ParseSignatureLine(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) return std::nullopt;
  line.remove_prefix(kSignaturePrefix.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  SignatureLine parsed{.name = line.substr(0, space), .key_id = 0, .signature = {}};
  auto field = Base64Decode(line.substr(space + 1));
  if (!IsKeyName(parsed.name) || !field || field->size() < 5) return std::nullopt;
  parsed.key_id = ReadU32(ByteView(*field).first(4));
  parsed.signature.assign(field->begin() + 4, field->end());
  return parsed;
}

struct SplitNote {
  std::string_view text;  // With its final line feed.
  std::vector<SignatureLine> signatures;
};

Result<SplitNote> Split(std::string_view note) {
  const auto bad = [](const char* what) {
    return Fail(FaultCode::kCorrupt, std::string("not a signed note: ") + what);
  };
  const bool clean = std::ranges::none_of(
      note, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
  if (!clean || !IsUtf8(note)) return bad("control characters or not UTF-8");
  const auto gap = note.rfind("\n\n");
  if (gap == std::string_view::npos) return bad("no empty line before the signatures");
  SplitNote split{.text = note.substr(0, gap + 1), .signatures = {}};
  std::string_view lines = note.substr(gap + 2);
  if (lines.empty() || !lines.ends_with('\n')) return bad("no signatures");
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    auto line = ParseSignatureLine(lines.substr(0, end));
    if (!line) return bad("a malformed signature line");
    if (split.signatures.size() == kSignaturesMax) return bad("too many signatures");
    split.signatures.push_back(*std::move(line));
    lines.remove_prefix(end + 1);
  }
  return split;
}

}  // namespace

std::uint32_t NoteKeyId(const NoteKey& key) {
  Bytes named = ToBytes(key.name);
  named.push_back('\n');
  Append(named, TypedKey(key.key));
  return ReadU32(ByteView(seal::Sha256(named)).first(4));
}

std::string NoteKeyToText(const NoteKey& key) {
  return key.name + "+" + Hex8(NoteKeyId(key)) + "+" + Base64Encode(TypedKey(key.key));
}

Result<NoteKey> NoteKeyFromText(std::string_view text) {
  const auto bad = [](const char* what) {
    return Fail(FaultCode::kInvalid, std::string("not a note key: ") + what);
  };
  const auto first = text.find('+');
  const auto second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return bad("it has the form name+hash+key");
  NoteKey key{.name = std::string(text.substr(0, first)), .key = {}};
  const auto typed = Base64Decode(text.substr(second + 1));
  if (!IsKeyName(key.name)) return bad("the name");
  if (!typed || typed->size() != 33 || typed->front() != kEd25519)
    return bad("the key is not Ed25519");
  std::copy_n(typed->begin() + 1, key.key.size(), key.key.begin());
  if (text.substr(first + 1, second - first - 1) != Hex8(NoteKeyId(key)))
    return bad("the hash does not match");
  if (!seal::IsAcceptable(key.key)) return bad("the key is weak");
  return key;
}

NoteSigner::NoteSigner(std::string name, seal::SigningKey key)
    : key_{std::move(name), key.public_key()}, signer_(std::move(key)) {
  CHECK(IsKeyName(key_.name));
}

std::string NoteSigner::SignatureLine(std::string_view text) const {
  CHECK(text.ends_with('\n'));
  Bytes field;
  AppendU32(field, NoteKeyId(key_));
  Append(field, signer_.Sign(AsBytes(text)));
  return std::string(kSignaturePrefix) + key_.name + " " + Base64Encode(field) + "\n";
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
