// The formats that fields may have. Pure; any thread.

#pragma once

#include <cstdint>
#include <string_view>

namespace havenline::exchange {

// YYYY-MM-DD of a day that exists, 1900 to 2100.
bool IsDate(std::string_view text);
// YYYY-MM-DD HH:MM.
bool IsLocalTime(std::string_view text);
// Unique reference number of an establishment (GIAS): 6 digits, not starting with 0.
bool IsUrn(std::string_view text);
// Unique pupil number: check letter, 12 digits, or 11 digits and a letter if temporary.
bool IsUpn(std::string_view text);
// NHS number: 10 digits, the last a check digit modulo 11.
bool IsNhsNumber(std::string_view text);

// Why a text is no such number, for whoever typed it, without the text; empty if it is one.
std::string_view WhyNotUrn(std::string_view text);
std::string_view WhyNotUpn(std::string_view text);
std::string_view WhyNotNhsNumber(std::string_view text);

// By the format's name; true for a name that is not known here.
bool HasFormat(std::string_view format, std::string_view text);
// "utc": milliseconds since 1970, before 2100. "count": 0 to 1,000,000.
bool HasFormat(std::string_view format, std::int64_t number);

}  // namespace havenline::exchange
