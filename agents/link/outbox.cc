#include "agents/link/outbox.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agents/link/addressing.h"
#include "agents/link/outbox_rows.h"
#include "agents/link/rows.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/tlog/leaf.h"
#include "schema/tlog/merkle.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;

// Far more than a recipient's agent signs for one message, all its sealings together.
constexpr std::size_t kReceiptsSeenMax = 64;
constexpr const char* kContentPrefix = "out/";
constexpr const char* kVoidPrefix = "void/";
constexpr const char* kNumberPrefix = "number/";

constexpr std::array<std::string_view, 14> kProgressNames = {
    "unsent",       "sent",     "stored",        "opened",    "unreadable",
    "withheld",     "not-ours", "impossible",    "taken-on",  "told-by-voice",
    "acknowledged", "held",     "undeliverable", "stood-down"};
constexpr std::array<std::string_view, 5> kStateNames = {"unsealed", "sealed", "accepted", "kept",
                                                         "refused"};

std::string Key(const MessageId& id) { return ToText(id); }

}  // namespace

std::string_view NameOf(Progress progress) {
  return kProgressNames[static_cast<std::size_t>(progress)];
}
std::string_view NameOf(OutState state) { return kStateNames[static_cast<std::size_t>(state)]; }

bool OutRecipient::MarkSeen(const Digest& receipt) {
  if (std::ranges::find(seen, receipt) != seen.end()) return false;
  seen.push_back(receipt);
  if (seen.size() > kReceiptsSeenMax) seen.erase(seen.begin());
  return true;
}

bool OutMessage::ended() const {
  return std::ranges::all_of(recipients,
                             [](const OutRecipient& recipient) { return recipient.ended(); });
}

Result<void> Outbox::Load() {
  Result<void> loaded;
  RETURN_IF_FAULT(parts_.store.Scan(Table::kOutbox, "", [&](std::string_view, const Value& row) {
    auto message = rows::OutMessageFrom(row);
    if (!message) {
      loaded = tl::unexpected<Fault>(std::move(message).error());
      return false;
    }
    origin_of_[message->message] = message->origin;
    if (!message->reference.empty())
      by_reference_[{message->sender, message->reference}] = message->origin;
    SetDue(*message);
    const MessageId origin = message->origin;
    messages_.emplace(origin, *std::move(message));
    return true;
  }));
  RETURN_IF_FAULT(loaded);
  bool good = true;
  RETURN_IF_FAULT(
      parts_.store.Scan(Table::kSealed, "", [&](std::string_view key, const Value& row) {
        RowView view(row);
        const MessageId origin = view.Message("origin");
        const auto id = MessageIdFrom(key.substr(0, 32));
        if (id) origin_of_[*id] = origin;
        const auto message = messages_.find(origin);
        // What was accepted and not yet proved when we stopped.
        if (view.Has("leaf") && message != messages_.end() && id == message->second.message &&
            message->second.state == OutState::kAccepted && message->second.position) {
          leaf_of_[*message->second.position] = {origin, view.Array<32>("leaf")};
        }
        good = good && id && view.ok();
        return good;
      }));
  RETURN_IF_FAULT(LoadGiven());
  RETURN_IF_FAULT(
      parts_.store.Scan(Table::kSeries, kVoidPrefix, [&](std::string_view key, const Value& row) {
        RowView view(row);
        voids_[std::string(key)] = view.Binary("bytes");
        good = good && view.ok();
        return good;
      }));
  RETURN_IF_FAULT(
      parts_.store.Scan(Table::kChains, kChainPrefix, [&](std::string_view, const Value& row) {
        RowView view(row);
        receipt_chain_[{AgencyId(view.Text("recipient")), AgencyId(view.Text("sender"))}] =
            view.Array<32>("hash");
        good = good && view.ok();
        return good;
      }));
  if (!good) return rows::Corrupt("outbox row");
  return {};
}

