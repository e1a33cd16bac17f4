#include "deploy/runtime/zones.h"

#include <chrono>
#include <exception>

#include <date/tz.h>

namespace havenline {
namespace {

using std::chrono::seconds;

constexpr std::string_view kInstall =
    " Install the package tzdata (its files are in /usr/share/zoneinfo).";

// The library tells by exceptions, and only while it reads files: here and nowhere else.
Result<const date::time_zone*> Load(std::string_view name) {
  try {
    const date::tzdb& zones = date::get_tzdb();
    for (const date::time_zone& zone : zones.zones) {
      if (zone.name() != name) continue;
      zone.get_info(date::sys_seconds());  // The first question reads the file.
      return &zone;
    }
  } catch (const std::exception&) {
    return Fail(FaultCode::kMissing,
                "this machine's time zone files cannot be read." + std::string(kInstall));
  }
  return Fail(FaultCode::kInvalid, "no such time zone; one is named as in Europe/London");
}

date::local_seconds Local(Day day, seconds since_midnight) {
  return date::local_seconds(day.time_since_epoch()) + since_midnight;
}

}  // namespace

Result<void> CheckZones() {
  const auto zone = Zone::Named("Europe/London");
  if (!zone) {
    return Fail(FaultCode::kMissing,
                "no time zone Europe/London on this machine." + std::string(kInstall));
  }
  // Files of the "slim" kind hold the rule for future years in a form that the library does not
  // read: every summer would be an hour off.
  using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.
  const LocalTime noon = ToLocal(*zone, std::chrono::sys_days(2036y / 7 / 1) + 12h);
  if (noon.since_midnight == 13h) return {};
  return Fail(FaultCode::kMissing,
              "this machine's time zone files lack the summer time of future years." +
                  std::string(kInstall));
}

Result<Zone> Zone::Named(std::string_view name) {
  ASSIGN_OR_RETURN(const date::time_zone* rules, Load(name));
  return Zone(*rules);
}

bool ZoneExists(std::string_view name) { return Load(name).has_value(); }

Result<Moment> FromLocal(const Zone& zone, Day day, Milliseconds since_midnight, Overlap choice) {
  if (since_midnight < Milliseconds(0) || since_midnight >= std::chrono::hours(24)) {
    return Fail(FaultCode::kInvalid, "a time of day is from 00:00 to 23:59:59");
  }
  const seconds whole = std::chrono::floor<seconds>(since_midnight);
  const date::local_seconds local = Local(day, whole);
  const date::local_info info = zone.rules().get_info(local);
  if (info.result == date::local_info::nonexistent) {
    return Moment{.time = info.first.end, .ambiguous = false, .nonexistent = true};
  }
  const bool ambiguous = info.result == date::local_info::ambiguous;
  const seconds offset =
      ambiguous && choice == Overlap::kLater ? info.second.offset : info.first.offset;
  const date::sys_seconds utc(local.time_since_epoch() - offset);
  return Moment{
      .time = utc + (since_midnight - whole), .ambiguous = ambiguous, .nonexistent = false};
}

LocalTime ToLocal(const Zone& zone, TimePoint time) {
  const auto info = zone.rules().get_info(std::chrono::floor<seconds>(time));
  const TimePoint shown = time + info.offset;  // As if the wall clock's time were UTC.
  const Day day = std::chrono::floor<std::chrono::days>(shown);
  return {.day = day, .since_midnight = shown - day, .weekday = WeekdayOf(day)};
}

std::string FormatLocal(const Zone& zone, TimePoint time) {
  const LocalTime local = ToLocal(zone, time);
  std::string text = FormatUtc(local.day + local.since_midnight).substr(0, 16);
  text[10] = ' ';
  return text;
}

int WeekdayOf(Day day) { return static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1; }

}  // namespace havenline
