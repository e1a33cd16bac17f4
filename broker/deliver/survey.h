// Survey: what waits in mailboxes, and how much room there is.

#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "schema/base/clock.h"

namespace havenline {

// What waits in mailboxes and how much room there is. Counted from the store now and then, beside
// all else, and so a little old.
struct Survey {
  struct Lane {
    std::uint64_t waiting = 0;
    std::optional<TimePoint> oldest;  // When the oldest notice that waits was written.
  };
  std::array<Lane, 2> lanes;  // By Lane.
  bool whole = true;          // False: there was more than is counted.
  std::uint64_t free_bytes = 0;
  TimePoint at;
};

}  // namespace havenline
