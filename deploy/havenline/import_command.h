// `havenline import --dry-run`: what an agent would make of a report, without doing it.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddImportCommand(Command& root);

}  // namespace havenline
