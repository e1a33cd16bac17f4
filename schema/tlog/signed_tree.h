// One signature over many texts: Ed25519(label ‖ tree size ‖ root), the root that of an RFC 6962
// tree with the texts as leaves. Each text carries its own place and path, so it verifies alone.
// Pure; callable from any thread.

#pragma once

#include <span>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/model/envelope.h"
#include "schema/seal/signing.h"

namespace havenline::tlog {

// One TreeSignature for each text, in their order. `texts` is not empty.
std::vector<TreeSignature> SignTogether(const seal::SigningKey& key, seal::Purpose purpose,
                                        std::span<const Bytes> texts);

// What was signed, given one text and its place; nothing if the path cannot be one.
std::optional<Bytes> SignedText(seal::Purpose purpose, ByteView text,
                                const TreeSignature& signature);

bool VerifyOneOf(const seal::VerifyKey& key, seal::Purpose purpose, ByteView text,
                 const TreeSignature& signature);

}  // namespace havenline::tlog
