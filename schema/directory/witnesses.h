// What a directory says of witnesses: who may cosign, and whether those who did are enough. Two
// witnesses on machines of one operator are one voice: whoever runs both can make both say
// anything. Pure; any thread.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/clock.h"
#include "schema/directory/directory.h"
#include "schema/model/ids.h"
#include "schema/tlog/cosignature.h"

namespace havenline {

// What a witness's key is proved to be for, and the kind of its key file.
inline constexpr std::string_view kWitnessPurpose = "witness";

// The name that a witness's key has: `<partnership>/witness/<agency>`.
std::string WitnessName(const PartnershipId& partnership, const AgencyId& agency);

// Of the agency, not retired; null if it is none.
const Witness* FindWitness(const Directory& directory, const AgencyId& agency);
// The keys of all that are not retired.
std::vector<tlog::WitnessKey> WitnessKeys(const Directory& directory);
// Those of this host's agencies: the cosignatures that it may hand in.
std::vector<tlog::WitnessKey> WitnessKeysOf(const Directory& directory, const HostId& host);

// How many different organisations run the machines of the witnesses that are not retired. Names
// are compared without regard to case and blanks.
std::size_t OperatorsOfWitnesses(const Directory& directory);

// When the cosignatures became enough: the time at which the last of a quorum of operators
// cosigned, each by its newest. Nothing if they are not enough, or the directory asks for none.
// Cosignatures of others than its witnesses do not count.
std::optional<TimePoint> QuorumTime(const Directory& directory,
                                    std::span<const tlog::Cosignature> cosignatures);

}  // namespace havenline
