// Whom a message goes to, where its sender names a role instead of an agency, or nobody: then those
// whom policy says must be told. Nothing is guessed: where the directory or policy leave a choice,
// the fault names what there is to choose from.
//
// Pure; any thread. A kInvalid fault says in words what to name.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agents/link/compose.h"
#include "policy/policy.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"

namespace havenline {

// At least one of the two.
struct WantedRecipient {
  std::optional<AgencyId> agency;
  std::optional<Role> role;
};

class Addressing {
 public:
  // Both must outlive it.
  Addressing(const Directory& directory, const policy::Policy& policy)
      : directory_(directory), policy_(policy) {}

  // The one role of the sender's in which it may send this exchange at all.
  Result<Role> RoleFor(const AgencyId& sender, const ExchangeName& exchange) const;

  // Of a role: the one agency that holds it, first among those that share an area with the sender;
  // the sender itself if no other does. What a role sends to its own kind (from conference to
  // conference) is for another area, which nothing here knows: there the agency must be named.
  // Of an agency: the one role of its own that may be told in this case.
  // Whoever is told nothing since a `never` rule forbids it is refused, with the rule.
  Result<std::vector<Recipient>> RecipientsOf(const Content& content,
                                              const std::vector<WantedRecipient>& wanted,
                                              TimePoint now) const;

  // kInvalid if the sender does not hold this role.
  Result<void> CheckSender(const AgencyId& sender, const Role& role) const;

  // kInvalid if policy wants no decision about one of these roles in this case: what it compels
  // cannot be decided against, and a name that it does not know is somebody's mistake.
  Result<void> CheckDecisions(const Content& content, const std::vector<Role>& decided_against,
                              TimePoint now) const;

  // Whom policy says must be told and is not among the recipients; and about whom it wants a
  // decision that was not made. In words; empty if all is done.
  std::string Undone(const Content& content, const std::vector<Recipient>& recipients,
                     const std::vector<Role>& decided_against, TimePoint now) const;

 private:
  using Rows = std::vector<policy::Policy::Row>;

  Rows RowsOf(const Content& content, TimePoint now) const;
  Result<std::vector<Recipient>> Required(const Content& content, const Rows& rows) const;
  Result<AgencyId> HolderOf(const Role& role, const Content& content, const Rows& rows) const;
  static Result<void> CheckForbidden(const Role& role, const Rows& rows);
  Result<Role> RoleAt(const AgencyId& agency, const Rows& rows) const;

  const Directory& directory_;
  const policy::Policy& policy_;
};

}  // namespace havenline
