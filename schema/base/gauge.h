// Gauge: a number that one thread or process writes and others read, also in memory that processes
// share. What was written before a Set() is seen by whoever reads what it set.

#pragma once

#include <atomic>
#include <cstdint>

namespace havenline {

class Gauge {
 public:
  void Set(std::int64_t value) { value_.store(value, std::memory_order_release); }
  // By the one writer.
  void Add(std::int64_t value) { Set(value_.load(std::memory_order_relaxed) + value); }
  std::int64_t Get() const { return value_.load(std::memory_order_acquire); }

 private:
  static_assert(std::atomic<std::int64_t>::is_always_lock_free);  // Else processes cannot share it.
  std::atomic<std::int64_t> value_{0};
};

}  // namespace havenline
