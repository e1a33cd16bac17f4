#include "broker/storage/broker_store.h"

#include <algorithm>
#include <map>

#include "broker/storage/keys.h"
#include "broker/storage/records.h"
#include "broker/storage/row.h"
#include "deploy/runtime/files.h"
#include "schema/tlog/merkle.h"

namespace havenline {
namespace {

using namespace storage;  // NOLINT(google-build-using-namespace): what this file is about.

const Bytes kFormatKey = ToBytes(std::string_view("format"));
const Bytes kHeadKey = ToBytes(std::string_view("head"));
const Bytes kClosedPrefix = ToBytes(std::string_view("closed/"));
const Bytes kReconciledPrefix = ToBytes(std::string_view("reconciled/"));

Bytes MetaKey(const Bytes& prefix, ByteView rest) {
  Bytes key = prefix;
  Append(key, rest);
  return key;
}

// One value of a family, parsed; nothing if it is not there.
template <class Parse>
auto Find(const KeyValueStore& store, Family family, ByteView key, Parse parse)
    -> Result<std::optional<typename decltype(parse(ByteView()))::value_type>> {
  ASSIGN_OR_RETURN(const std::optional<Bytes> row, store.Get(family, key));
  if (!row) return std::nullopt;
  ASSIGN_OR_RETURN(auto value, parse(*row));
  return value;
}

// All rows of a range, parsed, at most `count_max`.
template <class Value, class Parse>
Result<std::vector<Value>> Collect(const KeyValueStore& store, Family family, const KeyRange& range,
                                   std::size_t count_max, Parse parse) {
  std::vector<Value> values;
  Result<void> parsed;
  if (count_max == 0) return values;
  RETURN_IF_FAULT(store.Scan(family, range, [&](ByteView key, ByteView row) {
    Result<Value> value = parse(key, row);
    if (!value) {
      parsed = tl::unexpected<Fault>(std::move(value).error());
      return false;
    }
    values.push_back(*std::move(value));
    return values.size() < count_max;
  }));
  RETURN_IF_FAULT(parsed);
  return values;
}

void PutLog(KeyValueBatch& rows, const CommitBatch& batch) {
  for (const Entry& entry : batch.entries) {
    const Bytes key = PositionKey(entry.position);
    rows.Put(kLeaf, key, AsBytes(entry.leaf));
    rows.Put(kPart, key, ToRow(entry));
  }
  for (const tlog::Node& node : batch.nodes)
    rows.Put(kNode, NodeKey(batch.head.epoch, node.id), node.hash);
  rows.Put(kMeta, kHeadKey, ToRow(batch.head));
  if (batch.closed)
    rows.Put(kMeta, MetaKey(kClosedPrefix, NumberKey(batch.closed->epoch)), ToRow(*batch.closed));
  for (const AgencyId& agency : batch.reconciled) {
    rows.Put(kMeta, MetaKey(kReconciledPrefix, AsBytes(agency.value())),
             NumberKey(batch.head.epoch));
  }
}

void PutMessages(KeyValueBatch& rows, const CommitBatch& batch) {
  for (const OutcomeRecord& outcome : batch.outcomes)
    rows.Put(kOutcome, OutcomeKey(outcome.sender, outcome.id), ToRow(outcome));
  for (const GrantRecord& grant : batch.grants) rows.Put(kGrant, grant.grant, ToRow(grant));
  for (const MessageRecord& message : batch.messages) {
    if (message.undelivered == 0) continue;
    rows.Put(kMessage, PositionKey(message.position), message.bytes);
    rows.Put(kUndelivered, PositionKey(message.position),
             RowWriter().U32(message.undelivered).bytes());
  }
  for (const auto& [position, count] : batch.undelivered) {
    if (count > 0) {
      rows.Put(kUndelivered, PositionKey(position), RowWriter().U32(count).bytes());
      continue;
    }
    // Everyone has it: the broker keeps no body longer than it must.
    rows.Delete(kMessage, PositionKey(position));
    rows.Delete(kUndelivered, PositionKey(position));
  }
}

void PutMailboxes(KeyValueBatch& rows, const CommitBatch& batch) {
  std::map<Bytes, std::uint64_t> ends;  // Only the last of each mailbox is where it ends.
  for (const MailboxRow& row : batch.mailbox_rows) {
    rows.Put(kMailbox, MailboxKey(row.place), ToRow(row));
    ends.insert_or_assign(MailboxPrefix(row.place.agency, row.place.lane), row.place.sequence);
  }
  for (const auto& [mailbox, sequence] : ends) rows.Put(kMailboxEnd, mailbox, NumberKey(sequence));
  for (const MailboxPlace& place : batch.mailbox_removed) rows.Delete(kMailbox, MailboxKey(place));
  for (const AnsweredRecord& answered : batch.answered)
    rows.Put(kAnswered, AnsweredRowKey(answered.key), ToRow(answered));
  for (const TimerRecord& timer : batch.timers) rows.Put(kTimer, TimerKey(timer), {});
  for (const TimerRecord& timer : batch.timers_removed) rows.Delete(kTimer, TimerKey(timer));
}

void PutHeld(KeyValueBatch& rows, const CommitBatch& batch) {
  for (const WatchRecord& watch : batch.watches) rows.Put(kWatch, WatchKey(watch), {});
  for (const WatchRecord& watch : batch.watches_removed) rows.Delete(kWatch, WatchKey(watch));
  for (const HeldRecord& held : batch.held) rows.Put(kHeld, HeldKey(held), {});
  for (const HeldRecord& held : batch.held_removed) rows.Delete(kHeld, HeldKey(held));
  for (const SeriesRecord& series : batch.series)
    rows.Put(kSeries, MailboxPrefix(series.agency, series.lane), ToRow(series));
  for (const SweepRecord& sweep : batch.sweeps)
    rows.Put(kSweep, AsBytes(sweep.agency.value()), ToRow(sweep));
  for (const AgencyId& done : batch.sweeps_done) rows.Delete(kSweep, AsBytes(done.value()));
}

void PutDocuments(KeyValueBatch& rows, const CommitBatch& batch) {
  for (const DocumentRecord& document : batch.documents) {
    rows.Put(kDocument, PositionKey(document.position), ToRow(document));
    rows.Put(kDocumentAt, document.hash, PositionKey(document.position));
  }
  for (const NoticeRecord& notice : batch.notices)
    rows.Put(kNotice, NumberKey(notice.number), ToRow(notice));
}

// Timers of this moment and later. What is before 1970 sorts behind everything else.
KeyRange TimersFrom(TimePoint due) {
  KeyRange range;
  range.from = NumberKey(static_cast<std::uint64_t>(ToMilliseconds(std::max(due, TimePoint()))));
  return range;
}

}  // namespace

BrokerStore::BrokerStore(KeyValueStore store, BrokerStoreOptions options)
    : store_(std::move(store)), options_(std::move(options)) {}

Result<std::unique_ptr<BrokerStore>> BrokerStore::Open(const BrokerStoreOptions& options) {
  KeyValueStoreOptions store_options;
  store_options.path = options.path;
  store_options.families = AllFamilies();
  store_options.read_only = options.read_only;
  ASSIGN_OR_RETURN(KeyValueStore opened, KeyValueStore::Open(store_options));
  std::unique_ptr<BrokerStore> store(new BrokerStore(std::move(opened), options));
  RETURN_IF_FAULT(store->CheckFormat());
  return store;
}

Result<void> BrokerStore::CheckFormat() {
  ASSIGN_OR_RETURN(const auto row, store_.Get(kMeta, kFormatKey));
  if (row) {
    RowReader reader(*row);
    const std::uint32_t format = reader.U32();
    if (reader.ok() && format == kFormat) return {};
    return Fail(FaultCode::kInvalid, "the store at " + options_.path.string() + " has format " +
                                         std::to_string(format) + "; this version knows " +
                                         std::to_string(kFormat) +
                                         ": run the version that wrote it, or a newer one");
  }
  if (options_.read_only)
    return Fail(FaultCode::kMissing, "the store at " + options_.path.string() + " is empty");
  KeyValueBatch batch;
  batch.Put(kMeta, kFormatKey, RowWriter().U32(kFormat).bytes());
  return store_.Write(batch);
}

Result<void> BrokerStore::Apply(const CommitBatch& batch) {
  KeyValueBatch rows;
  PutLog(rows, batch);
  PutMessages(rows, batch);
  PutMailboxes(rows, batch);
  PutHeld(rows, batch);
  PutDocuments(rows, batch);
  for (const TimerRecord& timer : batch.timers)
    no_timer_before_ = std::min(no_timer_before_, timer.due);
  return store_.Write(rows);
}

Result<std::optional<OutcomeRecord>> BrokerStore::FindOutcome(const AgencyId& sender,
                                                              const MessageId& id) const {
  return Find(store_, kOutcome, OutcomeKey(sender, id),
              [&](ByteView row) { return OutcomeFrom(sender, id, row); });
}

Result<std::optional<GrantRecord>> BrokerStore::FindGrant(const Digest& grant) const {
  return Find(store_, kGrant, grant, [&](ByteView row) { return GrantFrom(grant, row); });
}

Result<std::uint32_t> BrokerStore::FindUndelivered(const Position& position) const {
  ASSIGN_OR_RETURN(const auto row, store_.Get(kUndelivered, PositionKey(position)));
  if (!row || row->size() != 4)
    return Fail(FaultCode::kCorrupt, "the store has lost the count of a message's deliveries");
  return ReadU32(*row);
}

Result<HowAnswered> BrokerStore::FindAnswered(const AnsweredKey& key) const {
  ASSIGN_OR_RETURN(const auto answered, Find(store_, kAnswered, AnsweredRowKey(key), AnsweredFrom));
  return answered.value_or(HowAnswered::kNo);
}

Result<std::vector<WatchRecord>> BrokerStore::FindWatches(const AnsweredKey& watched,
                                                          std::size_t count_max) const {
  return Collect<WatchRecord>(store_, kWatch, KeyRange::Prefix(WatchesPrefix(watched)), count_max,
                              [](ByteView key, ByteView) { return WatchFrom(key); });
}

Result<std::vector<WatchRecord>> BrokerStore::WatchesOn(const AgencyId& recipient,
                                                        const std::optional<WatchRecord>& after,
                                                        std::size_t count_max) const {
  KeyRange range = KeyRange::Prefix(WatchesOnPrefix(recipient));
  if (after) {
    range.from = WatchKey(*after);
    range.from.push_back(0);  // The next key there can be.
  }
  return Collect<WatchRecord>(store_, kWatch, range, count_max,
                              [](ByteView key, ByteView) { return WatchFrom(key); });
}

Result<std::vector<HeldRecord>> BrokerStore::HeldFor(const AgencyId& recipient,
                                                     std::size_t count_max) const {
  return Collect<HeldRecord>(store_, kHeld, KeyRange::Prefix(WatchesOnPrefix(recipient)), count_max,
                             [](ByteView key, ByteView) { return HeldFrom(key); });
}

Result<std::optional<SeriesRecord>> BrokerStore::FindSeries(const AgencyId& agency,
                                                            Lane lane) const {
  return Find(store_, kSeries, MailboxPrefix(agency, lane),
              [&](ByteView row) { return SeriesFrom(agency, lane, row); });
}

Result<std::vector<TimerRecord>> BrokerStore::DueTimers(TimePoint now,
                                                        std::size_t count_max) const {
  if (no_timer_before_ > now) return std::vector<TimerRecord>();
  KeyRange range = TimersFrom(no_timer_before_);
  range.until = NumberKey(static_cast<std::uint64_t>(ToMilliseconds(now)) + 1);
  return Collect<TimerRecord>(store_, kTimer, range, count_max,
                              [](ByteView key, ByteView) { return TimerFrom(key); });
}

Result<std::optional<TimePoint>> BrokerStore::NextTimer() const {
  if (no_timer_before_ == TimePoint::max()) return std::nullopt;
  ASSIGN_OR_RETURN(const auto first,
                   Collect<TimerRecord>(store_, kTimer, TimersFrom(no_timer_before_), 1,
                                        [](ByteView key, ByteView) { return TimerFrom(key); }));
  no_timer_before_ = first.empty() ? TimePoint::max() : first.front().due;
  if (first.empty()) return std::nullopt;
  return first.front().due;
}

bool BrokerStore::HasRoomFor(std::size_t bytes) const {
  const auto free = FreeBytes(options_.path);
  return free && *free >= options_.reserve_bytes + bytes;
}

Result<Recovered> BrokerStore::Recover() const {
  Recovered recovered;
  ASSIGN_OR_RETURN(const auto head, Find(store_, kMeta, kHeadKey, HeadFrom));
  if (!head) return recovered;
  recovered.head = *head;
  // Every leaf is hashed again: a bit that flipped at rest is found here and not in a proof years
  // later.
  std::uint64_t next = 0;
  bool in_order = true;
  RETURN_IF_FAULT(store_.Scan(
      kLeaf, KeyRange::Prefix(NumberKey(head->epoch)), [&](ByteView key, ByteView leaf) {
        in_order = in_order && Equal(key, PositionKey({head->epoch, LogIndex(next++)}));
        recovered.leaf_hashes.push_back(tlog::LeafHash(leaf));
        return in_order;
      }));
  if (!in_order)
    return Fail(FaultCode::kCorrupt, "the log has a gap before entry " + std::to_string(next));
  ASSIGN_OR_RETURN(
      recovered.documents,
      Collect<DocumentRecord>(store_, kDocument, KeyRange::All(), SIZE_MAX,
                              [](ByteView key, ByteView row) -> Result<DocumentRecord> {
                                ASSIGN_OR_RETURN(const Position position, PositionFrom(key));
                                return DocumentFrom(position, row);
                              }));
  ASSIGN_OR_RETURN(recovered.notices, ReadNotices(0, SIZE_MAX));
  ASSIGN_OR_RETURN(
      recovered.mailbox_ends,
      Collect<MailboxPlace>(store_, kMailboxEnd, KeyRange::All(), SIZE_MAX,
                            [](ByteView key, ByteView row) -> Result<MailboxPlace> {
                              ASSIGN_OR_RETURN(MailboxPlace place, MailboxPlaceFrom(key));
                              if (row.size() != 8)
                                return Fail(FaultCode::kCorrupt, "a mailbox's end is malformed");
                              place.sequence = ReadU64(row);
                              return place;
                            }));
  ASSIGN_OR_RETURN(recovered.sweeps,
                   Collect<SweepRecord>(store_, kSweep, KeyRange::All(), SIZE_MAX,
                                        [](ByteView key, ByteView row) {
                                          return SweepFrom(AgencyId(std::string(AsText(key))), row);
                                        }));
  RETURN_IF_FAULT(RecoverEpochs(recovered));
  return recovered;
}

Result<void> BrokerStore::RecoverEpochs(Recovered& recovered) const {
  ASSIGN_OR_RETURN(recovered.closed,
                   Collect<LogHead>(store_, kMeta, KeyRange::Prefix(kClosedPrefix), SIZE_MAX,
                                    [](ByteView, ByteView row) { return HeadFrom(row); }));
  bool good = true;
  RETURN_IF_FAULT(
      store_.Scan(kMeta, KeyRange::Prefix(kReconciledPrefix), [&](ByteView key, ByteView row) {
        good = row.size() == 8;
        const std::string agency = ToText(key.subspan(kReconciledPrefix.size()));
        if (good && ReadU64(row) == recovered.head.epoch) recovered.reconciled.emplace_back(agency);
        return good;
      }));
  if (!good) return Fail(FaultCode::kCorrupt, "the store holds a malformed epoch of an agency");
  return {};
}

Result<std::vector<MailboxRow>> BrokerStore::Rows(const MailboxPlace& after,
                                                  std::size_t count_max) const {
  KeyRange range = KeyRange::Prefix(MailboxPrefix(after.agency, after.lane));
  range.from = MailboxKey({after.agency, after.lane, after.sequence + 1});
  return Collect<MailboxRow>(store_, kMailbox, range, count_max,
                             [](ByteView key, ByteView row) -> Result<MailboxRow> {
                               ASSIGN_OR_RETURN(const MailboxPlace place, MailboxPlaceFrom(key));
                               return MailboxRowFrom(place, row);
                             });
}

Result<std::optional<Bytes>> BrokerStore::ReadMessage(const Position& position) const {
  return store_.Get(kMessage, PositionKey(position));
}

Result<std::optional<EntryParts>> BrokerStore::ReadParts(const Position& position) const {
  return Find(store_, kPart, PositionKey(position), PartsFrom);
}

Result<std::vector<std::string>> BrokerStore::ReadLeaves(const Position& from,
                                                         std::size_t count_max) const {
  KeyRange range = KeyRange::Prefix(NumberKey(from.epoch));
  range.from = PositionKey(from);
  return Collect<std::string>(
      store_, kLeaf, range, count_max,
      [](ByteView, ByteView leaf) -> Result<std::string> { return ToText(leaf); });
}

std::optional<Digest> BrokerStore::ReadNode(std::uint64_t epoch, const tlog::NodeId& id) const {
  const auto row = store_.Get(kNode, NodeKey(epoch, id));
  if (!row || !*row) return std::nullopt;
  return ToArray<32>(**row);
}

Result<std::optional<DocumentRecord>> BrokerStore::ReadDocument(const Digest& hash) const {
  ASSIGN_OR_RETURN(const auto at, store_.Get(kDocumentAt, hash));
  if (!at) return std::nullopt;
  ASSIGN_OR_RETURN(const Position position, PositionFrom(*at));
  return Find(store_, kDocument, *at, [&](ByteView row) { return DocumentFrom(position, row); });
}

Result<std::vector<NoticeRecord>> BrokerStore::ReadNotices(std::uint64_t after,
                                                           std::size_t count_max) const {
  if (after == UINT64_MAX) return std::vector<NoticeRecord>();  // An agent may ask for anything.
  KeyRange range;
  range.from = NumberKey(after + 1);
  return Collect<NoticeRecord>(
      store_, kNotice, range, count_max, [](ByteView key, ByteView row) -> Result<NoticeRecord> {
        if (key.size() != 8) return Fail(FaultCode::kCorrupt, "a notice's number is malformed");
        return NoticeFrom(ReadU64(key), row);
      });
}

}  // namespace havenline
