// BatchBuilder: one batch in the making. It sees its own pending rows before the store's, so that
// two items of one batch meet each other as they would in two.
//
// Not thread-safe: lives on the commit thread. A store that cannot be read is remembered as
// fault().

#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "broker/commit/store.h"
#include "schema/seal/random.h"
#include "schema/tlog/merkle.h"

namespace havenline {

// What outlives a batch: where the log and each mailbox end.
struct Ends {
  std::uint64_t epoch = 0;
  tlog::TreeEdge tree;
  std::map<std::pair<AgencyId, Lane>, std::uint64_t> mailboxes;  // The last sequence given.
  std::uint64_t notices = 0;
};

class BatchBuilder {
 public:
  BatchBuilder(const Store& store, Ends& ends, seal::RandomSource& random)
      : store_(store), ends_(ends), random_(random) {}

  // Appends an entry; valid until the next call.
  const Entry& Append(std::vector<Part> parts, std::size_t slots,
                      const std::optional<tlog::DocumentMark>& document = std::nullopt);

  std::optional<OutcomeRecord> FindOutcome(const AgencyId& sender, const MessageId& id);
  void Put(OutcomeRecord outcome);
  std::optional<GrantRecord> FindGrant(const Digest& grant);
  void Put(GrantRecord grant);
  void Put(MessageRecord message);
  // One grant of the message at `position` is durable at its recipient.
  void CountDelivered(const Position& position);
  HowAnswered FindAnswered(const AnsweredKey& key);
  // What is stronger stays.
  void SetAnswered(const AnsweredKey& key, HowAnswered answered);
  // At most `count_max` and those of this batch.
  std::vector<WatchRecord> FindWatches(const AnsweredKey& watched, std::size_t count_max);
  void Put(WatchRecord watch);
  void Remove(const WatchRecord& watch);
  void Put(HeldRecord held) { batch_.held.push_back(std::move(held)); }
  void Remove(HeldRecord held) { batch_.held_removed.push_back(std::move(held)); }
  // The next number of the broker's words to this agency.
  SeriesNumber NextWord(const AgencyId& agency, Lane lane);
  void Put(SweepRecord sweep) { batch_.sweeps.push_back(std::move(sweep)); }
  void SweepDone(const AgencyId& agency) { batch_.sweeps_done.push_back(agency); }
  // Puts a row at the end of a mailbox and returns its place.
  MailboxPlace PutRow(const AgencyId& agency, Lane lane, MailboxRow row);
  void RemoveRow(const MailboxPlace& place);
  void Put(TimerRecord timer);
  void Remove(const TimerRecord& timer);
  void Put(DocumentRecord document);
  void PutNotice(DocumentKind kind, ByteView bytes);
  // The batch begins a new epoch; the one before ended there.
  void Close(const LogHead& head) { batch_.closed = head; }
  void PutReconciled(const AgencyId& agency) { batch_.reconciled.push_back(agency); }

  Position NextPosition() const { return {ends_.epoch, LogIndex(ends_.tree.size())}; }
  std::size_t entry_count() const { return batch_.entries.size(); }
  bool empty() const {
    return batch_.entries.empty() && batch_.mailbox_removed.empty() && timers_.empty() &&
           batch_.sweeps.empty() && batch_.sweeps_done.empty();
  }
  std::size_t bytes() const { return bytes_; }
  const std::optional<Fault>& fault() const { return fault_; }
  // Something else that this batch needed could not be read.
  void Spoil(Fault fault) {
    if (!fault_) fault_ = std::move(fault);
  }

  // The batch, complete with the head. Call once, last.
  CommitBatch Take();

 private:
  template <class T>
  T OrFault(Result<T> result, T otherwise);

  const Store& store_;
  Ends& ends_;
  seal::RandomSource& random_;
  CommitBatch batch_;
  std::map<std::pair<AgencyId, MessageId>, OutcomeRecord> outcomes_;
  std::map<Digest, GrantRecord> grants_;
  std::map<Digest, GrantRecord> read_grants_;  // Of the store, which does not change meanwhile.
  std::map<Position, std::uint32_t> undelivered_;
  std::map<AnsweredKey, HowAnswered> answered_;
  std::map<WatchRecord, bool> watches_;  // False: removed.
  std::map<TimerRecord, bool> timers_;   // Likewise.
  std::map<std::pair<AgencyId, Lane>, SeriesRecord> series_;
  std::set<MailboxPlace> removed_;
  std::size_t bytes_ = 0;
  std::optional<Fault> fault_;
};

}  // namespace havenline
