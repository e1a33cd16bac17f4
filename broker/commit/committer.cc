#include "broker/commit/committer.h"

#include <algorithm>
#include <utility>

#include "broker/commit/parts.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/model/limits.h"
#include "schema/seal/hash.h"

namespace havenline {
namespace {

constexpr Milliseconds kDiskFullRetry{30'000};

}  // namespace

Committer::Committer(Store& store, seal::RandomSource& random, CommitterOptions options)
    : store_(store), random_(random), options_(std::move(options)), waits_(options_.timer_grace) {
  StartTurn();
}

void Committer::StartTurn() {
  turn_.emplace(store_, ends_, random_);
  committed_ = Committed();
  taken_ = 0;
  out_of_room_.reset();
  lifted_.clear();
}

bool Committer::full() const {
  return taken_ >= limits::kBatchMessagesMax || turn_->bytes() >= limits::kBatchBytesMax;
}

bool Committer::empty() const {
  return taken_ == 0 && turn_->empty() && !turn_->fault() && committed_.questions.empty();
}

bool Committer::IsOf(const AgencyId& agency, const HostId& host) const {
  const Agency* const known = standing_.directory->Find(agency);
  return known != nullptr && known->host == host;
}

void Committer::Reply(const Route& route, Answer answer) {
  if (const auto* invalid = std::get_if<Invalid>(&answer)) NoteInvalid(route.host, invalid->code);
  committed_.answers.push_back({route, std::move(answer)});
}

void Committer::Take(CommitItem item, TimePoint now) {
  turn_time_ = now;
  if (!out_of_room_) out_of_room_ = !store_.HasRoomFor(limits::kBatchBytesMax);
  ++taken_;
  const Route route = item.route;
  if (auto* rejected = std::get_if<RejectedWork>(&item.work))
    return Reply(route, std::move(rejected->answer));
  if (auto* taken = std::get_if<TakenWork>(&item.work)) {
    // Freeing room needs a little: it goes on when the disk is nearly full.
    for (const MailboxPlace& place : taken->places) {
      turn_->RemoveRow(place);
      committed_.removed.push_back(place);
    }
    return;
  }
  if (const auto* forbidden = std::get_if<ForbiddenWork>(&item.work))
    return TakeForbidden(*forbidden, now);
  if (auto* receipt = std::get_if<ReceiptWork>(&item.work))
    return TakeReceipt(route, std::move(*receipt), now);
  // Disk full is deferred, never stored as a refusal; it ends by itself when there is room again.
  if (*out_of_room_) return Reply(route, Deferred{Code::kDiskFull, kDiskFullRetry});
  if (auto* submission = std::get_if<SubmissionWork>(&item.work)) {
    return TakeSubmission(route, *submission, now);
  }
  if (auto* voided = std::get_if<VoidWork>(&item.work)) return TakeVoid(route, *voided, now);
  if (const auto* look = std::get_if<LookWork>(&item.work)) return TakeLook(route, *look, now);
  if (auto* statement = std::get_if<StatementWork>(&item.work))
    return TakeStatement(route, *statement, now);
  if (auto* reconciled = std::get_if<ReconciledWork>(&item.work))
    return TakeReconciled(route, *reconciled, now);
  TakeDocument(route, std::get<DocumentWork>(item.work));
}

void Committer::TakeSubmission(const Route& route, const SubmissionWork& work, TimePoint now) {
  const Header& header = work.message->header;
  if (!IsOf(header.sender, route.host)) return Reply(route, Invalid{Code::kForeignSender});
  // Seen before comes first: what was answered stays answered (D3), whatever has changed since.
  if (const auto known = turn_->FindOutcome(header.sender, header.id)) {
    if (known->header_hash == work.message.header_hash()) return Reply(route, known->answer);
    return Reply(route, Refuse(work.message, {Code::kIdReused, {}}, now));
  }
  Decision decision = Decide(work.message, standing_, now);
  if (const auto* deferred = std::get_if<Deferred>(&decision)) return Reply(route, *deferred);
  if (const auto* invalid = std::get_if<Invalid>(&decision)) return Reply(route, *invalid);
  if (!WatchesFit(work.message)) decision = Denial{Code::kCondition, {}};
  const auto* permit = std::get_if<Permit>(&decision);
  Answer answer = permit != nullptr ? Accept(work, *permit, now)
                                    : Refuse(work.message, std::get<Denial>(decision), now);
  turn_->Put(OutcomeRecord{header.sender, header.id, work.message.header_hash(), answer});
  Reply(route, std::move(answer));
}

Answer Committer::Accept(const SubmissionWork& work, const Permit& permit, TimePoint now) {
  const VerifiedEnvelope& message = work.message;
  std::vector<Part> parts;
  const std::vector<ExchangeName> exchange = {message->header.exchange};
  parts.push_back(
      {message->header.sender, {}, parts::AcceptedForSender(message, permit, now), exchange});
  for (std::size_t i = 0; i < message->grants.size(); ++i) {
    const ClearPart& clear = message->grants[i].clear;
    // Who holds no grant yet must not find one in the log either: its part goes with the release.
    const bool held = clear.condition.kind != Condition::Kind::kNone;
    parts.push_back({held ? message->header.sender : clear.recipient,
                     {},
                     parts::AcceptedForGrant(message, permit.grants[i], i, now),
                     exchange});
  }
  const Entry& entry = turn_->Append(std::move(parts), message->header.grants.size());
  turn_->Put(MessageRecord{entry.position, work.bytes,
                           static_cast<std::uint32_t>(message->grants.size())});
  std::vector<GrantRecord> at_once = PutGrants(work, permit, entry);
  Accepted accepted{entry.ProofOf(0), permit.ahead_of_time};
  for (GrantRecord& grant : at_once) Release(std::move(grant), now);  // `entry` may have moved.
  return accepted;
}

// Those held ones whose condition is true already.
std::vector<GrantRecord> Committer::PutGrants(const SubmissionWork& work, const Permit& permit,
                                              const Entry& entry) {
  std::vector<GrantRecord> at_once;
  const Header& header = work.message->header;
  for (std::uint32_t i = 0; i < work.message->grants.size(); ++i) {
    const ClearPart& clear = work.message->grants[i].clear;
    const Digest& digest = work.message.grant_digests()[i];
    GrantRecord grant{.grant = digest,
                      .position = entry.position,
                      .index = i,
                      .sender = header.sender,
                      .message = header.id,
                      .origin = header.origin,
                      .recipient = clear.recipient,
                      .role = clear.role,
                      .place = {clear.recipient, permit.lane, 0},
                      .claims = permit.grants[i].claims,
                      .acknowledge_by = clear.acknowledge_by,
                      .stored = false,
                      .exchange = header.exchange,
                      .condition = clear.condition,
                      .phase = GrantRecord::Phase::kOpen,
                      .stood_down = false,
                      .receipts = {}};
    if (const Grant* const watched = WatchedBy(work.message, clear.condition)) {
      const AnsweredKey of{header.sender, header.origin, watched->clear.recipient,
                           watched->clear.role};
      if (Hold(grant, of)) at_once.push_back(std::move(grant));
      continue;
    }
    MailboxRow row;
    row.kind = MailboxRow::Kind::kGrant;
    row.grant = digest;
    row.position = entry.position;
    row.part = i + 1;
    grant.place = turn_->PutRow(clear.recipient, permit.lane, std::move(row));
    committed_.added.push_back(grant.place);
    turn_->Put(std::move(grant));
    // Whoever answered an earlier sealing is not asked again.
    const AnsweredKey answered{header.sender, header.origin, clear.recipient, clear.role};
    if (clear.acknowledge_by && turn_->FindAnswered(answered) == HowAnswered::kNo)
      turn_->Put(TimerRecord{*clear.acknowledge_by, digest});
  }
  return at_once;
}

Answer Committer::Refuse(const VerifiedEnvelope& message, const Denial& denial, TimePoint now) {
  std::vector<Part> parts;
  parts.push_back({message->header.sender,
                   {},
                   parts::Refused(message, denial, now),
                   {message->header.exchange}});
  const Entry& entry = turn_->Append(std::move(parts), message->header.grants.size());
  // The entry says how many there are in all; the answer names as many as a frame may carry.
  std::vector<Objection> objections = denial.objections;
  if (objections.size() > limits::kObjectionsMax) objections.resize(limits::kObjectionsMax);
  return Refused{denial.code, std::move(objections), entry.ProofOf(0)};
}

Result<Committed> Committer::Commit() {
  FlushAllStored(turn_time_);
  if (turn_->fault()) return tl::unexpected<Fault>(*turn_->fault());
  if (turn_->empty()) return Finish();  // Nothing to keep: no sync.
  const CommitBatch batch = turn_->Take();
  // A crash here: nothing of the batch is durable, nothing was answered; the agents offer it all
  // again.
  FaultPoint("commit.before-apply");
  RETURN_IF_FAULT(store_.Apply(batch));
  // A crash here: all of the batch is durable, nothing was answered; repeats get these answers.
  FaultPoint("commit.after-apply");
  CHECK(batch.head.size == ends_.tree.size());
  committed_.synced = true;
  // Only now: until the lifting is durable the agency is suspended.
  if (options_.outflow != nullptr) {
    for (const AgencyId& agency : lifted_) options_.outflow->Open(agency);
  }
  return Finish();
}

Committed Committer::Finish() {
  committed_.head = head();
  Committed done = std::exchange(committed_, Committed());
  StartTurn();
  return done;
}

}  // namespace havenline
