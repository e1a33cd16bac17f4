#include "broker/receive/admission.h"

#include <algorithm>

#include "schema/base/check.h"

namespace havenline {

Tokens& Tokens::operator+=(const Tokens& other) {
  items += other.items;
  bytes += other.bytes;
  return *this;
}

bool AdmissionWindow::Admit(const Tokens& tokens) {
  if (inside_.items + tokens.items > items_max_ || inside_.bytes + tokens.bytes > bytes_max_)
    return false;
  inside_ += tokens;
  return true;
}

bool AdmissionWindow::Admit(const Tokens& tokens, const Tokens& of_session) {
  const bool first = of_session.items == 0;
  const bool more_than_left = inside_.items + of_session.items + 2 * tokens.items > items_max_ ||
                              inside_.bytes + of_session.bytes + 2 * tokens.bytes > bytes_max_;
  return (first || !more_than_left) && Admit(tokens);
}

void AdmissionWindow::Release(const Tokens& tokens) {
  CHECK(inside_.items >= tokens.items && inside_.bytes >= tokens.bytes);
  inside_.items -= tokens.items;
  inside_.bytes -= tokens.bytes;
}

bool RateLimit::Allow(Time now) {
  const auto most = static_cast<double>(per_second_);
  const std::chrono::duration<double> passed = now - last_;
  saved_ = std::min(most, saved_ + most * std::max(0.0, passed.count()));
  last_ = now;
  if (saved_ < 1.0) return false;
  saved_ -= 1.0;
  return true;
}

}  // namespace havenline
