#include "policy/time_text.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace havenline::policy {

std::optional<TimePoint> TimeFrom(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  const std::string whole =
      text.size() == 10 ? std::string(text) + "T00:00:00Z" : std::string(text);
  if (whole.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = whole[i] >= '0' && whole[i] <= '9';
    if (kForm[i] == '0' ? !digit : whole[i] != kForm[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    unsigned value = 0;
    for (std::size_t i = at; i < at + size; ++i)
      value = value * 10 + static_cast<unsigned>(whole[i] - '0');
    return value;
  };
  const std::chrono::year_month_day day(std::chrono::year(static_cast<int>(number(0, 4))),
                                        std::chrono::month(number(5, 2)),
                                        std::chrono::day(number(8, 2)));
  if (!day.ok() || number(0, 4) < 2000 || number(11, 2) > 23 || number(14, 2) > 59 ||
      number(17, 2) > 59)
    return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(number(11, 2)) +
         std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2));
}

std::string TimeText(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(time - day).count();
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  std::string words(text.data());
  if (time == day) return words;
  std::snprintf(
      text.data(), text.size(), "T%02d:%02d:%02dZ", static_cast<int>(minutes / 60),
      static_cast<int>(minutes % 60),
      static_cast<int>(std::chrono::floor<std::chrono::seconds>(time - day).count() % 60));
  return words + text.data();
}

}  // namespace havenline::policy
