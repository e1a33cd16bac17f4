// Dates and times as people write them and records hold them. Pure. Strict: what is not exactly the
// form, or no day of the calendar, is kInvalid, and the words never repeat what was given.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/statement.h"

namespace havenline {

enum class DayForm : std::uint8_t {
  kIso,           // 2026-11-22
  kDayMonthYear,  // 22/11/2026, as British records systems export it.
};

Result<Day> ParseDay(std::string_view text, DayForm form);
std::string FormatDay(Day day);  // "2026-11-22".

// The day on which somebody born on `birth` is 18; the 1st of March for the 29th of February.
Day EighteenOn(Day birth);

// "08:15" or "08:15:30", from 00:00 to 23:59:59: the time since midnight on a wall clock.
Result<Milliseconds> ParseTimeOfDay(std::string_view text);

// "2026-11-22T08:15:00Z"; parts of a second are cut off.
std::string FormatUtc(TimePoint time);

}  // namespace havenline
