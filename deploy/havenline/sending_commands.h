// `havenline send`, `sent`, `alarms`: a sender's agent at a terminal, over its local port.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddSendingCommands(Command& root);

}  // namespace havenline
