// An agent's metrics: what an operator is alarmed by. docs/operations.md lists them.

#pragma once

#include <vector>

#include "agents/link/agent.h"
#include "deploy/runtime/metrics_file.h"
#include "schema/base/clock.h"

namespace havenline {

// On the agent's loop.
std::vector<Metric> MetricsOf(Agent& agent, TimePoint now);

}  // namespace havenline
