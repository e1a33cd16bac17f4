// Committer: receipts, voids and statements.

#include <algorithm>
#include <map>
#include <set>

#include "broker/commit/committer.h"
#include "broker/commit/parts.h"
#include "schema/base/check.h"
#include "schema/directory/statement_book.h"
#include "schema/seal/hash.h"

namespace havenline {
namespace {

constexpr std::size_t kReceiptsPerGrantMax = 16;
constexpr std::size_t kReceiptSlots = 8;

// After these nobody waits for the recipient's answer to this sealing any more.
bool EndsTheClock(ReceiptKind kind) {
  switch (kind) {
    case ReceiptKind::kAcknowledged:
    case ReceiptKind::kToldByVoice:
    case ReceiptKind::kNotOurs:
    case ReceiptKind::kUnreadable:
    case ReceiptKind::kWithheld:
    case ReceiptKind::kRecalled:
      return true;
    case ReceiptKind::kStored:
    case ReceiptKind::kOpened:
    case ReceiptKind::kClaimsDiffer:
      return false;
  }
  return false;
}

// And after a person's answer, for no later sealing either.
HowAnswered AnswerOf(ReceiptKind kind) {
  if (kind == ReceiptKind::kAcknowledged || kind == ReceiptKind::kToldByVoice)
    return HowAnswered::kAcknowledged;
  return kind == ReceiptKind::kNotOurs ? HowAnswered::kNotOurs : HowAnswered::kNo;
}

// Whoever receipts has the message: durable there, or found unreadable there and kept.
bool TakesOutOfMailbox(ReceiptKind kind) { return kind != ReceiptKind::kRecalled; }

}  // namespace

// Why nothing that this agency signs is taken from this link now, if so. Nothing is stored of it:
// its agent keeps it.
std::optional<Code> Committer::CheckSigner(const Route& route, const Signer& signer) const {
  if (!IsOf(signer.agency, route.host)) return Code::kForeignSender;
  // C6: nor does anybody hear of a suspended agency that a person there has dealt with something.
  if (standing_.suspensions.IsSuspended(signer.agency)) return Code::kSenderSuspended;
  const AgencyKey* const key =
      standing_.directory->FindKey(signer.agency, signer.purpose, signer.key);
  if (key == nullptr || key->state == KeyState::kCompromised) return Code::kKeyUnknown;
  // What a retired key signed may still be on its way, and a receipt cannot be signed again.
  const bool good = key->state == KeyState::kCurrent || signer.purpose == seal::Purpose::kReceipt;
  return good ? std::nullopt : std::optional(Code::kKeyUnknown);
}

void Committer::TakeReceipt(const Route& route, ReceiptWork work, TimePoint now) {
  const Receipt& receipt = work.receipt->receipt;
  if (const auto code =
          CheckSigner(route, {receipt.recipient, seal::Purpose::kReceipt, receipt.key}))
    return Reply(route, Invalid{*code});
  if (receipt.kind == ReceiptKind::kStored) {
    const AgencyId recipient = receipt.recipient;
    auto& waiting = stored_[recipient];
    waiting.push_back({route, std::move(work)});
    if (waiting.size() == limits::kReceiptsPerEntryMax) FlushStored(recipient, now);
    return;
  }
  // What the recipient signed first is entered first.
  FlushStored(receipt.recipient, now);
  PendingReceipts one;
  one.push_back({route, std::move(work)});
  CommitReceipts(std::move(one), now);
}

void Committer::FlushStored(const AgencyId& recipient, TimePoint now) {
  const auto at = stored_.find(recipient);
  if (at == stored_.end()) return;
  PendingReceipts waiting = std::move(at->second);
  stored_.erase(at);
  CommitReceipts(std::move(waiting), now);
}

void Committer::FlushAllStored(TimePoint now) {
  while (!stored_.empty()) FlushStored(AgencyId(stored_.begin()->first), now);
}

Committer::ReceiptNews Committer::NewsOf(const PendingReceipt& pending, std::size_t before) {
  const Receipt& receipt = pending.receipt();
  const auto grant = turn_->FindGrant(receipt.grant);
  if (!grant || grant->recipient != receipt.recipient || grant->role != receipt.role ||
      grant->sender != receipt.sender || grant->message != receipt.message ||
      grant->origin != receipt.origin) {
    return ReceiptNews::kUnknown;
  }
  // Nobody was handed it, so nobody can say what became of it there.
  if (grant->place.sequence == 0) return ReceiptNews::kUnknown;
  const Digest digest = seal::Sha256(pending.work.receipt->bytes);
  if (std::ranges::find(grant->receipts, digest, &ReceiptSeen::receipt) != grant->receipts.end()) {
    return ReceiptNews::kRepeat;
  }
  return grant->receipts.size() + before < kReceiptsPerGrantMax ? ReceiptNews::kFresh
                                                                : ReceiptNews::kUnknown;
}

// All of one recipient. What is new shares an entry; a repeat is answered with the entry it was
// given, also when the first of it stands in this very batch.
void Committer::CommitReceipts(PendingReceipts receipts, TimePoint now) {
  PendingReceipts fresh;
  PendingReceipts repeats;
  std::set<Bytes> bytes;
  std::map<Digest, std::size_t> fresh_of;  // By grant.
  for (PendingReceipt& pending : receipts) {
    std::size_t& before = fresh_of[pending.receipt().grant];
    const bool repeat = bytes.contains(pending.work.receipt->bytes);
    const ReceiptNews news = repeat ? ReceiptNews::kRepeat : NewsOf(pending, before);
    if (news == ReceiptNews::kUnknown) {
      Reply(pending.route, Invalid{Code::kReceiptUnknown});
    } else if (news == ReceiptNews::kRepeat) {
      repeats.push_back(std::move(pending));
    } else {
      ++before;
      bytes.insert(pending.work.receipt->bytes);
      fresh.push_back(std::move(pending));
    }
  }
  if (!fresh.empty()) EnterReceipts(fresh, now);
  for (const PendingReceipt& pending : repeats) AnswerRepeat(pending);
}

// Of which exchanges these receipts are; a grant that is not found spoils the turn, or was found a
// moment ago.
std::vector<ExchangeName> Committer::ExchangesOf(
    const std::vector<const VerifiedReceipt*>& receipts) {
  std::set<ExchangeName> exchanges;
  for (const VerifiedReceipt* const receipt : receipts) {
    const auto grant = turn_->FindGrant((*receipt)->receipt.grant);
    if (grant) exchanges.insert(grant->exchange);
  }
  return {exchanges.begin(), exchanges.end()};
}

void Committer::EnterReceipts(const PendingReceipts& fresh, TimePoint now) {
  std::map<AgencyId, std::vector<const VerifiedReceipt*>> by_sender;
  std::vector<const VerifiedReceipt*> all;
  for (const PendingReceipt& pending : fresh) {
    by_sender[pending.receipt().sender].push_back(&pending.work.receipt);
    all.push_back(&pending.work.receipt);
  }
  // One slot is the recipient's. With more senders than slots, each receipt has an entry of its
  // own.
  if (by_sender.size() >= kReceiptSlots) {
    for (const PendingReceipt& pending : fresh) EnterReceipts({pending}, now);
    return;
  }
  std::vector<Part> parts;
  parts.push_back(
      {fresh.front().receipt().recipient, {}, parts::Receipts(all, now), ExchangesOf(all)});
  for (const auto& [sender, own] : by_sender)
    parts.push_back({sender, {}, parts::Receipts(own, now), ExchangesOf(own)});
  const Entry& entry = turn_->Append(std::move(parts), kReceiptSlots);
  for (const PendingReceipt& pending : fresh) {
    const auto part = std::distance(by_sender.begin(), by_sender.find(pending.receipt().sender));
    ApplyReceipt(pending, entry, 1 + static_cast<std::size_t>(part));
  }
  // Only now: an entry more moves the one above.
  for (const PendingReceipt& pending : fresh) AfterReceipt(pending.receipt(), now);
}

void Committer::AnswerRepeat(const PendingReceipt& pending) {
  const auto grant = turn_->FindGrant(pending.receipt().grant);
  CHECK(grant.has_value() || turn_->fault().has_value());
  if (!grant) return;  // The store could not be read: the batch will fail, and nothing is answered.
  const Digest digest = seal::Sha256(pending.work.receipt->bytes);
  const auto seen = std::ranges::find(grant->receipts, digest, &ReceiptSeen::receipt);
  CHECK(seen != grant->receipts.end());
  Reply(pending.route,
        Accepted{PartProof{.position = seen->position, .salt = {}, .part = {}, .digests = {}},
                 false});
}

void Committer::ApplyReceipt(const PendingReceipt& pending, const Entry& entry,
                             std::size_t sender_part) {
  const SignedReceipt& signed_receipt = *pending.work.receipt;
  const Receipt& receipt = signed_receipt.receipt;
  auto grant = turn_->FindGrant(receipt.grant);
  if (!grant) return;  // The store could not be read any more: the batch will fail.
  grant->receipts.push_back({seal::Sha256(signed_receipt.bytes), entry.position});
  const bool waits = !grant->stored && grant->phase != GrantRecord::Phase::kClosed;
  if (TakesOutOfMailbox(receipt.kind) && waits) {
    grant->stored = true;
    turn_->RemoveRow(grant->place);
    committed_.removed.push_back(grant->place);
    turn_->CountDelivered(grant->position);
  }
  if (const HowAnswered answer = AnswerOf(receipt.kind); answer != HowAnswered::kNo) {
    turn_->SetAnswered({receipt.sender, receipt.origin, receipt.recipient, receipt.role}, answer);
  }
  if (EndsTheClock(receipt.kind) && grant->acknowledge_by)
    turn_->Remove({*grant->acknowledge_by, receipt.grant});
  MailboxRow row;
  row.kind = MailboxRow::Kind::kReceipt;
  row.bytes = pending.work.bytes;
  row.position = entry.position;
  row.part = static_cast<std::uint32_t>(sender_part);
  committed_.added.push_back(turn_->PutRow(receipt.sender, grant->place.lane, std::move(row)));
  turn_->Put(*std::move(grant));
  Reply(pending.route, Accepted{entry.ProofOf(0), false});
}

void Committer::TakeVoid(const Route& route, const VoidWork& work, TimePoint now) {
  const Void& value = work.value->value;
  if (const auto code = CheckSigner(route, {value.sender, seal::Purpose::kVoid, value.key}))
    return Reply(route, Invalid{*code});
  if (standing_.directory->Find(value.recipient) == nullptr)
    return Reply(route, Invalid{Code::kNotEntitled});
  const Bytes json = parts::Voided(work.value, now);
  const Entry& entry =
      turn_->Append({{value.sender, {}, json}, {value.recipient, {}, json}}, kReceiptSlots);
  MailboxRow row;
  row.kind = MailboxRow::Kind::kVoid;
  row.bytes = work.bytes;
  row.position = entry.position;
  row.part = 1;
  const PartProof proof = entry.ProofOf(0);
  committed_.added.push_back(turn_->PutRow(value.recipient, value.lane, std::move(row)));
  Reply(route, Accepted{proof, false});
}

void Committer::TakeStatement(const Route& route, const StatementWork& work, TimePoint now) {
  const AgencyStatement& statement = work.statement->statement;
  Route from = route;
  // What another host brings of an agency's own words is as good, where they may have been lost.
  const Agency* const agency = standing_.directory->Find(statement.agency);
  if (reopened() && agency != nullptr) from.host = agency->host;
  if (const auto code =
          CheckSigner(from, {statement.agency, seal::Purpose::kStatement, statement.key}))
    return Reply(route, Invalid{*code});
  const auto applied = ApplyStatement(*work.statement);
  if (!applied) return Reply(route, Invalid{Code::kDocument});
  if (!*applied) return Reply(route, Accepted{});  // The one in force, offered again.
  const Entry& entry =
      turn_->Append({{statement.agency, {}, parts::Stated(work.statement, now)}}, kReceiptSlots);
  turn_->PutNotice(DocumentKind::kStatement, work.bytes);
  committed_.standing_changed = true;
  Reply(route, Accepted{entry.ProofOf(0), false});
}

}  // namespace havenline
