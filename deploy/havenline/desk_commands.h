// `havenline desk list|who|open|acknowledge|not-ours`: a desk at a terminal, over the agent's
// local port.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddDeskCommands(Command& root);

}  // namespace havenline
