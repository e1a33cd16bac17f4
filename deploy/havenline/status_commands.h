// `havenline status`: of the broker over an operator's link, or of an agent over its local port.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddStatusCommand(Command& root);

}  // namespace havenline
