// `havenline audit verify --files`: the log as files in a folder on this machine.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/tool.h"
#include "schema/base/result.h"

namespace havenline {

struct FilesRequest {
  std::filesystem::path folder;
  std::filesystem::path state;         // See deploy/havenline/audit_state.h.
  std::optional<std::uint64_t> epoch;  // Nothing: the newest in the folder.
  bool resume = false;  // Goes on where the last run stopped; what it has checked is not again.
};

// The answer's code is the verdict's, and the state is kept as by VerifyLog(). Asks no broker. A
// fault: the folder cannot be read at all, or the state is not ours.
Result<tool::Answer> VerifyFiles(const LinkConfiguration& configuration,
                                 const FilesRequest& request);

}  // namespace havenline
