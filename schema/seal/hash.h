// SHA-256, HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869). Pure; callable from any thread.

#pragma once

#include "schema/base/bytes.h"
#include "schema/model/ids.h"

namespace havenline::seal {

Digest Sha256(ByteView bytes);
// Of `first` followed by `second` and `third`, without copying them together.
Digest Sha256(ByteView first, ByteView second, ByteView third = {});

Digest HmacSha256(ByteView key, ByteView message);

// HKDF in its two steps; `length` at most 255 * 32.
Digest HkdfExtract(ByteView salt, ByteView input_key);
Bytes HkdfExpand(const Digest& pseudorandom_key, ByteView info, std::size_t length);

// In time that depends on the lengths only.
bool EqualInConstantTime(ByteView a, ByteView b);

}  // namespace havenline::seal
