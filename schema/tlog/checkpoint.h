// Checkpoints (C2SP tlog-checkpoint v1.0.0): the signed head of an epoch of the audit log. Pure.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/tlog/note.h"

namespace havenline {

// The epoch that a partnership is founded with. Every later one follows a loss, and an opening.
inline constexpr std::uint64_t kFirstEpoch = 1;

}  // namespace havenline

namespace havenline::tlog {

// `<partnership>/log/<epoch>`: also the name of the key that signs it.
std::string OriginOf(const PartnershipId& partnership, std::uint64_t epoch);

// The three lines; we write and accept no extension lines.
std::string CheckpointText(const PartnershipId& partnership, const LogHead& head);
// The note, signed by the epoch's key alone. CHECKs that the signer's name is the origin.
std::string MakeCheckpoint(const PartnershipId& partnership, const LogHead& head,
                           const NoteSigner& signer);

// The head of a checkpoint of this partnership whose epoch's key is among `log_keys` and signed it.
Result<LogHead> OpenCheckpoint(const PartnershipId& partnership, std::string_view note,
                               std::span<const NoteKey> log_keys);

}  // namespace havenline::tlog
