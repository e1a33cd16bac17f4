// The whole log recomputed, and held to the checkpoint, to governance and to what was seen before.

#pragma once

#include <filesystem>

#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/tool.h"
#include "schema/base/result.h"

namespace havenline {

// audit.checkpoint beside the configuration.
std::filesystem::path StateBeside(const LinkConfiguration& configuration);

// The answer's code is the verdict's. Tampered: the words say where, `state` stays as it is, and a
// checkpoint that contradicts it is kept beside it as evidence. Unverifiable: the words say what is
// missing. Valid: `state` is the newest checkpoint. A fault: it could not be asked.
Result<tool::Answer> VerifyLog(const LinkConfiguration& configuration,
                               const std::filesystem::path& state);

}  // namespace havenline
