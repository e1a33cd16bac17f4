// `havenline opening …`: sign, check, show. `havenline-broker prepare-epoch` makes what is signed,
// `havenline-broker epoch` uses it.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddOpeningCommands(Command& root);

}  // namespace havenline
