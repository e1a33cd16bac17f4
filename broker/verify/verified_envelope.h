// What the broker can say of an envelope before it looks at any state that changes: that it is
// whole, that every opening matches the signed header, and that the key it names signed it.
// Pure; runs on any number of workers at once, each with a memory of its own.

#pragma once

#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/model/answer.h"
#include "schema/model/envelope.h"
#include "schema/seal/signing.h"
#include "schema/tlog/signature_memory.h"

namespace havenline {

// The public key of an agency for a purpose by its id, good or not: whether it is still good is
// judged at commit. Must be safe to call from several threads.
using KeyLookup =
    std::function<std::optional<seal::VerifyKey>(const AgencyId&, seal::Purpose, const KeyId&)>;

// An envelope that passed every check which needs no snapshot. Verify() is the only way to make
// one.
class VerifiedEnvelope {
 public:
  // Cheapest check first, signature last.
  static std::variant<VerifiedEnvelope, Invalid> Verify(Envelope envelope,
                                                        const PartnershipId& partnership,
                                                        const KeyLookup& keys,
                                                        tlog::SignatureMemory& memory);
  // One alone.
  static std::variant<VerifiedEnvelope, Invalid> Verify(Envelope envelope,
                                                        const PartnershipId& partnership,
                                                        const KeyLookup& keys) {
    tlog::SignatureMemory memory;
    return Verify(std::move(envelope), partnership, keys, memory);
  }

  const Envelope& operator*() const { return envelope_; }
  const Envelope* operator->() const { return &envelope_; }
  // SHA-256 of the header as carried: what tells a repeat from a reused id.
  const Digest& header_hash() const { return header_hash_; }
  // Of each grant, in the envelope's order.
  const std::vector<Digest>& grant_digests() const { return grant_digests_; }

 private:
  VerifiedEnvelope(Envelope envelope, std::vector<Digest> grant_digests);

  Envelope envelope_;
  Digest header_hash_;
  std::vector<Digest> grant_digests_;
};

}  // namespace havenline
