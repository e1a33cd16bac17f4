// Inbox: what the broker says of messages here, and what a suspension does (C6).

#include <algorithm>

#include "agents/link/deadline.h"
#include "agents/link/inbox.h"
#include "agents/link/rows.h"
#include "agents/link/word_check.h"

namespace havenline {
namespace {

using text::Value;

constexpr const char* kStoodDownPrefix = "stood-down/";

// A stand-down may come before what it is about has been opened: it waits under the grant.
std::string StoodDownKey(const AgencyId& agency, const MessageId& origin) {
  return kStoodDownPrefix + agency.value() + "|" + ToText(origin);
}

}  // namespace

bool Inbox::OnWord(const SignedWord& signed_word, TimePoint now, StoreBatch& batch) {
  const BrokersWord& word = signed_word.word;
  if (!parts_.keys.IsOwn(word.to) || !IsBrokers(signed_word, parts_.documents.directory()))
    return false;
  CountWord(word, now, batch);
  if (word.kind == WordKind::kStoodDown) StandDown(word, now, batch);
  return true;
}

void Inbox::StandDown(const BrokersWord& word, TimePoint now, StoreBatch& batch) {
  bool found = false;
  for (auto& [number, message] : messages_) {
    const bool is_it = message.key.agency == word.to && message.key.origin == word.origin &&
                       message.grant == word.grant;
    if (!is_it) continue;
    found = true;
    if (message.stood_down) continue;
    message.stood_down = word.time;
    SettleClock(message, now, batch);
    Put(message, batch);
  }
  if (found) return;
  batch.Put(
      Table::kMeta, StoodDownKey(word.to, word.origin),
      Value::Map().Set("grant", rows::Encode(word.grant)).Set("time", ToMilliseconds(word.time)));
}

// Of a message that is about to be shown: when its grant was released, its clock if only that began
// it, and whether it stood down before it could be opened.
void Inbox::TakeRelease(const Delivery& delivery, const std::optional<policy::Deadline>& clock,
                        InMessage& message, Turn& turn) const {
  const auto release = ReleaseOf(delivery, parts_.documents.directory());
  if (!release) return;
  message.released = release->time;
  if (clock) {
    const auto own = std::ranges::find(parts_.keys.agencies(), message.key.agency, &OwnAgency::id);
    const auto due = DeadlineFor(
        *clock, own == parts_.keys.agencies().end() ? nullptr : &own->calendar, release->time);
    if (due) message.acknowledge_by = *due;
  }
  const std::string key = StoodDownKey(message.key.agency, message.key.origin);
  const auto row = parts_.store.Get(Table::kMeta, key);
  if (!row || !*row) return;
  rows::RowView view(**row);
  if (view.Array<32>("grant") != message.grant) return;
  message.stood_down = view.Time("time");
  turn.batch.Delete(Table::kMeta, key);
}

bool Inbox::IsSuspended(const AgencyId& agency) const {
  return parts_.documents.suspensions().IsSuspended(agency);
}

// What waited for a policy has not been opened: it is dropped like what arrives now. Its sender was
// told that it may have arrived, and seals it anew once the suspension is lifted.
void Inbox::DropOfSuspended(Turn& turn) {
  for (const OwnAgency& agency : parts_.keys.agencies()) {
    if (!IsSuspended(agency.id)) {
      parts_.alarms.Settle(AlarmKind::kSuspended, agency.id.value(), turn.now, turn.batch);
      continue;
    }
    parts_.alarms.At(agency.id).Raise(
        AlarmKind::kSuspended, agency.id.value(),
        agency.id.value() +
            " is suspended: nothing is sent for it or shown to it that comes from "
            "now on. Ask governance why; until it is lifted its messages must go "
            "another way.",
        turn.now, turn.batch);
    for (auto at = messages_.begin(); at != messages_.end();) {
      const InMessage& message = at->second;
      if (message.state != InState::kWaitsPolicy || message.key.agency != agency.id) {
        ++at;
        continue;
      }
      ++dropped_;
      Forget(message, turn.batch);
      at = messages_.erase(at);
    }
  }
}

}  // namespace havenline
