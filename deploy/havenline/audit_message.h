// `havenline audit message`: who was told what of one message, why, and who looked, from an agent's
// own store; proved against the log on request.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddAuditMessage(Command& audit);

}  // namespace havenline
