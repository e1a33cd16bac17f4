// Committer: how an epoch after the first begins, and who has come back in it.

#include <algorithm>
#include <utility>

#include "broker/commit/committer.h"
#include "schema/base/check.h"
#include "schema/directory/governance.h"
#include "schema/directory/opening.h"
#include "schema/model/limits.h"
#include "schema/text/json.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {
namespace {

using text::Value;

constexpr std::size_t kSlots = 8;
constexpr std::size_t kShownMax = 8;      // Heads in one entry's part: it stays within its limit.
constexpr std::size_t kFoundMax = 1'024;  // Bytes of words in it.

Value HeadValue(const LogHead& head) {
  return Value::Map()
      .Set("epoch", head.epoch)
      .Set("size", head.size)
      .Set("root", HexEncode(head.root));
}

Bytes OpenedPart(const EpochPlan& plan, std::uint64_t epoch, TimePoint now) {
  const EpochEvidence& evidence = plan.evidence;
  Value part = Value::Map()
                   .Set("kind", "opened")
                   .Set("at", ToMilliseconds(now))
                   .Set("epoch", epoch)
                   .Set("found", evidence.found.substr(0, kFoundMax))
                   .Set("v", 1);
  if (evidence.store) part.Set("store", HeadValue(*evidence.store));
  if (evidence.mark) part.Set("mark", HeadValue(*evidence.mark));
  Value shown = Value::List();
  for (const LogHead& head : evidence.shown) {
    if (shown.items().size() < kShownMax) shown.Add(HeadValue(head));
  }
  Bytes json = ToBytes(text::CanonicalJson(part.Set("shown", std::move(shown))));
  CHECK(json.size() <= limits::kPartBytesMax);
  return json;
}

Bytes ReconciledPart(const AgencyId& agency, std::uint64_t epoch, TimePoint now) {
  return ToBytes(text::CanonicalJson(Value::Map()
                                         .Set("kind", "reconciled")
                                         .Set("at", ToMilliseconds(now))
                                         .Set("agency", agency.value())
                                         .Set("epoch", epoch)
                                         .Set("v", 1)));
}

DocumentVersion VersionOf(std::uint64_t version, const std::string& note) {
  return {version, tlog::NoteTextHash(*tlog::UnverifiedText(note))};
}

}  // namespace

// A plan that was read and holds.
struct Committer::NextEpoch {
  Opening opening;
  std::shared_ptr<const Directory> directory;
  std::vector<std::shared_ptr<const policy::Policy>> policies;
  struct Suspended {
    Suspension suspension;
    std::string note;
  };
  std::vector<Suspended> suspensions;
};

// In a store that was founded, the governance in force says whose signatures count. On an empty
// disk the directory's own does, as at the founding: every agent holds it to the keys it pins.
Result<Committer::NextEpoch> Committer::CheckEpoch(const EpochPlan& plan) const {
  ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(plan.directory));
  ASSIGN_OR_RETURN(Directory directory, Directory::Parse(text, "directory"));
  const Governance governance =
      standing_.directory != nullptr ? standing_.directory->governance() : directory.governance();
  RETURN_IF_FAULT(OpenByGovernance(plan.directory, governance));
  RETURN_IF_FAULT(CheckSameGovernance(governance, directory.governance()));
  if (directory.partnership() != options_.partnership)
    return Fail(FaultCode::kInvalid, "the directory is of another partnership");
  if (standing_.directory != nullptr && directory.version() != standing_.directory->version()) {
    RETURN_IF_FAULT(
        CheckNewer(standing_.directory->version(), {directory.version(), directory.previous()}));
  }
  NextEpoch next;
  ASSIGN_OR_RETURN(next.opening, OpenOpening(plan.opening, governance));
  if (next.opening.partnership != options_.partnership)
    return Fail(FaultCode::kInvalid, "the opening is of another partnership");
  if (next.opening.epoch <= std::max(kFirstEpoch, ends_.epoch)) {
    return Fail(FaultCode::kInvalid, "the opening is of epoch " +
                                         std::to_string(next.opening.epoch) +
                                         ": epochs only rise, and this store knows epoch " +
                                         std::to_string(std::max(kFirstEpoch, ends_.epoch)));
  }
  for (const std::string& note : plan.policies) {
    ASSIGN_OR_RETURN(const std::string policy_text, OpenByGovernance(note, governance));
    ASSIGN_OR_RETURN(policy::Policy policy, policy::Policy::Parse(policy_text, "policy"));
    if (policy.partnership() != options_.partnership)
      return Fail(FaultCode::kInvalid, "a policy is of another partnership");
    if (!next.policies.empty()) {
      RETURN_IF_FAULT(
          CheckNewer(next.policies.back()->version(), {policy.version(), policy.previous()}));
    }
    next.policies.push_back(std::make_shared<const policy::Policy>(std::move(policy)));
  }
  if (next.policies.empty()) return Fail(FaultCode::kInvalid, "there is no policy to put in force");
  if (standing_.policy != nullptr &&
      next.policies.back()->version().version < standing_.policy->version().version) {
    return Fail(FaultCode::kInvalid, "the policy is older than the one in force here");
  }
  for (const std::string& note : plan.suspensions) {
    // What this store holds was checked when it was taken; its signer's key may have gone since.
    ASSIGN_OR_RETURN(Suspension suspension, ReadKeptSuspension(note));
    if (!standing_.suspensions.IsLast(suspension)) {
      ASSIGN_OR_RETURN(suspension, OpenSuspension(note, directory));
    }
    next.suspensions.push_back({suspension, note});
  }
  next.directory = std::make_shared<const Directory>(std::move(directory));
  return next;
}

