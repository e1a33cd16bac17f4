#include "broker/deliver/queue_share.h"

#include <algorithm>

#include "schema/model/limits.h"

namespace havenline {

std::size_t PooledOf(std::size_t of_host) {
  return of_host - std::min(of_host, limits::kQueuedShare);
}

bool MayQueue(const QueueUse& use, std::size_t bytes) {
  const std::size_t after = use.of_host + bytes;
  const std::size_t taken = PooledOf(after) - PooledOf(use.of_host);
  if (use.pooled + taken > limits::kQueuedPool) return false;
  if (use.of_host == 0) return true;
  const std::size_t most = (limits::kQueuedPool - use.pooled) / limits::kQueuedFraction;
  return PooledOf(after) <= most && after <= limits::kQueuedHostMax;
}

}  // namespace havenline
