#include "broker/commit/clock_watch.h"

#include <algorithm>

namespace havenline {
namespace {

constexpr Milliseconds kLeaves = std::chrono::minutes(1);
constexpr Milliseconds kDiffers = std::chrono::minutes(5);
constexpr std::size_t kHostsThatCount = 3;  // Fewer decide nothing.
constexpr auto kDrift = 60;                 // A second a minute at most is followed.

}  // namespace

Milliseconds ClockWatch::OffsetOf(TimePoint wall, Time at) {
  return wall.time_since_epoch() - std::chrono::floor<Milliseconds>(at.time_since_epoch());
}

void ClockWatch::Heard(const HostId& host, TimePoint theirs, Time at) {
  hosts_.insert_or_assign(host, OffsetOf(theirs, at));
}

bool ClockWatch::Believes(TimePoint now, Time at) {
  const Milliseconds ours = OffsetOf(now, at);
  if (!reference_) {
    reference_ = ours;
    moved_at_ = at;
  }
  const auto within = [&](Milliseconds most) {
    return static_cast<std::size_t>(std::ranges::count_if(
        hosts_, [&](const auto& host) { return std::chrono::abs(host.second - ours) <= most; }));
  };
  const bool enough = hosts_.size() >= kHostsThatCount;
  if (enough && 2 * (hosts_.size() - within(kDiffers)) > hosts_.size()) return false;
  if (std::chrono::abs(ours - *reference_) > kLeaves) {
    if (!enough || 2 * within(kLeaves) <= hosts_.size()) return false;
    reference_ = ours;  // They vouch for it.
  }
  // Small steps add up over months: leap seconds, a daemon that corrects.
  const auto most = std::chrono::floor<Milliseconds>(at - moved_at_) / kDrift;
  if (most >= Milliseconds(1)) {
    *reference_ += std::clamp(ours - *reference_, -most, most);
    moved_at_ = at;
  }
  return true;
}

}  // namespace havenline
