#include "agents/intake/dry_run.h"

#include "agents/intake/receipt.h"
#include "agents/intake/row_judge.h"
#include "schema/seal/hash.h"

namespace havenline::intake {
namespace {

RowOutcome QuarantinedAs(RowProblem problem, std::size_t line) {
  RowOutcome outcome;
  outcome.kind = OutcomeKind::kQuarantined;
  outcome.line = line;
  outcome.column = problem.column;
  outcome.reason = std::move(problem.reason);
  outcome.field = std::move(problem.field);
  return outcome;
}

}  // namespace

DryRun::DryRun(const Setup& setup, RouteView route, Ledger& ledger, TimePoint now)
    : setup_(setup),
      route_(std::move(route)),
      ledger_(ledger),
      now_(now),
      hold_flags_(HoldFlagsOf(route_.policy)) {}

text::Value DryRun::Read(const std::string& name, FileFormat format, ByteView bytes) {
  const FileRows rows = SplitFile(bytes, format, setup_.mapping(), setup_.zone());
  FileRecord record;
  record.name = name;
  record.digest = seal::Sha256(bytes);
  record.bytes = bytes.size();
  record.modified = now_;
  record.taken = now_;
  record.failed = rows.failed;
  std::vector<RowOutcome> outcomes;
  for (std::size_t row = 0; row < rows.table.rows.size(); ++row)
    outcomes.push_back(Look(rows, row));
  const ReceiptFacts facts{
      .file = record,
      .outcomes = outcomes,
      .origin_of = [](std::uint64_t) { return std::optional<MessageId>(); },
      .unused_columns = rows.reader ? rows.reader->unused() : std::vector<std::string>{},
      .quarantine_file = {},
      .same_bytes = ledger_.SameBytes(record.digest)};
  return ReceiptOf(facts);
}

RowOutcome DryRun::Look(const FileRows& rows, std::size_t row) {
  const std::size_t line = rows.table.rows[row].line;
  const JudgeView view{setup_, route_, hold_flags_, now_};
  auto made = DraftOfRow(rows, row, view);
  if (auto* const problem = std::get_if<RowProblem>(&made))
    return QuarantinedAs(std::move(*problem), line);
  auto& draft = std::get<NoticeDraft>(made);
  auto judged = Judge(draft, ledger_.FindNotice(draft), rows.PlaceOf(row), view);
  if (auto* const problem = std::get_if<RowProblem>(&judged))
    return QuarantinedAs(std::move(*problem), line);
  RowOutcome outcome;
  outcome.line = line;
  outcome.notes = draft.notes;
  if (std::holds_alternative<Repeated>(judged)) {
    outcome.kind = OutcomeKind::kDuplicate;
    return outcome;
  }
  const auto& notes = std::get<Sendable>(judged).notes;
  outcome.notes.insert(outcome.notes.end(), notes.begin(), notes.end());
  outcome.kind = draft.flags.empty() ? OutcomeKind::kNotice : OutcomeKind::kHeld;
  outcome.flags.assign(draft.flags.begin(), draft.flags.end());
  NoticeRecord notice;
  notice.reference = draft.reference;
  notice.stated = draft.stated;
  notice.content = draft.content;
  notice.made = now_;
  StoreBatch never_written;
  ledger_.AddNotice(std::move(notice), never_written);
  return outcome;
}

}  // namespace havenline::intake
