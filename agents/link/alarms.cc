#include "agents/link/alarms.h"

#include <array>

#include "agents/link/rows.h"
#include "deploy/runtime/log.h"
#include "schema/base/check.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;

struct KindWords {
  AlarmKind kind;
  FixedText name;
};

constexpr std::array<KindWords, 27> kKinds = {{
    {AlarmKind::kDueSoon, "due-soon"},
    {AlarmKind::kLate, "late"},
    {AlarmKind::kNotOurs, "not-ours"},
    {AlarmKind::kRefused, "refused"},
    {AlarmKind::kNoRecipient, "no-recipient"},
    {AlarmKind::kNoKey, "no-key"},
    {AlarmKind::kUnreadable, "unreadable"},
    {AlarmKind::kWithheld, "withheld"},
    {AlarmKind::kClaimsDiffer, "claims-differ"},
    {AlarmKind::kOtherPayload, "other-payload"},
    {AlarmKind::kGap, "gap"},
    {AlarmKind::kReceiptChain, "receipt-chain"},
    {AlarmKind::kRowQuarantined, "row-quarantined"},
    {AlarmKind::kRowHeld, "row-held"},
    {AlarmKind::kFileFailed, "file-failed"},
    {AlarmKind::kBrokerSilent, "broker-silent"},
    {AlarmKind::kBrokerEquivocates, "broker-equivocates"},
    {AlarmKind::kClock, "clock"},
    {AlarmKind::kDocuments, "documents"},
    {AlarmKind::kDebt, "debt"},
    {AlarmKind::kSetApart, "set-apart"},
    {AlarmKind::kUndeliverable, "undeliverable"},
    {AlarmKind::kSuspended, "suspended"},
    {AlarmKind::kWitness, "witness"},
    {AlarmKind::kNotFinal, "not-final"},
    {AlarmKind::kStale, "stale"},
    {AlarmKind::kEscalated, "escalated"},
}};

FixedText WordOf(AlarmKind kind) {
  for (const KindWords& words : kKinds) {
    if (words.kind == kind) return words.name;
  }
  CHECK(false && "an alarm kind without a name");
  return "unknown";
}

}  // namespace

std::string_view NameOf(AlarmKind kind) { return WordOf(kind).view(); }

Result<void> Alarms::Load(const AgentStore& store) {
  bool good = true;
  RETURN_IF_FAULT(store.Scan(Table::kAlarms, "", [&](std::string_view key, const Value& row) {
    RowView view(row);
    Alarm alarm;
    alarm.kind = static_cast<AlarmKind>(view.Integer("kind"));
    alarm.subject = view.Text("subject");
    alarm.words = view.Text("words");
    alarm.raised = view.Time("raised");
    alarm.taken = view.OptionalTime("taken");
    alarm.taken_by = view.Text("taken-by");
    alarm.over = view.OptionalTime("over");
    if (view.Has("agency")) alarm.place.agency = AgencyId(view.Text("agency"));
    if (view.Has("role")) alarm.place.role = Role(view.Text("role"));
    if (view.Has("duty")) alarm.place.duty = view.Text("duty");
    good = good && view.ok();
    const std::uint64_t number = std::stoull(std::string(key));
    number_of_[{alarm.kind, alarm.subject}] = number;
    alarms_.emplace(number, std::move(alarm));
    return good;
  }));
  if (!good) return rows::Corrupt("alarm");
  return {};
}

void Alarms::Put(std::uint64_t number, StoreBatch& batch) const {
  const Alarm& alarm = alarms_.at(number);
  Value row = Value::Map()
                  .Set("kind", static_cast<int>(alarm.kind))
                  .Set("subject", alarm.subject)
                  .Set("words", alarm.words)
                  .Set("raised", ToMilliseconds(alarm.raised))
                  .Set("taken-by", alarm.taken_by);
  if (alarm.taken) row.Set("taken", ToMilliseconds(*alarm.taken));
  if (alarm.over) row.Set("over", ToMilliseconds(*alarm.over));
  if (!alarm.place.agency.value().empty()) row.Set("agency", alarm.place.agency.value());
  if (!alarm.place.role.value().empty()) row.Set("role", alarm.place.role.value());
  if (!alarm.place.duty.empty()) row.Set("duty", alarm.place.duty);
  batch.Put(Table::kAlarms, NumberText(number), std::move(row));
}

PlacedAlarms Alarms::At(AlarmPlace place) { return {*this, std::move(place)}; }

PlacedAlarms Alarms::At(const AgencyId& agency) { return At(AlarmPlace{agency, {}, {}}); }

PlacedAlarms Alarms::At(const AgencyId& agency, const Role& role) {
  return At(AlarmPlace{agency, role, {}});
}

void PlacedAlarms::Raise(AlarmKind kind, const std::string& subject, const std::string& words,
                         TimePoint now, StoreBatch& batch) {
  alarms_->Add({kind, subject, words, now, std::nullopt, "", std::nullopt, place_}, batch);
}

void Alarms::Raise(AlarmKind kind, const std::string& subject, const std::string& words,
                   TimePoint now, StoreBatch& batch) {
  Add({kind, subject, words, now, std::nullopt, "", std::nullopt, {}}, batch);
}

void Alarms::Add(Alarm alarm, StoreBatch& batch) {
  const AlarmKind kind = alarm.kind;
  const auto known = number_of_.find({kind, alarm.subject});
  if (known != number_of_.end() && !alarms_.at(known->second).over) return;
  const std::uint64_t number = alarms_.empty() ? 1 : alarms_.rbegin()->first + 1;
  number_of_[{kind, alarm.subject}] = number;
  alarms_.emplace(number, std::move(alarm));
  Put(number, batch);
  LogEvent(LogLevel::kWarning, "alarm.raised", {{"kind", WordOf(kind)}, {"number", number}});
}

void Alarms::Renew(AlarmKind kind, const std::string& subject, const std::string& words,
                   StoreBatch& batch) {
  const auto known = number_of_.find({kind, subject});
  if (known == number_of_.end()) return;
  Alarm& alarm = alarms_.at(known->second);
  if (alarm.over || alarm.words == words) return;
  alarm.words = words;
  Put(known->second, batch);
}

void Alarms::Settle(AlarmKind kind, const std::string& subject, TimePoint now, StoreBatch& batch) {
  const auto known = number_of_.find({kind, subject});
  if (known == number_of_.end()) return;
  Alarm& alarm = alarms_.at(known->second);
  if (alarm.over) return;
  alarm.over = now;
  Put(known->second, batch);
}

Result<void> Alarms::TakeOn(std::uint64_t number, const std::string& person, TimePoint now,
                            StoreBatch& batch) {
  const auto at = alarms_.find(number);
  if (at == alarms_.end())
    return Fail(FaultCode::kMissing, "there is no alarm " + std::to_string(number));
  if (!at->second.taken) {
    at->second.taken = now;
    at->second.taken_by = person;
    Put(number, batch);
  }
  return {};
}

std::size_t Alarms::open_count() const {
  std::size_t count = 0;
  for (const auto& [number, alarm] : alarms_) count += alarm.open() ? 1U : 0U;
  return count;
}

}  // namespace havenline
