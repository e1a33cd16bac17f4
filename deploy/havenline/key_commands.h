// `havenline keys roll`: a new recipient key for an agency, stated to everyone.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddKeyCommands(Command& root);

}  // namespace havenline
