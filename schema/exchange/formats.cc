#include "schema/exchange/formats.h"

#include <algorithm>
#include <chrono>

namespace havenline::exchange {
namespace {

bool AllDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int Digit(char c) { return c - '0'; }

// `text` must be digits.
unsigned Number(std::string_view text) {
  unsigned number = 0;
  for (const char c : text) number = number * 10 + static_cast<unsigned>(Digit(c));
  return number;
}

}  // namespace

bool IsDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  if (!AllDigits(text.substr(0, 4)) || !AllDigits(text.substr(5, 2)) ||
      !AllDigits(text.substr(8, 2)))
    return false;
  const std::chrono::year_month_day day{
      std::chrono::year(static_cast<int>(Number(text.substr(0, 4)))),
      std::chrono::month(Number(text.substr(5, 2))), std::chrono::day(Number(text.substr(8, 2)))};
  return day.ok() && day.year() >= std::chrono::year(1900) && day.year() <= std::chrono::year(2100);
}

bool IsLocalTime(std::string_view text) {
  return text.size() == 16 && IsDate(text.substr(0, 10)) && text[10] == ' ' && text[13] == ':' &&
         AllDigits(text.substr(11, 2)) && AllDigits(text.substr(14, 2)) &&
         Number(text.substr(11, 2)) < 24 && Number(text.substr(14, 2)) < 60;
}

bool IsUrn(std::string_view text) { return text.size() == 6 && AllDigits(text) && text[0] != '0'; }

bool IsUpn(std::string_view text) {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";
  if (text.size() != 13 || !AllDigits(text.substr(1, 11))) return false;
  unsigned sum = 0;
  for (unsigned i = 1; i < 12; ++i) sum += static_cast<unsigned>(Digit(text[i])) * (i + 1);
  const auto letter = kLetters.find(text[12]);
  if (letter == std::string_view::npos && !AllDigits(text.substr(12))) return false;
  sum += 13 * (letter == std::string_view::npos ? static_cast<unsigned>(Digit(text[12]))
                                                : static_cast<unsigned>(letter));
  return text[0] == kLetters[sum % kLetters.size()];
}

bool IsNhsNumber(std::string_view text) {
  if (text.size() != 10 || !AllDigits(text)) return false;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += Digit(text[static_cast<std::size_t>(i)]) * (10 - i);
  const int check = (11 - sum % 11) % 11;
  return check != 10 && check == Digit(text[9]);
}

std::string_view WhyNotUrn(std::string_view text) {
  if (IsUrn(text)) return {};
  if (!AllDigits(text)) return "a URN is six digits, and this is no number";
  if (text.size() != 6) return "a URN is six digits, and this has more or fewer";
  return "no URN begins with 0";
}

std::string_view WhyNotUpn(std::string_view text) {
  constexpr std::size_t kCharacters = 13;
  if (IsUpn(text)) return {};
  if (text.size() != kCharacters) return "a UPN has 13 characters, and this has more or fewer";
  const bool letter_first = text[0] >= 'A' && text[0] <= 'Z';
  if (!letter_first || !AllDigits(text.substr(1, 11)))
    return "a UPN is a letter and 12 digits, or 11 digits and a letter if it is temporary";
  const char last = text[kCharacters - 1];
  if (!AllDigits(text.substr(kCharacters - 1)) &&
      (last < 'A' || last > 'Z' || last == 'I' || last == 'O' || last == 'S'))
    return "the last character of a UPN is a digit, or a letter but I, O and S if it is temporary";
  return "its check letter does not fit its digits: one of them was mistyped";
}

std::string_view WhyNotNhsNumber(std::string_view text) {
  if (!AllDigits(text)) return "an NHS number is ten digits, and this is no number";
  if (text.size() != 10) return "an NHS number is ten digits, and this has more or fewer";
  if (text.find_first_not_of(text[0]) == std::string_view::npos)
    return "one digit ten times is nobody's NHS number";
  if (!IsNhsNumber(text)) return "its check digit does not fit: one of its digits was mistyped";
  return {};
}

bool HasFormat(std::string_view format, std::string_view text) {
  if (format == "date") return IsDate(text);
  if (format == "local-time") return IsLocalTime(text);
  if (format == "urn") return IsUrn(text);
  if (format == "upn") return IsUpn(text);
  if (format == "nhs-number") return IsNhsNumber(text);
  return true;
}

bool HasFormat(std::string_view format, std::int64_t number) {
  constexpr std::int64_t kYear2100 = 4'102'444'800'000;
  constexpr std::int64_t kCountMax = 1'000'000;
  if (format == "utc") return number >= 0 && number < kYear2100;
  if (format == "count") return number >= 0 && number <= kCountMax;
  return true;
}

}  // namespace havenline::exchange
