#include "schema/audit/event.h"

#include <algorithm>
#include <array>

namespace havenline::audit {
namespace {

// In the order of Act.
constexpr std::array<std::string_view, 8> kActs = {"collect", "alter",   "consult", "disclose",
                                                   "refuse",  "combine", "erase",   "admin"};

}  // namespace

std::string_view NameOf(Act act) { return kActs.at(static_cast<std::size_t>(act)); }

std::optional<Act> ActNamed(std::string_view name) {
  const auto* const found = std::ranges::find(kActs, name);
  if (found == kActs.end()) return std::nullopt;
  return static_cast<Act>(found - kActs.begin());
}

namespace {

// Whether they are one fact, of which `fuller` says as much or more.
bool Says(const Event& fuller, const Event& event) {
  Event same = event;
  if (!same.from) same.from = fuller.from;
  return same == fuller;
}

}  // namespace

Event DocumentEvent(std::string kind, std::uint64_t version, const Digest& hash) {
  Event event;
  event.act = Act::kAdmin;
  event.what = std::move(kind);
  event.document = version;
  event.code = HexEncode(hash);
  return event;
}

std::vector<Event> Merged(std::vector<Event> of_parts) {
  std::vector<Event> merged;
  for (Event& event : of_parts) {
    const auto known = std::ranges::find_if(
        merged, [&](const Event& each) { return Says(each, event) || Says(event, each); });
    if (known == merged.end()) {
      merged.push_back(std::move(event));
    } else if (Says(event, *known)) {
      *known = std::move(event);
    }
  }
  return merged;
}

}  // namespace havenline::audit
