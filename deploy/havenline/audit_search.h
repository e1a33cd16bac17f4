// `havenline audit search`: who saw, sent, refused or changed what, asked of the broker's log as an
// auditor.

#pragma once

#include "deploy/runtime/command_line.h"

namespace havenline {

void AddAuditSearch(Command& audit);

}  // namespace havenline
