// What the broker and other agencies answer to what this agent sent.

#include <algorithm>

#include "agents/link/agent.h"
#include "deploy/runtime/log.h"
#include "schema/wire/statement_codec.h"

namespace havenline {

void Agent::OnAnswers(const std::vector<AnswerItem>& items) {
  for (const AnswerItem& item : items) {
    const auto at = sent_.find(item.reference);
    if (at == sent_.end()) continue;
    const Sent sent = std::move(at->second);
    sent_.erase(at);
    if (const auto* deferred = std::get_if<Deferred>(&item.answer)) {
      OnDeferred(sent, *deferred);
    } else {
      // That it could not be read is over, whatever is said of it.
      SettleNow(AlarmKind::kSetApart, SubjectOf(sent));
      OnAnswer(sent, item.answer);
    }
  }
}

// Offered again after the pause the broker asks for, and a little more, at random.
void Agent::OnDeferred(const Sent& sent, const Deferred& deferred) {
  const auto jitter = ReadU32(random_.Array<4>()) % 1000;
  const TimePoint until = clock_.Now() +
                          std::min<Milliseconds>(deferred.retry_after, std::chrono::minutes(5)) +
                          Milliseconds(jitter);
  if (const auto* asked = std::get_if<FetchSent>(&sent)) {
    fetches_paused_until_ = std::max(fetches_paused_until_, until);
    return Ask(asked->fetch);
  }
  // What this broker cannot carry yet says nothing about what else it can: the rest goes on (D8).
  if (deferred.code != Code::kUnsupported) paused_until_ = std::max(paused_until_, until);
  if (const auto* offer = std::get_if<OfferSent>(&sent))
    Must(outbox_->OnAnswer(offer->message, deferred, clock_.Now()));
  if (const auto* receipt = std::get_if<ReceiptSent>(&sent)) receipts_sent_.erase(receipt->number);
  if (const auto* voided = std::get_if<VoidSent>(&sent)) voids_sent_.erase(voided->key);
  if (const auto* held = std::get_if<HeldSent>(&sent)) held_.push_back(held->piece);
  if (const auto* stated = std::get_if<StatementSent>(&sent))
    statements_sent_.erase({stated->agency, stated->counter});
}

void Agent::OnAnswer(const Sent& sent, const Answer& answer) {
  const bool accepted = std::holds_alternative<Accepted>(answer);
  if (const auto* offer = std::get_if<OfferSent>(&sent)) {
    Must(outbox_->OnAnswer(offer->message, answer, clock_.Now()));
    return;
  }
  StoreBatch batch;
  if (const auto* receipt = std::get_if<ReceiptSent>(&sent)) {
    // One that the broker does not take now, it never will: it knows no such grant, or no such key.
    receipts_->Done(receipt->number, batch);
    receipts_sent_.erase(receipt->number);  // It may be asked for again.
    if (!accepted) LogEvent(LogLevel::kWarning, "receipt.not-taken", {{"number", receipt->number}});
  } else if (const auto* stated = std::get_if<StatementSent>(&sent)) {
    if (accepted) keys_->Taken(stated->agency, stated->counter, batch);
    if (!accepted) {
      alarms_.At(stated->agency)
          .Raise(AlarmKind::kDocuments, stated->agency.value() + " statement",
                 "The broker did not take what " + stated->agency.value() +
                     " says of its own keys. Nothing can be sealed to keys it does not know. "
                     "Tell the operator.",
                 clock_.Now(), batch);
    }
  } else if (const auto* voided = std::get_if<VoidSent>(&sent)) {
    Must(outbox_->VoidDone(voided->key));
  } else if (const auto* reconciled = std::get_if<ReconciledSent>(&sent)) {
    OnReconciled(*reconciled, accepted);
  }  // Of what others signed the broker takes what is newer than it has: any answer will do.
  if (!batch.empty()) Must(store_.Commit(batch));
}

void Agent::OnReceipts(const ReceiptFrame& frame) {
  std::vector<AnswerItem> answers;
  for (const ReceiptItem& item : frame.items) {
    const auto receipt = wire::ParseSignedReceipt(item.bytes);
    // What we cannot use is taken all the same: it would block its mailbox for ever, and it is in
    // the log.
    const PartProof* const proof = item.proof.empty() ? nullptr : &item.proof.front();
    const bool used = receipt && Must(outbox_->OnReceipt(*receipt, proof, clock_.Now()));
    if (!used) LogEvent(LogLevel::kWarning, "receipt.not-ours");
    answers.push_back({item.reference, Accepted{}});
  }
  if (session_->up()) session_->Send(Receipted{std::move(answers)});
}

void Agent::OnVoids(const VoidFrame& frame) {
  std::vector<AnswerItem> answers;
  for (const Item& item : frame.items) {
    const auto value = wire::ParseSignedVoid(item.bytes);
    if (!value || !Must(inbox_->OnVoid(*value, clock_.Now())))
      LogEvent(LogLevel::kWarning, "void.not-ours");
    answers.push_back({item.reference, Accepted{}});
  }
  if (session_->up()) session_->Send(AnswerFrame{std::move(answers)});
}

}  // namespace havenline
