// What a check of the log leaves for the next one: the newest checkpoint that held, and how far
// its entries were recomputed.

#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/tlog/leaf_rules.h"
#include "schema/tlog/note.h"
#include "schema/tlog/tile_audit.h"

namespace havenline {

// The checkpoint of the last run that found the log valid; nothing if there was none. kInvalid if
// the file is no checkpoint that one of these keys signed.
Result<std::optional<LogHead>> ReadState(const std::filesystem::path& state,
                                         const PartnershipId& partnership,
                                         std::span<const tlog::NoteKey> keys);

// Keeps the checkpoint of a log that held, or beside the state one that contradicts it: evidence.
Result<void> KeepCheckpoint(const std::filesystem::path& state, const std::string& checkpoint,
                            bool good);

// How far a run over files got: <state>.progress.
struct AuditProgress {
  std::uint64_t epoch = 0;
  tlog::AuditMark mark;
  // Of the checkpoint that was remembered then, if the mark lies behind it: it was held to it.
  std::optional<LogHead> held_to;
  std::vector<tlog::LoggedDocument> documents;  // Named by the entries before the mark.
};

// Nothing if there is none that can be read: then the run begins at the beginning.
std::optional<AuditProgress> ReadProgress(const std::filesystem::path& state);
Result<void> KeepProgress(const std::filesystem::path& state, const AuditProgress& progress);

}  // namespace havenline
