// Committer: what a suspension does (C6). From its entry on nothing is handed to the agency; what
// waited for it is taken out of its mailbox, batch by batch, and each sender is told; held grants
// that waited for it or watch it are settled. Where this stands is in the store.

#include <algorithm>
#include <utility>

#include "broker/commit/committer.h"
#include "broker/commit/parts.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"

namespace havenline {
namespace {

using Phase = GrantRecord::Phase;

constexpr std::size_t kSweptPerBatch = 64;
constexpr std::size_t kClosedSlots = 8;

}  // namespace

void Committer::BeginSweep(const AgencyId& agency, const Position& position) {
  // Before the entry is durable: nothing is handed after it.
  const auto handed = options_.outflow == nullptr ? std::array<std::uint64_t, 2>{}
                                                  : options_.outflow->Close(agency);
  SweepRecord sweep{agency, position, {}};
  for (const Lane lane : {Lane::kUrgent, Lane::kNormal}) {
    SweepRecord::Box& box = sweep.boxes.at(static_cast<std::size_t>(lane));
    const auto end = ends_.mailboxes.find({agency, lane});
    const auto at_start = ends_at_start_.find({agency, lane});
    box.end = end == ends_.mailboxes.end() ? 0 : end->second;
    box.handed = std::max(handed.at(static_cast<std::size_t>(lane)),
                          at_start == ends_at_start_.end() ? 0 : at_start->second);
  }
  turn_->Put(sweep);
  sweeps_.insert_or_assign(agency, sweep);
}

void Committer::RecoverSuspended(const Recovered& recovered) {
  for (const SweepRecord& sweep : recovered.sweeps) sweeps_.insert_or_assign(sweep.agency, sweep);
  ends_at_start_ = ends_.mailboxes;
  if (options_.outflow == nullptr || standing_.directory == nullptr) return;
  for (const Agency& agency : standing_.directory->agencies()) {
    if (standing_.suspensions.IsSuspended(agency.id)) options_.outflow->Close(agency.id);
  }
}

void Committer::Sweep(TimePoint now) {
  if (sweeps_.empty()) return;
  turn_time_ = now;
  SweepRecord& sweep = sweeps_.begin()->second;
  FaultPoint("sweep.before-batch");
  const auto step = [&]() -> Result<bool> {
    for (const Lane lane : {Lane::kUrgent, Lane::kNormal}) {
      ASSIGN_OR_RETURN(const bool more, SweepBox(sweep, lane, now));
      if (more) return true;
    }
    ASSIGN_OR_RETURN(const bool held, SweepHeld(sweep, now));
    if (held) return true;
    return SweepWatches(sweep, now);
  };
  const auto more = step();
  if (!more) return turn_->Spoil(more.error());
  if (*more) return;
  turn_->SweepDone(sweep.agency);
  swept_to_.reset();
  sweeps_.erase(sweeps_.begin());
}

// What waits in one mailbox. Receipts of its own messages and the like stay for when it is lifted.
Result<bool> Committer::SweepBox(SweepRecord& sweep, Lane lane, TimePoint now) {
  SweepRecord::Box& box = sweep.boxes.at(static_cast<std::size_t>(lane));
  if (box.swept >= box.end) return false;
  ASSIGN_OR_RETURN(const auto rows, store_.Rows({sweep.agency, lane, box.swept}, kSweptPerBatch));
  std::vector<Closing> closing;
  for (const MailboxRow& row : rows) {
    if (row.place.sequence > box.end) break;
    box.swept = row.place.sequence;
    if (row.kind != MailboxRow::Kind::kGrant) continue;
    auto grant = turn_->FindGrant(row.grant);
    if (!grant) return Fail(FaultCode::kCorrupt, "the store has lost a grant that waits");
    closing.push_back({*std::move(grant), row.place.sequence <= box.handed});
  }
  if (rows.empty() || rows.back().place.sequence >= box.end || rows.size() < kSweptPerBatch)
    box.swept = box.end;
  Close(std::move(closing), {Code::kRecipientSuspended, sweep.position}, now);
  turn_->Put(sweep);
  return true;
}

// Held grants that it will never get.
Result<bool> Committer::SweepHeld(const SweepRecord& sweep, TimePoint now) {
  ASSIGN_OR_RETURN(const auto held, store_.HeldFor(sweep.agency, kSweptPerBatch));
  std::vector<Closing> closing;
  for (const HeldRecord& record : held) {
    auto grant = turn_->FindGrant(record.grant);
    if (!grant) return Fail(FaultCode::kCorrupt, "the store has lost a held grant");
    closing.push_back({*std::move(grant), false});
  }
  Close(std::move(closing), {Code::kRecipientSuspended, sweep.position}, now);
  return !held.empty();
}

// Held grants of others that wait for whether it can be reached: nobody there can answer now.
Result<bool> Committer::SweepWatches(const SweepRecord& sweep, TimePoint now) {
  ASSIGN_OR_RETURN(const auto watches, store_.WatchesOn(sweep.agency, swept_to_, kSweptPerBatch));
  for (const WatchRecord& watch : watches) {
    swept_to_ = watch;
    auto grant = turn_->FindGrant(watch.held);
    if (!grant) return Fail(FaultCode::kCorrupt, "the store has lost a held grant");
    if (grant->phase == Phase::kHeld && grant->condition.kind == Condition::Kind::kUnable)
      Release(*std::move(grant), now);
  }
  return !watches.empty();
}

// Each sender has its own in entries of its own: no other party learns what waited for whom, and
// the suspended agency gets nothing.
void Committer::Close(std::vector<Closing> closing, const parts::CloseCause& cause, TimePoint now) {
  std::ranges::stable_sort(closing, {}, [](const Closing& each) { return each.grant.sender; });
  std::span<const Closing> rest = closing;
  while (!rest.empty()) {
    std::size_t same = 1;
    while (same < rest.size() && same < limits::kReceiptsPerEntryMax &&
           rest[same].grant.sender == rest.front().grant.sender) {
      ++same;
    }
    EnterClosed(rest.first(same), cause, now);
    rest = rest.subspan(same);
  }
}

void Committer::EnterClosed(std::span<const Closing> closing, const parts::CloseCause& cause,
                            TimePoint now) {
  std::vector<parts::ClosedGrant> closed;
  for (const Closing& each : closing) closed.push_back({&each.grant, each.may_arrive});
  const AgencyId& sender = closing.front().grant.sender;
  std::vector<ExchangeName> exchanges;
  for (const Closing& each : closing) exchanges.push_back(each.grant.exchange);
  const Position position =
      turn_
          ->Append({{sender, {}, parts::Undeliverable(closed, cause, now), std::move(exchanges)}},
                   kClosedSlots)
          .position;
  for (const Closing& each : closing) {
    GrantRecord grant = each.grant;
    BrokersWord word = WordOn(grant, WordKind::kUndeliverable, position, now);
    word.why = cause.why;
    word.may_arrive = each.may_arrive;
    PutWord(std::move(word), sender, 0);
    if (grant.phase == Phase::kHeld) {
      turn_->Remove(HeldRecord{grant.recipient, grant.grant});
      if (grant.condition.kind == Condition::Kind::kUnacknowledged)
        turn_->Remove(TimerRecord{grant.condition.by, grant.grant});
    } else {
      turn_->RemoveRow(grant.place);
      committed_.removed.push_back(grant.place);
    }
    if (grant.acknowledge_by) turn_->Remove(TimerRecord{*grant.acknowledge_by, grant.grant});
    turn_->CountDelivered(grant.position);
    grant.phase = Phase::kClosed;
    turn_->Put(std::move(grant));
    ++committed_.undeliverable;
  }
}

// Accepted under a policy before the one in force, which lets its recipient no longer have it: the
// delivery thread found that as it was about to hand it out. Its sender seals it anew.
void Committer::TakeForbidden(const ForbiddenWork& work, TimePoint now) {
  // Told in any case: whoever asked waits for it.
  committed_.removed.push_back(work.place);
  auto grant = turn_->FindGrant(work.grant);
  const bool waits = grant && grant->place == work.place && !grant->stored &&
                     (grant->phase == Phase::kOpen || grant->phase == Phase::kReleased);
  if (!waits) return;  // Receipted, or closed otherwise, since.
  const auto lane = static_cast<std::size_t>(work.place.lane);
  const auto handed = options_.outflow == nullptr ? std::array<std::uint64_t, 2>{}
                                                  : options_.outflow->Handed(grant->recipient);
  const auto at_start = ends_at_start_.find({grant->recipient, work.place.lane});
  const bool may_arrive =
      work.place.sequence <= handed.at(lane) ||
      (at_start != ends_at_start_.end() && work.place.sequence <= at_start->second);
  FaultPoint("forbidden.before-entry");
  Close({{*std::move(grant), may_arrive}}, {Code::kPolicyDenies, policy_at_}, now);
}

}  // namespace havenline
