#include "agents/intake/quarantine_book.h"

#include <algorithm>

#include "agents/intake/limits.h"
#include "deploy/runtime/calendar_text.h"

namespace havenline::intake {
namespace {

using text::Value;

std::string SubjectOf(const QuarantinedRow& row) {
  return "quarantined row " + std::to_string(row.number);
}

std::string RestSubject(const FileRecord& file) {
  return "quarantined rows of file " + std::to_string(file.number);
}

}  // namespace

QuarantinedRow* QuarantineBook::Known(const RowPlace& place) {
  if (place.earlier) {
    QuarantinedRow* const earlier = ledger_.Quarantined(*place.earlier);
    if (earlier != nullptr && !earlier->over) return earlier;
  }
  return ledger_.OpenQuarantine(place.digest);
}

std::uint64_t QuarantineBook::Add(const RowPlace& place, const RowProblem& problem, TimePoint now,
                                  StoreBatch& batch) {
  QuarantinedRow row{.number = 0,
                     .file = place.file.name,
                     .line = place.line,
                     .column = problem.column,
                     .reason = problem.reason,
                     .row = place.digest,
                     .time = now,
                     .over = std::nullopt,
                     .taken_on_by = ""};
  if (QuarantinedRow* const known = Known(place); known != nullptr) {
    row.number = known->number;
    row.time = known->time;
    *known = std::move(row);
    ledger_.Put(*known, batch);
    return known->number;
  }
  const QuarantinedRow& added = ledger_.AddQuarantined(std::move(row), batch);
  if (place.file.counts.quarantined < kRowAlarmsPerFile) {
    alarms_.Raise(
        AlarmKind::kRowQuarantined, SubjectOf(added),
        "The row in line " + std::to_string(place.line) + " of " + place.file.name +
            " was not sent: " + problem.reason +
            ". Mend it in the file of quarantined rows in FAILED and drop that file into IN; or "
            "tell the school otherwise, and take it on.",
        now, batch);
  } else {
    alarms_.Raise(
        AlarmKind::kRowQuarantined, RestSubject(place.file),
        "More than " + std::to_string(kRowAlarmsPerFile) + " rows of " + place.file.name +
            " were not sent. Its receipt lists them all; look at the list of quarantined rows.",
        now, batch);
  }
  return added.number;
}

void QuarantineBook::Settle(const RowPlace& place, TimePoint now, StoreBatch& batch) {
  if (QuarantinedRow* const known = Known(place); known != nullptr) End(*known, "", now, batch);
}

Result<void> QuarantineBook::TakeOn(std::uint64_t number, const std::string& login, TimePoint now,
                                    StoreBatch& batch) {
  QuarantinedRow* const row = ledger_.Quarantined(number);
  if (row == nullptr)
    return Fail(FaultCode::kMissing, "there is no quarantined row " + std::to_string(number));
  if (!row->over) End(*row, login, now, batch);
  return {};
}

void QuarantineBook::End(QuarantinedRow& row, const std::string& login, TimePoint now,
                         StoreBatch& batch) {
  row.over = now;
  row.taken_on_by = login;
  ledger_.Put(row, batch);
  alarms_.Settle(AlarmKind::kRowQuarantined, SubjectOf(row), now, batch);
}

Value QuarantineBook::View() const {
  Value list = Value::List();
  for (const auto& [number, row] : ledger_.quarantined()) {
    if (row.over) continue;
    list.Add(Value::Map()
                 .Set("number", number)
                 .Set("file", row.file)
                 .Set("row", row.line)
                 .Set("column", row.column)
                 .Set("reason", row.reason)
                 .Set("time", FormatUtc(row.time)));
  }
  return list;
}

std::size_t QuarantineBook::open_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      ledger_.quarantined(), [](const auto& each) { return !each.second.over; }));
}

}  // namespace havenline::intake
