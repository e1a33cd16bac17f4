#include "tests/fakes/fake_store.h"

#include "schema/audit/event.h"
#include "schema/base/check.h"

namespace havenline {
namespace {

tl::unexpected<Fault> DiskSaysNo() {
  return Fail(FaultCode::kIo, "the disk failed, as it was told to");
}

// Whatever a test makes the broker enter is of the audit log's vocabulary.
Result<void> CheckVocabulary(const CommitBatch& batch) {
  for (const Entry& entry : batch.entries) {
    for (const Part& part : entry.parts) RETURN_IF_FAULT(audit::EventsOf(part.party, part.json));
  }
  return {};
}

}  // namespace

std::unique_ptr<FakeStore> FakeStore::Reopened() const {
  MutexLock lock(mutex_);
  auto again = std::make_unique<FakeStore>();
  MutexLock lock_again(again->mutex_);
  again->kept_ = kept_;
  return again;
}

void FakeStore::FailApply(int nth, Cut cut) {
  CHECK(nth > 0);
  fail_apply_ = applies_ + nth;
  cut_ = cut;
}

void FakeStore::FailReads(int nth) {
  MutexLock lock(mutex_);
  reads_left_ = nth;
  reads_fail_ = false;
  fail_once_ = false;
}

void FakeStore::FailRead(int nth) {
  FailReads(nth);
  MutexLock lock(mutex_);
  fail_once_ = true;
}

std::size_t FakeStore::mailbox_size() const {
  MutexLock lock(mutex_);
  return kept_.mailboxes.size();
}

std::size_t FakeStore::message_count() const {
  MutexLock lock(mutex_);
  return kept_.messages.size();
}

std::size_t FakeStore::timer_count() const {
  MutexLock lock(mutex_);
  return kept_.timers.size();
}

std::size_t FakeStore::watch_count() const {
  MutexLock lock(mutex_);
  return kept_.watches.size();
}

std::size_t FakeStore::held_count() const {
  MutexLock lock(mutex_);
  return kept_.held.size();
}

Result<void> FakeStore::Read() const {
  if (reads_left_ > 0 && --reads_left_ == 0) {
    if (fail_once_) return DiskSaysNo();
    reads_fail_ = true;
  }
  if (reads_fail_) return DiskSaysNo();
  return {};
}

template <class Map, class Key>
Result<std::optional<typename Map::mapped_type>> FakeStore::FindIn(const Map& map,
                                                                   const Key& key) const {
  RETURN_IF_FAULT(Read());
  const auto at = map.find(key);
  if (at == map.end()) return std::nullopt;
  return at->second;
}

Result<void> FakeStore::Apply(const CommitBatch& batch) {
  RETURN_IF_FAULT(CheckVocabulary(batch));
  ++applies_;
  const bool fails = fail_apply_ != 0 && applies_ >= fail_apply_;
  const bool takes = !fails || (applies_ == fail_apply_ && cut_ == Cut::kTaken);
  CHECK(!broken_);  // After a fault the store must not be used again.
  if (takes) {
    MutexLock lock(mutex_);
    Keep(batch);
    batches_.push_back(batch);
  }
  if (!fails) return {};
  broken_ = true;
  return DiskSaysNo();
}

void FakeStore::Keep(const CommitBatch& batch) {
  for (const Entry& entry : batch.entries) {
    kept_.leaves[entry.position] = entry.leaf;
    kept_.parts[entry.position] = {entry.parts, entry.digests};
  }
  for (const tlog::Node& node : batch.nodes) kept_.nodes[{batch.head.epoch, node.id}] = node.hash;
  kept_.head = batch.head;
  KeepMessages(batch);
  KeepMailboxes(batch);
  KeepHeld(batch);
  for (const TimerRecord& timer : batch.timers) kept_.timers.insert(timer);
  for (const TimerRecord& timer : batch.timers_removed) kept_.timers.erase(timer);
  for (const DocumentRecord& document : batch.documents) {
    kept_.documents[document.position] = document;
    kept_.document_at[document.hash] = document.position;
  }
  for (const NoticeRecord& notice : batch.notices) kept_.notices[notice.number] = notice;
  if (batch.closed) kept_.closed[batch.closed->epoch] = *batch.closed;
  for (const AgencyId& agency : batch.reconciled) kept_.reconciled[agency] = batch.head.epoch;
}

void FakeStore::KeepMessages(const CommitBatch& batch) {
  for (const OutcomeRecord& outcome : batch.outcomes)
    kept_.outcomes[{outcome.sender, outcome.id}] = outcome;
  for (const GrantRecord& grant : batch.grants) kept_.grants[grant.grant] = grant;
  for (const MessageRecord& message : batch.messages) {
    if (message.undelivered == 0) continue;
    kept_.messages[message.position] = message.bytes;
    kept_.undelivered[message.position] = message.undelivered;
  }
  for (const auto& [position, count] : batch.undelivered) {
    kept_.undelivered[position] = count;
    if (count > 0) continue;
    kept_.undelivered.erase(position);
    kept_.messages.erase(position);
  }
}

void FakeStore::KeepMailboxes(const CommitBatch& batch) {
  for (const MailboxRow& row : batch.mailbox_rows) {
    kept_.mailboxes[row.place] = row;
    kept_.mailbox_ends[{row.place.agency, row.place.lane}] = row.place.sequence;
  }
  for (const MailboxPlace& place : batch.mailbox_removed) kept_.mailboxes.erase(place);
}

void FakeStore::KeepHeld(const CommitBatch& batch) {
  for (const AnsweredRecord& answered : batch.answered)
    kept_.answered[answered.key] = answered.answered;
  for (const WatchRecord& watch : batch.watches) kept_.watches.insert(watch);
  for (const WatchRecord& watch : batch.watches_removed) kept_.watches.erase(watch);
  for (const HeldRecord& held : batch.held) kept_.held.insert(held);
  for (const HeldRecord& held : batch.held_removed) kept_.held.erase(held);
  for (const SeriesRecord& series : batch.series)
    kept_.series.insert_or_assign(Box(series.agency, series.lane), series);
  for (const SweepRecord& sweep : batch.sweeps) kept_.sweeps.insert_or_assign(sweep.agency, sweep);
  for (const AgencyId& done : batch.sweeps_done) kept_.sweeps.erase(done);
}

Result<std::optional<OutcomeRecord>> FakeStore::FindOutcome(const AgencyId& sender,
                                                            const MessageId& id) const {
  MutexLock lock(mutex_);
  return FindIn(kept_.outcomes, std::pair(sender, id));
}

Result<std::optional<GrantRecord>> FakeStore::FindGrant(const Digest& grant) const {
  MutexLock lock(mutex_);
  return FindIn(kept_.grants, grant);
}

Result<std::uint32_t> FakeStore::FindUndelivered(const Position& position) const {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const auto count, FindIn(kept_.undelivered, position));
  if (!count) return Fail(FaultCode::kCorrupt, "no count is kept of this message's deliveries");
  return *count;
}

