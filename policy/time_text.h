// Times as a policy's text has them, in UTC. Pure; any thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/base/clock.h"

namespace havenline::policy {

// "2026-11-07" (its first moment) or "2026-11-07T08:15:00Z", of the years 2000 to 9999.
std::optional<TimePoint> TimeFrom(std::string_view text);
// The same; a day where the time is its first moment.
std::string TimeText(TimePoint time);

}  // namespace havenline::policy
