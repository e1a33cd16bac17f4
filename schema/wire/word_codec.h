// The broker's words, to and from bytes. Pure; callable from any thread. Form only, as in
// envelope_codec.h: nobody has checked a signature yet.

#pragma once

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/model/word.h"

namespace havenline::wire {

// The inner message, as it is signed (schema/seal/word.h).
Bytes EncodeWord(const BrokersWord& word);
Result<BrokersWord> ParseWord(ByteView bytes);

// With its signature; `bytes` is written as it is.
Bytes EncodeSignedWord(const SignedWord& word);
Result<SignedWord> ParseSignedWord(ByteView bytes);

}  // namespace havenline::wire