Result<HowAnswered> FakeStore::FindAnswered(const AnsweredKey& key) const {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const auto answered, FindIn(kept_.answered, key));
  return answered.value_or(HowAnswered::kNo);
}

Result<std::vector<WatchRecord>> FakeStore::FindWatches(const AnsweredKey& watched,
                                                        std::size_t count_max) const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  std::vector<WatchRecord> found;
  for (auto at = kept_.watches.lower_bound({watched, {}}); at != kept_.watches.end(); ++at) {
    if (at->watched != watched || found.size() == count_max) break;
    found.push_back(*at);
  }
  return found;
}

Result<std::vector<WatchRecord>> FakeStore::WatchesOn(const AgencyId& recipient,
                                                      const std::optional<WatchRecord>& after,
                                                      std::size_t count_max) const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  std::vector<WatchRecord> found;
  auto at = after ? kept_.watches.upper_bound(*after)
                  : kept_.watches.lower_bound({{AgencyId(), MessageId(), recipient, Role()}, {}});
  for (; at != kept_.watches.end(); ++at) {
    if (at->watched.recipient != recipient || found.size() == count_max) break;
    found.push_back(*at);
  }
  return found;
}

Result<std::vector<HeldRecord>> FakeStore::HeldFor(const AgencyId& recipient,
                                                   std::size_t count_max) const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  std::vector<HeldRecord> found;
  for (auto at = kept_.held.lower_bound({recipient, {}}); at != kept_.held.end(); ++at) {
    if (at->recipient != recipient || found.size() == count_max) break;
    found.push_back(*at);
  }
  return found;
}

