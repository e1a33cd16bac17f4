#include "broker/commit/timer_waits.h"

#include <algorithm>
#include <utility>

namespace havenline {
namespace {

// The commit thread looks at least twice a second.
constexpr auto kStall = std::chrono::seconds(5);
constexpr int kReturnsFactor = 3;  // So often the grace, whatever the host's link does.

}  // namespace

void TimerWaits::StartLook(Time now) {
  ++look_;
  if (now - looked_at_ > kStall) {
    for (auto& [timer, wait] : waits_) {
      wait.until = now + grace_;
      wait.at_most = now + kReturnsFactor * grace_;
    }
  }
  looked_at_ = now;
}

void TimerWaits::Add(const TimerRecord& timer, const HostId& host, Time now) {
  Host& known = hosts_[host];
  if (known.look != look_) {
    known.look = look_;
    questions_.push_back({host, ++known.asked});
  }
  waits_.insert_or_assign(timer,
                          Wait{host, known.asked, now + grace_, now + kReturnsFactor * grace_});
}

bool TimerWaits::MayFire(const TimerRecord& timer, Time now) const {
  const auto at = waits_.find(timer);
  if (at == waits_.end()) return true;
  const Wait& wait = at->second;
  return now >= wait.until || hosts_.at(wait.host).answered >= wait.question;
}

void TimerWaits::Returned(const HostId& host, Time now) {
  for (auto& [timer, wait] : waits_) {
    if (wait.host == host && now < wait.until)
      wait.until = std::max(wait.until, std::min(now + grace_, wait.at_most));
  }
}

void TimerWaits::Drained(const HostId& host, std::uint64_t number) {
  const auto at = hosts_.find(host);
  if (at == hosts_.end()) return;  // Never asked.
  at->second.answered = std::max(at->second.answered, std::min(number, at->second.asked));
}

std::vector<TimerWaits::Question> TimerWaits::TakeQuestions() {
  return std::exchange(questions_, {});
}

}  // namespace havenline
