#include "broker/receive/fetch_window.h"

#include <algorithm>
#include <utility>

#include "schema/base/check.h"
#include "schema/model/limits.h"

namespace havenline {

bool FetchWindow::Add(Fetch fetch) {
  const bool asked_again =
      std::ranges::find(waiting_, fetch.reference, &Fetch::reference) != waiting_.end() ||
      std::ranges::find(inside_, fetch.reference) != inside_.end();
  if (asked_again || waiting_.size() >= limits::kFetchesWaitingMax) return false;
  waiting_.push_back(std::move(fetch));
  return true;
}

const Fetch* FetchWindow::Ready(std::size_t unread) const {
  const std::size_t after = unread + (inside_.size() + 1) * limits::kFetchAnswerMax;
  return waiting_.empty() || after > limits::kFetchUnreadMax ? nullptr : &waiting_.front();
}

Fetch FetchWindow::Take() {
  CHECK(!waiting_.empty());
  Fetch fetch = std::move(waiting_.front());
  waiting_.pop_front();
  inside_.push_back(fetch.reference);
  return fetch;
}

void FetchWindow::Answered() {
  CHECK(!inside_.empty());
  inside_.pop_front();
}

}  // namespace havenline
