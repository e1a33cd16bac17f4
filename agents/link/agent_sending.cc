// What this agent sends: what waits, into frames, as far as its credit goes.

#include <algorithm>
#include <limits>

#include "agents/link/agent.h"
#include "deploy/runtime/log.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"

namespace havenline {
namespace {

constexpr std::size_t kItemsPerFrame = 64;
constexpr std::size_t kBytesPerFrame = 960U << 10U;
// A frame is full once it has reached these; the last item may be the largest there is.
static_assert(kBytesPerFrame + limits::kMessageBytesMax + kItemsPerFrame * 64 <
              limits::kFrameBytesMax);
constexpr std::size_t kFetchesAtOnce = 4;
constexpr std::size_t kFetchesWaitingMax = 1024;
constexpr std::size_t kProofsAtOnce = 256;
constexpr std::size_t kHeardAtOnce = 16;
constexpr auto kFetchAnswer = std::chrono::seconds(30);  // Then it is made again.

// Fills one frame at a time from `next`, and sends it.
template <class Item, class Next, class Send>
void SendInFrames(Next next, Send send) {
  std::vector<Item> items;
  std::size_t bytes = 0;
  while (auto item = next()) {
    bytes += item->bytes.size();
    items.push_back(*std::move(item));
    if (items.size() == kItemsPerFrame || bytes >= kBytesPerFrame) {
      send(std::exchange(items, {}));
      bytes = 0;
    }
  }
  if (!items.empty()) send(std::move(items));
}

}  // namespace

void Agent::Pump() {
  PumpDrained();
  if (one_by_one_) return PumpOneByOne();
  items_left_ = std::numeric_limits<std::size_t>::max();
  PumpFetches(kFetchesAtOnce);
  if (!unbelieved_) PumpItems();
}

void Agent::PumpItems() {
  PumpStatements();
  if (clock_.Now() < paused_until_) return;
  PumpReceipts();
  // Whom governance cut off comes first: what is offered next may be for them.
  PumpHeld();
  if (held_.empty()) PumpOffers();
  PumpVoids();
  PumpReconciled();
}

// Items first, fetches last: an item waits for items alone.
void Agent::PumpOneByOne() {
  const auto is_fetch = [](const auto& sent) {
    return std::holds_alternative<FetchSent>(sent.second);
  };
  if (!std::ranges::all_of(sent_, is_fetch) || clock_.Now() < paused_until_) return;
  items_left_ = 1;
  if (!unbelieved_) PumpItems();
  if (items_left_ == 0) return;
  PumpFetches(1);
  // All that waited was answered: what could not be read is set apart, or was of the frame before.
  if (sent_.empty() && fetches_.empty()) one_by_one_ = false;
}

void Agent::CountItem() {
  session_->CountSent(1);
  --items_left_;
}

void Agent::Unreadable() {
  LogEvent(LogLevel::kWarning, "frame.unreadable", {{"under-way", sent_.size()}});
  if (!std::exchange(one_by_one_, true) || sent_.size() != 1) return;
  SetApart(sent_.begin()->second);
}

void Agent::SetApart(const Sent& sent) {
  // A fetch is made anew in each session, after all else was sent.
  if (const auto* offer = std::get_if<OfferSent>(&sent)) apart_.offers.insert(offer->message);
  if (const auto* receipt = std::get_if<ReceiptSent>(&sent))
    apart_.receipts.insert(receipt->number);
  if (const auto* voided = std::get_if<VoidSent>(&sent)) apart_.voids.insert(voided->key);
  if (const auto* stated = std::get_if<StatementSent>(&sent))
    apart_.statements.emplace(stated->agency, stated->counter);
  if (const auto* held = std::get_if<HeldSent>(&sent)) apart_.held.insert(held->piece.bytes);
  if (std::holds_alternative<ReconciledSent>(sent)) apart_.reconciled = true;
  StoreBatch batch;
  alarms_.At(PlaceOf(sent))
      .Raise(AlarmKind::kSetApart, SubjectOf(sent),
             "The broker cannot read something that this agent sends: " + SubjectOf(sent) +
                 ". It is kept and set apart, the rest goes on, and it is offered again when the "
                 "agent starts anew. Telephone what is urgent, and tell the operator: agent and "
                 "broker may be of versions that do not fit.",
             clock_.Now(), batch);
  if (!batch.empty()) Must(store_.Commit(batch));
}

// Whose it is, where its subject names agencies.
AlarmPlace Agent::PlaceOf(const Sent& sent) const {
  if (const auto* stated = std::get_if<StatementSent>(&sent)) return {stated->agency, {}, {}};
  if (const auto* voided = std::get_if<VoidSent>(&sent))
    return {outbox_->SenderOfVoid(voided->key), {}, {}};
  return {};
}

std::string Agent::SubjectOf(const Sent& sent) {
  if (const auto* offer = std::get_if<OfferSent>(&sent)) return "message " + ToText(offer->message);
  if (const auto* receipt = std::get_if<ReceiptSent>(&sent))
    return "receipt " + std::to_string(receipt->number);
  if (const auto* voided = std::get_if<VoidSent>(&sent)) return voided->key;
  if (const auto* stated = std::get_if<StatementSent>(&sent))
    return "statement of " + stated->agency.value();
  if (std::holds_alternative<HeldSent>(sent)) return "document of an earlier epoch";
  return std::holds_alternative<ReconciledSent>(sent) ? "reconciled" : "fetch";
}

void Agent::PumpOffers() {
  std::optional<Lane> lane;
  std::optional<Outbox::Offer> held;  // Of another lane than the frame being filled.
  const auto next = [&]() -> std::optional<Item> {
    if (!RoomForItem()) return std::nullopt;
    while (!held || apart_.offers.contains(held->message)) {
      held = Must(outbox_->NextOffer(limits::kMessageBytesMax));
      if (!held) return std::nullopt;
    }
    if (lane && held->lane != *lane) return std::nullopt;
    lane = held->lane;
    CountItem();
    Item item{Remember(OfferSent{held->message}), std::move(held->bytes)};
    held.reset();
    return item;
  };
  do {
    lane.reset();
    SendInFrames<Item>(next, [&](std::vector<Item> items) {
      session_->Send(Submit{*lane, std::move(items)});
    });
  } while (held && RoomForItem());
}

void Agent::PumpReceipts() {
  auto at = receipts_->waiting().begin();
  SendInFrames<ReceiptItem>(
      [&]() -> std::optional<ReceiptItem> {
        while (at != receipts_->waiting().end() && receipts_sent_.contains(at->first)) ++at;
        if (at == receipts_->waiting().end() || !RoomForItem()) return std::nullopt;
        receipts_sent_.insert(at->first);
        CountItem();
        return ReceiptItem{Remember(ReceiptSent{at->first}), at->second, {}};
      },
      [&](std::vector<ReceiptItem> items) { session_->Send(ReceiptFrame{std::move(items)}); });
}

void Agent::PumpVoids() {
  std::vector<Item> items;
  for (const auto& [key, bytes] : outbox_->voids()) {
    if (!RoomForItem() || items.size() == kItemsPerFrame) break;
    if (!voids_sent_.insert(key).second) continue;
    CountItem();
    items.push_back({Remember(VoidSent{key}), bytes});
  }
  if (!items.empty()) session_->Send(VoidFrame{std::move(items)});
}

void Agent::PumpStatements() {
  std::vector<Item> items;
  std::size_t bytes = 0;
  for (const Keyring::PendingStatement& pending : keys_->pending()) {
    if (!RoomForItem() || items.size() == kItemsPerFrame || bytes >= kBytesPerFrame) break;
    if (!statements_sent_.emplace(pending.agency, pending.counter).second) continue;
    bytes += pending.bytes.size();
    CountItem();
    items.push_back({Remember(StatementSent{pending.agency, pending.counter}), pending.bytes});
  }
  if (!items.empty()) session_->Send(StatementFrame{std::move(items)});
}

// What is waiting or under way is not asked for again: each head announces what is not here yet.
void Agent::Ask(Fetch fetch) {
  const bool asked = std::ranges::find(fetches_, fetch.what, &Fetch::what) != fetches_.end() ||
                     std::ranges::any_of(sent_, [&](const auto& sent) {
                       const auto* const under_way = std::get_if<FetchSent>(&sent.second);
                       return under_way != nullptr && under_way->fetch.what == fetch.what;
                     });
  if (!asked && fetches_.size() < kFetchesWaitingMax) fetches_.push_back(std::move(fetch));
}

// Which, and of which head, is known when it is sent: the answer is judged by the head of then.
void Agent::AskForProofs() {
  if (!outbox_->Unproved(documents_->head(), 1).empty()) Ask({Reference(), Fetch::Proofs{}});
}

void Agent::PumpFetches(std::size_t at_once) {
  if (clock_.Now() < fetches_paused_until_) return;
  const auto now = clock_.Monotonic();
  std::size_t asked = 0;
  std::vector<Fetch> lost;
  for (auto at = sent_.begin(); at != sent_.end();) {
    auto* const fetch = std::get_if<FetchSent>(&at->second);
    // An overloaded broker drops fetches: they must not use up the few that may be under way.
    const bool is_lost = fetch != nullptr && now - fetch->at >= kFetchAnswer;
    if (is_lost) lost.push_back(std::move(fetch->fetch));
    asked += fetch != nullptr && !is_lost ? 1U : 0U;
    at = is_lost ? sent_.erase(at) : std::next(at);
  }
  for (Fetch& fetch : lost) Ask(std::move(fetch));
  while (!fetches_.empty() && asked < at_once) {
    Fetch fetch = std::move(fetches_.front());
    fetches_.pop_front();
    const LogHead& head = documents_->head();
    if (auto* const proofs = std::get_if<Fetch::Proofs>(&fetch.what)) {
      *proofs = {head.epoch, head.size, outbox_->Unproved(head, kProofsAtOnce)};
      const auto heard = heard_.ToProve(head, kHeardAtOnce);
      proofs->indices.insert(proofs->indices.end(), heard.begin(), heard.end());
      if (proofs->indices.empty()) continue;
    }
    fetch.reference = Remember(FetchSent{fetch, head, now});
    session_->Send(fetch);
    ++asked;
  }
}

}  // namespace havenline
