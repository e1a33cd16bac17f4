// `havenline directory …` and `havenline policy …`: sign, check, show, publish.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddDocumentCommands(Command& root);

}  // namespace havenline
