#include "agents/link/inbox.h"

#include <algorithm>
#include <array>

#include "agents/link/inbox_rows.h"
#include "agents/link/rows.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/model/limits.h"
#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/tlog/leaf.h"
#include "schema/wire/envelope_codec.h"

namespace havenline {
namespace {

using rows::RowKey;
using rows::RowView;
using text::Value;

constexpr const char* kContentPrefix = "in/";
constexpr const char* kRawPrefix = "raw/";
constexpr const char* kProofPrefix = "proof/";

constexpr std::array<std::string_view, 7> kStateNames = {
    "waits-policy", "unreadable", "withheld", "new", "opened", "not-ours", "acknowledged"};

Value ContentRow(const std::map<std::string, seal::SecretBytes>& sections) {
  Value row = Value::Map();
  for (const auto& [name, content] : sections) row.Set(name, rows::Encode(content.ExposeSecret()));
  return row;
}

InState StateAfter(ReceiptKind kind) {
  switch (kind) {
    case ReceiptKind::kOpened:
      return InState::kOpened;
    case ReceiptKind::kNotOurs:
      return InState::kNotOurs;
    case ReceiptKind::kAcknowledged:
      return InState::kAcknowledged;
    default:
      break;
  }
  CHECK(false && "not an act of a person at a desk");
  return InState::kOpened;
}

}  // namespace

std::string_view NameOf(InState state) { return kStateNames[static_cast<std::size_t>(state)]; }

Result<void> Inbox::Load() {
  Result<void> loaded;
  RETURN_IF_FAULT(parts_.store.Scan(Table::kInbox, "", [&](std::string_view, const Value& row) {
    auto message = rows::InMessageFrom(row);
    if (!message) {
      loaded = tl::unexpected<Fault>(std::move(message).error());
      return false;
    }
    number_of_[message->key] = message->number;
    const std::uint64_t number = message->number;
    messages_.emplace(number, *std::move(message));
    return true;
  }));
  RETURN_IF_FAULT(loaded);
  bool good = true;
  RETURN_IF_FAULT(parts_.store.Scan(Table::kGaps, "", [&](std::string_view key, const Value& row) {
    RowView view(row);
    Series series;
    series.next = view.Count("next");
    for (const Value& n : view.List("above")) {
      if (n.is(Value::Kind::kInteger)) series.above.insert(static_cast<std::uint64_t>(n.integer()));
    }
    series.gap_since = view.OptionalTime("since");
    series.alarmed = view.Bool("alarmed");
    series.given_up = view.Has("given-up") && view.Bool("given-up");
    good = good && view.ok();
    series_[std::string(key)] = std::move(series);
    return good;
  }));
  if (!good) return rows::Corrupt("series");
  return {};
}

const InMessage* Inbox::Find(std::uint64_t number) const {
  const auto at = messages_.find(number);
  return at == messages_.end() ? nullptr : &at->second;
}

void Inbox::Put(const InMessage& message, StoreBatch& batch) const {
  batch.Put(Table::kInbox, RowKey(message.key), rows::ToRow(message));
}

ReceiverView Inbox::View() const {
  return {parts_.documents.directory(), parts_.documents.policy(),
          [this](const DocumentVersion& version) { return parts_.documents.PolicyNamed(version); },
          [this](const AgencyId& agency, const Role& role, const KeyId& id) {
            return parts_.keys.Recipient(agency, role, id);
          }};
}

Receipt Inbox::Draft(const InMessage& message, ReceiptKind kind, TimePoint now) const {
  Receipt receipt;
  receipt.recipient = message.key.agency;
  receipt.role = message.key.role;
  receipt.sender = message.key.sender;
  receipt.origin = message.key.origin;
  receipt.message = message.message;
  receipt.grant = message.grant;
  receipt.kind = kind;
  receipt.time = now;
  return receipt;
}

Result<void> Inbox::OnDeliver(const std::vector<DeliverItem>& items, TimePoint now) {
  Turn turn{{}, {}, now};
  for (const DeliverItem& item : items) RETURN_IF_FAULT(TakeOne(item, turn));
  return Finish(std::move(turn));
}

// Rows, contents and receipts of a frame in one sync: nothing is receipted that a crash could lose,
// and nothing is on the desk whose receipt is not signed (A1).
Result<void> Inbox::Finish(Turn turn) {
  if (!turn.drafts.empty()) parts_.receipts.Sign(std::move(turn.drafts), turn.batch);
  if (turn.batch.empty()) return {};
  FaultPoint("inbox.before-commit");
  RETURN_IF_FAULT(parts_.store.Commit(turn.batch));
  FaultPoint("inbox.after-commit");
  return {};
}

Result<void> Inbox::TakeOne(const DeliverItem& item, Turn& turn) {
  const auto delivery = wire::ParseDelivery(item.bytes);
  // Not what it should be, or not for an agency of ours: nobody here could sign for it.
  const bool ours = delivery && delivery->grant.clear.recipient == item.agency &&
                    parts_.keys.IsOwn(item.agency) &&
                    parts_.keys.Signing(item.agency, seal::Purpose::kReceipt) != nullptr;
  if (!ours) {
    ++skipped_;
    return {};
  }
  if (IsSuspended(item.agency)) {
    ++dropped_;
    return {};
  }
  const ClearPart& clear = delivery->grant.clear;
  const InKey key{clear.recipient, clear.role, delivery->header.sender, delivery->header.origin};
  CountNumber(*delivery, item.lane, turn);
  const auto known = number_of_.find(key);
  if (known == number_of_.end()) {
    RETURN_IF_FAULT(TakeNew(*delivery, key, item.lane, turn));
    return PlantDouble(*delivery, key, item.lane, turn);
  }
  return TakeAgain(*delivery, messages_.at(known->second), turn);
}

Result<void> Inbox::TakeNew(const Delivery& delivery, const InKey& key, Lane lane, Turn& turn) {
  InMessage message;
  message.key = key;
  message.lane = lane;
  message.received = turn.now;
  message.number = messages_.empty() ? 1 : messages_.rbegin()->first + 1;
  Judge(delivery, message, turn);
  number_of_[key] = message.number;
  Put(message, turn.batch);
  PutRaw(delivery, message, turn.batch);
  messages_.emplace(message.number, std::move(message));
  return {};
}

// Planted, to see that the checker finds it: what has just been taken is presented a second time,
// as if the key that tells messages apart (D3) were another.
Result<void> Inbox::PlantDouble(const Delivery& delivery, const InKey& key, Lane lane, Turn& turn) {
  if (!PlantedFault("inbox-double")) return {};
  InKey again = key;
  const Digest other = seal::Sha256(key.origin.value());
  again.origin = MessageId(ToArray<16>(ByteView(other).first(16)).value());
  return TakeNew(delivery, again, lane, turn);
}

// What could not be shown is kept as it came: to open it once a policy or key is there, and as
// evidence.
void Inbox::PutRaw(const Delivery& delivery, const InMessage& message, StoreBatch& batch) const {
  const std::string key = kRawPrefix + RowKey(message.key);
  if (message.shown()) return batch.Delete(Table::kPayload, key);
  batch.Put(Table::kPayload, key,
            Value::Map().Set("delivery", rows::Encode(wire::EncodeDelivery(delivery))));
}

void Inbox::Forget(const InMessage& message, StoreBatch& batch) {
  number_of_.erase(message.key);
  batch.Delete(Table::kInbox, RowKey(message.key));
  batch.Delete(Table::kPayload, kRawPrefix + RowKey(message.key));
}

// Fills in the message from this delivery and drafts what it is owed.
void Inbox::Judge(const Delivery& delivery, InMessage& message, Turn& turn) {
  const Header& header = delivery.header;
  const ClearPart& clear = delivery.grant.clear;
  message.message = header.id;
  message.grant = seal::GrantDigest(delivery.grant);
  message.exchange = header.exchange;
  message.version = header.version;
  message.rule = clear.rule;
  message.sections = clear.openings;
  message.created = header.created;
  message.acknowledge_by = clear.acknowledge_by;
  message.position = delivery.proof.position;
  message.confirm_by_telephone = delivery.confirm_by_telephone;
  message.ahead_of_time = header.created > turn.now + limits::kFutureMarked;

  const auto opened = OpenDelivery(delivery, View());
  if (const auto* not_opened = std::get_if<NotOpened>(&opened)) {
    if (not_opened->why == Unshown::kWaitsPolicy) {
      message.state = InState::kWaitsPolicy;
      return;  // No receipt yet: it stays in the broker's mailbox until it can be judged.
    }
    const bool withheld = not_opened->why == Unshown::kWithheld;
    message.state = withheld ? InState::kWithheld : InState::kUnreadable;
    message.receipts.emplace(withheld ? ReceiptKind::kWithheld : ReceiptKind::kUnreadable,
                             turn.now);
    turn.drafts.push_back(
        Draft(message, withheld ? ReceiptKind::kWithheld : ReceiptKind::kUnreadable, turn.now));
    parts_.alarms.At(message.key.agency, message.key.role)
        .Raise(withheld ? AlarmKind::kWithheld : AlarmKind::kUnreadable, RowKey(message.key),
               WordsOn(*not_opened, message.key.sender), turn.now, turn.batch);
    return;
  }
  const Opened& content = std::get<Opened>(opened);
  message.state = InState::kPresented;
  if (parts_.presented) parts_.presented(delivery);
  message.may_show = content.may_show;
  TakeRelease(delivery, content.clock, message, turn);
  StartClock(content, message, turn.now);
  CheckClaims(delivery, content, message, turn);
  turn.batch.Put(Table::kPayload, kContentPrefix + RowKey(message.key),
                 ContentRow(content.sections));
  KeepProof(delivery, message, turn);
  // Planted, to see that the checker finds it: signs for a message and does not keep it.
  if (PlantedFault("inbox-drop")) message.state = InState::kUnreadable;
  message.receipts.emplace(ReceiptKind::kStored, turn.now);
  turn.drafts.push_back(Draft(message, ReceiptKind::kStored, turn.now));
  parts_.alarms.Settle(AlarmKind::kUnreadable, RowKey(message.key), turn.now, turn.batch);
  parts_.alarms.Settle(AlarmKind::kWithheld, RowKey(message.key), turn.now, turn.batch);
}

// Our part of the entry that released this to us, to prove it later without the broker (A3). One
// that does not hold is alarmed, and the message is shown all the same (D8).
void Inbox::KeepProof(const Delivery& delivery, const InMessage& message, Turn& turn) {
  const PartProof& proof = delivery.proof;
  turn.batch.Put(Table::kPayload, kProofPrefix + RowKey(message.key),
                 Value::Map().Set("proof", rows::Encode(wire::EncodePartProof(proof))));
  const bool names_it = AsText(proof.part).find(HexEncode(message.grant)) != std::string_view::npos;
  if (names_it && tlog::LeafHashOf(proof)) return;
  parts_.alarms.At(message.key.agency, message.key.role)
      .Raise(AlarmKind::kBrokerEquivocates, RowKey(message.key),
             "The broker delivered a message without the proof that its log holds it. Tell the "
             "auditor.",
             turn.now, turn.batch);
}

void Inbox::CheckClaims(const Delivery& delivery, const Opened& opened, InMessage& message,
                        Turn& turn) {
  const auto claims = parts_.claims(message.exchange, opened.sections);
  const bool differ =
      !claims || std::ranges::any_of(delivery.claims, [&](const ClaimOpening& claim) {
        const auto made = claims->find(claim.name);
        return made != claims->end() && made->second != claim.value;
      });
  if (!differ) return;
  message.claims_differ = true;
  message.receipts.emplace(ReceiptKind::kClaimsDiffer, turn.now);
  turn.drafts.push_back(Draft(message, ReceiptKind::kClaimsDiffer, turn.now));
  parts_.alarms.At(message.key.agency, message.key.role)
      .Raise(AlarmKind::kClaimsDiffer, RowKey(message.key),
             "A message of " + message.key.sender.value() +
                 " says one thing to policy and another inside. It is shown with a warning.",
             turn.now, turn.batch);
}

// The same origin again: after a lost receipt, or sealed anew.
Result<void> Inbox::TakeAgain(const Delivery& delivery, InMessage& known, Turn& turn) {
  if (!known.shown()) {
    // What could not be shown does not count as presented: judged afresh.
    known.receipts.clear();
    Judge(delivery, known, turn);
    Put(known, turn.batch);
    PutRaw(delivery, known, turn.batch);
    return {};
  }
  if (delivery.header.id == known.message) return AnswerAgain(delivery, known, turn);
  const auto opened = OpenDelivery(delivery, View());
  const auto* content = std::get_if<Opened>(&opened);
  InMessage again = known;
  again.message = delivery.header.id;
  again.grant = seal::GrantDigest(delivery.grant);
  if (content == nullptr) {
    turn.drafts.push_back(Draft(again, ReceiptKind::kUnreadable, turn.now));
    return {};
  }
  ASSIGN_OR_RETURN(const auto stored,
                   parts_.store.Get(Table::kPayload, kContentPrefix + RowKey(known.key)));
  // Another policy may have added or taken sections; what both have must be the same.
  const bool same =
      stored && std::ranges::all_of(content->sections, [&](const auto& section) {
        const Value* const kept = stored->Find(section.first);
        return kept == nullptr || kept->text() == rows::Encode(section.second.ExposeSecret());
      });
  if (!same) {
    turn.batch.Put(Table::kPayload,
                   kContentPrefix + RowKey(known.key) + "|" + ToText(again.message),
                   ContentRow(content->sections));
    parts_.alarms.At(known.key.agency, known.key.role)
        .Raise(AlarmKind::kOtherPayload, RowKey(known.key),
               "A message of " + known.key.sender.value() +
                   " came again with another content. Both are kept; the first is shown. "
                   "Telephone the sender.",
               turn.now, turn.batch);
  }
  turn.drafts.push_back(Draft(again, ReceiptKind::kStored, turn.now));
  return {};
}

// The very same again. Its receipts are signed, and on their way; those that the broker has lost
// with an epoch of its log go once more. The proof of that epoch is worth nothing now.
Result<void> Inbox::AnswerAgain(const Delivery& delivery, InMessage& known, Turn& turn) {
  if (delivery.proof.position.epoch > known.position.epoch) {
    known.position = delivery.proof.position;
    KeepProof(delivery, known, turn);
    Put(known, turn.batch);
  }
  return parts_.receipts.Again(known.key.agency, known.key.role, known.message, turn.batch);
}

std::set<Digest> Inbox::WantedPolicies() const {
  std::set<Digest> wanted;
  for (const auto& [number, message] : messages_) {
    if (message.state != InState::kWaitsPolicy) continue;
    const auto raw = parts_.store.Get(Table::kPayload, kRawPrefix + RowKey(message.key));
    if (!raw || !*raw) continue;
    const auto delivery = wire::ParseDelivery(RowView(**raw).Binary("delivery"));
    if (delivery) wanted.insert(delivery->header.policy.hash);
  }
  return wanted;
}

Result<void> Inbox::OnDocuments(TimePoint now) {
  Turn turn{{}, {}, now};
  DropOfSuspended(turn);
  for (auto& [number, message] : messages_) {
    if (message.state != InState::kWaitsPolicy) continue;
    ASSIGN_OR_RETURN(const auto raw,
                     parts_.store.Get(Table::kPayload, kRawPrefix + RowKey(message.key)));
    if (!raw) continue;
    const auto delivery = wire::ParseDelivery(RowView(*raw).Binary("delivery"));
    if (!delivery) return rows::Corrupt("delivery");
    Judge(*delivery, message, turn);
    Put(message, turn.batch);
    PutRaw(*delivery, message, turn.batch);
  }
  return Finish(std::move(turn));
}

Result<void> Inbox::Do(const Act& act, TimePoint now, StoreBatch beside) {
  const auto at = messages_.find(act.number);
  if (at == messages_.end())
    return Fail(FaultCode::kMissing, "there is no message " + std::to_string(act.number));
  InMessage& message = at->second;
  if (!message.shown())
    return Fail(FaultCode::kInvalid, "message " + std::to_string(act.number) + " cannot be shown");
  if (act.kind == ReceiptKind::kNotOurs && message.state == InState::kAcknowledged) {
    return Fail(FaultCode::kInvalid,
                "message " + std::to_string(act.number) + " has been acknowledged here");
  }
  Turn turn{std::move(beside), {}, now};
  if (!message.receipts.contains(act.kind)) {
    Receipt draft = Draft(message, act.kind, now);
    draft.person = act.person;
    turn.drafts.push_back(std::move(draft));
    message.receipts.emplace(act.kind, now);
    message.state = std::max(message.state, StateAfter(act.kind));
    if (!message.waits()) SettleClock(message, now, turn.batch);
    Put(message, turn.batch);
  }
  return Finish(std::move(turn));
}

Result<std::optional<Bytes>> Inbox::Section(const InMessage& message,
                                            const std::string& section) const {
  ASSIGN_OR_RETURN(const auto row,
                   parts_.store.Get(Table::kPayload, kContentPrefix + RowKey(message.key)));
  if (!row || row->Find(section) == nullptr) return std::nullopt;
  return RowView(*row).Binary(section);
}

}  // namespace havenline
