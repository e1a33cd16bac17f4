#include "broker/decide/decide.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "schema/base/test_seam.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

constexpr Milliseconds kRetrySoon{5'000};

Denial Deny(Code code) { return {code, {}}; }

Denial DenyGrant(Code code, const ClearPart& clear, const std::string& section = "") {
  return {code, {{clear.recipient, clear.role, section, clear.rule}}};
}

std::optional<Decision> CheckSender(const Header& header, const Standing& standing) {
  const Agency* const sender = standing.directory->Find(header.sender);
  if (sender == nullptr) return Invalid{Code::kKeyUnknown};
  if (standing.suspensions.IsSuspended(header.sender)) return Invalid{Code::kSenderSuspended};
  const AgencyKey* const key =
      standing.directory->FindKey(header.sender, seal::Purpose::kEnvelope, header.key);
  if (key == nullptr || key->state != KeyState::kCurrent) return Deny(Code::kSenderKey);
  if (!sender->Holds(header.role)) return Deny(Code::kSenderRole);
  return std::nullopt;
}

std::optional<Decision> CheckTimes(const Header& header, const Standing& standing, TimePoint now) {
  if (header.created > now + limits::kFutureRefused) return Deny(Code::kTooFarAhead);
  if (header.created < now - limits::kAgeRefused) return Deny(Code::kTooOld);
  if (header.policy.version > standing.policy->version().version ||
      header.directory.version > standing.directory->version().version) {
    return Deferred{Code::kVersionAhead, kRetrySoon};
  }
  return std::nullopt;
}

template <class Openings>
bool NamesMatch(const Openings& openings, const std::vector<std::string>& names) {
  return std::ranges::equal(openings, names, {}, [](const auto& opening) { return opening.name; });
}

std::vector<std::string> NamesOf(const std::vector<policy::Claim>& claims) {
  std::vector<std::string> names;
  for (const policy::Claim& claim : claims) names.push_back(claim.name);
  return names;
}

// The message is what its exchange's version says a message is: all sections and claims, in their
// order.
bool HasShapeOf(const policy::Exchange& exchange, const VerifiedEnvelope& message) {
  return exchange.version == message->header.version &&
         exchange.slots == message->header.grants.size() &&
         NamesMatch(message->sections, exchange.sections) &&
         NamesMatch(message->claims, NamesOf(exchange.claims));
}

// One grant against the directory and the recipient's own statements.
std::optional<Decision> CheckRecipient(const ClearPart& clear, const Standing& standing) {
  const Agency* const recipient = standing.directory->Find(clear.recipient);
  if (recipient == nullptr || !recipient->Holds(clear.role))
    return DenyGrant(Code::kRecipientUnknown, clear);
  if (standing.suspensions.IsSuspended(clear.recipient))
    return DenyGrant(Code::kRecipientSuspended, clear);
  const auto state = standing.statements.StateOf(clear.recipient, clear.role, clear.key);
  if (!state || *state == RecipientKey::State::kCompromised)
    return DenyGrant(Code::kRecipientKey, clear);
  return std::nullopt;
}

bool IsHeld(const ClearPart& clear) { return clear.condition.kind != Condition::Kind::kNone; }

// A condition must watch a grant of this message that is not itself held, and not be up before that
// grant's own deadline.
std::optional<Decision> CheckCondition(const Grant& grant, const VerifiedEnvelope& message) {
  const Condition& condition = grant.clear.condition;
  if (!IsHeld(grant.clear)) return std::nullopt;
  const Grant* const watched = WatchedBy(message, condition);
  if (watched == nullptr) return DenyGrant(Code::kCondition, grant.clear);
  const bool early = condition.kind == Condition::Kind::kUnacknowledged &&
                     watched->clear.acknowledge_by && condition.by < *watched->clear.acknowledge_by;
  if (early) return DenyGrant(Code::kCondition, grant.clear);
  return std::nullopt;
}

class PolicyCheck {
 public:
  PolicyCheck(const VerifiedEnvelope& message, const policy::Policy& policy,
              const policy::Exchange& exchange)
      : message_(message), policy_(policy), exchange_(exchange) {}

  // What may go to this recipient at once; of a held grant, where nothing may, what may go under
  // its condition.
  const policy::Cell& CellFor(const ClearPart& clear) const {
    const Header& header = message_->header;
    const policy::Cell& cell = policy_.Look({header.exchange, header.sender, header.role,
                                             clear.role, message_->claims, header.created});
    if (!IsHeld(clear) || cell.held == nullptr) return cell;
    const Grant* const watched = WatchedBy(message_, clear.condition);
    const bool fits = cell.held->kind == clear.condition.kind && watched != nullptr &&
                      watched->clear.role == cell.held->watches;
    return fits ? cell.held->cell : cell;
  }

  // Every section that a grant opens and the policy does not allow, named; once, if two policies
  // name it under one rule. `named` is what was: grants (no two are of one recipient and role),
  // their sections and rules. A message can have thousands, so each costs a look-up, no search.
  using Named = std::set<std::tuple<std::size_t, std::string, RuleId>>;
  void CollectObjections(std::vector<Objection>& objections, Named& named) const {
    for (std::size_t i = 0; i < message_->grants.size(); ++i) {
      const ClearPart& clear = message_->grants[i].clear;
      const policy::Cell& cell = CellFor(clear);
      const auto allowed = exchange_.NamesOf(cell.sections);
      for (const std::string& section : clear.openings) {
        if (std::ranges::find(allowed, section) != allowed.end()) continue;
        if (named.emplace(i, section, cell.rule).second)
          objections.push_back({clear.recipient, clear.role, section, cell.rule});
      }
    }
  }

  GrantDecision DecisionFor(const ClearPart& clear) const {
    const policy::Cell& cell = CellFor(clear);
    GrantDecision decision{
        .rule = cell.rule, .basis = cell.basis, .released = {}, .withheld = {}, .claims = {}};
    for (const std::string& section : exchange_.sections) {
      const bool released = std::ranges::find(clear.openings, section) != clear.openings.end();
      (released ? decision.released : decision.withheld).push_back(section);
    }
    decision.claims =
        policy_.ClaimsRead(message_->header.exchange, message_->header.role, clear.role);
    return decision;
  }

  // Roles that must be told and are neither told nor stood in for by someone who is. Where only
  // consent allows telling, to be named as left out is the recorded decision not to.
  std::vector<Role> MissingRoles() const {
    std::vector<Role> missing;
    const Header& header = message_->header;
    for (const auto& [role, cell] : policy_.RowsFor(
             {header.exchange, header.sender, header.role, message_->claims, header.created})) {
      const bool must_tell = cell->required && !IsStoodInFor(role);
      const bool must_decide = cell->decision_required && !IsNamedAsLeftOut(role);
      if ((must_tell || must_decide) && !IsTold(role)) missing.push_back(role);
    }
    return missing;
  }

  // Roles about which there was something to decide, and the sender decided not to tell them.
  std::vector<Role> RolesDecidedAgainst() const {
    std::vector<Role> decided;
    const Header& header = message_->header;
    for (const auto& [role, cell] : policy_.RowsFor(
             {header.exchange, header.sender, header.role, message_->claims, header.created})) {
      if (cell->decision_required && IsNamedAsLeftOut(role) && !IsTold(role))
        decided.push_back(role);
    }
    return decided;
  }

 private:
  bool IsTold(const Role& role) const {
    return std::ranges::any_of(message_->grants, [&](const Grant& grant) {
      return grant.clear.role == role && !IsHeld(grant.clear);  // Else nobody is told yet.
    });
  }
  bool IsNamedAsLeftOut(const Role& role) const {
    const auto& left_out = message_->brokers_part.left_out;
    return std::ranges::find(left_out, role, &BrokersPart::LeftOut::role) != left_out.end();
  }
  bool IsStoodInFor(const Role& role) const {
    return std::ranges::any_of(
        message_->brokers_part.left_out, [&](const BrokersPart::LeftOut& left_out) {
          return left_out.role == role && left_out.stand_in &&
                 std::ranges::any_of(message_->grants, [&](const Grant& grant) {
                   return grant.clear.recipient == *left_out.stand_in && !IsHeld(grant.clear);
                 });
        });
  }

  const VerifiedEnvelope& message_;
  const policy::Policy& policy_;
  const policy::Exchange& exchange_;
};

Decision DecideByPolicy(const VerifiedEnvelope& message, const Standing& standing, TimePoint now) {
  const Header& header = message->header;
  const policy::Policy* const named = standing.Named(header.policy);
  if (named == nullptr) return Deny(Code::kPolicyUnknown);
  const policy::Policy& in_force = *standing.policy;
  const policy::Exchange* const exchange = in_force.Find(header.exchange);
  const policy::Exchange* const then = named->Find(header.exchange);
  if (exchange == nullptr || then == nullptr) return Deny(Code::kPolicyDenies);
  if (!HasShapeOf(*exchange, message) || !HasShapeOf(*then, message)) return Deny(Code::kShape);

  const PolicyCheck now_check(message, in_force, *exchange);
  std::vector<Objection> objections;
  PolicyCheck::Named objected;
  now_check.CollectObjections(objections, objected);
  if (named != &in_force)
    PolicyCheck(message, *named, *then).CollectObjections(objections, objected);
  // Planted, here and below, to see that sender and recipient hold to policy by themselves.
  if (!objections.empty() && !PlantedFault("decide-allows"))
    return Denial{Code::kPolicyDenies, std::move(objections)};

  Permit permit;
  permit.lane = exchange->urgent ? Lane::kUrgent : Lane::kNormal;
  permit.ahead_of_time = header.created > now + limits::kFutureMarked;
  permit.debts = now_check.MissingRoles();
  if (!permit.debts.empty() && !exchange->urgent && !PlantedFault("decide-allows")) {
    Denial denial{Code::kRequiredMissing, {}};
    for (const Role& role : permit.debts)
      denial.objections.push_back({header.sender, role, "", RuleId()});
    return denial;
  }
  permit.decided = now_check.RolesDecidedAgainst();
  for (const Grant& grant : message->grants) {
    GrantDecision decision = now_check.DecisionFor(grant.clear);
    // The recipient checks the policy that the header names as well, and needs the claims which
    // that reads.
    for (std::string& claim : named->ClaimsRead(header.exchange, header.role, grant.clear.role)) {
      if (std::ranges::find(decision.claims, claim) == decision.claims.end())
        decision.claims.push_back(std::move(claim));
    }
    permit.grants.push_back(std::move(decision));
  }
  return permit;
}

}  // namespace

