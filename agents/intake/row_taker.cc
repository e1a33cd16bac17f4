#include "agents/intake/row_taker.h"

#include <algorithm>

#include "agents/intake/limits.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"

namespace havenline::intake {
namespace {

// What a row comes to before it is compared with what was sent: a notice, or why not.
std::variant<NoticeDraft, RowProblem> DraftOf(const FileInHand& file, std::size_t row,
                                              const Setup& setup,
                                              const std::vector<std::string>& hold_flags,
                                              TimePoint now) {
  const text::CsvRow& of = file.rows.table.rows[row];
  if (of.problem) return RowProblem{of.problem->column, of.problem->text};
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
  auto reading = file.rows.reader->Read(of.fields, now);
  if (auto* const problem = std::get_if<RowProblem>(&reading)) return std::move(*problem);
  auto& facts = std::get<RowFacts>(reading);
  std::optional<Placed> placed;
  if (!facts.home_educated) {
    auto placing = setup.establishments().Place(facts.school, ToLocal(setup.zone().zone, now).day);
    if (auto* const why = std::get_if<std::string>(&placing))
      return RowProblem{facts.school.column, std::move(*why)};
    placed = std::get<Placed>(placing);
  }
  return MakeDraft(std::move(facts), placed, setup.mapping().force, hold_flags);
}

// Which notice a row would make that cannot go.
RowIdentity IdentityOfRow(const FileInHand& file, std::size_t row, const Setup& setup,
                          TimePoint now) {
  const text::CsvRow& of = file.rows.table.rows[row];
  if (of.problem) return {};
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
  const PartialFacts partly = file.rows.reader->ReadPartly(of.fields, now);
  std::optional<Placed> placed;
  if (partly.school && !partly.facts.home_educated) {
    const auto placing =
        setup.establishments().Place(partly.facts.school, ToLocal(setup.zone().zone, now).day);
    if (const auto* const found = std::get_if<Placed>(&placing)) placed = *found;
  }
  return IdentityOf(partly, placed, setup.mapping().force);
}

}  // namespace

// What one slice comes to.
struct RowTaker::Slice {
  TimePoint now;
  RouteView view;
  std::vector<std::string> hold_flags;
  StoreBatch intents;   // Committed before the outbox is given anything …
  StoreBatch outcomes;  // … and these after it has everything.
  std::vector<Unsent> unsent;
  RowCounts counts;  // Of the file, with this slice.
};

Result<void> RowTaker::TakeSlice(FileInHand& file, const Setup& setup) {
  const auto began = parts_.clock.Monotonic();
  const auto took = [&] { return parts_.clock.Monotonic() - began; };
  FileRecord& record = *file.record;
  Slice slice{parts_.clock.Now(), parts_.route(), {}, {}, {}, {}, record.counts};
  if (const policy::Exchange* const exchange = slice.view.policy.Find(kNoticeExchange))
    slice.hold_flags = exchange->hold_flags;
  const std::size_t first = file.outcomes.size();
  while (!file.all_taken() && file.outcomes.size() - first < kRowsPerTurn &&
         slice.unsent.size() < allowance_ && took() < kWorkPerTurn) {
    const std::size_t row = file.outcomes.size();
    RowOutcome outcome = TakeRow(file, setup, slice);
    parts_.ledger.PutOutcome(record, row, outcome, slice.outcomes);
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

RowOutcome RowTaker::TakeRow(FileInHand& file, const Setup& setup, Slice& slice) {
  const std::size_t row = file.outcomes.size();
  const text::CsvRow& of = file.rows.table.rows[row];
  RowPlace place{.file = *file.record,
                 .line = of.line,
                 .digest = DigestOfRow(file.bytes, file.rows, row),
                 .earlier = {},
                 .identity = {}};
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
  if (!of.problem) place.earlier = file.rows.reader->QuarantineNumber(of.fields);
  // It was sent before a crash came between: whatever it would come to today, that is its outcome.
  if (const auto made = file.made.find(row); made != file.made.end()) {
    place.identity = IdentityOf(*parts_.ledger.Notice(made->second));
    ++slice.counts.notices;
    return {OutcomeKind::kNotice, of.line, made->second, 0, "", {}, SettledNotes(place, slice)};
  }
  auto draft = DraftOf(file, row, setup, slice.hold_flags, slice.now);
  if (auto* const problem = std::get_if<RowProblem>(&draft)) {
    place.identity = IdentityOfRow(file, row, setup, slice.now);
    return Quarantine(place, std::move(*problem), slice);
  }
  place.identity = IdentityOf(std::get<NoticeDraft>(draft));
  return TakeDraft(file, std::move(std::get<NoticeDraft>(draft)), place, slice);
}

RowOutcome RowTaker::TakeDraft(FileInHand& file, NoticeDraft draft, const RowPlace& place,
                               Slice& slice) {
  if (const NoticeRecord* const known = parts_.ledger.FindNotice(draft))
    return Repeat(*known, draft, place, slice);
  auto routing = RouteNotice(draft, slice.view);
  if (auto* const why = std::get_if<std::string>(&routing))
    return Quarantine(place, {0, std::move(*why)}, slice);
  auto content = ContentOf(draft.sections, slice.view.sender, slice.view.role);
  if (!content) return Quarantine(place, {0, content.error().detail}, slice);
  auto& routed = std::get<Routed>(routing);
  draft.notes.insert(draft.notes.end(), routed.notes.begin(), routed.notes.end());
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
      {notice.number, {*std::move(content), std::move(routed.recipients), draft.reference}});
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

RowOutcome RowTaker::Repeat(const NoticeRecord& known, const NoticeDraft& draft, RowPlace place,
                            Slice& slice) {
  if (known.content == draft.content) {
    place.went_before = true;
    std::vector<std::string> notes = draft.notes;
    for (std::string& note : SettledNotes(place, slice)) notes.push_back(std::move(note));
    ++slice.counts.duplicates;
    return {OutcomeKind::kDuplicate, place.line, known.number, 0, "", {}, std::move(notes)};
  }
  place.identity.content.reset();  // It repeats nothing.
  return Quarantine(
      place,
      {0,
       "this child, incident and school came before, and now the row says something else: a "
       "correction needs a person. Tell the school by telephone what has changed"},
      slice);
}

RowOutcome RowTaker::Quarantine(const RowPlace& place, RowProblem problem, Slice& slice) {
  std::vector<std::string> notes = DoubtNotes(place);
  const std::uint64_t number = parts_.quarantine.Add(place, problem, slice.now, slice.outcomes);
  ++slice.counts.quarantined;
  return {OutcomeKind::kQuarantined, place.line, number,          problem.column,
          std::move(problem.reason), {},         std::move(notes)};
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
