// The name that was probably meant by one that is not there. Pure; any thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace havenline::text {

// Offer() each name that there is; Found() is the one at most two letters away, the first of the
// nearest.
class Nearest {
 public:
  explicit Nearest(std::string_view wanted) : wanted_(wanted) {}

  void Offer(std::string_view name);
  const std::optional<std::string>& Found() const { return found_; }

 private:
  std::string wanted_;
  std::optional<std::string> found_;
  std::size_t distance_ = 0;
};

}  // namespace havenline::text
