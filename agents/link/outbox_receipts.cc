// Outbox: what recipients signed about a message, and the proof that the log holds it.

#include <algorithm>

#include "agents/link/outbox.h"
#include "agents/link/outbox_rows.h"
#include "agents/link/rows.h"
#include "schema/base/test_seam.h"
#include "schema/seal/hash.h"
#include "schema/tlog/leaf.h"
#include "schema/tlog/signed_tree.h"

namespace havenline {
namespace {

using text::Value;

// How far an answer is from nothing: a receipt never takes back what a later one said.
int RankOf(Progress progress) {
  switch (progress) {
    case Progress::kHeld:
    case Progress::kUnreadable:  // What is heard after all counts.
    case Progress::kUndeliverable:
      return static_cast<int>(Progress::kSent);
    case Progress::kStoodDown:
      return static_cast<int>(Progress::kTakenOn);
    default:
      return static_cast<int>(progress);
  }
}

Progress ProgressOf(ReceiptKind kind) {
  switch (kind) {
    case ReceiptKind::kStored:
    case ReceiptKind::kClaimsDiffer:
    case ReceiptKind::kRecalled:
      return Progress::kStored;
    case ReceiptKind::kOpened:
      return Progress::kOpened;
    case ReceiptKind::kUnreadable:
      return Progress::kUnreadable;
    case ReceiptKind::kWithheld:
      return Progress::kWithheld;
    case ReceiptKind::kNotOurs:
      return Progress::kNotOurs;
    case ReceiptKind::kToldByVoice:
      return Progress::kToldByVoice;
    case ReceiptKind::kAcknowledged:
      return Progress::kAcknowledged;
  }
  return Progress::kStored;
}

}  // namespace

Result<bool> Outbox::OnReceipt(const SignedReceipt& signed_receipt, const PartProof* proof,
                               TimePoint now) {
  const Receipt& receipt = signed_receipt.receipt;
  const AgencyKey* const key =
      parts_.documents.directory().FindKey(receipt.recipient, seal::Purpose::kReceipt, receipt.key);
  if (key == nullptr || key->state == KeyState::kCompromised) return false;
  if (!tlog::VerifyOneOf(key->key, seal::Purpose::kReceipt, signed_receipt.bytes,
                         signed_receipt.signature))
    return false;
  const auto at = messages_.find(receipt.origin);
  if (at == messages_.end() || at->second.sender != receipt.sender)
    return true;  // Ended long ago: taken, no news.
  OutMessage& message = at->second;
  const auto recipient = std::ranges::find(
      message.recipients, Recipient{receipt.recipient, receipt.role}, &OutRecipient::recipient);
  if (recipient == message.recipients.end()) return false;

  StoreBatch batch;
  const Digest hash = seal::Sha256(signed_receipt.bytes);
  Digest& last = receipt_chain_[{receipt.recipient, receipt.sender}];
  if (!recipient->MarkSeen(hash)) return true;
  if (receipt.previous != last && last != Digest{}) {
    parts_.alarms.At(message.sender)
        .Raise(AlarmKind::kReceiptChain, receipt.recipient.value() + " " + receipt.sender.value(),
               "A receipt of " + receipt.recipient.value() +
                   " does not follow the one before it: one may be "
                   "missing, or its store was put back from a copy.",
               now, batch);
  }
  last = hash;
  batch.Put(Table::kChains, kChainPrefix + receipt.recipient.value() + "|" + receipt.sender.value(),
            Value::Map()
                .Set("recipient", receipt.recipient.value())
                .Set("sender", receipt.sender.value())
                .Set("hash", rows::Encode(hash)));
  // The first of its kind is the one that is shown, and so the one to be proved.
  const bool shown = !recipient->receipts.contains(receipt.kind);
  if (recipient->progress == Progress::kHeld) RETURN_IF_FAULT(StartClock(message, *recipient, now));
  ApplyReceipt(message, *recipient, receipt, now, batch);
  StandDown(message, now, batch);
  if (shown) Keep(message, {signed_receipt, CheckedProof(message, hash, proof, now, batch)}, batch);
  EndIfDone(message, now, batch);
  Put(message, batch);
  FaultPoint("outbox.before-receipt");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("outbox.after-receipt");
  return true;
}

void Outbox::ApplyReceipt(OutMessage& message, OutRecipient& recipient, const Receipt& receipt,
                          TimePoint now, StoreBatch& batch) {
  recipient.receipts.emplace(receipt.kind, receipt.time);
  const std::string subject = SubjectOf(message, recipient);
  const std::string who = receipt.recipient.value() + " (" + receipt.role.value() + ")";
  const Progress next = ProgressOf(receipt.kind);
  const bool of_this_sealing = receipt.message == message.message;
  if (receipt.kind == ReceiptKind::kUnreadable || receipt.kind == ReceiptKind::kWithheld) {
    if (!of_this_sealing || recipient.answered()) return;  // A later sealing is already on its way.
    recipient.progress = next;
    message.retry = now + kSealAgainSoon;
    parts_.alarms.At(message.sender)
        .Raise(
            receipt.kind == ReceiptKind::kWithheld ? AlarmKind::kWithheld : AlarmKind::kUnreadable,
            subject,
            who + (receipt.kind == ReceiptKind::kWithheld
                       ? " holds a newer policy that forbids part of a message. It is sealed again "
                         "under it."
                       : " could not open a message. It is sealed again once its keys are known."),
            now, batch);
    return;
  }
  if (RankOf(recipient.progress) < RankOf(next)) recipient.progress = next;
  if (receipt.kind == ReceiptKind::kClaimsDiffer) {
    parts_.alarms.At(message.sender)
        .Raise(AlarmKind::kClaimsDiffer, subject,
               who + " found a claim that differs from what the message says.", now, batch);
  }
  if (receipt.kind == ReceiptKind::kNotOurs && recipient.progress == Progress::kNotOurs) {
    parts_.alarms.At(message.sender)
        .Raise(AlarmKind::kNotOurs, subject,
               who + " says this is not theirs. Find who should be told, and take it on.", now,
               batch);
  }
  for (const AlarmKind kind :
       {AlarmKind::kUnreadable, AlarmKind::kWithheld, AlarmKind::kUndeliverable})
    parts_.alarms.Settle(kind, subject, now, batch);
  if (recipient.answered()) SettleClock(message, recipient, now, batch);
}

// Nothing unless the broker's part is about this receipt and leads to a leaf. The receipt is good
// without: its recipient signed it.
std::optional<PartProof> Outbox::CheckedProof(const OutMessage& message, const Digest& receipt,
                                              const PartProof* proof, TimePoint now,
                                              StoreBatch& batch) {
  if (proof != nullptr && ProvesReceipt(*proof, receipt)) return *proof;
  parts_.alarms.At(message.sender)
      .Raise(
          AlarmKind::kBrokerEquivocates, ToText(message.origin) + " receipt",
          "The broker carried a receipt without the proof that its log holds it. Tell the auditor.",
          now, batch);
  return std::nullopt;
}

void Outbox::Keep(const OutMessage& message, const KeptReceipt& kept, StoreBatch& batch) {
  batch.Put(Table::kSealed, rows::KeyOf(message.origin, kept.receipt),
            rows::ToRow(message.origin, kept));
}

bool ProvesReceipt(const PartProof& proof, const Digest& receipt) {
  return AsText(proof.part).find(HexEncode(receipt)) != std::string_view::npos &&
         tlog::LeafHashOf(proof);
}

}  // namespace havenline
