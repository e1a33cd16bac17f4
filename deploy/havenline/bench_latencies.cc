#include "deploy/havenline/bench_latencies.h"

#include <algorithm>

namespace havenline::bench {

std::int64_t Latencies::Permille(std::size_t permille) const {
  if (sorted.empty()) return 0;
  const std::size_t rank = (sorted.size() * permille + 999) / 1000;  // From 1.
  return sorted.at(std::max<std::size_t>(rank, 1) - 1);
}

}  // namespace havenline::bench
