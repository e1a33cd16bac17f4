// The broker's metrics: what an operator is alarmed by. docs/operations.md lists them.

#pragma once

#include <vector>

#include "broker/pipeline/shared.h"
#include "deploy/runtime/metrics_file.h"
#include "schema/base/clock.h"

namespace havenline {

struct MetricsFacts {
  TimePoint now;
  TimePoint started;
  std::uint64_t reserve_bytes = 0;
};

std::vector<Metric> MetricsOf(const MetricsFacts& facts, const SharedState& state);

}  // namespace havenline
