// The publishing thread: brings the folder of the log's files to the newest checkpoint. No other
// thread ever waits for it: what is offered replaces what was, and a disk that is full or fails is
// alarmed and tried again.

#pragma once

#include <chrono>
#include <condition_variable>
#include <optional>

#include "broker/pipeline/events.h"
#include "broker/pipeline/log_publisher.h"
#include "broker/pipeline/shared.h"
#include "schema/base/clock.h"
#include "schema/base/mutex.h"

namespace havenline {

// The newest checkpoint on its way to the folder. Thread-safe.
class CheckpointSlot {
 public:
  // Replaces an older one, or one of the same head with fewer signatures. Never waits.
  void Offer(const CheckpointNews& news);
  // Takes what was offered since the last time; waits for it until `deadline`. Nothing: too late,
  // or closed.
  std::optional<CheckpointNews> TakeUntil(std::chrono::steady_clock::time_point deadline);
  void Close();
  bool closed() const;

 private:
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  CheckpointNews newest_ GUARDED_BY(mutex_);
  bool untaken_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
};

struct PublishLoopParts {
  PublisherParts publisher;
  const Clock& clock;
  SharedState& state;
  Observer& observer;
  CheckpointSlot& in;
};

class PublishLoop {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit PublishLoop(PublishLoopParts parts)
      : parts_(parts), publisher_(std::move(parts.publisher)) {}

  // The thread's body: until `in` is closed, and what was offered before is in the folder, unless
  // that would take long or fails.
  void Run();

  // One turn for tests: takes what was offered, and writes if it is time. When to come back.
  Time Turn();

  // No more often than this: each time costs the disk some syncs.
  static constexpr auto kPublishEvery = std::chrono::seconds(1);
  static constexpr auto kRetryFirst = std::chrono::seconds(1);
  static constexpr auto kRetryMost = std::chrono::seconds(60);
  static constexpr int kStepsAtTheEnd = 8;

 private:
  void Take(Time deadline);
  void Attempt();
  void Failed(const Fault& fault);
  void Succeeded();

  PublishLoopParts parts_;
  LogPublisher publisher_;
  std::optional<CheckpointNews> pending_;
  Time due_{};
  std::chrono::seconds retry_ = kRetryFirst;
  bool failing_ = false;
  std::size_t mended_told_ = 0;
};

}  // namespace havenline
