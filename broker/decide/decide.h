// Decide(): may this message go, to whom, with what? Pure: a look-up in what is in force, told the
// time.

#pragma once

#include <string>
#include <variant>
#include <vector>

#include "broker/decide/standing.h"
#include "broker/verify/verified_envelope.h"
#include "schema/base/clock.h"
#include "schema/model/answer.h"

namespace havenline {

// What policy said of one grant, for its part of the entry.
struct GrantDecision {
  RuleId rule;
  std::string basis;
  std::vector<std::string> released;
  std::vector<std::string> withheld;
  std::vector<std::string> claims;  // Names of the claims the recipient gets.
};

struct Permit {
  Lane lane = Lane::kUrgent;
  std::vector<GrantDecision> grants;  // In the envelope's order.
  std::vector<Role> debts;            // Roles that must be told and were not (C3); urgent only.
  bool ahead_of_time = false;
  std::vector<Role> decided;  // Roles left out by a decision that the sender recorded.
};

struct Denial {
  Code code = Code::kPolicyDenies;
  std::vector<Objection> objections;
};

using Decision = std::variant<Permit, Denial, Deferred, Invalid>;

// The unheld grant of the message that a held one watches; null for kNone and for a condition that
// names none.
const Grant* WatchedBy(const VerifiedEnvelope& message, const Condition& condition);

// Whether a policy lets a recipient have what a grant opens, held or not: what was accepted under
// one before it is judged so once more. Any thread.
bool StillAllows(const policy::Policy& policy, const Envelope& message, const ClearPart& clear);

// Any thread that holds `standing` still.
Decision Decide(const VerifiedEnvelope& message, const Standing& standing, TimePoint now);

}  // namespace havenline
