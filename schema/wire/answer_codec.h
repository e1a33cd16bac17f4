// An answer alone, as the broker's store keeps it to give it again for the same id. Pure; callable
// from any thread.

#pragma once

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/model/answer.h"

namespace havenline::wire {

Bytes EncodeAnswer(const Answer& answer);
// kCorrupt, naming the field.
Result<Answer> ParseAnswer(ByteView bytes);

}  // namespace havenline::wire
