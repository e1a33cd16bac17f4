// Latencies of one kind, and their percentiles.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace havenline::bench {

// In nanoseconds.
struct Latencies {
  std::vector<std::int64_t> sorted;
  // The smallest that so many of a thousand do not exceed; zero if there are none.
  std::int64_t Permille(std::size_t permille) const;
};

}  // namespace havenline::bench
