// How much memory something takes. Linking allocation_meter.cc replaces operator new and delete of
// the whole test program; while no meter lives, it only counts.

#pragma once

#include <cstddef>

namespace havenline {

// From its making on: the most that was allocated at one time beyond what was there before.
class AllocationMeter {
 public:
  AllocationMeter();
  std::size_t peak() const;

 private:
  std::size_t before_;
};

}  // namespace havenline
