// The signature lines below a note, and the keys that they name: what notes and cosignatures have
// in common (C2SP signed-note v1.0.0). Nothing here is verified. Pure; callable from any thread.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/seal/signing.h"

namespace havenline::tlog {

// The type is part of a key's id: one public key of two types is two keys.
enum class SignatureType : std::uint8_t { kEd25519 = 0x01, kCosignature = 0x04 };

struct NamedKey {
  std::string name;
  seal::VerifyKey key{};
};

// Not empty, UTF-8, no blank, no '+'.
bool IsKeyName(std::string_view name);
// First 4 bytes of SHA-256(name || 0x0A || type || key).
std::uint32_t KeyIdOf(std::string_view name, SignatureType type, const seal::VerifyKey& key);
// `name+hex8(key id)+base64(type || key)`.
std::string KeyToText(std::string_view name, SignatureType type, const seal::VerifyKey& key);
// Refuses what is not exactly what KeyToText() writes, other types, and unacceptable keys.
Result<NamedKey> KeyFromText(std::string_view text, SignatureType type);

// One line `— name base64(key id || signature)`, taken apart. Names are views of what was parsed.
struct SignatureLine {
  std::string_view name;
  std::uint32_t key_id = 0;
  Bytes signature;
  std::string_view line;  // Whole, with its line feed.
};

std::string MakeSignatureLine(std::string_view name, std::uint32_t key_id, ByteView signature);
// At least one, at most 100, each ended by a line feed.
Result<std::vector<SignatureLine>> ParseSignatureLines(std::string_view lines);

struct SplitNote {
  std::string_view text;  // With its final line feed.
  std::vector<SignatureLine> signatures;
};
Result<SplitNote> Split(std::string_view note);

}  // namespace havenline::tlog
