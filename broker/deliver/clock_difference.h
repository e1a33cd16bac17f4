// ClockDifference: how far this machine's clock is from those of the hosts that said hello last.
// The middle one, so that a few wrong clocks elsewhere say nothing of ours.
//
// Pure; owned by the delivery thread.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "schema/base/clock.h"

namespace havenline {

class ClockDifference {
 public:
  static constexpr std::size_t kHellos = 63;  // That are remembered.

  void Heard(Milliseconds ours_ahead) {
    heard_.at(next_) = ours_ahead;
    next_ = (next_ + 1) % kHellos;
    count_ = std::min(count_ + 1, kHellos);
  }

  // Zero before the first hello.
  Milliseconds middle() const {
    if (count_ == 0) return Milliseconds(0);
    auto sorted = heard_;
    auto* const middle = sorted.begin() + (count_ - 1) / 2;
    std::nth_element(sorted.begin(), middle, sorted.begin() + count_);
    return *middle;
  }

 private:
  std::array<Milliseconds, kHellos> heard_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace havenline
