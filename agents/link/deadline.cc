#include "agents/link/deadline.h"

#include <algorithm>

#include "deploy/runtime/zones.h"

namespace havenline {
namespace {

constexpr std::chrono::days kSearch{150};  // Longer than any school is shut.
constexpr std::chrono::hours kSession{7};  // From the first child on site to the last.
constexpr std::chrono::minutes kDuringSession{
    60};  // Time to act when the children are there already.

bool InAny(const std::vector<DayRange>& ranges, Day day) {
  return std::ranges::any_of(
      ranges, [&](const DayRange& range) { return range.first <= day && day <= range.last; });
}

Result<TimePoint> At(const Zone& zone, Day day, std::chrono::minutes time_of_day) {
  ASSIGN_OR_RETURN(const Moment moment, FromLocal(zone, day, time_of_day));
  return moment.time;
}

// The next ready-by after `now`; or, while a session is on, an hour from now.
Result<std::optional<TimePoint>> NextReady(const Zone& zone, const Calendar& calendar,
                                           TimePoint now) {
  const Day today = ToLocal(zone, now).day;
  for (Day day = today; day <= today + kSearch; day += std::chrono::days(1)) {
    if (!IsOpenOn(calendar, day)) continue;
    ASSIGN_OR_RETURN(const TimePoint ready, At(zone, day, calendar.ready_by));
    if (ready > now) return ready;
    if (now < ready + kSession) return now + kDuringSession;
  }
  return std::nullopt;
}

}  // namespace

bool IsOpenOn(const Calendar& calendar, Day day) {
  if ((calendar.weekdays >> static_cast<unsigned>(WeekdayOf(day)) & 1U) == 0) return false;
  return (calendar.terms.empty() || InAny(calendar.terms, day)) && !InAny(calendar.closures, day);
}

Result<TimePoint> DeadlineFor(const policy::Deadline& deadline, const Calendar* calendar,
                              TimePoint now) {
  const TimePoint earliest = now + deadline.at_least;
  if (!deadline.before_ready) return std::max(earliest, now + deadline.after);
  Calendar usual;
  usual.ready_by = deadline.default_ready;
  if (calendar != nullptr) usual.zone = calendar->zone;
  // A zone that this machine does not know must not stop a notice: the usual one stands in.
  auto zone = Zone::Named(usual.zone);
  if (!zone) zone = Zone::Named(Calendar().zone);
  if (!zone) return tl::unexpected<Fault>(zone.error());
  ASSIGN_OR_RETURN(const auto usual_ready, NextReady(*zone, usual, now));
  TimePoint due = usual_ready.value_or(now + std::chrono::days(3));
  if (calendar != nullptr) {
    const TimePoint latest = due + deadline.move_max;
    ASSIGN_OR_RETURN(const auto stated, NextReady(*zone, *calendar, now));
    due = std::min(stated.value_or(latest), latest);
  }
  return std::max(earliest, due);
}

}  // namespace havenline
