// `havenline bench`: how fast a broker is, on this machine, with this load. docs/performance.md
// says what its figures mean.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddBenchCommand(Command& root);

}  // namespace havenline