// Series end with the process; what voids still name of them is kept, the rest forgotten.
Result<void> Outbox::LoadGiven() {
  std::set<SeriesId> named;
  for (const auto& [origin, message] : messages_) {
    if (message.ended()) continue;
    for (const OutRecipient& recipient : message.recipients) {
      if (recipient.number) named.insert(recipient.number->series);
    }
  }
  bool good = true;
  StoreBatch batch;
  RETURN_IF_FAULT(
      parts_.store.Scan(Table::kSeries, kNumberPrefix, [&](std::string_view key, const Value& row) {
        RowView view(row);
        const SeriesId series(std::strtoull(view.Text("series").c_str(), nullptr, 10));
        good = good && view.ok();
        if (named.contains(series)) {
          given_[series] = view.Count("n");
        } else {
          batch.Delete(Table::kSeries, std::string(key));
        }
        return good;
      }));
  if (!good) return rows::Corrupt("outbox row");
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

void Outbox::Put(const OutMessage& message, StoreBatch& batch) {
  batch.Put(Table::kOutbox, Key(message.origin), rows::ToRow(message));
  SetDue(message);
}

// What a session must offer: sealed, and not yet proved to be in the log. Urgent first, oldest
// first.
void Outbox::SetDue(const OutMessage& message) {
  const bool waits = message.state == OutState::kSealed || message.state == OutState::kAccepted;
  if (waits && !message.ended()) {
    due_.emplace(message.lane, message.origin);
  } else {
    due_.erase({message.lane, message.origin});
  }
}

OutMessage* Outbox::ByMessage(const MessageId& message) {
  const auto origin = origin_of_.find(message);
  if (origin == origin_of_.end()) return nullptr;
  const auto at = messages_.find(origin->second);
  return at == messages_.end() ? nullptr : &at->second;
}

// Whoever uses a reference twice for two messages must learn that the second does not go.
Result<MessageId> Outbox::TakenBefore(const OutMessage& known, const Request& request) const {
  std::vector<Recipient> to;
  for (const OutRecipient& each : known.recipients) to.push_back(each.recipient);
  std::vector<Recipient> wanted = request.recipients;
  std::ranges::sort(to);
  std::ranges::sort(wanted);
  bool same = known.exchange == request.content.exchange && to == wanted;
  if (same && !known.ended()) {
    ASSIGN_OR_RETURN(const Content content, LoadContent(known));
    same = content.role == request.content.role && content.sections == request.content.sections;
  }
  if (same) return known.origin;
  return Fail(FaultCode::kInvalid, "this reference is that of another message, " +
                                       ToText(known.origin) +
                                       ", and this one was not taken: the same reference is for "
                                       "the same content to the same recipients. Give another");
}

Result<MessageId> Outbox::Take(Request request, TimePoint now) {
  if (!request.reference.empty()) {
    const auto known = by_reference_.find({request.content.sender, request.reference});
    if (known != by_reference_.end()) {
      if (!request.attended) return known->second;
      return TakenBefore(messages_.at(known->second), request);
    }
  }
  if (parts_.keys.Signing(request.content.sender, seal::Purpose::kEnvelope) == nullptr) {
    return Fail(FaultCode::kInvalid, "this host has no envelope key for the sender");
  }
  OutMessage message;
  message.origin = seal::NewMessageId(parts_.random, now);
  message.message = message.origin;
  message.sender = request.content.sender;
  message.exchange = request.content.exchange;
  const policy::Exchange* const exchange = parts_.documents.policy().Find(message.exchange);
  message.lane = exchange == nullptr || exchange->urgent ? Lane::kUrgent : Lane::kNormal;
  // An urgent one goes, and opens a debt; planted, to see that the broker refuses the others too.
  if (request.attended && exchange != nullptr && !exchange->urgent &&
      !PlantedFault("outbox-leaves-out")) {
    const Addressing addressing(parts_.documents.directory(), parts_.documents.policy());
    std::string undone =
        addressing.Undone(request.content, request.recipients, request.decided_against, now);
    if (!undone.empty()) return Fail(FaultCode::kInvalid, std::move(undone));
  }
  message.decided_against = std::move(request.decided_against);
  message.reference = std::move(request.reference);
  message.taken = now;
  for (Recipient& recipient : request.recipients) {
    OutRecipient& added = message.recipients.emplace_back();
    added.recipient = std::move(recipient);
  }

  StoreBatch batch;
  batch.Put(Table::kPayload, kContentPrefix + Key(message.origin), rows::ToRow(request.content));
  auto [at, is_new] = messages_.emplace(message.origin, std::move(message));
  CHECK(is_new);
  if (auto sealed = Seal(at->second, request.content, now, batch, request.attended); !sealed) {
    messages_.erase(at);
    return tl::unexpected<Fault>(std::move(sealed).error());
  }
  if (!at->second.reference.empty())
    by_reference_[{at->second.sender, at->second.reference}] = at->second.origin;
  // Custody begins here: one sync for content, sealed bytes, id and numbers; nothing was sent
  // before.
  FaultPoint("outbox.before-take");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("outbox.after-take");
  return at->second.origin;
}

Result<void> Outbox::BeginSession(const LogHead& head) {
  offered_.clear();
  invalid_.clear();
  StoreBatch batch;
  for (auto& [origin, message] : messages_) {
    if (!message.position) continue;
    // Another epoch, or a log that is shorter than what it told us: it has forgotten. Everything
    // that has not ended is offered again, byte for byte.
    const bool forgotten =
        message.position->epoch != head.epoch || message.position->index.value() >= head.size;
    if (!forgotten || message.ended()) continue;
    message.state = OutState::kSealed;
    leaf_of_.erase(*message.position);
    message.position.reset();
    Put(message, batch);
  }
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

Result<std::optional<Outbox::Offer>> Outbox::NextOffer(std::size_t bytes_max) {
  for (const auto& [lane, origin] : due_) {
    const MessageId& id = messages_.at(origin).message;
    if (offered_.contains(id)) continue;
    ASSIGN_OR_RETURN(const auto row, parts_.store.Get(Table::kSealed, Key(id)));
    if (!row) return rows::Corrupt("sealed message");
    Offer offer{id, lane, RowView(*row).Binary("bytes")};
    if (offer.bytes.size() > bytes_max) return std::nullopt;
    offered_.insert(id);
    return offer;
  }
  return std::nullopt;
}

bool Outbox::AllOffered() const {
  return std::ranges::all_of(
      due_, [&](const auto& due) { return offered_.contains(messages_.at(due.second).message); });
}

Result<void> Outbox::OnAnswer(const MessageId& id, const Answer& answer, TimePoint now) {
  OutMessage* const message = ByMessage(id);
  if (message == nullptr || message->message != id) return {};  // Of a sealing that was replaced.
  StoreBatch batch;
  if (const auto* accepted = std::get_if<Accepted>(&answer)) {
    OnAccepted(*message, *accepted, now, batch);
  } else if (const auto* refused = std::get_if<Refused>(&answer)) {
    OnRefused(*message, *refused, now, batch);
  } else if (const auto* deferred = std::get_if<Deferred>(&answer);
             deferred != nullptr && deferred->code != Code::kUnsupported) {
    offered_.erase(id);  // Offered again when the link's own pause is over.
  } else {
    // We made it and they cannot read it, cannot carry it yet or do not know us: a person must
    // look, and it is offered again once that may help, or in the next session.
    invalid_.insert(id);
    const Code code = deferred != nullptr ? deferred->code : std::get<Invalid>(answer).code;
    parts_.alarms.At(message->sender)
        .Raise(AlarmKind::kRefused, ToText(message->origin),
               "The broker could not accept a message of " + message->sender.value() + ": " +
                   std::string(NameOf(code)) + ". It is kept and offered again. Tell the operator.",
               now, batch);
  }
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

void Outbox::OnDocuments() {
  for (const MessageId& id : std::exchange(invalid_, {})) offered_.erase(id);
}

void Outbox::OnAccepted(OutMessage& message, const Accepted& accepted, TimePoint now,
                        StoreBatch& batch) {
  if (message.state == OutState::kKept) return;
  // The part must be about this message, and among the digests of the entry that it will be proved
  // by.
  const bool names_it =
      AsText(accepted.proof.part).find(ToText(message.message)) != std::string_view::npos;
  if (!names_it || !tlog::LeafHashOf(accepted.proof)) {
    parts_.alarms.At(message.sender)
        .Raise(AlarmKind::kBrokerEquivocates, ToText(message.origin),
               "The broker accepted a message without the proof it owes. Tell the auditor.", now,
               batch);
    return;
  }
  message.state = OutState::kAccepted;
  message.position = accepted.proof.position;
  message.refused.clear();
  message.retry.reset();
  Put(message, batch);
  Value digests = Value::List();
  for (const Digest& digest : accepted.proof.digests) digests.Add(rows::Encode(digest));
  batch.Put(Table::kSealed, Key(message.message) + "/proof",
            Value::Map()
                .Set("origin", ToText(message.origin))
                .Set("salt", rows::Encode(accepted.proof.salt))
                .Set("part", ToText(accepted.proof.part))
                .Set("digests", std::move(digests))
                .Set("leaf", rows::Encode(*tlog::LeafHashOf(accepted.proof))));
  leaf_of_[*message.position] = {message.origin, *tlog::LeafHashOf(accepted.proof)};
  parts_.alarms.Settle(AlarmKind::kRefused, ToText(message.origin), now, batch);
}

std::vector<LogIndex> Outbox::Unproved(const LogHead& head, std::size_t count_max) const {
  std::vector<LogIndex> indices;
  for (const auto& [position, leaf] : leaf_of_) {
    if (indices.size() == count_max) break;
    // What an earlier epoch accepted has no proof in this one: it is offered until it has ended.
    if (position.epoch == head.epoch && position.index.value() < head.size)
      indices.push_back(position.index);
  }
  return indices;
}

Result<void> Outbox::OnProof(LogIndex index, const LogHead& head, const std::vector<Digest>& path,
                             TimePoint now) {
  const auto at = leaf_of_.find({head.epoch, index});
  if (at == leaf_of_.end()) return {};
  const auto message = messages_.find(at->second.origin);
  StoreBatch batch;
  if (message != messages_.end() && message->second.state == OutState::kAccepted) {
    if (tlog::VerifyInclusion(at->second.leaf, index.value(), head.size, path, head.root)) {
      // In the log under a head that we verified: from now on the broker cannot forget it
      // unnoticed.
      message->second.state = OutState::kKept;
      Put(message->second, batch);
    } else {
      parts_.alarms.At(message->second.sender)
          .Raise(AlarmKind::kBrokerEquivocates, ToText(message->second.origin),
                 "The broker's log does not hold a message that it accepted. Tell the auditor.",
                 now, batch);
    }
  }
  leaf_of_.erase(at);
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

void Outbox::OnRefused(OutMessage& message, const Refused& refused, TimePoint now,
                       StoreBatch& batch) {
  message.state = OutState::kRefused;
  message.refused = NameOf(refused.code);
  message.retry = now + kSealAgainSoon;
  for (OutRecipient& recipient : message.recipients) {
    // It will never arrive: the recipient is told, so that it sees no gap.
    VoidNumber(message, recipient, batch);
    if (!recipient.answered()) recipient.progress = Progress::kUnsent;
    recipient.number.reset();
  }
  Put(message, batch);
}

}  // namespace havenline