Result<std::optional<SeriesRecord>> FakeStore::FindSeries(const AgencyId& agency, Lane lane) const {
  MutexLock lock(mutex_);
  return FindIn(kept_.series, Box(agency, lane));
}

Result<std::vector<TimerRecord>> FakeStore::DueTimers(TimePoint now, std::size_t count_max) const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  std::vector<TimerRecord> due;
  for (const TimerRecord& timer : kept_.timers) {
    if (timer.due > now || due.size() == count_max) break;
    due.push_back(timer);
  }
  return due;
}

Result<std::optional<TimePoint>> FakeStore::NextTimer() const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  if (kept_.timers.empty()) return std::nullopt;
  return kept_.timers.begin()->due;
}

Result<Recovered> FakeStore::Recover() const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  Recovered recovered;
  if (kept_.leaves.empty()) return recovered;
  recovered.head = kept_.head;
  for (const auto& [position, leaf] : kept_.leaves) {
    if (position.epoch != kept_.head.epoch) continue;
    if (position.index.value() != recovered.leaf_hashes.size())
      return Fail(FaultCode::kCorrupt, "the log has a gap");
    recovered.leaf_hashes.push_back(tlog::LeafHash(AsBytes(leaf)));
  }
  for (const auto& [position, document] : kept_.documents) recovered.documents.push_back(document);
  for (const auto& [number, notice] : kept_.notices) recovered.notices.push_back(notice);
  for (const auto& [box, sequence] : kept_.mailbox_ends)
    recovered.mailbox_ends.push_back({box.first, box.second, sequence});
  for (const auto& [agency, sweep] : kept_.sweeps) recovered.sweeps.push_back(sweep);
  for (const auto& [epoch, head] : kept_.closed) recovered.closed.push_back(head);
  for (const auto& [agency, epoch] : kept_.reconciled) {
    if (epoch == kept_.head.epoch) recovered.reconciled.push_back(agency);
  }
  return recovered;
}

Result<std::vector<MailboxRow>> FakeStore::Rows(const MailboxPlace& after,
                                                std::size_t count_max) const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  std::vector<MailboxRow> rows;
  for (auto at = kept_.mailboxes.upper_bound(after); at != kept_.mailboxes.end(); ++at) {
    const bool same = at->first.agency == after.agency && at->first.lane == after.lane;
    if (!same || rows.size() == count_max) break;
    rows.push_back(at->second);
  }
  return rows;
}

Result<std::optional<Bytes>> FakeStore::ReadMessage(const Position& position) const {
  MutexLock lock(mutex_);
  return FindIn(kept_.messages, position);
}

Result<std::optional<EntryParts>> FakeStore::ReadParts(const Position& position) const {
  MutexLock lock(mutex_);
  return FindIn(kept_.parts, position);
}

Result<std::vector<std::string>> FakeStore::ReadLeaves(const Position& from,
                                                       std::size_t count_max) const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  std::vector<std::string> leaves;
  for (auto at = kept_.leaves.lower_bound(from); at != kept_.leaves.end(); ++at) {
    if (at->first.epoch != from.epoch || leaves.size() == count_max) break;
    leaves.push_back(at->second);
  }
  return leaves;
}

std::optional<Digest> FakeStore::ReadNode(std::uint64_t epoch, const tlog::NodeId& id) const {
  MutexLock lock(mutex_);
  if (!Read()) return std::nullopt;
  const auto at = kept_.nodes.find({epoch, id});
  if (at == kept_.nodes.end()) return std::nullopt;
  return at->second;
}

Result<std::optional<DocumentRecord>> FakeStore::ReadDocument(const Digest& hash) const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  const auto at = kept_.document_at.find(hash);
  if (at == kept_.document_at.end()) return std::nullopt;
  return kept_.documents.at(at->second);
}

Result<std::vector<NoticeRecord>> FakeStore::ReadNotices(std::uint64_t after,
                                                         std::size_t count_max) const {
  MutexLock lock(mutex_);
  RETURN_IF_FAULT(Read());
  std::vector<NoticeRecord> notices;
  for (auto at = kept_.notices.upper_bound(after); at != kept_.notices.end(); ++at) {
    if (notices.size() == count_max) break;
    notices.push_back(at->second);
  }
  return notices;
}

}  // namespace havenline
