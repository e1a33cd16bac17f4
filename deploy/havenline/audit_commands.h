// `havenline audit verify|show|export`: the audit log without trusting the broker.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddAuditCommands(Command& root);

}  // namespace havenline
