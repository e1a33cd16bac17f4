#include "schema/tlog/signature_lines.h"

#include <algorithm>
#include <optional>

#include "schema/base/check.h"
#include "schema/seal/hash.h"

namespace havenline::tlog {
namespace {

constexpr std::string_view kSignaturePrefix = "\xE2\x80\x94 ";  // EM DASH, space.
constexpr std::size_t kSignaturesMax = 100;

tl::unexpected<Fault> NoNote(const char* what) {
  return Fail(FaultCode::kCorrupt, std::string("not a signed note: ") + what);
}

bool IsClean(std::string_view text) {
  return IsUtf8(text) && std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 && c != '\n';
         });
}

Bytes TypedKey(SignatureType type, const seal::VerifyKey& key) {
  Bytes typed = {static_cast<std::uint8_t>(type)};
  Append(typed, key);
  return typed;
}

std::string Hex8(std::uint32_t id) {
  Bytes bytes;
  AppendU32(bytes, id);
  return HexEncode(bytes);
}

std::optional<SignatureLine> ParseSignatureLine(std::string_view line) {
  SignatureLine parsed{.name = {}, .key_id = 0, .signature = {}, .line = line};
  line.remove_suffix(1);  // Its line feed.
  if (!line.starts_with(kSignaturePrefix)) return std::nullopt;
  line.remove_prefix(kSignaturePrefix.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  parsed.name = line.substr(0, space);
  auto field = Base64Decode(line.substr(space + 1));
  if (!IsKeyName(parsed.name) || !field || field->size() < 5) return std::nullopt;
  parsed.key_id = ReadU32(ByteView(*field).first(4));
  parsed.signature.assign(field->begin() + 4, field->end());
  return parsed;
}

}  // namespace

bool IsKeyName(std::string_view name) {
  // Unicode white space beyond US-ASCII does not occur in our names; their bytes are all above
  // 0x20.
  return !name.empty() && IsUtf8(name) && std::ranges::none_of(name, [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '+' || c == 0x7F;
  });
}

std::uint32_t KeyIdOf(std::string_view name, SignatureType type, const seal::VerifyKey& key) {
  Bytes named = ToBytes(name);
  named.push_back('\n');
  Append(named, TypedKey(type, key));
  return ReadU32(ByteView(seal::Sha256(named)).first(4));
}

std::string KeyToText(std::string_view name, SignatureType type, const seal::VerifyKey& key) {
  return std::string(name) + "+" + Hex8(KeyIdOf(name, type, key)) + "+" +
         Base64Encode(TypedKey(type, key));
}

Result<NamedKey> KeyFromText(std::string_view text, SignatureType type) {
  const bool cosigns = type == SignatureType::kCosignature;
  const auto bad = [&](const char* what) {
    return Fail(FaultCode::kInvalid,
                std::string(cosigns ? "not a witness's key: " : "not a note key: ") + what);
  };
  const auto first = text.find('+');
  const auto second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return bad("it has the form name+hash+key");
  NamedKey key{.name = std::string(text.substr(0, first)), .key = {}};
  const auto typed = Base64Decode(text.substr(second + 1));
  if (!IsKeyName(key.name)) return bad("the name");
  if (!typed || typed->size() != 33 || typed->front() != static_cast<std::uint8_t>(type))
    return bad(cosigns ? "the key is not one for Ed25519 cosignatures" : "the key is not Ed25519");
  std::copy_n(typed->begin() + 1, key.key.size(), key.key.begin());
  if (text.substr(first + 1, second - first - 1) != Hex8(KeyIdOf(key.name, type, key.key)))
    return bad("the hash does not match");
  if (!seal::IsAcceptable(key.key)) return bad("the key is weak");
  return key;
}

std::string MakeSignatureLine(std::string_view name, std::uint32_t key_id, ByteView signature) {
  CHECK(IsKeyName(name));
  Bytes field;
  AppendU32(field, key_id);
  Append(field, signature);
  return std::string(kSignaturePrefix).append(name) + " " + Base64Encode(field) + "\n";
}

Result<std::vector<SignatureLine>> ParseSignatureLines(std::string_view lines) {
  if (!IsClean(lines)) return NoNote("control characters or not UTF-8");
  if (lines.empty() || !lines.ends_with('\n')) return NoNote("no signatures");
  std::vector<SignatureLine> signatures;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    auto line = ParseSignatureLine(lines.substr(0, end + 1));
    if (!line) return NoNote("a malformed signature line");
    if (signatures.size() == kSignaturesMax) return NoNote("too many signatures");
    signatures.push_back(*std::move(line));
    lines.remove_prefix(end + 1);
  }
  return signatures;
}

Result<SplitNote> Split(std::string_view note) {
  if (!IsClean(note)) return NoNote("control characters or not UTF-8");
  const auto gap = note.rfind("\n\n");
  if (gap == std::string_view::npos) return NoNote("no empty line before the signatures");
  ASSIGN_OR_RETURN(auto signatures, ParseSignatureLines(note.substr(gap + 2)));
  return SplitNote{note.substr(0, gap + 1), std::move(signatures)};
}

}  // namespace havenline::tlog
