// Waiting for the processes of a measurement.

#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "deploy/havenline/bench_partnership.h"
#include "deploy/havenline/bench_process.h"
#include "deploy/runtime/service.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline::bench {

// Until `condition` holds. kUnavailable if one of `children` ended (what is wrong was told),
// `progress` has been the same for half a minute, or `signals` told to stop.
Result<void> WaitUntil(const std::function<bool()>& condition,
                       const std::function<std::int64_t()>& progress, std::vector<Child>& children,
                       StopSignal& signals);

// What the partnership's broker says of itself.
Result<text::Value> BrokerStatus(const LoadedPartnership& partnership);

// Of the monotonic clock's nanoseconds.
double Seconds(std::int64_t nanoseconds);

}  // namespace havenline::bench
