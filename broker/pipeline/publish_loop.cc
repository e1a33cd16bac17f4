#include "broker/pipeline/publish_loop.h"

#include <algorithm>
#include <utility>

namespace havenline {
namespace {

constexpr auto kIdle = std::chrono::seconds(60);

bool Replaces(const CheckpointNews& news, const CheckpointNews& other) {
  if (news.head.epoch != other.head.epoch) return news.head.epoch > other.head.epoch;
  if (news.head.size != other.head.size) return news.head.size > other.head.size;
  return SaysMore(news.note, other.note);
}

}  // namespace

void CheckpointSlot::Offer(const CheckpointNews& news) {
  {
    const MutexLock lock(mutex_);
    if (!Replaces(news, newest_)) return;
    newest_ = news;
    untaken_ = true;
  }
  changed_.notify_one();
}

std::optional<CheckpointNews> CheckpointSlot::TakeUntil(
    std::chrono::steady_clock::time_point deadline) {
  const MutexLock lock(mutex_);
  while (!untaken_ && !closed_) {
    if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout) break;
  }
  if (!untaken_) return std::nullopt;
  untaken_ = false;
  return newest_;
}

void CheckpointSlot::Close() {
  {
    const MutexLock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool CheckpointSlot::closed() const {
  const MutexLock lock(mutex_);
  return closed_;
}

void PublishLoop::Run() {
  Time wake{};
  while (!parts_.in.closed()) {
    Take(wake);
    if (!parts_.in.closed()) wake = Turn();
  }
  Take({});
  for (int step = 0; step < kStepsAtTheEnd && pending_ && !failing_; ++step) Attempt();
}

PublishLoop::Time PublishLoop::Turn() {
  Take({});
  const Time now = parts_.clock.Monotonic();
  if (!pending_) return now + kIdle;
  if (now >= due_) Attempt();
  return pending_ ? due_ : parts_.clock.Monotonic() + kIdle;
}

void PublishLoop::Take(Time deadline) {
  if (auto news = parts_.in.TakeUntil(deadline)) pending_ = std::move(news);
}

// One step. After one that has not got there yet the next comes at once, with whatever is newest
// by then.
void PublishLoop::Attempt() {
  const auto done = publisher_.Step(*pending_);
  if (!done) return Failed(done.error());
  if (!*done) {
    due_ = parts_.clock.Monotonic();
    return;
  }
  Succeeded();
}

void PublishLoop::Failed(const Fault& fault) {
  parts_.state.log_files_failing = true;
  if (!failing_) parts_.observer.LogFilesFailed(fault);
  failing_ = true;
  due_ = parts_.clock.Monotonic() + retry_;
  retry_ = std::min<std::chrono::seconds>(2 * retry_, kRetryMost);
}

void PublishLoop::Succeeded() {
  pending_.reset();
  due_ = parts_.clock.Monotonic() + kPublishEvery;
  retry_ = kRetryFirst;
  parts_.state.log_files_failing = false;
  parts_.state.log_files_entries = publisher_.published().size;
  if (failing_) parts_.observer.LogFilesWritten(publisher_.published().size);
  failing_ = false;
  const std::size_t mended = publisher_.mended().size();
  if (mended > mended_told_) parts_.observer.LogFilesMended(mended - mended_told_);
  mended_told_ = mended;
}

}  // namespace havenline