Position Committer::AppendOpening(const Opening& opening, const EpochPlan& plan, TimePoint now) {
  const DocumentVersion version = VersionOf(opening.epoch, plan.opening);
  // Of nobody in particular: everyone may have it (broker/pipeline/fetches.cc).
  Part part{AgencyId(options_.partnership.value()), {}, OpenedPart(plan, opening.epoch, now)};
  const Entry& entry = turn_->Append({std::move(part)}, kSlots,
                                     tlog::DocumentMark{"opening", version.version, version.hash});
  turn_->Put(DocumentRecord{DocumentKind::kOpening, version.hash, plan.opening, entry.position});
  return entry.position;
}

Result<void> Committer::CheckPlan(const EpochPlan& plan) const {
  RETURN_IF_FAULT(CheckEpoch(plan));
  return {};
}

Result<void> Committer::BeginEpoch(const EpochPlan& plan, TimePoint now) {
  CHECK(empty());
  ASSIGN_OR_RETURN(const NextEpoch next, CheckEpoch(plan));
  if (ends_.tree.size() > 0) {
    closed_.push_back(head());
    turn_->Close(head());
  }
  ends_.epoch = next.opening.epoch;
  ends_.tree = tlog::TreeEdge();
  log_key_ = next.opening.log_key;
  opened_keys_.push_back(log_key_);
  reconciled_ = std::make_shared<const std::set<AgencyId>>();
  AppendOpening(next.opening, plan, now);
  AppendDocument(DocumentKind::kDirectory, "directory", next.directory->version(), plan.directory);
  standing_.directory = next.directory;
  for (std::size_t i = 0; i < next.policies.size(); ++i) {
    const auto& policy = next.policies[i];
    AppendDocument(DocumentKind::kPolicy, "policy", policy->version(), plan.policies[i]);
    if (standing_.Named(policy->version()) == nullptr) standing_.PutInForce(policy);
  }
  for (const NextEpoch::Suspended& each : next.suspensions) {
    const bool known = standing_.suspensions.IsLast(each.suspension);
    if (!known) RETURN_IF_FAULT(ApplySuspension(each.suspension));
    AppendDocument(DocumentKind::kSuspension, "suspension",
                   VersionOf(each.suspension.number, each.note), each.note);
    if (!known) turn_->PutNotice(DocumentKind::kSuspension, AsBytes(each.note));
  }
  RETURN_IF_FAULT(Commit());
  return {};
}

std::vector<tlog::NoteKey> Committer::log_keys() const {
  std::vector<tlog::NoteKey> keys(standing_.directory->log_keys().begin(),
                                  standing_.directory->log_keys().end());
  for (const auto* const more : {&opened_keys_, &options_.own_log_keys}) {
    for (const tlog::NoteKey& key : *more) {
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

Result<void> Committer::CheckSuccession(const DocumentVersion& in_force,
                                        const Succession& next) const {
  return reopened() ? CheckNewer(in_force, next) : CheckFollows(in_force, next);
}

Result<bool> Committer::ApplyStatement(const SignedStatement& statement) {
  auto applied = standing_.statements.Apply(statement);
  if (applied || !reopened() || !standing_.statements.ApplyNewer(statement)) return applied;
  return true;
}

Result<void> Committer::ApplySuspension(const Suspension& suspension) {
  if (reopened() && standing_.suspensions.ApplyNewer(suspension)) return {};
  return standing_.suspensions.Apply(suspension);
}

// From this entry on what waits of these agencies goes out: they have said again all that the log
// may have forgotten of them.
void Committer::TakeReconciled(const Route& route, const ReconciledWork& work, TimePoint now) {
  if (work.epoch != ends_.epoch) return Reply(route, Invalid{Code::kMalformed});
  std::vector<AgencyId> fresh;
  for (const AgencyId& agency : work.agencies) {
    if (!IsOf(agency, route.host)) return Reply(route, Invalid{Code::kForeignSender});
    if (!reconciled_->contains(agency)) fresh.push_back(agency);
  }
  std::vector<Part> parts;
  auto all = *reconciled_;
  for (const AgencyId& agency : fresh) {
    if (!all.insert(agency).second) continue;  // Named twice.
    turn_->PutReconciled(agency);
    parts.push_back({agency, {}, ReconciledPart(agency, ends_.epoch, now)});
    if (parts.size() == kSlots) turn_->Append(std::exchange(parts, {}), kSlots);
  }
  if (!parts.empty()) turn_->Append(std::move(parts), kSlots);
  if (!fresh.empty()) {
    reconciled_ = std::make_shared<const std::set<AgencyId>>(std::move(all));
    committed_.standing_changed = true;
  }
  Reply(route, Accepted{});
}

}  // namespace havenline
