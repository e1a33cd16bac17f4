// Sealing and opening one section (docs/protocol.md, "Sealing"). Pure; callable from any thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "schema/base/bytes.h"
#include "schema/model/envelope.h"
#include "schema/seal/secret.h"

namespace havenline::seal {

using SectionKey = Secret<32>;

// What every section and grant of a message is bound to.
struct MessageContext {
  PartnershipId partnership;
  MessageId id;
  AgencyId sender;
  ExchangeName exchange;
  std::uint16_t version = 0;
  Digest policy_hash{};
};
MessageContext ContextOf(const Header& header);
Digest CoreOf(const MessageContext& context);

struct SealedWithCommit {
  Bytes sealed;
  Digest commit{};
};

// Seals `content` (the exchange's struct with only this field set). The key must be fresh: it is
// used for this section of this message and never again. CHECKs that content is within
// limits::kSectionBytesMax.
SealedWithCommit SealSection(const MessageContext& context, const std::string& section,
                             const SectionKey& key, ByteView content);

// The content, or nothing if anything does not hold: commitment, tag, padding, or an inner header
// that is not the outer's.
std::optional<SecretBytes> OpenSection(const MessageContext& context, const SectionOpening& opening,
                                       const SectionKey& key, ByteView sealed);

// The bytes a section of so much content is padded to, before the 16-byte tag.
std::size_t PaddedSize(const std::string& section, std::size_t unpadded);
// True for the sealed sizes that any section of this name may have: what the broker checks.
bool IsSealedSize(const std::string& section, std::size_t sealed_size);

// The section that holds who must never see the case; of one size, so that its length says nothing.
inline constexpr const char* kExclusionsSection = "exclusions";

}  // namespace havenline::seal
