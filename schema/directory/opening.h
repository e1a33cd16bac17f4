// Openings: governance's word that an epoch of the log exists, and which key signs its checkpoints.
// Pure; any thread.

#pragma once

#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/model/ids.h"
#include "schema/tlog/note.h"

namespace havenline {

struct Opening {
  PartnershipId partnership;
  std::uint64_t epoch = 0;
  tlog::NoteKey log_key;
};

std::string OpeningText(const Opening& opening);
// Of a text that nobody has signed yet, or whose signatures were checked.
Result<Opening> ParseOpening(std::string_view text);
// Of a note signed by governance's threshold.
Result<Opening> OpenOpening(std::string_view note, const Governance& governance);

}  // namespace havenline
