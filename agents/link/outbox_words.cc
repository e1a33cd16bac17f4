// Outbox: what the broker itself says of a message, and who need not be asked any more.

#include <algorithm>

#include "agents/link/outbox.h"
#include "agents/link/outbox_rows.h"
#include "agents/link/rows.h"
#include "schema/seal/hash.h"
#include "schema/wire/word_codec.h"

namespace havenline {
namespace {

using text::Value;

std::string_view WhyWords(const std::optional<Code>& why) {
  if (why == Code::kRecipientSuspended) return "it has been suspended";
  if (why == Code::kPolicyDenies) return "the policy in force no longer lets it have this";
  if (why == Code::kRecipientKey) return "the key it was sealed to is compromised";
  return "the broker can no longer deliver it";
}

// In words for the person who must act; `instead`: somebody is told in its place.
std::string UndeliverableWords(const std::string& who, const BrokersWord& word, bool instead) {
  return who + " will not be told of a message: " + std::string(WhyWords(word.why)) + "." +
         (word.may_arrive ? " It had been handed to its link before, so it may have arrived."
                          : "") +
         (instead ? " Who is to be told in its place is told by the broker." : "") +
         " Decide who else must know, telephone them, and take it on. Should it be possible to "
         "deliver it later, it is sealed again by itself.";
}

}  // namespace

Result<void> Outbox::OnWord(const SignedWord& signed_word, TimePoint now, StoreBatch& batch) {
  const BrokersWord& word = signed_word.word;
  const auto at = messages_.find(word.origin);
  if (at == messages_.end() || at->second.sender != word.to) return {};  // Ended long ago.
  OutMessage& message = at->second;
  const auto recipient = std::ranges::find(message.recipients, word.grant, &OutRecipient::grant);
  // Of a sealing that was replaced: nobody waits for it.
  if (recipient == message.recipients.end() || recipient->ended()) return {};
  if (word.kind == WordKind::kReleased && recipient->held && !recipient->released) {
    RETURN_IF_FAULT(StartClock(message, *recipient, now));
    recipient->released = word.time;
    if (recipient->progress == Progress::kHeld) recipient->progress = Progress::kSent;
  } else if (word.kind == WordKind::kUndeliverable && !recipient->answered() &&
             recipient->progress != Progress::kUndeliverable) {
    OnUndeliverable(word, message, *recipient, now, batch);
  } else {
    return {};
  }
  batch.Put(Table::kSealed,
            ToText(message.origin) + "/word/" + HexEncode(seal::Sha256(signed_word.bytes)),
            Value::Map()
                .Set("origin", ToText(message.origin))
                .Set("bytes", rows::Encode(wire::EncodeSignedWord(signed_word))));
  StandDown(message, now, batch);
  EndIfDone(message, now, batch);
  Put(message, batch);
  return {};
}

void Outbox::OnUndeliverable(const BrokersWord& word, OutMessage& message, OutRecipient& recipient,
                             TimePoint now, StoreBatch& batch) {
  recipient.progress = Progress::kUndeliverable;
  recipient.undeliverable = word.why.value_or(Code::kRecipientSuspended);
  recipient.may_arrive = word.may_arrive;
  // Its number will never arrive: it must leave no gap should others come later.
  VoidNumber(message, recipient, batch);
  recipient.number.reset();
  message.retry = now + kSealAgainSoon;
  const bool instead = std::ranges::any_of(message.recipients, [&](const OutRecipient& other) {
    return other.held && other.held->watches == recipient.recipient && !other.answered();
  });
  const std::string who =
      recipient.recipient.agency.value() + " (" + recipient.recipient.role.value() + ")";
  parts_.alarms.At(message.sender)
      .Raise(AlarmKind::kUndeliverable, SubjectOf(message, recipient),
             UndeliverableWords(who, word, instead), now, batch);
}

// A grant that waited for somebody else's failure was released: its recipient's clock begins, where
// the sealing could not say when that would be.
Result<void> Outbox::StartClock(const OutMessage& message, OutRecipient& recipient,
                                TimePoint now) const {
  if (recipient.due) return {};
  ASSIGN_OR_RETURN(const Content content, LoadContent(message));
  std::vector<ClaimOpening> claims;
  const policy::Exchange* const exchange = parts_.documents.policy().Find(content.exchange);
  if (exchange == nullptr) return {};
  for (const policy::Claim& claim : exchange->claims) {
    const auto value = content.claims.find(claim.name);
    if (value != content.claims.end()) claims.push_back({{}, claim.name, value->second});
  }
  const policy::Cell& cell = parts_.documents.policy().Look(
      {content.exchange, content.sender, content.role, recipient.recipient.role, claims,
       TimeOf(message.message).value_or(now)});
  const policy::Cell* const clock = ClockCellOf(cell, recipient);
  if (clock == nullptr || clock->deadline == nullptr) return {};
  recipient.due = DueAt(*clock->deadline, recipient.recipient.agency, now);
  if (recipient.due) PlanClock(clock, recipient, now);
  return {};
}

// Who was held back need not be asked once the one first asked has answered; nor, while nothing was
// released to them, once a person here has taken that one on.
void Outbox::StandDown(OutMessage& message, TimePoint now, StoreBatch& batch) {
  for (OutRecipient& recipient : message.recipients) {
    if (!recipient.held || recipient.ended()) continue;
    const auto first =
        std::ranges::find(message.recipients, recipient.held->watches, &OutRecipient::recipient);
    if (first == message.recipients.end()) continue;
    const bool answered =
        first->progress == Progress::kAcknowledged || first->progress == Progress::kToldByVoice;
    const bool never_asked = first->ended() && recipient.receipts.empty() && !recipient.released;
    if (!answered && !never_asked) continue;
    recipient.progress = Progress::kStoodDown;
    SettleAll(message, recipient, now, batch);
  }
}

}  // namespace havenline
