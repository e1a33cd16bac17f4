#include "schema/base/test_seam.h"

namespace havenline {

void FaultPoint(const char*) {}
bool PlantedFault(const char*) { return false; }
Milliseconds TestClockShift() { return Milliseconds(0); }

}  // namespace havenline
