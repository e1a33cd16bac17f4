// The way back: what `havenline-broker epoch` and `havenline-broker prepare-epoch` do.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "broker/configuration.h"
#include "schema/base/result.h"

namespace havenline {

// Makes the key of an epoch to come, `log-<epoch>.key`, and the text of its opening,
// `opening-<epoch>.toml`, for governance to sign. kInvalid if either is there.
Result<void> PrepareEpoch(const BrokerConfiguration& configuration, std::uint64_t epoch,
                          const std::filesystem::path& into);

struct EpochRequest {
  std::filesystem::path opening;
  // Documents in force, for a store that is lost or cannot be read; where it can be, newer ones
  // than it holds. Policies oldest first, the last one in force.
  std::filesystem::path directory;
  std::vector<std::filesystem::path> policies;
  std::vector<std::filesystem::path> suspensions;
};

struct BegunEpoch {
  std::uint64_t epoch = 0;
  std::uint64_t entries = 0;
  bool already = false;            // A run that was cut off had begun it.
  std::string found;               // What was wrong with the store.
  std::vector<std::string> aside;  // Where a store or mark that cannot be read was moved to.
};

// Begins the epoch that governance opened. The broker must be stopped: kUnavailable if it runs.
// Everything is checked before anything is moved or written; a run that is cut off may be repeated.
Result<BegunEpoch> BeginEpoch(const BrokerConfiguration& configuration,
                              const EpochRequest& request);

}  // namespace havenline
