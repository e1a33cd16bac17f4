// How a private key stands in a file: one line, `havenline-key-1 <kind> <base64 of 32 bytes>`. The
// file's mode is deploy/runtime's concern (ReadSecretFile). Pure.

#pragma once

#include <string>
#include <string_view>

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/seal/secret.h"

namespace havenline::seal {

// `kind` is a purpose's name, "seal", "store", "note" or "pseudonym": a key in the wrong file is
// refused.
std::string KeyToText(std::string_view kind, const ByteArray<32>& key);
Result<Secret<32>> KeyFromText(std::string_view kind, std::string_view text);

}  // namespace havenline::seal
