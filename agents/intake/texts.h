// Small text functions that mapping, rows and register share. Pure. Letters are ASCII's unless
// said.

#pragma once

#include <string>
#include <string_view>

namespace havenline::intake {

// Without the blanks around it: space, tab, and the no-break space that spreadsheets leave.
std::string_view Trimmed(std::string_view text);

// For comparing codes and column values: "Yes" and "YES" are the same word.
std::string Lower(std::string_view text);

// For comparing names of establishments: small letters, also of Latin-1; one space between words;
// no dots, commas, quotes or apostrophes; "&" is "and".
std::string FoldedName(std::string_view name);

// Only '0' to '9', and at least one.
bool IsDigits(std::string_view text);

// True if it has a character that no name, reference or code has.
bool HasControl(std::string_view text);

}  // namespace havenline::intake
