#include "agents/intake/ledger_rows.h"

#include "agents/link/rows.h"

namespace havenline::intake {
namespace {

using rows::Encode;
using rows::RowView;
using text::Value;

Value TextList(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.Add(text);
  return list;
}

bool ReadTexts(const Value::Items& items, std::vector<std::string>& into) {
  for (const Value& item : items) {
    if (!item.is(Value::Kind::kText)) return false;
    into.push_back(item.text());
  }
  return true;
}

// An enumeration that was stored as its number.
template <class Enum>
bool ReadEnum(std::int64_t number, Enum last, Enum& into) {
  if (number < 0 || number > static_cast<std::int64_t>(last)) return false;
  into = static_cast<Enum>(number);
  return true;
}

}  // namespace

Value ToRow(const FileRecord& file) {
  Value row = Value::Map()
                  .Set("number", file.number)
                  .Set("name", file.name)
                  .Set("digest", Encode(file.digest))
                  .Set("bytes", file.bytes)
                  .Set("modified", ToMilliseconds(file.modified))
                  .Set("taken", ToMilliseconds(file.taken))
                  .Set("state", static_cast<int>(file.state))
                  .Set("next-row", file.next_row)
                  .Set("notices", file.counts.notices)
                  .Set("duplicates", file.counts.duplicates)
                  .Set("quarantined", file.counts.quarantined)
                  .Set("held", file.counts.held)
                  .Set("failed", file.failed)
                  .Set("target", file.target)
                  .Set("changed", file.changed_meanwhile);
  if (file.finished) row.Set("finished", ToMilliseconds(*file.finished));
  return row;
}

Result<FileRecord> FileFrom(const Value& row) {
  RowView view(row);
  FileRecord file;
  file.number = view.Count("number");
  file.name = view.Text("name");
  file.digest = view.Array<32>("digest");
  file.bytes = view.Count("bytes");
  file.modified = view.Time("modified");
  file.taken = view.Time("taken");
  file.finished = view.OptionalTime("finished");
  const bool known = ReadEnum(view.Integer("state"), FileState::kDone, file.state);
  file.next_row = view.Count("next-row");
  file.counts.notices = view.Count("notices");
  file.counts.duplicates = view.Count("duplicates");
  file.counts.quarantined = view.Count("quarantined");
  file.counts.held = view.Count("held");
  file.failed = view.Text("failed");
  file.target = view.Text("target");
  file.changed_meanwhile = view.Bool("changed");
  if (!view.ok() || !known) return rows::Corrupt("intake file");
  return file;
}

Value ToRow(const RowOutcome& outcome) {
  return Value::Map()
      .Set("kind", static_cast<int>(outcome.kind))
      .Set("line", outcome.line)
      .Set("number", outcome.number)
      .Set("column", outcome.column)
      .Set("reason", outcome.reason)
      .Set("flags", TextList(outcome.flags))
      .Set("notes", TextList(outcome.notes));
}

Result<RowOutcome> OutcomeFrom(const Value& row) {
  RowView view(row);
  RowOutcome outcome;
  bool good = ReadEnum(view.Integer("kind"), OutcomeKind::kHeld, outcome.kind);
  outcome.line = view.Count("line");
  outcome.number = view.Count("number");
  outcome.column = view.Count("column");
  outcome.reason = view.Text("reason");
  good = ReadTexts(view.List("flags"), outcome.flags) && good;
  good = ReadTexts(view.List("notes"), outcome.notes) && good;
  if (!view.ok() || !good) return rows::Corrupt("intake outcome");
  return outcome;
}

Value ToRow(const NoticeRecord& notice) {
  Value row = Value::Map()
                  .Set("number", notice.number)
                  .Set("reference", notice.reference)
                  .Set("stated", notice.stated)
                  .Set("content", Encode(notice.content))
                  .Set("file", notice.file)
                  .Set("row", notice.row)
                  .Set("made", ToMilliseconds(notice.made))
                  .Set("rejected", notice.rejected);
  if (notice.origin) row.Set("origin", ToText(*notice.origin));
  if (notice.held) row.Set("held", *notice.held);
  return row;
}

Result<NoticeRecord> NoticeFrom(const Value& row) {
  RowView view(row);
  NoticeRecord notice;
  notice.number = view.Count("number");
  notice.reference = view.Text("reference");
  notice.stated = view.Text("stated");
  notice.content = view.Array<32>("content");
  notice.file = view.Count("file");
  notice.row = view.Count("row");
  notice.made = view.Time("made");
  notice.rejected = view.Bool("rejected");
  if (view.Has("origin")) notice.origin = view.Message("origin");
  if (view.Has("held")) notice.held = view.Count("held");
  if (!view.ok()) return rows::Corrupt("intake notice");
  return notice;
}

Value ToRow(const QuarantinedRow& quarantined) {
  Value row = Value::Map()
                  .Set("number", quarantined.number)
                  .Set("file", quarantined.file)
                  .Set("line", quarantined.line)
                  .Set("column", quarantined.column)
                  .Set("reason", quarantined.reason)
                  .Set("row", Encode(quarantined.row))
                  .Set("time", ToMilliseconds(quarantined.time))
                  .Set("taken-on-by", quarantined.taken_on_by);
  if (quarantined.over) row.Set("over", ToMilliseconds(*quarantined.over));
  return row;
}

Result<QuarantinedRow> QuarantinedFrom(const Value& row) {
  RowView view(row);
  QuarantinedRow quarantined;
  quarantined.number = view.Count("number");
  quarantined.file = view.Text("file");
  quarantined.line = view.Count("line");
  quarantined.column = view.Count("column");
  quarantined.reason = view.Text("reason");
  quarantined.row = view.Array<32>("row");
  quarantined.time = view.Time("time");
  quarantined.over = view.OptionalTime("over");
  quarantined.taken_on_by = view.Text("taken-on-by");
  if (!view.ok()) return rows::Corrupt("quarantined row");
  return quarantined;
}

Value ToRow(const HeldRow& held) {
  Value row = Value::Map()
                  .Set("number", held.number)
                  .Set("notice", held.notice)
                  .Set("file", held.file)
                  .Set("line", held.line)
                  .Set("flags", TextList(held.flags))
                  .Set("notes", TextList(held.notes))
                  .Set("time", ToMilliseconds(held.time))
                  .Set("alarmed-late", held.alarmed_late)
                  .Set("state", static_cast<int>(held.state))
                  .Set("decided-by", held.decided_by);
  if (held.decided) row.Set("decided", ToMilliseconds(*held.decided));
  return row;
}

Result<HeldRow> HeldFrom(const Value& row) {
  RowView view(row);
  HeldRow held;
  held.number = view.Count("number");
  held.notice = view.Count("notice");
  held.file = view.Text("file");
  held.line = view.Count("line");
  bool good = ReadTexts(view.List("flags"), held.flags);
  good = ReadTexts(view.List("notes"), held.notes) && good;
  held.time = view.Time("time");
  held.alarmed_late = view.Bool("alarmed-late");
  good = ReadEnum(view.Integer("state"), HeldState::kRejected, held.state) && good;
  held.decided_by = view.Text("decided-by");
  held.decided = view.OptionalTime("decided");
  if (!view.ok() || !good) return rows::Corrupt("held row");
  return held;
}

Value ToRow(const Sections& sections) {
  Value map = Value::Map();
  for (const auto& [name, value] : sections) map.Set(name, value);
  return Value::Map().Set("sections", std::move(map));
}

Result<Sections> SectionsFrom(const Value& row) {
  RowView view(row);
  Sections sections;
  for (const auto& [name, value] : view.Map("sections")) sections.emplace(name, value);
  if (!view.ok()) return rows::Corrupt("held row's content");
  return sections;
}

}  // namespace havenline::intake
