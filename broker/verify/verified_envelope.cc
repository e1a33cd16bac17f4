#include "broker/verify/verified_envelope.h"

#include <algorithm>
#include <set>
#include <string>

#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/seal/section.h"

namespace havenline {
namespace {

using Complaint = std::optional<Code>;

Complaint CheckHeader(const Header& header, const PartnershipId& partnership) {
  if (header.suite != kSuite1) return Code::kSuite;
  if (header.partnership != partnership) return Code::kPartnership;
  // The id carries the time of creation; if they could differ, "too old" could be dodged.
  if (TimeOf(header.id) != header.created || !TimeOf(header.origin)) return Code::kMalformed;
  const auto slots = header.grants.size();
  if (slots != 8 && slots != 16 && slots != 64) return Code::kMalformed;
  // Sorted without repeats, so that the order says nothing and none is counted twice.
  if (std::ranges::adjacent_find(header.grants, std::greater_equal<>()) != header.grants.end()) {
    return Code::kMalformed;
  }
  return std::nullopt;
}

template <class Openings, class MakeDigest>
Complaint CheckOpenings(const std::vector<Digest>& digests, const Openings& openings,
                        MakeDigest digest) {
  if (digests.size() != openings.size()) return Code::kDigest;
  std::set<std::string> names;
  for (std::size_t i = 0; i < openings.size(); ++i) {
    if (!names.insert(openings[i].name).second || digest(openings[i]) != digests[i])
      return Code::kDigest;
  }
  return std::nullopt;
}

Complaint CheckSealed(const Envelope& envelope) {
  std::set<std::string> opened;
  for (const Grant& grant : envelope.grants)
    opened.insert(grant.clear.openings.begin(), grant.clear.openings.end());
  std::set<std::string> carried;
  for (const SealedSection& section : envelope.sealed) {
    const auto opening = std::ranges::find(envelope.sections, section.name, &SectionOpening::name);
    if (opening == envelope.sections.end() || !carried.insert(section.name).second)
      return Code::kDigest;
    if (opening->size != section.sealed.size() ||
        !seal::IsSealedSize(section.name, section.sealed.size())) {
      return Code::kDigest;
    }
    if (seal::Sha256(section.sealed) != opening->sealed_hash) return Code::kDigest;
  }
  // Nothing is carried that nobody may open, and nothing that somebody may is missing.
  if (carried != opened) return Code::kDigest;
  return std::nullopt;
}

Complaint CheckGrant(const Grant& grant, const Header& header, const Digest& digest) {
  if (!std::ranges::binary_search(header.grants, digest)) return Code::kDigest;
  const auto& openings = grant.clear.openings;
  if (openings.empty()) return Code::kMalformed;
  if (std::set<std::string>(openings.begin(), openings.end()).size() != openings.size())
    return Code::kMalformed;
  // One 32-byte key for each opening, the thread secret, the tag.
  if (grant.ciphertext.size() != 32 * (openings.size() + 1) + 16) return Code::kMalformed;
  const bool held = grant.clear.condition.kind != Condition::Kind::kNone;
  if (held == grant.clear.number.has_value()) return Code::kMalformed;
  return std::nullopt;
}

Complaint CheckGrants(const Envelope& envelope, const std::vector<Digest>& digests) {
  // One slot is left for the sender's own part of the entry.
  if (envelope.grants.empty() || envelope.grants.size() >= envelope.header.grants.size())
    return Code::kMalformed;
  std::set<std::pair<AgencyId, Role>> recipients;
  for (std::size_t i = 0; i < envelope.grants.size(); ++i) {
    const ClearPart& clear = envelope.grants[i].clear;
    if (!recipients.emplace(clear.recipient, clear.role).second) return Code::kMalformed;
    if (const Complaint complaint = CheckGrant(envelope.grants[i], envelope.header, digests[i]))
      return complaint;
  }
  return std::nullopt;
}

Complaint CheckSignature(const Envelope& envelope, const KeyLookup& keys,
                         tlog::SignatureMemory& memory) {
  const Header& header = envelope.header;
  const auto key = keys(header.sender, seal::Purpose::kEnvelope, header.key);
  if (!key) return Code::kKeyUnknown;
  if (!memory.VerifyOneOf(*key, seal::Purpose::kEnvelope, envelope.header_bytes,
                          envelope.signature)) {
    return Code::kSignature;
  }
  return std::nullopt;
}

Complaint Check(const Envelope& envelope, const std::vector<Digest>& grant_digests,
                const PartnershipId& partnership, const KeyLookup& keys,
                tlog::SignatureMemory& memory) {
  const Header& header = envelope.header;
  if (const auto c = CheckHeader(header, partnership)) return c;
  if (const auto c = CheckOpenings(header.sections, envelope.sections, seal::SectionDigest))
    return c;
  if (const auto c = CheckOpenings(header.claims, envelope.claims, seal::ClaimDigest)) return c;
  if (seal::BrokersPartDigest(envelope.brokers_salt, envelope.brokers_bytes) !=
      header.brokers_part) {
    return Code::kDigest;
  }
  if (const auto c = CheckGrants(envelope, grant_digests)) return c;
  if (const auto c = CheckSealed(envelope)) return c;
  return CheckSignature(envelope, keys, memory);
}

}  // namespace

VerifiedEnvelope::VerifiedEnvelope(Envelope envelope, std::vector<Digest> grant_digests)
    : envelope_(std::move(envelope)),
      header_hash_(seal::Sha256(envelope_.header_bytes)),
      grant_digests_(std::move(grant_digests)) {}

std::variant<VerifiedEnvelope, Invalid> VerifiedEnvelope::Verify(Envelope envelope,
                                                                 const PartnershipId& partnership,
                                                                 const KeyLookup& keys,
                                                                 tlog::SignatureMemory& memory) {
  std::vector<Digest> grant_digests;
  for (const Grant& grant : envelope.grants) grant_digests.push_back(seal::GrantDigest(grant));
  if (const auto complaint = Check(envelope, grant_digests, partnership, keys, memory))
    return Invalid{*complaint};
  return VerifiedEnvelope(std::move(envelope), std::move(grant_digests));
}

}  // namespace havenline
