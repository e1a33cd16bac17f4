#include "broker/commit/invalid_book.h"

#include "schema/model/limits.h"

namespace havenline {

bool InvalidBook::Take(const HostId& host, Code code, TimePoint now) {
  Minute& minute = minutes_.try_emplace({host, code}, Minute{.since = now}).first->second;
  // What was counted keeps its minute until it is taken. A clock put back begins another, too.
  const bool over = now - minute.since >= limits::kInvalidMinute || now < minute.since;
  if (over && minute.counted == 0) minute = {.since = now};
  if (minute.counted == 0 && minute.entered < limits::kInvalidEntriesMax) {
    ++minute.entered;
    return true;
  }
  ++minute.counted;
  ++counting_;
  return false;
}

std::vector<InvalidBook::Count> InvalidBook::TakeCounts(TimePoint now) {
  std::vector<Count> counts;
  if (!counting()) return counts;
  for (auto at = minutes_.begin(); at != minutes_.end();) {
    const Minute& minute = at->second;
    if (now >= minute.since && now - minute.since < limits::kInvalidMinute) {
      ++at;
      continue;
    }
    const auto& [host, code] = at->first;
    if (minute.counted > 0) counts.push_back({host, code, minute.counted, minute.since});
    counting_ -= minute.counted;
    at = minutes_.erase(at);
  }
  return counts;
}

}  // namespace havenline
