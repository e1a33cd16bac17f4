// What the delivery thread hands out: as fast as each link takes it, urgent first, each in turn.

#include <algorithm>

#include "broker/decide/decide.h"
#include "broker/deliver/delivery.h"
#include "broker/pipeline/delivery_loop.h"
#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/seal/word.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/word_codec.h"

namespace havenline {
namespace {

constexpr std::size_t kFrameBytesTarget = 256U << 10U;
constexpr std::size_t kFrameRowsMax = 64;
constexpr auto kLapseEvery = std::chrono::seconds(1);

}  // namespace

// What one turn sends to one session: at most one frame of each kind.
struct DeliveryLoop::Outgoing {
  Deliver deliver;
  ReceiptFrame receipts;
  VoidFrame voids;
  WordFrame words;
  std::size_t rows = 0;
  std::size_t bytes = 0;

  bool full() const { return rows >= kFrameRowsMax || bytes >= kFrameBytesTarget; }
};

void DeliveryLoop::Pump() {
  if (parts_.state.recovery) return;
  LapseClaims();
  // In turn, beginning after the one served last, until no link takes more.
  bool progress = true;
  while (progress && parts_.state.delivery_frames < kFramesAheadMax) {
    progress = false;
    std::vector<LinkId> order;
    for (auto at = sessions_.upper_bound(last_pumped_); at != sessions_.end(); ++at)
      order.push_back(at->first);
    for (auto at = sessions_.begin(); at != sessions_.end() && at->first <= last_pumped_; ++at)
      order.push_back(at->first);
    for (const LinkId link : order) {
      if (parts_.state.delivery_frames >= kFramesAheadMax) return;
      last_pumped_ = link;
      progress = PumpSession(*sessions_.at(link)) || progress;
    }
  }
}

void DeliveryLoop::LapseClaims() {
  const auto now = parts_.clock.Monotonic();
  if (now - lapsed_at_ < kLapseEvery) return;
  lapsed_at_ = now;
  for (const auto& [link, session] : sessions_) session->flow().Lapse(now);
}

bool DeliveryLoop::PumpSession(DeliverySession& session) {
  Outgoing outgoing;
  session.StartTurn();
  while (!outgoing.full() && Collect(session, outgoing)) {
  }
  if (outgoing.rows == 0) return false;
  parts_.state.delivered += outgoing.deliver.items.size();
  if (!outgoing.deliver.items.empty()) Send(session, {{}, std::move(outgoing.deliver)});
  if (!outgoing.receipts.items.empty()) Send(session, {{}, std::move(outgoing.receipts)});
  if (!outgoing.voids.items.empty()) Send(session, {{}, std::move(outgoing.voids)});
  if (!outgoing.words.items.empty()) Send(session, {{}, std::move(outgoing.words)});
  return true;
}

// Packs rows of the next mailbox. False if the link takes no more, or nothing waits that could go.
bool DeliveryLoop::Collect(DeliverySession& session, Outgoing& outgoing) {
  const auto place = session.NextReady();
  if (!place) return false;
  if (const auto bytes = session.WaitingOf(*place)) {
    const auto may = session.flow().MayHand(place->lane, *bytes);
    if (may == LinkFlow::May::kAfterReceipts) return false;
    if (may == LinkFlow::May::kAfterOthers) return session.PassOver(*place);
  }
  const auto rows = parts_.reader.Rows(*place, kFrameRowsMax - outgoing.rows);
  if (!rows) parts_.observer.Fatal(rows.error());
  if (rows->empty()) {
    session.MarkDrained(place->agency, place->lane);
    return true;
  }
  for (const MailboxRow& row : *rows) {
    if (outgoing.full()) return true;
    if (HeldBack(session, row)) {
      session.Advance(row.place);
      continue;
    }
    const auto may = Pack(session, row, outgoing);
    if (may == LinkFlow::May::kAfterReceipts) return false;
    if (may == LinkFlow::May::kAfterOthers) return session.PassOver(row.place);
    session.Advance(row.place);
  }
  return true;
}

// Whether the row is not to be handed now: it waits for its sender, or was handed before this
// mailbox was read again from one that did.
bool DeliveryLoop::HeldBack(DeliverySession& session, const MailboxRow& row) {
  if (session.flow().IsInFlight(row.place)) return true;
  if (row.kind != MailboxRow::Kind::kGrant || row.position.epoch >= published_->epoch) return false;
  const auto grant = parts_.reader.ReadGrant(row.grant);
  if (!grant) parts_.observer.Fatal(grant.error());
  if (!*grant || !published_->WaitsForSender((*grant)->sender, row.position)) return false;
  session.HoldBack(row.place);
  return true;
}

LinkFlow::May DeliveryLoop::Pack(DeliverySession& session, const MailboxRow& row,
                                 Outgoing& outgoing) {
  std::optional<Bytes> bytes = row.bytes;
  if (row.kind == MailboxRow::Kind::kGrant) {
    if (forbidden_.contains(row.place)) return LinkFlow::May::kNow;
    // What is told the commit thread is bounded: more once it has answered.
    if (forbidden_.size() >= limits::kForbiddenAheadMax) return LinkFlow::May::kAfterReceipts;
    bytes = EncodeDelivery(row);
  }
  if (row.kind == MailboxRow::Kind::kWord) bytes = SignedWordOf(row);
  if (!bytes) return LinkFlow::May::kNow;  // Receipted since the row was read: nothing to hand.
  const auto may = session.flow().MayHand(row.place.lane, bytes->size());
  if (may != LinkFlow::May::kNow) {
    session.SetWaiting(row.place, bytes->size());
    return may;
  }
  // Suspended meanwhile: nothing of it goes, and the row that says so is on its way to us (C6).
  if (!parts_.gate.Pass(row.place)) return LinkFlow::May::kNow;
  const auto ends =
      row.kind == MailboxRow::Kind::kGrant ? LinkFlow::Ends::kByReceipt : LinkFlow::Ends::kByAnswer;
  const Reference reference =
      session.flow().Handed(row.place, bytes->size(), ends, parts_.clock.Monotonic());
  ++outgoing.rows;
  outgoing.bytes += bytes->size();
  switch (row.kind) {
    case MailboxRow::Kind::kGrant:
      outgoing.deliver.items.push_back(
          {reference, row.place.agency, row.place.lane, *std::move(bytes)});
      return may;
    case MailboxRow::Kind::kReceipt:
      outgoing.receipts.items.push_back(WithProof(reference, *std::move(bytes), row));
      return may;
    case MailboxRow::Kind::kWord:
      outgoing.words.items.push_back(WithProof(reference, *std::move(bytes), row));
      return may;
    case MailboxRow::Kind::kVoid:
      outgoing.voids.items.push_back({reference, *std::move(bytes)});
      return may;
  }
  return may;
}

ReceiptItem DeliveryLoop::WithProof(Reference reference, Bytes bytes, const MailboxRow& row) {
  ReceiptItem item{reference, std::move(bytes), {}};
  const std::optional<EntryParts>& entry = ReceiptsAt(row.position);
  if (entry) item.proof.push_back(ProofOf(*entry, row.position, row.part));
  return item;
}

// Signed as it goes out: by the key that the directory names now.
Bytes DeliveryLoop::SignedWordOf(const MailboxRow& row) const {
  return wire::EncodeSignedWord({row.bytes, {}, seal::SignWord(parts_.release_key, row.bytes)});
}

std::optional<Bytes> DeliveryLoop::EncodeDelivery(const MailboxRow& row) {
  const auto grant = parts_.reader.ReadGrant(row.grant);
  if (!grant) parts_.observer.Fatal(grant.error());
  if (!*grant || (*grant)->stored || (*grant)->phase == GrantRecord::Phase::kClosed)
    return std::nullopt;
  const RecentMessages::Message* const message = MessageAt(row.position);
  if (message == nullptr) return std::nullopt;
  // Under the policy that it names it was accepted; the one in force may forbid it since.
  const policy::Policy& in_force = *published_->policy;
  if (message->envelope.header.policy != in_force.version() &&
      !StillAllows(in_force, message->envelope,
                   message->envelope.grants.at((*grant)->index).clear)) {
    forbidden_.insert(row.place);
    parts_.commit.Push(ForbiddenRow{{row.place, row.grant}});
    return std::nullopt;
  }
  Delivery delivery = MakeDelivery(message->envelope, **grant, message->entry);
  if (!row.bytes.empty()) delivery.release = SignedWordOf(row);
  return wire::EncodeDelivery(delivery);
}

// Null if it is not there any more.
const RecentMessages::Message* DeliveryLoop::MessageAt(const Position& position) {
  if (const auto* const kept = recent_messages_.Find(position)) return kept;
  const auto entry = parts_.reader.ReadParts(position);
  if (!entry) parts_.observer.Fatal(entry.error());
  const auto bytes = parts_.reader.ReadMessage(position);
  if (!bytes) parts_.observer.Fatal(bytes.error());
  if (!*entry || !*bytes) return nullptr;
  auto envelope = wire::ParseEnvelope(**bytes);
  if (!envelope)
    parts_.observer.Fatal(envelope.error());  // It parsed when it came: the disk changed it.
  return &recent_messages_.Keep(position, (*bytes)->size(), {*std::move(envelope), **entry});
}

const std::optional<EntryParts>& DeliveryLoop::ReceiptsAt(const Position& position) {
  if (receipts_ && receipts_at_ == position) return receipts_;
  auto entry = parts_.reader.ReadParts(position);
  if (!entry) parts_.observer.Fatal(entry.error());
  receipts_ = *std::move(entry);
  receipts_at_ = position;
  return receipts_;
}

}  // namespace havenline
