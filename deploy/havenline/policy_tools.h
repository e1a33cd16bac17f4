// `havenline policy …` beside what all documents have: explain, who-can-see, sections, diff,
// replay, test, table, isa, bases.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddPolicyTools(Command& group);

}  // namespace havenline
