// What libzmq may hold for one host that does not read (D7). Each host has a share that nobody can
// take from it; what goes beyond comes from a pool, of which a host may hold the less, the less is
// left (dynamic thresholds, Choudhury and Hahne 1998). So no number of hosts that read nothing
// keeps small frames from the others, and all together have a known size. Pure.

#pragma once

#include <cstddef>

namespace havenline {

struct QueueUse {
  std::size_t of_host = 0;
  std::size_t pooled = 0;  // PooledOf() all hosts.
};

// How much of the pool a host takes that has so many bytes queued.
std::size_t PooledOf(std::size_t of_host);

// True if `bytes` more may be queued for the host. One frame of any size may be, alone, as long as
// the pool has room for it.
bool MayQueue(const QueueUse& use, std::size_t bytes);

}  // namespace havenline
