#include "broker/pipeline/commit_loop.h"

#include <algorithm>
#include <map>

#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/model/limits.h"
#include "schema/tlog/checkpoint.h"
#include "schema/wire/frame_codec.h"

namespace havenline {
namespace {

constexpr auto kCheckpointEvery = std::chrono::milliseconds(250);
constexpr auto kIdle = std::chrono::milliseconds(500);
constexpr auto kLookEvery = std::chrono::milliseconds(250);
constexpr std::size_t kAnswerBytesMax = 1U << 20U;  // Of one frame of answers.
constexpr Milliseconds kRecoveryRetry{30'000};

// Roughly what an answer takes in a frame; generous, so that a full frame stays far below its
// limit.
std::size_t SizeOf(const Answer& answer) {
  constexpr std::size_t kBase = 256;
  const auto proof = [](const PartProof& part) {
    return part.part.size() + part.digests.size() * 48;
  };
  if (const auto* accepted = std::get_if<Accepted>(&answer)) return kBase + proof(accepted->proof);
  if (const auto* refused = std::get_if<Refused>(&answer)) {
    return kBase + proof(refused->proof) + refused->objections.size() * 512;
  }
  return kBase;
}

std::map<std::string, HostId> KeysOf(const Directory& directory, const std::set<HostId>& cut_off) {
  std::map<std::string, HostId> keys;
  for (const Host& host : directory.hosts()) {
    if (cut_off.contains(host.id)) continue;
    for (const CurveKey& key : host.curve) keys.emplace(key.value(), host.id);
  }
  return keys;
}

}  // namespace

CommitLoop::CommitLoop(CommitParts parts)
    : parts_(std::move(parts)), resequencer_(limits::kAdmissionWindow) {}

void CommitLoop::Announce() {
  CommitNews news;
  news.published = Snapshot();
  news.head = parts_.committer.head();
  parts_.directory.Set(news.published->directory);
  cut_off_ = news.published->cut_off;
  parts_.gateway.Push(KeysChanged{KeysOf(*news.published->directory, cut_off_)});
  parts_.deliver.Push(std::move(news));
  if (!parts_.state.recovery) MaybePublishCheckpoint();
}

void CommitLoop::Run() {
  while (true) {
    auto events = parts_.in.PopAllUntil(WakeAt());
    const bool closed = events.empty() && parts_.in.closed();
    Turn(std::move(events));
    if (closed) return;
  }
}

void CommitLoop::Turn(std::vector<CommitEvent> events) {
  for (CommitEvent& event : events) Enqueue(std::move(event));
  if (parts_.state.recovery) {
    while (!waiting_.empty()) {
      Defer(waiting_.front());
      waiting_.pop_front();
    }
    return;
  }
  // Both into a batch that is empty yet, and before what came in the meantime.
  parts_.committer.Sweep(parts_.clock.Now());
  FireTimers();
  if (parts_.committer.counting()) parts_.committer.EnterCounts(parts_.clock.Now());
  while (!waiting_.empty() || !parts_.committer.empty()) CommitOneBatch();
  MaybePublishCheckpoint();
}

void CommitLoop::Enqueue(CommitEvent event) {
  if (auto* taken = std::get_if<TakenRows>(&event)) {
    waiting_.push_back({CommitItem{{}, std::move(taken->work)}, taken->tokens});
    return;
  }
  if (auto* forbidden = std::get_if<ForbiddenRow>(&event)) {
    waiting_.push_back({CommitItem{{}, std::move(forbidden->work)}, {}});
    return;
  }
  if (const auto* returned = std::get_if<HostReturned>(&event)) {
    clock_watch_.Heard(returned->host, returned->time, returned->heard_at);
    return parts_.committer.HostReturned(returned->host, returned->heard_at);
  }
  if (const auto* drained = std::get_if<HostDrained>(&event)) {
    parts_.gateway.Push(ReleaseTokens{drained->tokens});
    return parts_.committer.HostDrained(drained->host, drained->number);
  }
  auto& judged = std::get<Judged>(event);
  resequencer_.Push(judged.ticket, {std::move(judged.item), judged.tokens});
  while (auto next = resequencer_.Pop()) waiting_.push_back(*std::move(next));
}

void CommitLoop::CommitOneBatch() {
  const auto started = parts_.clock.Monotonic();
  Tokens tokens;
  while (!waiting_.empty() && !parts_.committer.full() &&
         parts_.clock.Monotonic() - started < limits::kBatchWorkMax) {
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    tokens += next.tokens;
    parts_.committer.Take(std::move(next.item), parts_.clock.Now());
  }
  auto committed = parts_.committer.Commit();
  // Whether the batch is durable is unknown now. Only a restart can tell; nobody may hear of it
  // before.
  if (!committed) parts_.observer.Fatal(committed.error());
  ++parts_.state.batches;
  if (committed->synced) ++parts_.state.syncs;
  AdvanceMark(committed->head);
  HandOut(*std::move(committed), tokens);
}

void CommitLoop::HandOut(Committed committed, const Tokens& tokens) {
  CommitNews news;
  news.added = std::move(committed.added);
  news.removed = std::move(committed.removed);
  news.overdue = std::move(committed.overdue);
  news.questions = std::move(committed.questions);
  news.head = committed.head;
  news.tokens = tokens;
  if (!news.overdue.empty()) parts_.observer.Overdue(news.overdue.size());
  if (committed.released > 0) parts_.observer.Released(committed.released);
  if (committed.undeliverable > 0) parts_.observer.Undeliverable(committed.undeliverable);
  parts_.state.released += committed.released;
  parts_.state.undeliverable += committed.undeliverable;
  if (committed.standing_changed) {
    news.published = Snapshot();
    // Before any answer: whoever hears that a directory is in force may use its keys at once.
    parts_.directory.Set(news.published->directory);
    parts_.gateway.Push(KeysChanged{KeysOf(*news.published->directory, cut_off_)});
    parts_.observer.DocumentInForce(news.published->directory->version().version,
                                    news.published->policy->version().version);
  }
  if (!committed.looks.empty()) parts_.deliver.Push(LookNews{std::move(committed.looks)});
  SendAnswers(std::move(committed.answers));
  // After the answers: whoever cut itself off is told that it did.
  if (news.published != nullptr && news.published->cut_off != cut_off_) {
    cut_off_ = news.published->cut_off;
    parts_.gateway.Push(KeysChanged{KeysOf(*news.published->directory, cut_off_)});
  }
  parts_.deliver.Push(std::move(news));
}

void CommitLoop::SendAnswers(std::vector<Answered> answers) {
  struct Frames {
    SessionId session;
    std::vector<AnswerItem> items;
    std::size_t bytes = 0;
    std::size_t answered_bytes = 0;
  };
  std::map<std::pair<LinkId, bool>, Frames> frames;
  const auto flush = [&](const std::pair<LinkId, bool>& to, Frames& frame) {
    if (frame.items.empty()) return;
    const Tokens answered{frame.items.size(), frame.answered_bytes};
    Frame body{frame.session, AnswerFrame{}};
    if (to.second) {
      body.body = Receipted{std::move(frame.items)};
    } else {
      body.body = AnswerFrame{std::move(frame.items)};
    }
    parts_.gateway.Push(
        Outbound{to.first, frame.session, wire::EncodeFrame(body), answered, false});
    frame = {};
  };
  for (Answered& answered : answers) {
    if (std::holds_alternative<Accepted>(answered.answer)) ++parts_.state.accepted;
    if (std::holds_alternative<Refused>(answered.answer)) ++parts_.state.refused;
    if (std::holds_alternative<Deferred>(answered.answer)) ++parts_.state.deferred;
    if (std::holds_alternative<Invalid>(answered.answer)) ++parts_.state.invalid;
    const std::pair<LinkId, bool> to(answered.route.link, answered.route.receipted);
    Frames& frame = frames[to];
    const std::size_t size = SizeOf(answered.answer);
    if (frame.session != answered.route.session || frame.bytes + size > kAnswerBytesMax ||
        frame.items.size() == limits::kItemsMax) {
      flush(to, frame);
    }
    frame.session = answered.route.session;
    frame.bytes += size;
    frame.answered_bytes += answered.route.bytes;
    frame.items.push_back({answered.route.reference, std::move(answered.answer)});
  }
  for (auto& [to, frame] : frames) flush(to, frame);
}

void CommitLoop::Defer(const Waiting& waiting) {
  if (!std::holds_alternative<TakenWork>(waiting.item.work) &&
      !std::holds_alternative<ForbiddenWork>(waiting.item.work)) {
    std::vector<Answered> answers;
    answers.push_back({waiting.item.route, Deferred{Code::kRecovery, kRecoveryRetry}});
    SendAnswers(std::move(answers));
  }
  parts_.gateway.Push(ReleaseTokens{waiting.tokens});
}

// The mark is durable before anybody hears of what it marks, in an answer, a delivery or a
// checkpoint: a store that comes back without any of it is behind its mark, and is noticed.
void CommitLoop::AdvanceMark(const LogHead& head) {
  if (head == marked_) return;
  FaultPoint("mark.before-advance");
  if (const auto advanced = parts_.mark.Advance(head); !advanced)
    parts_.observer.Fatal(advanced.error());
  FaultPoint("mark.after-advance");
  ++parts_.state.syncs;
  marked_ = head;
}

void CommitLoop::MaybePublishCheckpoint() {
  const LogHead head = parts_.committer.head();
  if (head == published_ || parts_.clock.Monotonic() - published_at_ < kCheckpointEvery) return;
  AdvanceMark(head);
  published_ = head;
  published_at_ = parts_.clock.Monotonic();
  parts_.deliver.Push(
      CheckpointNews{head, tlog::MakeCheckpoint(parts_.partnership, head, parts_.signer)});
}

void CommitLoop::FireTimers() {
  const auto now = parts_.clock.Monotonic();
  const bool believed = clock_watch_.Believes(parts_.clock.Now(), now);
  if (believed == parts_.state.clock_doubted) {
    parts_.state.clock_doubted = !believed;
    parts_.observer.ClockDoubted(!believed);
  }
  const bool look = more_timers_ || now - looked_at_ >= kLookEvery;
  if (look) more_timers_ = false;
  // Whoever is named late by a clock that is wrong was not late.
  if (!believed || !look || !TimersDue()) return;
  looked_at_ = now;
  more_timers_ = parts_.committer.FireTimers(parts_.clock.Now(), now);
}

bool CommitLoop::TimersDue() const {
  const auto next = parts_.store.NextTimer();
  // Timers that cannot be read would never fire, and nobody would hear of it.
  if (!next) parts_.observer.Fatal(next.error());
  return *next && **next <= parts_.clock.Now();
}

std::chrono::steady_clock::time_point CommitLoop::WakeAt() const {
  const auto now = parts_.clock.Monotonic();
  const bool more = more_timers_ || parts_.committer.sweeping();
  if (more && !parts_.state.recovery) return now;
  const bool news = parts_.committer.head() != published_ && !parts_.state.recovery;
  return news ? std::max(now, published_at_ + kCheckpointEvery) : now + kIdle;
}

std::shared_ptr<const Published> CommitLoop::Snapshot() const {
  const Standing& standing = parts_.committer.standing();
  auto published = std::make_shared<Published>();
  published->directory = standing.directory;
  published->policy = standing.policy;
  published->suspensions = standing.suspensions;
  published->notices = parts_.committer.notices();
  published->epoch = parts_.committer.head().epoch;
  published->log_keys = parts_.committer.log_keys();
  published->closed = parts_.committer.closed();
  published->reconciled = parts_.committer.reconciled();
  for (const AgencyId& agency : standing.suspensions.suspended()) {
    const Agency* const known = standing.directory->Find(agency);
    if (known == nullptr) continue;
    const auto all = standing.directory->AgenciesOf(known->host);
    const bool cut_off = std::ranges::all_of(
        all, [&](const Agency* each) { return standing.suspensions.IsSuspended(each->id); });
    if (cut_off) published->cut_off.insert(known->host);
  }
  return published;
}

}  // namespace havenline
