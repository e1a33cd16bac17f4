// A log that begins a new epoch has lost something. The agent believes it once governance's opening
// says so, and then says again all that it holds: what others signed, its own words, every message
// that nobody has settled. docs/protocol.md, section 13.

#include <algorithm>

#include "agents/link/agent.h"
#include "deploy/runtime/log.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/leaf.h"

namespace havenline {
namespace {

constexpr std::size_t kParkedFramesMax = 256;  // A broker hands out less before a first receipt.
constexpr std::size_t kHeldPerTurn = 64;

}  // namespace

void Agent::Meet(const Welcome& welcome) {
  unbelieved_.reset();
  parked_.clear();
  held_.clear();
  reconciling_ = false;
  const std::uint64_t epoch = welcome.head.epoch;
  if (documents_->Believes(epoch)) return Begin(welcome);
  unbelieved_ = welcome;
  if (epoch > documents_->epoch()) return Ask({Reference(), Fetch::Leaves{epoch, 0, 1}});
  LogEvent(LogLevel::kWarning, "epoch.older", {{"epoch", epoch}});
  RaiseNow(AlarmKind::kBrokerEquivocates, kBrokerSubject,
           "The broker shows epoch " + std::to_string(epoch) + " of its log, and epoch " +
               std::to_string(documents_->epoch()) +
               " has begun: an older copy was put back. Nothing is sent to it or taken from it. "
               "Tell the operator and governance at once.");
}

void Agent::Begin(const Welcome& welcome) {
  if (!welcome.checkpoint.empty()) {
    TakeCheckpoint(welcome.checkpoint, documents_->head().size, welcome.consistency);
  }
  // A log that does not reach as far as the head we verified has forgotten, whatever it says of
  // itself.
  Must(outbox_->BeginSession(welcome.head));
  Announce({welcome.directory, welcome.policy, welcome.statements});
  for (const Digest& hash : inbox_->WantedPolicies()) Ask({Reference(), Fetch::Document{hash}});
  const std::uint64_t epoch = welcome.head.epoch;
  if (epoch > kFirstEpoch && reconciled_epoch_ != epoch && !welcome.recovery)
    BeginReconciling(welcome);
}

// Once in each epoch, and again in each session until the broker has heard that it is done.
void Agent::BeginReconciling(const Welcome& welcome) {
  LogEvent(LogLevel::kInfo, "epoch.met", {{"epoch", welcome.head.epoch}});
  StoreBatch batch;
  keys_->StateAgain(batch);
  if (!batch.empty()) Must(store_.Commit(batch));
  const auto held = Must(documents_->Held({welcome.directory, welcome.policy, welcome.statements}));
  held_.assign(held.begin(), held.end());
  std::erase_if(held_, [&](const auto& piece) { return apart_.held.contains(piece.bytes); });
  reconciling_ = true;
}

// --- an epoch not met before

void Agent::Park(Frame frame) {
  if (parked_.size() < kParkedFramesMax) parked_.push_back(std::move(frame));
  const std::uint64_t epoch = unbelieved_->head.epoch;
  // Perhaps there was no checkpoint of its first entry before.
  if (epoch > documents_->epoch() && std::holds_alternative<Head>(parked_.back().body))
    Ask({Reference(), Fetch::Leaves{epoch, 0, 1}});
}

// Entry 0 says which document opened the epoch.
void Agent::OnLeafOfEpoch(ByteView leaf) {
  const auto parsed = tlog::ParseLeaf(AsText(leaf));
  if (!unbelieved_ || !parsed || !parsed->document || parsed->index != LogIndex(0)) return;
  Ask({Reference(), Fetch::Document{parsed->document->hash}});
}

void Agent::BeginIfBelieved() {
  if (!unbelieved_ || !documents_->Believes(unbelieved_->head.epoch)) return;
  const Welcome welcome = *std::exchange(unbelieved_, std::nullopt);
  Begin(welcome);
  for (Frame& frame : std::exchange(parked_, {})) Received(std::move(frame));
}

// --- saying it again

void Agent::PumpHeld() {
  StatementFrame statements;
  for (std::size_t n = 0; n < kHeldPerTurn && !held_.empty() && RoomForItem(); ++n) {
    DocumentFrame::Piece piece = std::move(held_.front());
    held_.pop_front();
    CountItem();
    const Reference reference = Remember(HeldSent{piece});
    if (piece.kind == DocumentKind::kStatement) {
      statements.items.push_back({reference, std::move(piece.bytes)});
      continue;
    }
    DocumentFrame published;
    published.reference = reference;
    published.pieces.push_back(std::move(piece));
    session_->Send(std::move(published));
  }
  if (!statements.items.empty()) session_->Send(std::move(statements));
}

// Whether the broker owes an answer to something that it must have heard first.
bool Agent::Outstanding() const {
  return std::ranges::any_of(sent_, [](const auto& sent) {
    return std::holds_alternative<HeldSent>(sent.second) ||
           std::holds_alternative<StatementSent>(sent.second) ||
           std::holds_alternative<OfferSent>(sent.second) ||
           std::holds_alternative<ReconciledSent>(sent.second);
  });
}

void Agent::PumpReconciled() {
  if (!reconciling_ || !held_.empty() || !RoomForItem() || apart_.reconciled) return;
  const bool stated = std::ranges::all_of(keys_->pending(), [&](const auto& pending) {
    return statements_sent_.contains({pending.agency, pending.counter});
  });
  if (!stated || !outbox_->AllOffered() || Outstanding()) return;
  CountItem();
  const std::uint64_t epoch = documents_->epoch();
  session_->Send(Reconciled{Remember(ReconciledSent{epoch}), epoch, options_.session.agencies});
}

void Agent::OnReconciled(const ReconciledSent& sent, bool accepted) {
  reconciling_ = false;  // What was not accepted is said again in the next session.
  if (!accepted) return;
  reconciled_epoch_ = sent.epoch;
  StoreBatch batch;
  batch.Put(Table::kMeta, kReconciledKey, text::Value::Map().Set("epoch", sent.epoch));
  Must(store_.Commit(batch));
}

}  // namespace havenline
