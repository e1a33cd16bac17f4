#include "schema/seal/key_text.h"

#include <algorithm>

namespace havenline::seal {
namespace {

constexpr std::string_view kFormat = "havenline-key-1 ";

}  // namespace

std::string KeyToText(std::string_view kind, const ByteArray<32>& key) {
  return std::string(kFormat) + std::string(kind) + " " + Base64Encode(key) + "\n";
}

Result<Secret<32>> KeyFromText(std::string_view kind, std::string_view text) {
  const std::string prefix = std::string(kFormat) + std::string(kind) + " ";
  if (!text.starts_with(prefix)) {
    return Fail(FaultCode::kInvalid, "not a key file of kind '" + std::string(kind) + "'");
  }
  text.remove_prefix(prefix.size());
  if (text.ends_with('\n')) text.remove_suffix(1);
  auto bytes = Base64Decode(text);
  if (!bytes || bytes->size() != 32)
    return Fail(FaultCode::kInvalid, "the key is not 32 bytes in base64");
  const SecretBytes wiped(*std::move(bytes));
  Secret<32> key;
  std::ranges::copy(wiped.ExposeSecret(), key.MutableSecret().begin());
  return key;
}

}  // namespace havenline::seal
