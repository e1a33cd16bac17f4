// `havenline agency suspend|lift|publish`: an agency cut off at once, and let in again.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddSuspensionCommands(Command& agency);

}  // namespace havenline
