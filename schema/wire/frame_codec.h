// Frames, to and from the bytes of one ZeroMQ payload frame. Pure; callable from any thread.
//
// The items of a list stay opaque here: each is parsed by its own codec, so that one that is
// malformed does not spoil the others. A fault is kCorrupt and names the field, never its content.

#pragma once

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/model/frame.h"

namespace havenline::wire {

// CHECKs that the frame is within limits::kFrameBytesMax: whoever fills a list must count.
Bytes EncodeFrame(const Frame& frame);
Result<Frame> ParseFrame(ByteView bytes);

}  // namespace havenline::wire
