#include "deploy/runtime/calendar_text.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace havenline {
namespace {

// Exactly `digits` decimal digits; nothing else is a number here, no sign and no blank.
std::optional<unsigned> Number(std::string_view text, std::size_t digits) {
  if (text.size() != digits) return std::nullopt;
  unsigned number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number;
}

struct Parts {
  std::optional<unsigned> year;
  std::optional<unsigned> month;
  std::optional<unsigned> day;
};

std::optional<Parts> Split(std::string_view text, DayForm form) {
  if (text.size() != 10) return std::nullopt;
  if (form == DayForm::kIso) {
    if (text[4] != '-' || text[7] != '-') return std::nullopt;
    return Parts{Number(text.substr(0, 4), 4), Number(text.substr(5, 2), 2),
                 Number(text.substr(8), 2)};
  }
  if (text[2] != '/' || text[5] != '/') return std::nullopt;
  return Parts{Number(text.substr(6), 4), Number(text.substr(3, 2), 2),
               Number(text.substr(0, 2), 2)};
}

}  // namespace

Result<Day> ParseDay(std::string_view text, DayForm form) {
  const auto parts = Split(text, form);
  if (!parts || !parts->year || !parts->month || !parts->day) {
    return Fail(FaultCode::kInvalid, form == DayForm::kIso ? "not a date written as yyyy-mm-dd"
                                                           : "not a date written as dd/mm/yyyy");
  }
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*parts->year)),
                                         std::chrono::month(*parts->month),
                                         std::chrono::day(*parts->day)};
  if (!date.ok()) return Fail(FaultCode::kInvalid, "no such day in the calendar");
  return Day(date);
}

std::string FormatDay(Day day) { return FormatUtc(day).substr(0, 10); }

Day EighteenOn(Day birth) {
  const std::chrono::year_month_day born(birth);
  const std::chrono::year_month_day day = born + std::chrono::years(18);
  return day.ok() ? Day(day) : Day(day.year() / std::chrono::March / 1);
}

Result<Milliseconds> ParseTimeOfDay(std::string_view text) {
  const bool has_seconds = text.size() == 8;
  const auto fault = Fail(FaultCode::kInvalid, "not a time of day written as hh:mm or hh:mm:ss");
  if ((text.size() != 5 && !has_seconds) || text[2] != ':') return fault;
  const auto hour = Number(text.substr(0, 2), 2);
  const auto minute = Number(text.substr(3, 2), 2);
  const auto second = has_seconds && text[5] == ':' ? Number(text.substr(6), 2) : std::nullopt;
  if (!hour || !minute || (has_seconds && !second)) return fault;
  if (*hour > 23 || *minute > 59 || second.value_or(0) > 59) return fault;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(second.value_or(0));
}

std::string FormatUtc(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace havenline
