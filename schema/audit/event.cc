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

}  // namespace havenline::audit
