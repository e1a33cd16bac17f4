#include "broker/deliver/recent_messages.h"

#include <utility>

#include "schema/base/check.h"

namespace havenline {

const RecentMessages::Message* RecentMessages::Find(const Position& position) const {
  const auto at = kept_.find(position);
  return at == kept_.end() ? nullptr : &at->second.message;
}

const RecentMessages::Message& RecentMessages::Keep(const Position& position, std::size_t bytes,
                                                    Message message) {
  while (!order_.empty() && (kept_.size() >= kCountMax || bytes_ + bytes > kBytesMax)) {
    const auto oldest = kept_.find(order_.front());
    bytes_ -= oldest->second.bytes;
    kept_.erase(oldest);
    order_.pop_front();
  }
  const auto [at, added] = kept_.emplace(position, Kept{bytes, std::move(message)});
  CHECK(added);  // It would have been found.
  order_.push_back(position);
  bytes_ += bytes;
  return at->second.message;
}

}  // namespace havenline
