// FakeStore: the broker's store in memory, with faults on demand. It keeps exactly what RocksDB
// keeps: one conformance suite (tests/broker/storage/store_conformance_test.cc) runs on both.
//
// Threads as broker/storage: Apply() from one, everything const from any.

#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "broker/commit/store.h"
#include "broker/deliver/reader.h"
#include "schema/base/mutex.h"

namespace havenline {

class FakeStore final : public Store, public StoreReader {
 public:
  // What a power cut in the middle of an Apply() leaves: the batch lost, or the batch there.
  enum class Cut : std::uint8_t { kLost, kTaken };

  FakeStore() = default;

  // A store that holds what this one would hold after a restart: everything applied, no faults.
  std::unique_ptr<FakeStore> Reopened() const;

  // The n-th Apply() from now (1 is the next) returns a fault, before or after it took effect, and
  // so does every one after it, as RocksDB's do.
  void FailApply(int nth, Cut cut);
  // The n-th read from now and all after it return a fault; 0: none do. FailRead: that one alone.
  void FailReads(int nth);
  void FailRead(int nth);
  void set_room(bool room) { room_ = room; }

  // Every batch that took effect here, oldest first.
  const std::vector<CommitBatch>& batches() const { return batches_; }
  int applies() const { return applies_; }
  std::size_t mailbox_size() const;
  std::size_t message_count() const;
  std::size_t timer_count() const;
  std::size_t watch_count() const;
  std::size_t held_count() const;

  Result<void> Apply(const CommitBatch& batch) override;
  Result<std::optional<OutcomeRecord>> FindOutcome(const AgencyId& sender,
                                                   const MessageId& id) const override;
  Result<std::optional<GrantRecord>> FindGrant(const Digest& grant) const override;
  Result<std::uint32_t> FindUndelivered(const Position& position) const override;
  Result<HowAnswered> FindAnswered(const AnsweredKey& key) const override;
  Result<std::vector<WatchRecord>> FindWatches(const AnsweredKey& watched,
                                               std::size_t count_max) const override;
  Result<std::vector<WatchRecord>> WatchesOn(const AgencyId& recipient,
                                             const std::optional<WatchRecord>& after,
                                             std::size_t count_max) const override;
  Result<std::vector<HeldRecord>> HeldFor(const AgencyId& recipient,
                                          std::size_t count_max) const override;
  Result<std::optional<SeriesRecord>> FindSeries(const AgencyId& agency, Lane lane) const override;
  Result<std::vector<TimerRecord>> DueTimers(TimePoint now, std::size_t count_max) const override;
  Result<std::optional<TimePoint>> NextTimer() const override;
  bool HasRoomFor(std::size_t) const override { return room_; }
  Result<Recovered> Recover() const override;

  Result<std::vector<MailboxRow>> Rows(const MailboxPlace& after,
                                       std::size_t count_max) const override;
  Result<std::optional<GrantRecord>> ReadGrant(const Digest& grant) const override {
    return FindGrant(grant);
  }
  Result<std::optional<Bytes>> ReadMessage(const Position& position) const override;
  Result<std::optional<EntryParts>> ReadParts(const Position& position) const override;
  Result<std::vector<std::string>> ReadLeaves(const Position& from,
                                              std::size_t count_max) const override;
  std::optional<Digest> ReadNode(std::uint64_t epoch, const tlog::NodeId& id) const override;
  Result<std::optional<DocumentRecord>> ReadDocument(const Digest& hash) const override;
  Result<std::vector<NoticeRecord>> ReadNotices(std::uint64_t after,
                                                std::size_t count_max) const override;

 private:
  using Box = std::pair<AgencyId, Lane>;

  // What is on the disk.
  struct Kept {
    LogHead head;
    std::map<Position, std::string> leaves;
    std::map<std::pair<std::uint64_t, tlog::NodeId>, Digest> nodes;
    std::map<Position, EntryParts> parts;
    std::map<std::pair<AgencyId, MessageId>, OutcomeRecord> outcomes;
    std::map<Digest, GrantRecord> grants;
    std::map<Position, Bytes> messages;
    std::map<Position, std::uint32_t> undelivered;
    std::map<MailboxPlace, MailboxRow> mailboxes;
    std::map<Box, std::uint64_t> mailbox_ends;
    std::map<AnsweredKey, HowAnswered> answered;
    std::set<WatchRecord> watches;
    std::set<HeldRecord> held;
    std::map<Box, SeriesRecord> series;
    std::map<AgencyId, SweepRecord> sweeps;
    std::set<TimerRecord> timers;
    std::map<Position, DocumentRecord> documents;
    std::map<Digest, Position> document_at;
    std::map<std::uint64_t, NoticeRecord> notices;
    std::map<std::uint64_t, LogHead> closed;
    std::map<AgencyId, std::uint64_t> reconciled;
  };

  void Keep(const CommitBatch& batch) REQUIRES(mutex_);
  void KeepMessages(const CommitBatch& batch) REQUIRES(mutex_);
  void KeepMailboxes(const CommitBatch& batch) REQUIRES(mutex_);
  void KeepHeld(const CommitBatch& batch) REQUIRES(mutex_);
  // Counts one read; a fault if it is one that was asked to fail.
  Result<void> Read() const REQUIRES(mutex_);
  template <class Map, class Key>
  Result<std::optional<typename Map::mapped_type>> FindIn(const Map& map, const Key& key) const
      REQUIRES(mutex_);

  mutable Mutex mutex_;
  Kept kept_ GUARDED_BY(mutex_);
  std::vector<CommitBatch> batches_;
  int applies_ = 0;
  int fail_apply_ = 0;  // 0: never.
  Cut cut_ = Cut::kLost;
  mutable int reads_left_ GUARDED_BY(mutex_) = 0;  // Until reads fail; 0: they do not.
  mutable bool reads_fail_ GUARDED_BY(mutex_) = false;
  bool fail_once_ GUARDED_BY(mutex_) = false;
  bool broken_ = false;
  std::atomic<bool> room_{true};
};

}  // namespace havenline
