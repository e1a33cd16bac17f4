// From a stored message to what one of its recipients gets: its own grant, sections, claims and
// part of the entry, and nothing of the others. Pure; any thread.

#pragma once

#include "broker/commit/store.h"
#include "broker/deliver/reader.h"
#include "schema/model/envelope.h"

namespace havenline {

// CHECKs that the record is one of this envelope: both come from our own store.
Delivery MakeDelivery(const Envelope& envelope, const GrantRecord& grant, const EntryParts& entry);

// The proof of one part.
PartProof ProofOf(const EntryParts& entry, const Position& position, std::uint32_t part);

}  // namespace havenline
