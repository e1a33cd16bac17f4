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

std::string RestSubject(std::uint64_t file) {
  return "quarantined rows of file " + std::to_string(file);
}

std::string WordsOf(const QuarantinedRow& row) {
  return "The row in line " + std::to_string(row.line) + " of " + row.file +
         " was not sent: " + row.reason +
         ". Mend it in the file of quarantined rows in FAILED and drop that file into IN; or tell "
         "the school otherwise, and take it on.";
}

}  // namespace

// The open entry whose number the row gives itself.
QuarantinedRow* QuarantineBook::Named(const RowPlace& place) const {
  QuarantinedRow* const named = place.earlier ? ledger_.Quarantined(*place.earlier) : nullptr;
  return named == nullptr || named->over ? nullptr : named;
}

// Whether the row that gives itself the number of `row` is that row. A number is soon copied, or
// moved up a line by a spreadsheet, so what the rows say must agree.
bool QuarantineBook::Mends(const RowPlace& place, const QuarantinedRow& row) const {
  if (row.row == place.digest) return true;
  if (row.identity.child.empty() || row.identity.child != place.identity.child) return false;
  if (row.identity.SameNotice(place.identity)) return true;
  // Its school was unknown, and may be what was mended: unless the row is another of this child's.
  if (!row.identity.reference.empty() || place.went_before) return false;
  return std::ranges::none_of(
      ledger_.QuarantinedOf(row.identity.child), [&](const QuarantinedRow* other) {
        return other->row == place.digest || other->identity.SameNotice(place.identity);
      });
}

std::optional<std::string> QuarantineBook::DoubtOf(const RowPlace& place) const {
  const QuarantinedRow* const named = Named(place);
  if (named == nullptr || Mends(place, *named)) return std::nullopt;
  const std::string number = std::to_string(named->number);
  return "its last column names the quarantined row " + number +
         ", and incident, child and school do not show that it is that row: " + number +
         " stays open until a person has looked";
}

std::vector<QuarantinedRow*> QuarantineBook::MendedBy(const RowPlace& place) const {
  std::vector<QuarantinedRow*> mended;
  const auto add = [&](QuarantinedRow* row) {
    if (std::ranges::find(mended, row) == mended.end()) mended.push_back(row);
  };
  if (QuarantinedRow* const named = Named(place); named != nullptr && Mends(place, *named))
    add(named);
  if (QuarantinedRow* const same = ledger_.OpenQuarantine(place.digest); same != nullptr) add(same);
  if (place.went_before) return mended;
  const auto of_child = ledger_.QuarantinedOf(place.identity.child);
  bool known_school = false;  // It has an entry of its own, open or over.
  std::vector<QuarantinedRow*> unknown_school;
  for (QuarantinedRow* const row : of_child) {
    const bool earlier = row->file_number < place.file.number;
    if (row->identity.SameNotice(place.identity)) {
      known_school = true;
      if (!row->over && earlier) add(row);
    } else if (row->identity.reference.empty() && !row->over) {
      unknown_school.push_back(row);
    }
  }
  if (!mended.empty() || known_school || place.earlier || unknown_school.size() != 1) return mended;
  QuarantinedRow* const only = unknown_school.front();
  const bool all_else = only->identity.content && only->identity.content == place.identity.content;
  if (all_else && only->file_number < place.file.number) add(only);
  return mended;
}

std::uint64_t QuarantineBook::Add(const RowPlace& place, const RowProblem& problem, TimePoint now,
                                  StoreBatch& batch) {
  QuarantinedRow row{.number = 0,
                     .file = place.file.name,
                     .line = place.line,
                     .column = problem.column,
                     .field = problem.field,
                     .reason = problem.reason,
                     .row = place.digest,
                     .identity = place.identity,
                     .file_number = place.file.number,
                     .rest_of = 0,
                     .time = now,
                     .over = std::nullopt,
                     .taken_on_by = ""};
  QuarantinedRow* known = Named(place);
  if (known == nullptr || !Mends(place, *known)) known = ledger_.OpenQuarantine(place.digest);
  if (known != nullptr) {
    row.number = known->number;
    row.rest_of = known->rest_of;
    row.time = known->time;
    *known = std::move(row);
    ledger_.Put(*known, batch);
    alarms_.Renew(AlarmKind::kRowQuarantined, SubjectOf(*known), WordsOf(*known), batch);
    return known->number;
  }
  const bool of_its_own = place.file.counts.quarantined < kRowAlarmsPerFile;
  if (!of_its_own) row.rest_of = place.file.number;
  const QuarantinedRow& added = ledger_.AddQuarantined(std::move(row), batch);
  if (of_its_own) {
    alarms_.Raise(AlarmKind::kRowQuarantined, SubjectOf(added), WordsOf(added), now, batch);
  } else {
    RenewRest(place.file.number, now, batch);
  }
  return added.number;
}

// One alarm for the many of a file: it says how many are left, and ends with the last.
void QuarantineBook::RenewRest(std::uint64_t file, TimePoint now, StoreBatch& batch) {
  const std::size_t open = ledger_.RestOf(file);
  const std::string subject = RestSubject(file);
  if (open == 0) return alarms_.Settle(AlarmKind::kRowQuarantined, subject, now, batch);
  const auto record = ledger_.files().find(file);
  const std::string name =
      record == ledger_.files().end() ? "file " + std::to_string(file) : record->second.name;
  const std::string words = "Beside those with an alarm each, rows of " + name +
                            " were not sent, and " + std::to_string(open) +
                            " of them still wait. Its receipt lists them all; look at the list of "
                            "quarantined rows.";
  alarms_.Raise(AlarmKind::kRowQuarantined, subject, words, now, batch);
  alarms_.Renew(AlarmKind::kRowQuarantined, subject, words, batch);
}

void QuarantineBook::Settle(const RowPlace& place, TimePoint now, StoreBatch& batch) {
  for (QuarantinedRow* const row : MendedBy(place)) End(*row, "", now, batch);
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
  if (row.rest_of != 0) return RenewRest(row.rest_of, now, batch);
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
                 .Set("field", row.field)
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