const Grant* WatchedBy(const VerifiedEnvelope& message, const Condition& condition) {
  if (condition.kind == Condition::Kind::kNone) return nullptr;
  const auto& digests = message.grant_digests();
  const auto at = std::ranges::find(digests, condition.grant);
  if (at == digests.end()) return nullptr;
  const Grant& watched = message->grants[static_cast<std::size_t>(at - digests.begin())];
  return IsHeld(watched.clear) ? nullptr : &watched;
}

bool StillAllows(const policy::Policy& policy, const Envelope& message, const ClearPart& clear) {
  const Header& header = message.header;
  const policy::Exchange* const exchange = policy.Find(header.exchange);
  const auto opened = exchange == nullptr ? std::nullopt : exchange->SetOf(clear.openings);
  if (!opened) return false;
  const policy::Cell& cell = policy.Look(
      {header.exchange, header.sender, header.role, clear.role, message.claims, header.created});
  const bool held = IsHeld(clear) && cell.held != nullptr;
  return (*opened & ~(cell.sections | (held ? cell.held->cell.sections : 0))) == 0;
}

Decision Decide(const VerifiedEnvelope& message, const Standing& standing, TimePoint now) {
  if (auto no = CheckSender(message->header, standing)) return *std::move(no);
  if (auto no = CheckTimes(message->header, standing, now)) return *std::move(no);
  for (const Grant& grant : message->grants) {
    if (auto no = CheckRecipient(grant.clear, standing)) return *std::move(no);
  }
  for (const Grant& grant : message->grants) {
    if (auto no = CheckCondition(grant, message)) return *std::move(no);
  }
  return DecideByPolicy(message, standing, now);
}

}  // namespace havenline
