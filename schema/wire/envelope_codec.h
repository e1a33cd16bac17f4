// Envelopes and their parts, to and from bytes. Pure; callable from any thread.
//
// Parse functions check form only: sizes, counts, names, lengths, and that header, clear part and
// broker's part are single-segment messages. Whether digests and signatures hold is for
// broker/verify and agents/link. A fault is always kCorrupt and names the field, never its content.

#pragma once

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/model/envelope.h"

namespace havenline::wire {

Bytes EncodeHeader(const Header& header);
Result<Header> ParseHeader(ByteView bytes);

Bytes EncodeClearPart(const ClearPart& clear);
Result<ClearPart> ParseClearPart(ByteView bytes);

Bytes EncodeBrokersPart(const BrokersPart& part);
Result<BrokersPart> ParseBrokersPart(ByteView bytes);

// The carried bytes (header_bytes, clear_bytes, brokers_bytes) are written as they are.
Bytes EncodeEnvelope(const Envelope& envelope);
Result<Envelope> ParseEnvelope(ByteView bytes);

Bytes EncodeDelivery(const Delivery& delivery);
Result<Delivery> ParseDelivery(ByteView bytes);

Bytes EncodePartProof(const PartProof& proof);
Result<PartProof> ParsePartProof(ByteView bytes);

}  // namespace havenline::wire
