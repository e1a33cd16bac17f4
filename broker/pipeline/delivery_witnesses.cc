// The delivery thread and the witnesses: takes what they say of checkpoints, shows everyone what is
// final, and says when it has not been for too long. No message waits for any of it (D8).

#include <algorithm>

#include "broker/pipeline/delivery_loop.h"
#include "schema/directory/witnesses.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

// What is final is shown after the checkpoint itself, which everyone has: no hurry.
constexpr auto kTellFinalEvery = std::chrono::seconds(1);
// That the same head was cosigned again.
constexpr auto kTellFinalAgain = std::chrono::seconds(60);
constexpr auto kWatchEvery = std::chrono::seconds(1);

}  // namespace

void DeliveryLoop::On(const LinkCosign& event) {
  parts_.gateway.Push(ReleaseTokens{event.tokens});
  const auto at = sessions_.find(event.link);
  if (at == sessions_.end() || at->second->session() != event.session || parts_.state.recovery)
    return;
  const DeliverySession& session = *at->second;
  std::vector<tlog::WitnessKey> may;
  for (const Witness& witness : published_->directory->witnesses()) {
    // Not of a suspended agency (C6).
    if (!witness.retired && session.Serves(witness.agency)) may.push_back(witness.key);
  }
  const auto before = board_.final_head();
  const WitnessBoard::Heard heard = board_.Hear(event.note, may, parts_.clock.Now());
  if (heard == WitnessBoard::Heard::kNoWitness || heard == WitnessBoard::Heard::kInvalid ||
      heard == WitnessBoard::Heard::kAhead)
    ++parts_.state.cosignatures_refused;
  if (heard != WitnessBoard::Heard::kTaken) return;
  std::string cosigned = board_.NoteOf(checkpoint_head_);
  if (!cosigned.empty()) {
    checkpoint_ = std::move(cosigned);
    if (parts_.publish != nullptr) parts_.publish->Offer({checkpoint_head_, checkpoint_});
  }
  const auto& after = board_.final_head();
  if (!after || (before && before->head == after->head && before->time == after->time)) return;
  quorum_at_ = parts_.clock.Monotonic();
  parts_.state.final_entries = after->head.size;
  parts_.state.final_time = ToMilliseconds(after->time);
}

// Told to the message's sender, whose head it was: only by whom the grant was for.
void DeliveryLoop::On(const LinkAlarm& event) {
  parts_.gateway.Push(ReleaseTokens{event.tokens});
  const auto at = sessions_.find(event.link);
  if (at == sessions_.end() || at->second->session() != event.session ||
      event.alarm.kind != AlarmFrame::Kind::kBrokerEquivocates)
    return;
  const auto grant = parts_.reader.ReadGrant(event.alarm.grant);
  if (!grant) parts_.observer.Fatal(grant.error());
  if (!*grant || (*grant)->message != event.alarm.message ||
      !at->second->Serves((*grant)->recipient))
    return;
  ++parts_.state.contradictions;
  parts_.observer.Contradicted();
  const auto sender = link_of_agency_.find((*grant)->sender);
  if (sender != link_of_agency_.end()) Send(*sessions_.at(sender->second), {{}, event.alarm});
}

void DeliveryLoop::TellFinal() {
  const auto& final_head = board_.final_head();
  if (!final_head || parts_.state.recovery) return;
  const bool news = final_head->head != told_final_.head;
  const auto now = parts_.clock.Monotonic();
  if (now - told_final_.at < (news ? kTellFinalEvery : kTellFinalAgain)) return;
  if (!news && final_head->time == told_final_.time) return;
  told_final_ = {final_head->head, final_head->time, now};
  // Everyone has this head or a newer one, with its proof.
  for (const auto& [link, session] : sessions_) {
    Send(*session, {{},
                    Head{final_head->note,
                         session->head().size,
                         {},
                         published_->directory->version(),
                         published_->policy->version(),
                         published_->notices}});
  }
}

void DeliveryLoop::WatchQuorum() {
  const auto now = parts_.clock.Monotonic();
  if (published_ == nullptr || now - watched_at_ < kWatchEvery) return;
  watched_at_ = now;
  SharedState& state = parts_.state;
  const auto standings = board_.standings();
  if (standings.empty()) quorum_at_ = now;  // From the first directory with witnesses on.
  const TimePoint since = parts_.clock.Now() - limits::kQuorumLate;
  state.witnesses = standings.size();
  state.witnesses_behind = static_cast<std::uint64_t>(std::ranges::count_if(
      standings, [&](const WitnessBoard::Standing& standing) { return standing.time < since; }));
  const bool late = now - quorum_at_ > limits::kQuorumLate;
  if (late == state.quorum_late) return;
  state.quorum_late = late;
  parts_.observer.QuorumLate(late);
}

}  // namespace havenline
