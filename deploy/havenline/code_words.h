// The broker's codes, with their remedy, for a person at a terminal. Pure.

#pragma once

#include <string>

#include "schema/model/answer.h"

namespace havenline {

// What to do about it; a sentence.
std::string_view RemedyFor(Code code);

// "kDocument (309): …".
std::string WordsOf(Code code);

}  // namespace havenline
