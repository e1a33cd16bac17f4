// `havenline store export`: an agent's own rows as JSON lines.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddStoreCommands(Command& root);

}  // namespace havenline
