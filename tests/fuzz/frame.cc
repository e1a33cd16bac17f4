// What was read of a frame, written and read again, is the same.

#include "schema/base/check.h"
#include "schema/wire/frame_codec.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {

bool TryFrame(ByteView input) {
  const auto frame = wire::ParseFrame(input);
  if (!frame) {
    CheckFault(frame.error());
    return false;
  }
  const auto again = wire::ParseFrame(wire::EncodeFrame(*frame));
  CHECK(again.has_value() && *again == *frame);
  return true;
}

}  // namespace havenline::fuzz
