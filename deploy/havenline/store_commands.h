// `havenline store export|decisions`: an agent's own rows, or what it decided to tell, as JSON
// lines.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddStoreCommands(Command& root);

}  // namespace havenline
