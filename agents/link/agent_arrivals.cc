// What the broker hands to this agent: deliveries, its own words, and a question about receipts.

#include "agents/link/agent.h"
#include "agents/link/word_check.h"
#include "deploy/runtime/log.h"
#include "schema/model/names.h"
#include "schema/tlog/leaf.h"
#include "schema/wire/word_codec.h"

namespace havenline {
namespace {

constexpr std::size_t kQuestionsMax = 1024;  // The broker asks four times a second at most.

}  // namespace

void Agent::TakeArrivals() {
  if (unbelieved_) return;
  const auto frames = arrivals_.Take(*documents_, clock_.Monotonic());
  if (frames.empty()) return;
  for (const Arrivals::Items& items : frames) Must(inbox_->OnDeliver(items, clock_.Now()));
  for (const Digest& hash : inbox_->WantedPolicies()) Ask({Reference(), Fetch::Document{hash}});
}

// A word that we cannot verify is not answered: it was not kept, and comes again with the next
// session, when its key may be known. One sync for all of a frame: of a suspended agency's queue
// there may be thousands.
void Agent::OnWords(const WordFrame& frame) {
  const TimePoint now = clock_.Now();
  StoreBatch batch;
  std::vector<AnswerItem> answers;
  for (const ReceiptItem& item : frame.items) {
    const auto word = wire::ParseSignedWord(item.bytes);
    if (!word || !inbox_->OnWord(*word, now, batch)) {
      LogEvent(LogLevel::kWarning, "word.not-ours");
      continue;
    }
    CheckWordProof(*word, item.proof.empty() ? nullptr : &item.proof.front());
    Must(outbox_->OnWord(*word, now, batch));
    answers.push_back({item.reference, Accepted{}});
  }
  if (!batch.empty()) Must(store_.Commit(batch));
  if (!answers.empty() && session_->up()) session_->Send(AnswerFrame{std::move(answers)});
}

// Our part of the entry that says so. The word is good without: the broker signed it.
void Agent::CheckWordProof(const SignedWord& word, const PartProof* proof) {
  const bool names_it = proof != nullptr && AsText(proof->part).find(HexEncode(word.word.grant)) !=
                                                std::string_view::npos;
  if (names_it && proof->position == word.word.position && tlog::LeafHashOf(*proof)) return;
  RaiseNow(AlarmKind::kBrokerEquivocates, ToText(word.word.origin) + " word",
           "The broker said something of a message without the proof that its log holds it. Tell "
           "the auditor.");
}

void Agent::AskedToDrain(std::uint64_t number) {
  // A broker that asks without end forgets its oldest question.
  if (drain_asked_.size() == kQuestionsMax) drain_asked_.erase(drain_asked_.begin());
  drain_asked_.emplace(number, receipts_->last_number());
}

// The newest question whose receipts were all answered: that answers those before it too. What was
// signed since is no part of it.
void Agent::PumpDrained() {
  const auto& waiting = receipts_->waiting();
  std::uint64_t answer = 0;
  while (!drain_asked_.empty()) {
    const auto& [number, last_receipt] = *drain_asked_.begin();
    if (!waiting.empty() && waiting.begin()->first <= last_receipt) break;
    answer = number;
    drain_asked_.erase(drain_asked_.begin());
  }
  if (answer != 0) session_->Send(Credit{0, 0, {}, answer});
}

}  // namespace havenline
