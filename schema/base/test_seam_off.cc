#include "schema/base/test_seam.h"

namespace havenline {

void FaultPoint(const char*) {}
void TapFrame(ByteView) {}
bool PlantedFault(const char*) { return false; }
Milliseconds TestClockShift() { return Milliseconds(0); }

}  // namespace havenline
