// The intake's paths on the local port. docs/integration.md lists them:
//
//   GET  /v1/intake                              counts and files
//   POST /v1/intake                              a report, taken as a dropped file is
//   GET  /v1/intake/quarantined                  rows to mend or to take on
//   POST /v1/intake/quarantined/{number}/take-on
//   GET  /v1/intake/held                         rows for a supervisor, with everything they say
//   POST /v1/intake/held/{number}/release
//   POST /v1/intake/held/{number}/reject

#pragma once

#include "agents/desk/port.h"
#include "agents/intake/intake.h"
#include "agents/link/agent.h"

namespace havenline::intake {

// Before the server starts. All must outlive the port.
void AddIntakePaths(LocalPort& port, Agent& agent, Intake& intake);

}  // namespace havenline::intake
