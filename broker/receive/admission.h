// The admission window: how much may be inside the broker at once. It bounds every channel, so no
// push can block or fail and the threads cannot deadlock. What does not fit is deferred at the
// door.
//
// Pure; owned by the gateway thread.

#pragma once

#include <chrono>
#include <cstddef>

namespace havenline {

// What something holds of the window while it is inside.
struct Tokens {
  std::size_t items = 0;
  std::size_t bytes = 0;

  Tokens& operator+=(const Tokens& other);
};

class AdmissionWindow {
 public:
  AdmissionWindow(std::size_t items_max, std::size_t bytes_max)
      : items_max_(items_max), bytes_max_(bytes_max) {}

  bool Admit(const Tokens& tokens);
  // The same for one session that has so much inside: with this it may have as much as is then left
  // and no more, so that one that floods, or many, leave room for the others (D7).
  bool Admit(const Tokens& tokens, const Tokens& of_session);
  void Release(const Tokens& tokens);  // CHECKs that so much was admitted.
  bool empty() const { return inside_.items == 0; }
  const Tokens& inside() const { return inside_; }

 private:
  std::size_t items_max_;
  std::size_t bytes_max_;
  Tokens inside_;
};

// So many a second, and no more saved up than one second's worth.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit RateLimit(std::size_t per_second)
      : per_second_(per_second), saved_(static_cast<double>(per_second)) {}

  bool Allow(Time now);

 private:
  std::size_t per_second_;
  double saved_;
  Time last_{};
};

}  // namespace havenline
