#include "schema/audit/filter.h"

#include <algorithm>
#include <string_view>

namespace havenline::audit {
namespace {

// True if nothing is asked for, or it is there and the same.
template <class Value>
bool Is(const std::optional<Value>& wanted, const std::optional<Value>& there) {
  return !wanted || there == wanted;
}

bool IsWhat(std::string_view wanted, std::string_view there) {
  return wanted.empty() || there == wanted ||
         (there.starts_with(wanted) && there.substr(wanted.size()).starts_with('-'));
}

// `joined`: names with '+' between.
bool HasRule(std::string_view wanted, std::string_view joined) {
  if (wanted.empty()) return true;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find('+'), joined.size());
    if (joined.substr(0, end) == wanted) return true;
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return false;
}

bool Names(const Event& event, const std::string& section) {
  return section.empty() || std::ranges::find(event.released, section) != event.released.end() ||
         std::ranges::find(event.withheld, section) != event.withheld.end();
}

}  // namespace

bool Matches(const Event& event, const Filter& filter) {
  if (filter.act && event.act != *filter.act) return false;
  if (filter.party && event.from != filter.party && event.to != filter.party) return false;
  if (filter.message && event.message != filter.message && event.origin != filter.message)
    return false;
  const bool says_when = event.at != TimePoint();
  if (says_when && filter.since && event.at < *filter.since) return false;
  if (says_when && filter.until && event.at >= *filter.until) return false;
  return Is(filter.role, event.role) && Is(filter.person, event.person) &&
         Is(filter.exchange, event.exchange) && IsWhat(filter.what, event.what) &&
         HasRule(filter.rule, event.rule) && Names(event, filter.section) &&
         (filter.code.empty() || event.code == filter.code);
}

}  // namespace havenline::audit
