// `havenline-broker log-files`: every byte of the published log held to the store. Looking changes
// nothing and may be done beside a running broker; rebuilding takes the store, so the broker is
// stopped.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/configuration.h"
#include "schema/base/result.h"

namespace havenline {

struct LogFilesFound {
  std::uint64_t epoch = 0;
  std::uint64_t entries = 0;         // Under the checkpoint in the folder; 0: it has none of ours.
  std::vector<std::string> differs;  // Missing, or other than they must be; now written again.
};

// kInvalid: no folder is configured. kUnavailable: rebuilding, and a broker runs. kCorrupt: the
// store does not contain what the folder's checkpoint signs, and nothing is written.
Result<LogFilesFound> LookAtLogFiles(const BrokerConfiguration& configuration, bool rebuild);

}  // namespace havenline
