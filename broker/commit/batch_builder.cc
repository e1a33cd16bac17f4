#include "broker/commit/batch_builder.h"

#include <algorithm>
#include <utility>

#include "schema/base/check.h"

namespace havenline {

template <class T>
T BatchBuilder::OrFault(Result<T> result, T otherwise) {
  if (result) return *std::move(result);
  if (!fault_) fault_ = std::move(result).error();
  return otherwise;
}

const Entry& BatchBuilder::Append(std::vector<Part> parts, std::size_t slots,
                                  const std::optional<tlog::DocumentMark>& document) {
  batch_.entries.push_back(MakeEntry(NextPosition(), std::move(parts), slots, document, random_));
  const Entry& entry = batch_.entries.back();
  const auto nodes = ends_.tree.Append(tlog::LeafHash(AsBytes(entry.leaf)));
  batch_.nodes.insert(batch_.nodes.end(), nodes.begin(), nodes.end());
  for (const Part& part : entry.parts) bytes_ += part.json.size() + 64;
  bytes_ += entry.leaf.size() + entry.digests.size() * 32;
  return entry;
}

std::optional<OutcomeRecord> BatchBuilder::FindOutcome(const AgencyId& sender,
                                                       const MessageId& id) {
  const auto pending = outcomes_.find({sender, id});
  if (pending != outcomes_.end()) return pending->second;
  return OrFault(store_.FindOutcome(sender, id), std::optional<OutcomeRecord>());
}

void BatchBuilder::Put(OutcomeRecord outcome) {
  const auto key = std::pair(outcome.sender, outcome.id);
  outcomes_.insert_or_assign(key, std::move(outcome));
  bytes_ += 512;
}

std::optional<GrantRecord> BatchBuilder::FindGrant(const Digest& grant) {
  const auto pending = grants_.find(grant);
  if (pending != grants_.end()) return pending->second;
  if (fault_) return std::nullopt;  // What was not found before must not turn up now.
  // Looked at first to see whether a receipt is news, and then to change it.
  const auto read = read_grants_.find(grant);
  if (read != read_grants_.end()) return read->second;
  auto found = OrFault(store_.FindGrant(grant), std::optional<GrantRecord>());
  if (found) read_grants_.emplace(grant, *found);
  return found;
}

void BatchBuilder::Put(GrantRecord grant) {
  const Digest key = grant.grant;
  grants_.insert_or_assign(key, std::move(grant));
  bytes_ += 512;
}

void BatchBuilder::Put(MessageRecord message) {
  bytes_ += message.bytes.size();
  undelivered_[message.position] = message.undelivered;
  batch_.messages.push_back(std::move(message));
}

void BatchBuilder::CountDelivered(const Position& position) {
  if (fault_) return;
  auto at = undelivered_.find(position);
  if (at == undelivered_.end()) {
    at = undelivered_.emplace(position, OrFault(store_.FindUndelivered(position), std::uint32_t{1}))
             .first;
  }
  CHECK(at->second > 0);
  --at->second;
}

HowAnswered BatchBuilder::FindAnswered(const AnsweredKey& key) {
  const auto pending = answered_.find(key);
  if (pending != answered_.end()) return pending->second;
  return OrFault(store_.FindAnswered(key), HowAnswered::kNo);
}

void BatchBuilder::SetAnswered(const AnsweredKey& key, HowAnswered answered) {
  answered_.insert_or_assign(key, std::max(FindAnswered(key), answered));
}

std::vector<WatchRecord> BatchBuilder::FindWatches(const AnsweredKey& watched,
                                                   std::size_t count_max) {
  auto found = OrFault(store_.FindWatches(watched, count_max), std::vector<WatchRecord>());
  std::erase_if(found, [&](const WatchRecord& watch) { return watches_.contains(watch); });
  for (auto at = watches_.lower_bound({watched, {}}); at != watches_.end(); ++at) {
    if (at->first.watched != watched) break;
    if (at->second) found.push_back(at->first);
  }
  return found;
}

void BatchBuilder::Put(WatchRecord watch) { watches_.insert_or_assign(std::move(watch), true); }
void BatchBuilder::Remove(const WatchRecord& watch) { watches_.insert_or_assign(watch, false); }

SeriesNumber BatchBuilder::NextWord(const AgencyId& agency, Lane lane) {
  auto at = series_.find({agency, lane});
  if (at == series_.end()) {
    const auto stored = OrFault(store_.FindSeries(agency, lane), std::optional<SeriesRecord>());
    // A new log is a new start: what was said in the old one may be forgotten.
    const bool goes_on = stored && stored->epoch == ends_.epoch;
    SeriesRecord series{agency, lane, ends_.epoch, {}};
    series.last =
        goes_on ? stored->last : SeriesNumber{SeriesId(ReadU64(random_.Array<8>()) >> 1U), 0};
    at = series_.emplace(std::pair(agency, lane), std::move(series)).first;
  }
  ++at->second.last.n;
  return at->second.last;
}

MailboxPlace BatchBuilder::PutRow(const AgencyId& agency, Lane lane, MailboxRow row) {
  row.place = {agency, lane, ++ends_.mailboxes[{agency, lane}]};
  bytes_ += row.bytes.size() + 128;
  const MailboxPlace place = row.place;
  batch_.mailbox_rows.push_back(std::move(row));
  return place;
}

void BatchBuilder::RemoveRow(const MailboxPlace& place) {
  if (removed_.insert(place).second) batch_.mailbox_removed.push_back(place);
}

void BatchBuilder::Put(TimerRecord timer) { timers_.insert_or_assign(timer, true); }
void BatchBuilder::Remove(const TimerRecord& timer) { timers_.insert_or_assign(timer, false); }

void BatchBuilder::Put(DocumentRecord document) {
  bytes_ += document.note.size();
  batch_.documents.push_back(std::move(document));
}

void BatchBuilder::PutNotice(DocumentKind kind, ByteView bytes) {
  bytes_ += bytes.size();
  batch_.notices.push_back({++ends_.notices, kind, ToBytes(bytes)});
}

CommitBatch BatchBuilder::Take() {
  for (auto& [key, outcome] : outcomes_) batch_.outcomes.push_back(std::move(outcome));
  for (auto& [key, grant] : grants_) batch_.grants.push_back(std::move(grant));
  for (const auto& [position, count] : undelivered_) {
    const auto added = std::ranges::find(batch_.messages, position, &MessageRecord::position);
    if (added == batch_.messages.end()) {
      batch_.undelivered.emplace_back(position, count);
    } else {
      added->undelivered = count;
    }
  }
  for (const auto& [key, answered] : answered_) batch_.answered.push_back({key, answered});
  for (const auto& [watch, there] : watches_)
    (there ? batch_.watches : batch_.watches_removed).push_back(watch);
  for (const auto& [timer, there] : timers_)
    (there ? batch_.timers : batch_.timers_removed).push_back(timer);
  for (auto& [place, series] : series_) batch_.series.push_back(std::move(series));
  batch_.head = {ends_.epoch, ends_.tree.size(), ends_.tree.root()};
  return std::move(batch_);
}

}  // namespace havenline
