// From what a row says and the establishment it means to the notice that could be sent, and to
// whom. Pure.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "agents/intake/establishments.h"
#include "agents/intake/notice.h"
#include "agents/link/compose.h"
#include "policy/policy.h"
#include "schema/directory/directory.h"

namespace havenline::intake {

// `placed`: nothing for a home-educated child. `hold_flags`: the policy's list; of a row's own
// flags each counts, listed or not, since a flag that policy renamed must not mean no danger.
NoticeDraft MakeDraft(RowFacts facts, const std::optional<Placed>& placed, const std::string& force,
                      const std::vector<std::string>& hold_flags);

// A row that could not go; `placed`: nothing if its school is not known, or it names none.
RowIdentity IdentityOf(const PartialFacts& partly, const std::optional<Placed>& placed,
                       const std::string& force);
// A draft, or a notice made of one: `of` has a reference, what was stated, and its content.
template <class Notice>
RowIdentity IdentityOf(const Notice& of) {
  return {of.reference.substr(0, of.reference.rfind('|') + 1), of.reference, of.stated, of.content};
}

// Who sends, and who is who.
struct RouteView {
  const Directory& directory;
  const policy::Policy& policy;
  std::function<bool(const AgencyId&)> is_suspended;
  AgencyId sender;
  Role role;
  // For roles that several agencies hold: the one of this force's area.
  std::map<Role, AgencyId> chosen;
  TimePoint now;
};

struct Routed {
  std::vector<Recipient> recipients;
  std::vector<std::string> notes;  // Roles that policy would tell and nobody holds.
};
using Routing = std::variant<Routed, std::string>;  // Or why a person must decide, in words.

// Every role that policy lets be told of such a notice: the child's school (or, for a home-educated
// child, the one agency for these), and of every other role the one agency that holds it.
Routing RouteNotice(const NoticeDraft& draft, const RouteView& view);

// The content to be sealed. kInvalid if a section breaks a rule of the exchange, which RowReader
// excludes.
Result<Content> ContentOf(const Sections& sections, const AgencyId& sender, const Role& role);

}  // namespace havenline::intake
