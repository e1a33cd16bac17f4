// Outbox: sealing, sealing anew and the clock.

#include <algorithm>

#include "agents/link/deadline.h"
#include "agents/link/outbox.h"
#include "agents/link/outbox_rows.h"
#include "agents/link/recorded_message.h"
#include "agents/link/rows.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/seal/hash.h"

namespace havenline {
namespace {

using text::Value;

constexpr std::uint32_t kSealingsMax = 8;  // Of one message by itself; then a person must look.
constexpr Milliseconds kUnsealedRetry{5'000};
constexpr Milliseconds kPatience{20'000};  // For documents to change, before a person must look.
constexpr const char* kContentPrefix = "out/";

}  // namespace

std::string Outbox::SubjectOf(const OutMessage& message, const OutRecipient& recipient) {
  return ToText(message.origin) + " " + recipient.recipient.agency.value() + " " +
         recipient.recipient.role.value();
}

Result<Content> Outbox::LoadContent(const OutMessage& message) const {
  ASSIGN_OR_RETURN(const auto row,
                   parts_.store.Get(Table::kPayload, kContentPrefix + ToText(message.origin)));
  if (!row) return rows::Corrupt("message without content");
  return rows::ContentFrom(*row);
}

// Seals the message for everyone who can be granted it now. All grants are carried again, also
// those of recipients that have answered: their agents know the origin and do not ask again.
Result<void> Outbox::Seal(OutMessage& message, const Content& content, TimePoint now,
                          StoreBatch& batch, bool refuse) {
  const seal::SigningKey* const key = parts_.keys.Signing(message.sender, seal::Purpose::kEnvelope);
  if (key == nullptr)
    return Fail(FaultCode::kInvalid, "this host has no envelope key for the sender");
  if (MustWaitForWitnesses(content.exchange, now)) {
    WaitForWitnesses(message, now, batch);
    return {};
  }
  ComposeRequest request{content, {}, message.origin, std::nullopt, now};
  request.decided_against = message.decided_against;
  // The first sealing is the origin itself; one that had to wait has a time, and so an id, of its
  // own.
  if (message.sealings == 0 && now == message.taken) request.id = message.origin;
  for (const OutRecipient& recipient : message.recipients) {
    if (recipient.progress == Progress::kTakenOn) continue;
    request.recipients.push_back(recipient.recipient);
    request.asked.push_back({recipient.recipient, recipient.due, recipient.answered()});
  }
  const ComposeTools tools{*key, parts_.random,
                           [&](const AgencyId& recipient, Lane lane) {
                             return NextNumber(message.sender, recipient, lane, batch);
                           },
                           [&](const policy::Deadline& deadline, const AgencyId& recipient,
                               TimePoint from) { return DueAt(deadline, recipient, from); }};
  const SenderView view{parts_.documents.directory(), parts_.documents.policy(),
                        parts_.documents.statements(), parts_.documents.suspensions(),
                        parts_.documents.head()};
  auto composed = Compose(request, view, tools);
  message.generation = parts_.documents.generation();
  if (!composed && refuse) return tl::unexpected<Fault>(std::move(composed).error());
  if (!composed) {
    // The content and the policy do not fit: nothing that waiting by itself mends, but a policy
    // may.
    message.state = message.sealings > 0 ? OutState::kRefused : OutState::kUnsealed;
    parts_.alarms.At(message.sender)
        .Raise(AlarmKind::kNoRecipient, ToText(message.origin),
               "A message of " + message.sender.value() +
                   " cannot be sealed: " + composed.error().detail,
               now, batch);
    message.retry = now + kUnsealedRetry;
    Put(message, batch);
    return {};
  }
  ApplySealing(message, *composed, now, batch);
  return {};
}

bool Outbox::MustWaitForWitnesses(const ExchangeName& name, TimePoint now) const {
  const policy::Exchange* const exchange = parts_.documents.policy().Find(name);
  return exchange != nullptr && exchange->strict && parts_.documents.IsStale(now);
}

// It is in our custody, and goes by itself once witnesses vouch for the log again.
void Outbox::WaitForWitnesses(OutMessage& message, TimePoint now, StoreBatch& batch) {
  if (message.sealings == 0) message.state = OutState::kUnsealed;
  message.retry = now + kUnsealedRetry;
  parts_.alarms.At(message.sender)
      .Raise(AlarmKind::kStale, ToText(message.origin),
             "A message of " + message.sender.value() +
                 " waits to be sealed: witnesses have not vouched for the directory for "
                 "over a day, and somebody in it may have been cut off since; policy lets "
                 "nothing of this kind go then. It goes by itself once they have. Tell the "
                 "operator and governance; if it cannot wait, telephone.",
             now, batch);
  Put(message, batch);
}

std::optional<TimePoint> Outbox::DueAt(const policy::Deadline& deadline, const AgencyId& recipient,
                                       TimePoint from) const {
  const AgencyStatement* const stated = parts_.documents.statements().Find(recipient);
  const auto due = DeadlineFor(deadline, stated == nullptr ? nullptr : &stated->calendar, from);
  return due ? std::optional(*due) : std::nullopt;
}

void Outbox::ApplySealing(OutMessage& message, const Composed& composed, TimePoint now,
                          StoreBatch& batch) {
  message.retry.reset();
  parts_.alarms.Settle(AlarmKind::kStale, ToText(message.origin), now, batch);
  for (const LeftOut& left_out : composed.left_out) ApplyLeftOut(message, left_out, now, batch);
  if (composed.granted.empty()) {
    message.state = OutState::kUnsealed;
    message.retry = now + kUnsealedRetry;
    Put(message, batch);
    return;
  }
  // The first sealing's id is the message's origin: its row moves there, for it was not known
  // before.
  if (message.sealings > 0) batch.Delete(Table::kSealed, ToText(message.message));
  message.message = composed.envelope.header.id;
  origin_of_[message.message] = message.origin;
  message.policy = composed.envelope.header.policy;
  message.state = OutState::kSealed;
  message.position.reset();
  ++message.sealings;
  for (const GrantedRecipient& granted : composed.granted) {
    const auto at =
        std::ranges::find(message.recipients, granted.recipient, &OutRecipient::recipient);
    CHECK(at != message.recipients.end());
    at->grant = granted.grant;
    at->number = granted.number;
    at->held = granted.held;
    at->released.reset();
    if (!at->answered())
      at->progress = at->held && at->receipts.empty() ? Progress::kHeld : Progress::kSent;
    for (const AlarmKind kind : {AlarmKind::kNoKey, AlarmKind::kUndeliverable})
      parts_.alarms.Settle(kind, SubjectOf(message, *at), now, batch);
    // The clock runs from the first sealing: sealing anew must not move a deadline.
    if (at->due || !granted.acknowledge_by) continue;
    at->due = granted.acknowledge_by;
    const policy::Exchange* const exchange = parts_.documents.policy().Find(message.exchange);
    CHECK(exchange != nullptr);
    const policy::Cell& cell = parts_.documents.policy().Look(
        {message.exchange, message.sender, composed.envelope.header.role, granted.recipient.role,
         composed.envelope.claims, composed.envelope.header.created});
    PlanClock(ClockCellOf(cell, *at), *at, now);
  }
  batch.Put(Table::kSealed, ToText(message.message),
            Value::Map()
                .Set("origin", ToText(message.origin))
                .Set("bytes", rows::Encode(composed.bytes)));
  batch.Put(Table::kSealed, rows::RecordKeyOf(message.origin),
            rows::ToRow(RecordedFrom(composed.envelope, message.decided_against)));
  for (const BrokersPart::LeftOut& debt : composed.envelope.brokers_part.left_out) {
    const auto& decided = message.decided_against;
    if (std::ranges::find(decided, debt.role) != decided.end()) continue;  // A person's decision.
    parts_.alarms.At(message.sender)
        .Raise(AlarmKind::kDebt, ToText(message.origin) + " " + debt.role.value(),
               "A message went without " + debt.role.value() +
                   ", whom policy says must be told. Tell them, and record that you did.",
               now, batch);
  }
  Put(message, batch);
}

void Outbox::ApplyLeftOut(OutMessage& message, const LeftOut& left_out, TimePoint now,
                          StoreBatch& batch) {
  const auto at =
      std::ranges::find(message.recipients, left_out.recipient, &OutRecipient::recipient);
  CHECK(at != message.recipients.end());
  if (at->answered()) return;
  at->grant = {};
  at->number.reset();
  at->held = left_out.held;
  if (left_out.why == WhyNot::kFirstAsked) {
    // What keeps the one that is asked first is alarmed; this one goes with it.
    at->progress = Progress::kUnsent;
    message.retry = now + kUnsealedRetry;
    return;
  }
  const std::string who =
      left_out.recipient.agency.value() + " (" + left_out.recipient.role.value() + ")";
  if (left_out.why == WhyNot::kNoKey || left_out.why == WhyNot::kSuspended) {
    at->progress = Progress::kUnsent;
    message.retry = now + kUnsealedRetry;
    const char* const words = left_out.why == WhyNot::kNoKey
                                  ? " has not published a key yet, so nothing can be sealed to it: "
                                    "its agent must run once."
                                  : " is suspended, so nothing is sent to it until that is lifted.";
    parts_.alarms.At(message.sender)
        .Raise(
            AlarmKind::kNoKey, SubjectOf(message, *at),
            who + words +
                " The message waits and goes by itself. Telephone if it is urgent, or take it on.",
            now, batch);
    return;
  }
  at->progress = Progress::kImpossible;
  parts_.alarms.At(message.sender)
      .Raise(AlarmKind::kNoRecipient, SubjectOf(message, *at),
             left_out.why == WhyNot::kPolicy
                 ? "Policy lets nothing of this message go to " + who +
                       ". A person must decide and take it on."
                 : who +
                       " is not in the directory, or not in this role. A person must find "
                       "who should be told.",
             now, batch);
}

// True if the message waits to be sealed (again) and it may help now.
bool Outbox::WantsSealing(const OutMessage& message, const Documents& documents, TimePoint now) {
  if (!message.retry || message.ended() || *message.retry > now) return false;
  if (message.state == OutState::kUnsealed) return true;
  const bool changed = message.generation != documents.generation();
  if (message.state == OutState::kRefused) return changed;
  const auto can_be_sealed_to = [&](const Recipient& recipient) {
    return !documents.suspensions().IsSuspended(recipient.agency) &&
           documents.statements().RecipientOf(recipient.agency, recipient.role);
  };
  return std::ranges::any_of(message.recipients, [&](const OutRecipient& recipient) {
    switch (recipient.progress) {
      // Left out for want of a key or while suspended, or because the one first asked was: included
      // once it may be.
      case Progress::kUnsent:
        return can_be_sealed_to(recipient.held ? recipient.held->watches : recipient.recipient);
      case Progress::kUndeliverable:
        return changed && can_be_sealed_to(recipient.recipient);
      case Progress::kUnreadable:
      case Progress::kWithheld:
        return changed;
      default:
        return false;
    }
  });
}

Result<void> Outbox::SealAgain(OutMessage& message, TimePoint now, StoreBatch& batch) {
  if (message.sealings >= kSealingsMax) {
    GiveUp(message, now, batch);
    return {};
  }
  ASSIGN_OR_RETURN(const Content content, LoadContent(message));
  return Seal(message, content, now, batch);
}

void Outbox::GiveUp(OutMessage& message, TimePoint now, StoreBatch& batch) {
  message.retry.reset();
  parts_.alarms.At(message.sender)
      .Raise(AlarmKind::kRefused, ToText(message.origin),
             "A message of " + message.sender.value() + " was refused" +
                 (message.refused.empty() ? "" : " (" + message.refused + ")") +
                 " and sealing it again would not help. Tell the recipient by telephone and take "
                 "it on.",
             now, batch);
  Put(message, batch);
}

Result<void> Outbox::Tick(TimePoint now) {
  StoreBatch batch;
  for (auto& [origin, message] : messages_) {
    if (message.ended()) continue;
    if (WantsSealing(message, parts_.documents, now)) {
      RETURN_IF_FAULT(SealAgain(message, now, batch));
    } else if (message.retry && message.state == OutState::kRefused &&
               *message.retry + kPatience < now) {
      GiveUp(message, now, batch);
    }
    for (OutRecipient& recipient : message.recipients) CheckDue(message, recipient, now, batch);
  }
  if (batch.empty()) return {};
  // One sealing and its numbers in one sync, before any of it is offered.
  FaultPoint("outbox.before-tick");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("outbox.after-tick");
  return {};
}

Result<void> Outbox::TakeOn(const MessageId& origin, const Recipient& recipient, bool told_by_voice,
                            TimePoint now) {
  const auto at = messages_.find(origin);
  if (at == messages_.end()) return Fail(FaultCode::kMissing, "there is no such message");
  const auto found = std::ranges::find(at->second.recipients, recipient, &OutRecipient::recipient);
  if (found == at->second.recipients.end())
    return Fail(FaultCode::kMissing, "the message has no such recipient");
  if (found->ended()) return {};
  StoreBatch batch;
  found->progress = told_by_voice ? Progress::kToldByVoice : Progress::kTakenOn;
  SettleAll(at->second, *found, now, batch);
  StandDown(at->second, now, batch);
  EndIfDone(at->second, now, batch);
  Put(at->second, batch);
  return parts_.store.Commit(batch);
}

// Everyone has answered: custody is over. Content and sealed bytes go; what happened stays.
void Outbox::EndIfDone(OutMessage& message, TimePoint now, StoreBatch& batch) {
  if (!message.ended()) return;
  message.retry.reset();
  parts_.alarms.Settle(AlarmKind::kRefused, ToText(message.origin), now, batch);
  batch.Delete(Table::kPayload, kContentPrefix + ToText(message.origin));
  batch.Delete(Table::kSealed, ToText(message.message));
}

}  // namespace havenline
