// BrokerStore: the broker's store in RocksDB. Implements what commit writes and what deliver reads.
//
// Apply(), DueTimers() and NextTimer() from the commit thread only; everything else that is const
// from any thread.

#pragma once

#include <filesystem>

#include "broker/commit/store.h"
#include "broker/deliver/reader.h"
#include "broker/deliver/survey.h"
#include "deploy/runtime/key_value_store.h"

namespace havenline {

struct BrokerStoreOptions {
  std::filesystem::path path;
  std::uint64_t reserve_bytes = 256U
                                << 20U;  // Kept free on the disk: below it new work is deferred.
  bool read_only = false;
};

class BrokerStore final : public Store, public StoreReader {
 public:
  // A new store is made if there is none. kInvalid for a newer format.
  static Result<std::unique_ptr<BrokerStore>> Open(const BrokerStoreOptions& options);

  // Counts what waits in mailboxes, at most `rows_max` rows; for operators, from any thread.
  Result<Survey> TakeSurvey(TimePoint now, std::size_t rows_max) const;

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
  bool HasRoomFor(std::size_t bytes) const override;
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
  BrokerStore(KeyValueStore store, BrokerStoreOptions options);
  Result<void> CheckFormat();
  Result<void> RecoverEpochs(Recovered& recovered) const;

  KeyValueStore store_;
  BrokerStoreOptions options_;
  // No timer is earlier. Timers that are done leave markers of their removal in front of the rest,
  // thousands after a busy hour, and each turn of the commit thread asks for the first: so the
  // search begins here and not at the family's beginning.
  mutable TimePoint no_timer_before_{};
};

}  // namespace havenline
