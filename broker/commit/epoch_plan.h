// What an epoch after the first begins with: governance's opening, what is known of the log before,
// and the documents that are in force. Whoever has them puts them together; Committer::BeginEpoch()
// holds them to governance's signatures.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/position.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {

// What entry 0 says of the log before, for everyone to read.
struct EpochEvidence {
  std::optional<LogHead> store;  // As far as it could be read.
  std::optional<LogHead> mark;
  std::vector<LogHead> shown;  // Heads signed by us that an agency holds and the store does not.
  std::string found;           // In words: what was wrong with the store. Nobody's data.
};

struct EpochPlan {
  std::string opening;  // Notes, all of them.
  std::string directory;
  std::vector<std::string> policies;     // Oldest first; the last comes into force.
  std::vector<std::string> suspensions;  // The newest of each agency.
  EpochEvidence evidence;
};

}  // namespace havenline
