// When a person at a recipient must have acknowledged: policy's clock, held against the recipient's
// own calendar. A notice is delivered at once, always; only this follows the calendar (D6).
// Pure but for the zone rules.

#pragma once

#include <optional>

#include "policy/policy.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/statement.h"

namespace havenline {

// `calendar` is null for a recipient that has stated none: then Monday to Friday, policy's default
// time. The answer is after `now`, and a calendar moves it by at most policy's limit.
Result<TimePoint> DeadlineFor(const policy::Deadline& deadline, const Calendar* calendar,
                              TimePoint now);

// Whether children are on site that day.
bool IsOpenOn(const Calendar& calendar, Day day);

}  // namespace havenline
