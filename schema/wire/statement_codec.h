// Receipts, voids, recalls and agency statements, to and from bytes. Pure; callable from any
// thread. Form only, as in envelope_codec.h: nobody has checked a signature yet.

#pragma once

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/model/look.h"
#include "schema/model/receipt.h"
#include "schema/model/statement.h"

namespace havenline::wire {

// The inner messages, as they are signed.
Bytes EncodeReceipt(const Receipt& receipt);
Result<Receipt> ParseReceipt(ByteView bytes);
Bytes EncodeVoid(const Void& value);
Bytes EncodeRecall(const Recall& value);
Bytes EncodeStatement(const AgencyStatement& statement);
Bytes EncodeLook(const Look& look);

// With their signatures; `bytes` is written as it is.
Bytes EncodeSignedReceipt(const SignedReceipt& receipt);
Result<SignedReceipt> ParseSignedReceipt(ByteView bytes);
Bytes EncodeSignedVoid(const SignedVoid& value);
Result<SignedVoid> ParseSignedVoid(ByteView bytes);
Bytes EncodeSignedRecall(const SignedRecall& value);
Result<SignedRecall> ParseSignedRecall(ByteView bytes);
Bytes EncodeSignedStatement(const SignedStatement& statement);
Result<SignedStatement> ParseSignedStatement(ByteView bytes);
Bytes EncodeSignedLook(const SignedLook& look);
Result<SignedLook> ParseSignedLook(ByteView bytes);

}  // namespace havenline::wire
