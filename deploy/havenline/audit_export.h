// The audit log in a folder, for whoever wants to check it with tools of their own.

#pragma once

#include <filesystem>

#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/tool.h"
#include "schema/base/result.h"

namespace havenline {

// Writes checkpoint.txt, log-keys.txt, leaves.jsonl and documents/<hash>.note into a new or empty
// folder. docs/protocol.md says how to check them. kInvalid if something is in the folder. The code
// is that of the verdict on what was written: it is all there all the same.
Result<tool::Answer> ExportLog(const LinkConfiguration& configuration,
                               const std::filesystem::path& into);

}  // namespace havenline
