#include "agents/intake/receipt.h"

#include <string_view>

#include "agents/intake/file_format.h"
#include "agents/intake/texts.h"
#include "deploy/runtime/calendar_text.h"
#include "schema/base/bytes.h"
#include "schema/model/names.h"
#include "schema/text/json.h"

namespace havenline::intake {
namespace {

using text::Value;

Value TextList(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.Add(text);
  return list;
}

Value RowOf(const RowOutcome& outcome, const ReceiptFacts& facts) {
  Value row = Value::Map().Set("row", outcome.line);
  switch (outcome.kind) {
    case OutcomeKind::kNotice:
    case OutcomeKind::kDuplicate:
      if (const auto origin = facts.origin_of(outcome.number)) row.Set("origin", ToText(*origin));
      break;
    case OutcomeKind::kQuarantined:
      row.Set("column", outcome.column);
      if (!outcome.field.empty()) row.Set("field", outcome.field);
      row.Set("reason", outcome.reason);
      break;
    case OutcomeKind::kHeld:
      row.Set("flags", TextList(outcome.flags));
      break;
  }
  const bool waits =
      outcome.kind == OutcomeKind::kQuarantined || outcome.kind == OutcomeKind::kHeld;
  if (waits && outcome.number != 0) row.Set("number", outcome.number);  // None in a dry run.
  return row;
}

Value RowsOf(OutcomeKind kind, const ReceiptFacts& facts) {
  Value list = Value::List();
  for (const RowOutcome& outcome : facts.outcomes) {
    if (outcome.kind == kind) list.Add(RowOf(outcome, facts));
  }
  return list;
}

Value NotesOf(const ReceiptFacts& facts) {
  Value list = Value::List();
  for (const RowOutcome& outcome : facts.outcomes) {
    for (const std::string& note : outcome.notes)
      list.Add(Value::Map().Set("row", outcome.line).Set("note", note));
  }
  return list;
}

}  // namespace

Value ReceiptOf(const ReceiptFacts& facts) {
  const FileRecord& file = facts.file;
  Value receipt = Value::Map()
                      .Set("name", file.name)
                      .Set("sha256", HexEncode(file.digest))
                      .Set("bytes", file.bytes)
                      .Set("modified", FormatUtc(file.modified))
                      .Set("taken", FormatUtc(file.taken))
                      .Set("finished", FormatUtc(file.finished.value_or(file.taken)));
  if (!file.failed.empty()) receipt.Set("failed", file.failed);
  if (file.changed_meanwhile)
    receipt.Set("changed",
                "the file changed or was taken away while it was read; this is of what was read");
  if (facts.same_bytes != nullptr) receipt.Set("same-as", facts.same_bytes->target);
  receipt.Set("rows", facts.outcomes.size())
      .Set("notices", RowsOf(OutcomeKind::kNotice, facts))
      .Set("duplicates", RowsOf(OutcomeKind::kDuplicate, facts))
      .Set("quarantined", RowsOf(OutcomeKind::kQuarantined, facts))
      .Set("held", RowsOf(OutcomeKind::kHeld, facts))
      .Set("notes", NotesOf(facts))
      .Set("unused-columns", TextList(facts.unused_columns));
  if (!facts.quarantine_file.empty()) receipt.Set("quarantine-file", facts.quarantine_file);
  return receipt;
}

std::string ReceiptText(const ReceiptFacts& facts) {
  return text::ToJson(ReceiptOf(facts), text::JsonLayout::kIndented);
}

std::string QuarantineFileName(const std::string& target, std::uint64_t number) {
  const FileFormat format = FormatOfName(target).value_or(FileFormat::kCsv);
  const std::string suffix = kQuarantineInfix + std::string(SuffixOf(format));
  if (!target.ends_with(suffix)) return target + suffix;
  std::string base = target.substr(0, target.size() - suffix.size());
  const std::size_t dot = base.rfind('.');
  if (dot != std::string::npos && IsDigits(std::string_view(base).substr(dot + 1)))
    base.resize(dot);
  return base + "." + std::to_string(number) + suffix;
}

}  // namespace havenline::intake
