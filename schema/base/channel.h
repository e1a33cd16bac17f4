// Channel: a bounded queue between threads, and the only way our threads talk to each other.

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "schema/base/check.h"
#include "schema/base/mutex.h"

namespace havenline {

// Push never blocks and never fails: no more is admitted at a time than `capacity` (broker/receive/
// admission.h), so a full channel is a bug. That is also why the threads cannot deadlock.
template <class Item>
class Channel {
 public:
  explicit Channel(std::size_t capacity) : capacity_(capacity) {}

  void Push(Item item) {
    {
      const MutexLock lock(mutex_);
      CHECK(items_.size() < capacity_);
      items_.push_back(std::move(item));
    }
    changed_.notify_one();
  }

  // Waits for at least one item, then takes all there are, oldest first. Under load a slow consumer
  // (one disk sync per call) thus gets larger batches by itself. Empty means closed.
  std::vector<Item> PopAll() {
    const MutexLock lock(mutex_);
    while (items_.empty() && !closed_) changed_.wait(mutex_);
    return Take();
  }

  // The same, but gives up at `deadline` of the monotonic clock: then empty means closed() or late.
  std::vector<Item> PopAllUntil(std::chrono::steady_clock::time_point deadline) {
    const MutexLock lock(mutex_);
    while (items_.empty() && !closed_) {
      if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout) break;
    }
    return Take();
  }

  // Waits for one item and takes the oldest; nothing means closed. For several readers of one
  // channel.
  std::optional<Item> Pop() {
    const MutexLock lock(mutex_);
    while (items_.empty() && !closed_) changed_.wait(mutex_);
    if (items_.empty()) return std::nullopt;
    std::optional<Item> item(std::move(items_.front()));
    items_.pop_front();
    return item;
  }

  // What is there now; never waits.
  std::vector<Item> TakeAll() {
    const MutexLock lock(mutex_);
    return Take();
  }

  bool closed() const {
    const MutexLock lock(mutex_);
    return closed_;
  }

  void Close() {
    {
      const MutexLock lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::vector<Item> Take() REQUIRES(mutex_) {
    std::vector<Item> taken(std::make_move_iterator(items_.begin()),
                            std::make_move_iterator(items_.end()));
    items_.clear();
    return taken;
  }

  const std::size_t capacity_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Item> items_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace havenline
