// Local time: what a wall clock in a school showed, and back. All decisions are in UTC; this is for
// the edges, where people's times come in and go out.
//
// Thread-safe; nothing here throws. The rules come from the machine's zone files (package tzdata),
// read once: a running process keeps the rules it started with.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "deploy/runtime/calendar_text.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/statement.h"

namespace date {
class time_zone;  // NOLINT(readability-identifier-naming): the library's name.
}  // namespace date

namespace havenline {

// Call at start: kMissing, with what to install, if this machine has no zone files, or ones without
// the daylight saving of future years.
Result<void> CheckZones();

// A zone that exists and whose rules are loaded. A value; cheap to copy.
class Zone {
 public:
  // E.g. "Europe/London". kInvalid if there is none of that name; kMissing as CheckZones().
  static Result<Zone> Named(std::string_view name);

  const date::time_zone& rules() const { return *rules_; }

 private:
  explicit Zone(const date::time_zone& rules) : rules_(&rules) {}

  const date::time_zone* rules_;  // The library's, for ever.
};

bool ZoneExists(std::string_view name);

// Which of the two moments is meant, when the clocks go back and an hour comes twice.
enum class Overlap : std::uint8_t { kEarlier, kLater };

struct Moment {
  TimePoint time;
  bool ambiguous = false;    // The wall clock showed it twice; `time` is the one chosen.
  bool nonexistent = false;  // The wall clock skipped it; `time` is the first moment after the gap.
};

// When a wall clock showed `since_midnight` on `day`. kInvalid unless that is from 0 to 24 h,
// exclusive. It is what the clock shows, not what has passed since midnight.
Result<Moment> FromLocal(const Zone& zone, Day day, Milliseconds since_midnight,
                         Overlap choice = Overlap::kEarlier);

struct LocalTime {
  Day day;
  Milliseconds since_midnight{};  // As the wall clock shows it.
  int weekday = 0;                // 0 is Monday, 6 Sunday.
};

LocalTime ToLocal(const Zone& zone, TimePoint time);

// "2026-11-22 08:15".
std::string FormatLocal(const Zone& zone, TimePoint time);

// 0 is Monday, 6 Sunday.
int WeekdayOf(Day day);

}  // namespace havenline
