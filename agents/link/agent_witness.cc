// An agent as a witness: it cosigns what it has verified. And what every agent makes of the
// witnesses and of the heads that others carry: whether the log it is shown is everyone's.

#include <algorithm>

#include "agents/link/agent.h"
#include "agents/link/rows.h"
#include "deploy/runtime/log.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

constexpr std::size_t kLeavesAtOnce = 4;
constexpr auto kAskEvery = std::chrono::seconds(1);  // What a broker does not prove, it may later.

}  // namespace

void Agent::CosignHead() {
  if (!session_->up() || unbelieved_ || !announced_) return;
  for (const auto& cosigner : cosigners_) {
    const Cosigner::Said said = Must(cosigner->Cosign(*announced_, clock_.Now()));
    const std::string& agency = cosigner->agency().value();
    if (said.why_not.empty()) {
      SettleNow(AlarmKind::kWitness, agency);
    } else {
      StoreBatch batch;
      alarms_.At(cosigner->agency())
          .Raise(AlarmKind::kWitness, agency, said.why_not, clock_.Now(), batch);
      if (!batch.empty()) Must(store_.Commit(batch));
    }
    if (!said.note.empty()) session_->Send(Cosign{said.note});
  }
}

// Told while there is a session: without one, that is the alarm.
void Agent::WatchFinal(TimePoint now) {
  if (documents_->directory().quorum() == 0) {
    final_expected_ = now;
    return SettleNow(AlarmKind::kNotFinal, kBrokerSubject);
  }
  const auto& final_head = documents_->final_head();
  const TimePoint since = std::max(final_expected_, final_head ? final_head->time : TimePoint());
  if (now - since <= limits::kQuorumLate) return SettleNow(AlarmKind::kNotFinal, kBrokerSubject);
  if (!session_->up()) return;
  RaiseNow(
      AlarmKind::kNotFinal, kBrokerSubject,
      "No quorum of witnesses has cosigned the broker's log for over five minutes. Everything "
      "goes on; what was accepted since is in a log that only the broker vouches for. Tell the "
      "operator and governance.");
}

// Heads that senders carried: what is not yet known is asked for, what contradicts is kept, and a
// person here and at the sender is told.
void Agent::JudgeHeard(TimePoint now) {
  if (heard_.waiting() == 0) return;
  const LogHead& ours = documents_->head();
  const auto root_at = [this](std::uint64_t epoch, std::uint64_t size) {
    return documents_->RootAt(epoch, size);
  };
  for (const HeardHeads::Heard& heard : heard_.Judge(ours, root_at, now)) KeepContradiction(heard);
  if (!session_->up() || unbelieved_ || now < heard_asked_ + kAskEvery) return;
  heard_asked_ = now;
  for (const LogIndex index : heard_.ToFetch(ours, kLeavesAtOnce))
    Ask({Reference(), Fetch::Leaves{ours.epoch, index.value(), 1}});
  if (!heard_.ToProve(ours, 1).empty()) Ask({Reference(), Fetch::Proofs{}});
}

void Agent::KeepContradiction(const HeardHeads::Heard& heard) {
  text::Value path = text::Value::List();
  for (const Digest& hash : heard.signature.path) path.Add(rows::Encode(hash));
  StoreBatch batch;
  batch.Put(Table::kDocuments, "evidence/heard/" + ToText(heard.message),
            text::Value::Map()
                .Set("header", rows::Encode(heard.header))
                .Set("signature-size", heard.signature.size)
                .Set("signature-index", heard.signature.index)
                .Set("signature-path", std::move(path))
                .Set("signature", rows::Encode(heard.signature.signature))
                .Set("ours", documents_->checkpoint()));
  alarms_.Raise(AlarmKind::kBrokerEquivocates, "head of " + ToText(heard.message),
                "A message of " + heard.sender.value() +
                    " carries a head of the broker's log, of " + std::to_string(heard.head.size) +
                    " entries, that the log shown here does not hold. Either the broker shows two "
                    "logs, or the sender's host says what is not so. The message is shown all the "
                    "same; both heads are kept. Tell the auditor and governance at once.",
                clock_.Now(), batch);
  Must(store_.Commit(batch));
  if (session_->up())
    session_->Send(AlarmFrame{AlarmFrame::Kind::kBrokerEquivocates, heard.message, heard.grant});
}

void Agent::OnToldOfContradiction(const AlarmFrame& alarm) {
  const auto& messages = outbox_->messages();
  const bool ours = std::ranges::any_of(
      messages, [&](const auto& each) { return each.second.message == alarm.message; });
  if (!ours) return;
  RaiseNow(AlarmKind::kBrokerEquivocates, "head in " + ToText(alarm.message),
           "Whoever got a message of ours says that the head of the broker's log in it contradicts "
           "the log shown there. Either the broker shows two logs, or one of the two hosts is "
           "wrong. Tell the auditor and governance at once.");
}

}  // namespace havenline
