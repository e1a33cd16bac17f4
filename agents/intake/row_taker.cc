#include "agents/intake/row_taker.h"

#include <algorithm>

#include "agents/intake/limits.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"

namespace havenline::intake {

// What one slice comes to.
struct RowTaker::Slice {
  Slice(TimePoint at, RouteView by, const Setup& setup, RowCounts before)
      : now(at),
        route(std::move(by)),
        hold_flags(HoldFlagsOf(route.policy)),
        view{setup, route, hold_flags, now},
        counts(before) {}
  Slice(const Slice&) = delete;  // It points into itself.
  Slice& operator=(const Slice&) = delete;

  TimePoint now;
  RouteView route;
  std::vector<std::string> hold_flags;
  JudgeView view;
  StoreBatch intents;   // Committed before the outbox is given anything …
  StoreBatch outcomes;  // … and these after it has everything.
  std::vector<Unsent> unsent;
  RowCounts counts;  // Of the file, with this slice.
};

Result<void> RowTaker::TakeSlice(FileInHand& file, const Setup& setup) {
  const auto began = parts_.clock.Monotonic();
  const auto took = [&] { return parts_.clock.Monotonic() - began; };
  FileRecord& record = *file.record;
  Slice slice(parts_.clock.Now(), parts_.route(), setup, record.counts);
  const std::size_t first = file.outcomes.size();
  while (!file.all_taken() && file.outcomes.size() - first < kRowsPerTurn &&
         slice.unsent.size() < allowance_ && took() < kWorkPerTurn) {
    const std::size_t row = file.outcomes.size();
    RowOutcome outcome = TakeRow(file, slice);
    if (!record.posted) parts_.ledger.PutOutcome(record, row, outcome, slice.outcomes);
    file.outcomes.push_back(std::move(outcome));
    record.counts = slice.counts;
  }
  if (!slice.unsent.empty()) {
    // From here on the ledger knows which references the outbox may have, and of which row.
    FaultPoint("intake.before-intents");
    RETURN_IF_FAULT(parts_.store.Commit(slice.intents));
    FaultPoint("intake.after-intents");
  }
  for (Unsent& each : slice.unsent) {
    ASSIGN_OR_RETURN(const MessageId origin,
                     parts_.outbox.Take(std::move(each.request), slice.now));
    NoticeRecord& notice = *parts_.ledger.Notice(each.notice);
    notice.origin = origin;
    parts_.ledger.Put(notice, slice.outcomes);
  }
  record.next_row = file.outcomes.size();
  parts_.ledger.Put(record, slice.outcomes);
  FaultPoint("intake.before-outcomes");
  RETURN_IF_FAULT(parts_.store.Commit(slice.outcomes));
  FaultPoint("intake.after-outcomes");
  if (took() > kWorkPerTurn) {
    allowance_ = std::max<std::size_t>(1, allowance_ / 2);
  } else if (slice.unsent.size() == allowance_) {
    allowance_ = std::min(kNoticesPerTurn, allowance_ * 2);
  }
  return {};
}

RowOutcome RowTaker::TakeRow(FileInHand& file, Slice& slice) {
  const std::size_t row = file.outcomes.size();
  const text::CsvRow& of = file.rows.table.rows[row];
  RowPlace place{.file = *file.record,
                 .line = of.line,
                 .digest = DigestOfRow(file.bytes, file.rows, row),
                 .earlier = {},
                 .identity = {}};
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
  if (!of.fields.empty()) place.earlier = file.rows.reader->QuarantineNumber(of.fields);
  // It was sent before a crash came between: whatever it would come to today, that is its outcome.
  if (const auto made = file.made.find(row); made != file.made.end()) {
    place.identity = IdentityOf(*parts_.ledger.Notice(made->second));
    ++slice.counts.notices;
    return {OutcomeKind::kNotice, of.line, made->second, 0, "", {}, SettledNotes(place, slice)};
  }
  auto draft = DraftOfRow(file.rows, row, slice.view);
  if (auto* const problem = std::get_if<RowProblem>(&draft)) {
    place.identity = IdentityOfRow(file.rows, row, slice.view);
    return Quarantine(place, std::move(*problem), slice);
  }
  place.identity = IdentityOf(std::get<NoticeDraft>(draft));
  return TakeDraft(file, std::move(std::get<NoticeDraft>(draft)), place, slice);
}

RowOutcome RowTaker::TakeDraft(FileInHand& file, NoticeDraft draft, const RowPlace& place,
                               Slice& slice) {
  auto judged = Judge(draft, parts_.ledger.FindNotice(draft),
                      file.rows.PlaceOf(file.outcomes.size()), slice.view);
  if (const auto* const repeated = std::get_if<Repeated>(&judged))
    return Repeat(repeated->notice, draft, place, slice);
  if (auto* const problem = std::get_if<RowProblem>(&judged)) {
    RowPlace doubtful = place;
    if (parts_.ledger.FindNotice(draft) != nullptr)
      doubtful.identity.content.reset();  // It repeats nothing.
    return Quarantine(doubtful, std::move(*problem), slice);
  }
  auto& sendable = std::get<Sendable>(judged);
  draft.notes.insert(draft.notes.end(), sendable.notes.begin(), sendable.notes.end());
  for (std::string& note : SettledNotes(place, slice)) draft.notes.push_back(std::move(note));
  NoticeRecord& notice = Reserve(file, draft, slice);
  if (!draft.flags.empty()) {
    const std::vector<std::string> flags(draft.flags.begin(), draft.flags.end());
    HeldRow row{};
    row.file = file.record->name;
    row.line = place.line;
    row.flags = flags;
    row.notes = draft.notes;
    const std::uint64_t number = parts_.held.Hold(draft, notice, row, slice.now, slice.outcomes);
    ++slice.counts.held;
    return {OutcomeKind::kHeld, place.line, number, 0, "", flags, std::move(draft.notes)};
  }
  slice.unsent.push_back(
      {notice.number,
       {std::move(sendable.content), std::move(sendable.recipients), draft.reference}});
  ++slice.counts.notices;
  return {OutcomeKind::kNotice, place.line, notice.number, 0, "", {}, std::move(draft.notes)};
}

// A held row is reserved and held in one batch; one that is sent, in the batch before.
NoticeRecord& RowTaker::Reserve(const FileInHand& file, const NoticeDraft& draft, Slice& slice) {
  NoticeRecord notice;
  notice.reference = draft.reference;
  notice.stated = draft.stated;
  notice.content = draft.content;
  notice.file = file.record->number;
  notice.row = file.outcomes.size();
  notice.made = slice.now;
  return parts_.ledger.AddNotice(std::move(notice),
                                 draft.flags.empty() ? slice.intents : slice.outcomes);
}

RowOutcome RowTaker::Repeat(std::uint64_t notice, const NoticeDraft& draft, RowPlace place,
                            Slice& slice) {
  place.went_before = true;
  std::vector<std::string> notes = draft.notes;
  for (std::string& note : SettledNotes(place, slice)) notes.push_back(std::move(note));
  ++slice.counts.duplicates;
  return {OutcomeKind::kDuplicate, place.line, notice, 0, "", {}, std::move(notes)};
}

RowOutcome RowTaker::Quarantine(const RowPlace& place, RowProblem problem, Slice& slice) {
  std::vector<std::string> notes = DoubtNotes(place);
  const std::uint64_t number = parts_.quarantine.Add(place, problem, slice.now, slice.outcomes);
  ++slice.counts.quarantined;
  RowOutcome outcome{OutcomeKind::kQuarantined, place.line, number, problem.column, "", {},
                     std::move(notes)};
  outcome.reason = std::move(problem.reason);
  outcome.field = std::move(problem.field);
  return outcome;
}

// The row has an outcome at last. What is to be said of it in the receipt.
std::vector<std::string> RowTaker::SettledNotes(const RowPlace& place, Slice& slice) {
  std::vector<std::string> notes = DoubtNotes(place);
  parts_.quarantine.Settle(place, slice.now, slice.outcomes);
  return notes;
}

std::vector<std::string> RowTaker::DoubtNotes(const RowPlace& place) const {
  auto doubt = parts_.quarantine.DoubtOf(place);
  if (!doubt) return {};
  return {*std::move(doubt)};
}

}  // namespace havenline::intake
