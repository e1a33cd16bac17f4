// Committer: timers. What is due fires here, on the commit thread, once nobody can have answered in
// time any more without our knowing.

#include <utility>

#include "broker/commit/committer.h"
#include "broker/commit/parts.h"
#include "schema/base/check.h"

namespace havenline {
namespace {

using Phase = GrantRecord::Phase;

constexpr std::size_t kOverdueSlots = 8;
// Due and waiting for their hosts, at a time; those behind them are looked at when these are done.
constexpr std::size_t kWaitingMax = 4096;

}  // namespace

// Whose acknowledgement ends this grant's timer: its recipient's, or, while it is held, that of the
// grant it watches.
std::optional<AnsweredKey> Committer::JudgedBy(const GrantRecord& grant) {
  if (grant.phase != Phase::kHeld)
    return AnsweredKey{grant.sender, grant.origin, grant.recipient, grant.role};
  const auto watched = turn_->FindGrant(grant.condition.grant);
  if (!watched) return std::nullopt;
  return AnsweredKey{watched->sender, watched->origin, watched->recipient, watched->role};
}

// Nothing: nobody could still answer, or the timer has nothing to do.
std::optional<HostId> Committer::HostToWaitFor(const TimerRecord& timer) {
  const auto grant = turn_->FindGrant(timer.grant);
  if (!grant || grant->phase == Phase::kClosed) return std::nullopt;
  const auto key = JudgedBy(*grant);
  if (!key || standing_.suspensions.IsSuspended(key->recipient)) return std::nullopt;
  if (turn_->FindAnswered(*key) == HowAnswered::kAcknowledged) return std::nullopt;
  const Agency* const agency = standing_.directory->Find(key->recipient);
  return agency == nullptr ? std::nullopt : std::optional(agency->host);
}

bool Committer::FireTimers(TimePoint now, TimerWaits::Time monotonic) {
  turn_time_ = now;
  waits_.StartLook(monotonic);
  const auto due = store_.DueTimers(now, kWaitingMax);
  if (!due) {
    turn_->Spoil(due.error());
    return false;
  }
  std::size_t fired = 0;
  for (const TimerRecord& timer : *due) {
    if (fired == limits::kTimersPerBatchMax) break;
    if (!waits_.IsWaiting(timer)) {
      const auto host = HostToWaitFor(timer);
      if (host) waits_.Add(timer, *host, monotonic);
    }
    if (!waits_.MayFire(timer, monotonic)) continue;
    waits_.Remove(timer);
    Fire(timer, now);
    ++fired;
  }
  auto questions = waits_.TakeQuestions();
  committed_.questions.insert(committed_.questions.end(), questions.begin(), questions.end());
  taken_ += fired;
  return fired == limits::kTimersPerBatchMax;
}

void Committer::Fire(const TimerRecord& timer, TimePoint now) {
  turn_->Remove(timer);
  auto grant = turn_->FindGrant(timer.grant);
  if (!grant || grant->phase == Phase::kClosed) return;
  const auto key = JudgedBy(*grant);
  if (!key) return turn_->Spoil({FaultCode::kCorrupt, "the store has lost a watched grant"});
  const HowAnswered answered = turn_->FindAnswered(*key);
  if (grant->phase == Phase::kHeld) {
    // "Not ours" leaves somebody to be told.
    if (answered != HowAnswered::kAcknowledged) Release(*std::move(grant), now);
    return;
  }
  if (answered != HowAnswered::kNo) return;
  const Bytes json = parts::Overdue(*grant, now);
  turn_->Append({{grant->sender, {}, json, {grant->exchange}},
                 {grant->recipient, {}, json, {grant->exchange}}},
                kOverdueSlots);
  committed_.overdue.push_back({grant->sender, grant->message, grant->grant});
}

}  // namespace havenline
