// Which numbers of each sender's series have come (D4): gaps, and voids that explain them.

#include <algorithm>

#include "agents/link/inbox.h"
#include "agents/link/rows.h"
#include "agents/link/word_check.h"
#include "schema/seal/joined.h"

namespace havenline {
namespace {

using text::Value;

constexpr Milliseconds kGapPatience{60'000};  // A void may still be on its way.
constexpr std::size_t kVoidedAtOnce = 1024;
// Remembered beyond a gap. With more the gap is given up, alarmed as it is: a sender that leaves
// out every second number must not make a row that grows with each.
constexpr std::size_t kAboveMax = 1024;

// In the place of a sender, of the broker's own series. No agency's: names have no such letter.
constexpr const char* kBrokerName = "*broker";

std::string SeriesKey(const AgencyId& agency, const AgencyId& sender, Lane lane, SeriesId series) {
  return agency.value() + "|" + sender.value() + "|" + std::string(NameOf(lane)) + "|" +
         std::to_string(series.value());
}

}  // namespace

void Inbox::CountNumber(const Delivery& delivery, Lane lane, Turn& turn) {
  const ClearPart& clear = delivery.grant.clear;
  if (const auto release = ReleaseOf(delivery, parts_.documents.directory()))
    CountWord(*release, turn.now, turn.batch);
  if (!clear.number) return;
  SeeNumber(SeriesKey(clear.recipient, delivery.header.sender, lane, clear.number->series),
            clear.number->n, turn.now, turn.batch);
}

void Inbox::CountWord(const BrokersWord& word, TimePoint now, StoreBatch& batch) {
  SeeNumber(SeriesKey(word.to, AgencyId(kBrokerName), word.lane, word.number.series), word.number.n,
            now, batch);
}

void Inbox::SeeNumber(const std::string& key, std::uint64_t n, TimePoint now, StoreBatch& batch) {
  Series& series = series_[key];
  if (n < series.next || !series.above.insert(n).second) return;
  if (series.above.size() > kAboveMax) {
    Alarm(key, series, now, batch);
    series.next = *series.above.begin();
    series.given_up = true;
  }
  while (series.above.erase(series.next) > 0) ++series.next;
  if (series.above.empty()) {
    series.gap_since.reset();
    series.alarmed = false;
    // What was given up never came: that alarm is a person's to end.
    if (!series.given_up) parts_.alarms.Settle(AlarmKind::kGap, key, now, batch);
  } else if (!series.gap_since) {
    series.gap_since = now;
  }
  Value row = Value::Map().Set("next", series.next).Set("alarmed", series.alarmed);
  Value above = Value::List();
  for (const std::uint64_t seen : series.above) above.Add(seen);
  row.Set("above", std::move(above));
  if (series.given_up) row.Set("given-up", true);
  if (series.gap_since) row.Set("since", ToMilliseconds(*series.gap_since));
  batch.Put(Table::kGaps, key, std::move(row));
}

Result<bool> Inbox::OnVoid(const SignedVoid& signed_void, TimePoint now) {
  const Void& value = signed_void.value;
  const AgencyKey* const key =
      parts_.documents.directory().FindKey(value.sender, seal::Purpose::kVoid, value.key);
  const seal::Joined text =
      seal::Joined(seal::LabelOf(seal::Purpose::kVoid)).Add(signed_void.bytes);
  if (key == nullptr || value.partnership != parts_.documents.directory().partnership() ||
      !parts_.keys.IsOwn(value.recipient) ||
      !seal::Verify(key->key, text.bytes(), signed_void.signature)) {
    return false;
  }
  StoreBatch batch;
  std::size_t count = 0;
  for (const std::uint64_t n : value.voided) {
    if (n > value.last_given || ++count > kVoidedAtOnce) break;
    SeeNumber(SeriesKey(value.recipient, value.sender, value.lane, value.series), n, now, batch);
  }
  if (!batch.empty()) RETURN_IF_FAULT(parts_.store.Commit(batch));
  return true;
}

void Inbox::Alarm(const std::string& key, Series& series, TimePoint now, StoreBatch& batch) {
  series.alarmed = true;
  const std::string sender =
      key.substr(key.find('|') + 1, key.find('|', key.find('|') + 1) - key.find('|') - 1);
  const bool brokers = sender == kBrokerName;
  parts_.alarms.At(AgencyId(key.substr(0, key.find('|'))))
      .Raise(AlarmKind::kGap, key,
             brokers ? std::string(
                           "A word of the broker's is missing: a later one has arrived. It may be "
                           "a message that was released to you, or that one of yours was not "
                           "delivered. Tell the operator, and the auditor if it does not come.")
                     : "A message of " + sender +
                           " is missing: a later one has arrived. Telephone the sender.",
             now, batch);
}

Result<void> Inbox::Tick(TimePoint now) {
  StoreBatch batch;
  for (auto& [key, series] : series_) {
    if (!series.gap_since || series.alarmed || now < *series.gap_since + kGapPatience) continue;
    Alarm(key, series, now, batch);
  }
  for (auto& [number, message] : messages_) CheckDue(message, now, batch);
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

}  // namespace havenline
