// The places where a test may reach into a program, chosen by the linker and not by a setting: what
// we ship links test_seam_off.cc, whose functions do nothing, so that no environment variable, file
// or operator can switch them on. The programs in test-bin/ link tests/fakes/test_seam_on.cc.
// Thread-safe.

#pragma once

#include "schema/base/bytes.h"
#include "schema/base/clock.h"

namespace havenline {

// Names a place on a commit path where a test may kill the process: `crash here and this is what
// holds`.
void FaultPoint(const char* name);

// True if a test planted the wrong behaviour `name`, to see that the tests find it.
bool PlantedFault(const char* name);

// Shows a test one frame as it is after CURVE decryption, or before its encryption.
void TapFrame(ByteView frame);

// How far a test has moved the wall clock.
Milliseconds TestClockShift();

}  // namespace havenline
