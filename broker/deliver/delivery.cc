#include "broker/deliver/delivery.h"

#include <algorithm>

#include "schema/base/check.h"

namespace havenline {

PartProof ProofOf(const EntryParts& entry, const Position& position, std::uint32_t part) {
  CHECK(part < entry.parts.size());
  return {.position = position,
          .salt = entry.parts[part].salt,
          .part = entry.parts[part].json,
          .digests = entry.digests};
}

Delivery MakeDelivery(const Envelope& envelope, const GrantRecord& grant, const EntryParts& entry) {
  CHECK(grant.index < envelope.grants.size());
  Delivery delivery;
  delivery.header_bytes = envelope.header_bytes;
  delivery.header = envelope.header;
  delivery.signature = envelope.signature;
  delivery.grant = envelope.grants[grant.index];
  CHECK(delivery.grant.clear.recipient == grant.recipient);  // Never another's grant.
  // In the order of the header, not of the grant.
  const auto& opened = delivery.grant.clear.openings;
  for (const SectionOpening& section : envelope.sections) {
    if (std::ranges::find(opened, section.name) != opened.end())
      delivery.sections.push_back(section);
  }
  for (const SealedSection& section : envelope.sealed) {
    if (std::ranges::find(opened, section.name) != opened.end()) delivery.sealed.push_back(section);
  }
  for (const ClaimOpening& claim : envelope.claims) {
    if (std::ranges::find(grant.claims, claim.name) != grant.claims.end())
      delivery.claims.push_back(claim);
  }
  delivery.proof = ProofOf(entry, grant.position, grant.index + 1);
  return delivery;
}

}  // namespace havenline
