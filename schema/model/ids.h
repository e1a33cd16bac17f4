// The names of things. One line per name; the comment says who assigns it and how long it is
// unique.

#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "schema/base/bytes.h"
#include "schema/base/strong_id.h"

namespace havenline {

using PartnershipId = StrongId<struct PartnershipIdTag, std::string>;  // Governance; for ever.
using AgencyId = StrongId<struct AgencyIdTag, std::string>;            // Governance; for ever.
using HostId = StrongId<struct HostIdTag, std::string>;                // Governance; for ever.
using Role = StrongId<struct RoleTag, std::string>;                  // Policy; in one partnership.
using ExchangeName = StrongId<struct ExchangeNameTag, std::string>;  // schema/exchange; for ever.
using RuleId = StrongId<struct RuleIdTag, std::string>;        // Policy; in one policy version.
using Pseudonym = StrongId<struct PseudonymTag, std::string>;  // Agency; for ever.

using MessageId = StrongId<struct MessageIdTag, ByteArray<16>>;  // Sender, UUIDv7; for ever.
using KeyId = StrongId<struct KeyIdTag, ByteArray<8>>;           // Derived from the key; for ever.
using SessionId = StrongId<struct SessionIdTag, ByteArray<16>>;  // Broker, at random; one session.
using SeriesId = StrongId<struct SeriesIdTag, std::uint64_t>;    // Sender's outbox, at random.

using Ticket = StrongId<struct TicketTag, std::uint64_t>;      // Gateway; this run of the process.
using LinkId = StrongId<struct LinkIdTag, std::uint64_t>;      // Gateway; this run of the process.
using LogIndex = StrongId<struct LogIndexTag, std::uint64_t>;  // Commit; in one epoch, no gaps.
using Reference =
    StrongId<struct ReferenceTag, std::uint64_t>;  // Whoever sends the item; one session.

using Digest = ByteArray<32>;     // SHA-256.
using Salt = ByteArray<32>;       // Random; used once.
using Signature = ByteArray<64>;  // Ed25519.

}  // namespace havenline
