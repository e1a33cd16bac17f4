// Committer: held grants. They are accepted with their message, wait in no mailbox, and are
// released by an entry of their own when their condition comes true.

#include <algorithm>
#include <utility>

#include "broker/commit/committer.h"
#include "broker/commit/parts.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"

namespace havenline {
namespace {

using Phase = GrantRecord::Phase;

constexpr std::size_t kHeldSlots = 8;
// On one recipient of one message, over all its sealings: an acknowledgement settles them all in
// one batch.
constexpr std::size_t kWatchesMax = 256;

AnsweredKey KeyOf(const Receipt& receipt) {
  return {receipt.sender, receipt.origin, receipt.recipient, receipt.role};
}

}  // namespace

bool Committer::WatchesFit(const VerifiedEnvelope& message) {
  for (const Grant& grant : message->grants) {
    const Grant* const watched = WatchedBy(message, grant.clear.condition);
    if (watched == nullptr) continue;
    const AnsweredKey key{message->header.sender, message->header.origin, watched->clear.recipient,
                          watched->clear.role};
    // With those of this message.
    if (turn_->FindWatches(key, kWatchesMax).size() + message->grants.size() > kWatchesMax)
      return false;
  }
  return true;
}

bool Committer::Hold(GrantRecord& grant, const AnsweredKey& watched) {
  const HowAnswered answered = turn_->FindAnswered(watched);
  // Whoever answered an earlier sealing is not asked again, and nobody in its place.
  if (answered == HowAnswered::kAcknowledged) {
    grant.phase = Phase::kClosed;
    turn_->CountDelivered(grant.position);
    turn_->Put(grant);
    return false;
  }
  grant.phase = Phase::kHeld;
  turn_->Put(HeldRecord{grant.recipient, grant.grant});
  turn_->Put(WatchRecord{watched, grant.grant});
  if (grant.condition.kind == Condition::Kind::kUnacknowledged)
    turn_->Put(TimerRecord{grant.condition.by, grant.grant});
  turn_->Put(grant);
  // It said of an earlier sealing that it is not theirs, and says no more: nobody else would ever
  // be told.
  return grant.condition.kind == Condition::Kind::kUnable && answered == HowAnswered::kNotOurs;
}

BrokersWord Committer::WordOn(const GrantRecord& grant, WordKind kind, const Position& position,
                              TimePoint now) const {
  return {.partnership = options_.partnership,
          .to = {},
          .lane = grant.place.lane,
          .kind = kind,
          .message = grant.message,
          .origin = grant.origin,
          .grant = grant.grant,
          .why = std::nullopt,
          .may_arrive = false,
          .position = position,
          .number = {},
          .time = now};
}

void Committer::PutWord(BrokersWord word, const AgencyId& to, std::uint32_t part) {
  word.to = to;
  word.number = turn_->NextWord(to, word.lane);
  MailboxRow row;
  row.kind = MailboxRow::Kind::kWord;
  row.bytes = options_.encode_word(word);
  row.position = word.position;
  row.part = part;
  committed_.added.push_back(turn_->PutRow(to, word.lane, std::move(row)));
}

// The entry has a part for the sender and one for the released recipient, who is not told whom the
// condition watched: the grant's digest in it is all that it gets.
void Committer::Release(GrantRecord grant, TimePoint now) {
  CHECK(grant.phase == Phase::kHeld);
  // What waits for a suspended agency is being closed, batch by batch: this one soon will be.
  if (standing_.suspensions.IsSuspended(grant.recipient)) return;
  FaultPoint("release.before-entry");
  const Position position =
      turn_
          ->Append({{grant.sender, {}, parts::Released(grant, true, now), {grant.exchange}},
                    {grant.recipient, {}, parts::Released(grant, false, now), {grant.exchange}}},
                   kHeldSlots)
          .position;
  BrokersWord word = WordOn(grant, WordKind::kReleased, position, now);
  PutWord(word, grant.sender, 0);
  word.to = grant.recipient;
  word.number = turn_->NextWord(grant.recipient, grant.place.lane);
  MailboxRow row;
  row.kind = MailboxRow::Kind::kGrant;
  row.grant = grant.grant;
  row.bytes = options_.encode_word(word);
  row.position = grant.position;
  row.part = grant.index + 1;
  turn_->Remove(HeldRecord{grant.recipient, grant.grant});
  if (grant.condition.kind == Condition::Kind::kUnacknowledged)
    turn_->Remove(TimerRecord{grant.condition.by, grant.grant});
  grant.phase = Phase::kReleased;
  grant.place = turn_->PutRow(grant.recipient, grant.place.lane, std::move(row));
  committed_.added.push_back(grant.place);
  ++committed_.released;
  const AnsweredKey answered{grant.sender, grant.origin, grant.recipient, grant.role};
  if (grant.acknowledge_by && turn_->FindAnswered(answered) == HowAnswered::kNo)
    turn_->Put(TimerRecord{*grant.acknowledge_by, grant.grant});
  turn_->Put(std::move(grant));
  FaultPoint("release.after-entry");
}

void Committer::StandDown(GrantRecord grant, const WatchRecord& watch, TimePoint now) {
  turn_->Remove(watch);
  if (grant.phase != Phase::kReleased || grant.stood_down) return;
  const Bytes json = parts::StoodDown(grant, now);
  const Position position = turn_
                                ->Append({{grant.recipient, {}, json, {grant.exchange}},
                                          {grant.sender, {}, json, {grant.exchange}}},
                                         kHeldSlots)
                                .position;
  PutWord(WordOn(grant, WordKind::kStoodDown, position, now), grant.recipient, 0);
  grant.stood_down = true;
  turn_->Put(std::move(grant));
}

// Its condition can never come true any more.
void Committer::CloseHeld(GrantRecord grant, const WatchRecord& watch) {
  CHECK(grant.phase == Phase::kHeld);
  turn_->Remove(watch);
  turn_->Remove(HeldRecord{grant.recipient, grant.grant});
  if (grant.condition.kind == Condition::Kind::kUnacknowledged)
    turn_->Remove(TimerRecord{grant.condition.by, grant.grant});
  turn_->CountDelivered(grant.position);
  grant.phase = Phase::kClosed;
  turn_->Put(std::move(grant));
}

// What a receipt that was just entered means for the grants that watch its recipient.
void Committer::AfterReceipt(const Receipt& receipt, TimePoint now) {
  const bool answers =
      receipt.kind == ReceiptKind::kAcknowledged || receipt.kind == ReceiptKind::kToldByVoice;
  const bool unable = receipt.kind == ReceiptKind::kNotOurs ||
                      receipt.kind == ReceiptKind::kUnreadable ||
                      receipt.kind == ReceiptKind::kWithheld;
  if (!answers && !unable && receipt.kind != ReceiptKind::kRecalled) return;
  for (const WatchRecord& watch : turn_->FindWatches(KeyOf(receipt), kWatchesMax)) {
    auto grant = turn_->FindGrant(watch.held);
    if (!grant) return;  // The store could not be read: the batch will fail.
    if (unable) {
      const bool fires = grant->phase == Phase::kHeld &&
                         grant->condition.kind == Condition::Kind::kUnable &&
                         grant->condition.grant == receipt.grant;
      if (fires) Release(*std::move(grant), now);
    } else if (grant->phase == Phase::kHeld) {
      CloseHeld(*std::move(grant), watch);
    } else if (answers) {
      StandDown(*std::move(grant), watch, now);
    }
  }
}

}  // namespace havenline
