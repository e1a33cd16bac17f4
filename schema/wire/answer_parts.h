// What answers and the frames that carry them share. Private to schema/wire; readers throw
// Malformed.

#pragma once

#include <cstdint>
#include <vector>

#include "schema/model/frame.h"
#include "schema/wire/frame.capnp.h"

namespace havenline::wire {

// In whole milliseconds, as far as 32 bits reach.
std::uint32_t WholeMilliseconds(Milliseconds duration);
Code ReadCode(std::uint16_t code);

std::vector<AnswerItem> ReadAnswers(raw::Answers::Reader reader);
void WriteAnswers(raw::Answers::Builder builder, const std::vector<AnswerItem>& items);

}  // namespace havenline::wire
