// Standing: what is in force at one place in the log: directory, policy, statements, suspensions.
//
// The commit thread owns the one that moves; everyone else holds a snapshot of its immutable parts.

#pragma once

#include <deque>
#include <memory>

#include "policy/policy.h"
#include "schema/directory/directory.h"
#include "schema/directory/statement_book.h"
#include "schema/directory/suspension.h"

namespace havenline {

// How many versions of the policy before the one in force a message may name and still be judged.
inline constexpr std::size_t kPoliciesKept = 8;

struct Standing {
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const policy::Policy> policy;
  std::deque<std::shared_ptr<const policy::Policy>>
      earlier;  // Newest first; at most kPoliciesKept.
  StatementBook statements;
  SuspensionBook suspensions;

  // Puts `next` in force, keeping the one before for messages sealed under it.
  void PutInForce(std::shared_ptr<const policy::Policy> next);

  // The policy a header names, if it is in force or kept.
  const policy::Policy* Named(const DocumentVersion& version) const;
};

}  // namespace havenline
