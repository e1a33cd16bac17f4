// How the broker signs its word (schema/model/word.h), and how a party checks it. Pure.

#pragma once

#include "schema/base/bytes.h"
#include "schema/model/ids.h"
#include "schema/seal/signing.h"

namespace havenline::seal {

// Ed25519("havenline/1/release" ‖ bytes), where bytes are the inner message as carried. The key is
// the directory's release key and signs nothing else.
Signature SignWord(const SigningKey& release_key, ByteView word_bytes);
bool WordHolds(const VerifyKey& release_key, ByteView word_bytes, const Signature& signature);

}  // namespace havenline::seal
