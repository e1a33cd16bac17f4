#include "agents/intake/held_book.h"

#include <algorithm>

#include "agents/intake/outbox_lookup.h"
#include "deploy/runtime/calendar_text.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/exchange/exchange_type.h"

namespace havenline::intake {
namespace {

using text::Value;

std::string SubjectOf(const HeldRow& row) { return "held row " + std::to_string(row.number); }
std::string LateSubjectOf(const HeldRow& row) { return SubjectOf(row) + " waits"; }

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

Value TextList(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.Add(text);
  return list;
}

// In the exchange's order, with the labels that people know.
Value SectionsView(const Sections& sections) {
  Value list = Value::List();
  for (const exchange::Field& field : exchange::FindExchange(kNoticeExchange)->sections) {
    const auto section = sections.find(field.name);
    if (section == sections.end()) continue;
    list.Add(Value::Map()
                 .Set("name", field.name)
                 .Set("label", field.label)
                 .Set("value", section->second));
  }
  return list;
}

}  // namespace

std::uint64_t HeldBook::Hold(const NoticeDraft& draft, NoticeRecord& notice, const HeldRow& row,
                             TimePoint now, StoreBatch& batch) {
  HeldRow waiting = row;
  waiting.notice = notice.number;
  waiting.time = now;
  const HeldRow& added = parts_.ledger.AddHeld(std::move(waiting), draft.sections, batch);
  notice.held = added.number;
  parts_.ledger.Put(notice, batch);
  parts_.alarms.Raise(AlarmKind::kRowHeld, SubjectOf(added),
                      "The row in line " + std::to_string(added.line) + " of " + added.file +
                          " is held for a supervisor (" + Joined(added.flags) +
                          "): nobody has been told. Release or reject it within " +
                          std::to_string(parts_.configuration.held_for.count()) + " minutes.",
                      now, batch);
  return added.number;
}

Result<void> HeldBook::Tick(TimePoint now) {
  StoreBatch batch;
  for (const auto& [number, row] : parts_.ledger.held()) {
    if (!row.waiting() || row.alarmed_late || now < row.time + parts_.configuration.held_for)
      continue;
    HeldRow& late = *parts_.ledger.Held(number);
    late.alarmed_late = true;
    parts_.ledger.Put(late, batch);
    parts_.alarms.Raise(
        AlarmKind::kRowHeld, LateSubjectOf(late),
        "The row in line " + std::to_string(late.line) + " of " + late.file +
            " has been held for " + std::to_string(parts_.configuration.held_for.count()) +
            " minutes, and a child's school has not been told. A supervisor must release or "
            "reject it now.",
        now, batch);
  }
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

Result<HeldRow*> HeldBook::Find(std::uint64_t number) {
  HeldRow* const row = parts_.ledger.Held(number);
  if (row == nullptr)
    return Fail(FaultCode::kMissing, "there is no held row " + std::to_string(number));
  return row;
}

Result<Outbox::Request> HeldBook::RequestFor(const HeldRow& row) const {
  const NoticeRecord* const notice = parts_.ledger.Notice(row.notice);
  CHECK(notice != nullptr);
  ASSIGN_OR_RETURN(Sections sections, parts_.ledger.HeldSections(row.number));
  NoticeDraft draft;
  if (const auto place = sections.find(kEstablishmentSection); place != sections.end())
    draft.urn = place->second.Find("urn")->text();
  draft.sections = std::move(sections);
  const RouteView view = parts_.route();
  auto routing = RouteNotice(draft, view);
  if (const auto* const why = std::get_if<std::string>(&routing))
    return Fail(FaultCode::kInvalid, *why);
  ASSIGN_OR_RETURN(Content content, ContentOf(draft.sections, view.sender, view.role));
  return Outbox::Request{std::move(content), std::move(std::get<Routed>(routing).recipients),
                         notice->reference};
}

Result<MessageId> HeldBook::Release(std::uint64_t number, const std::string& login, TimePoint now) {
  ASSIGN_OR_RETURN(HeldRow* const row, Find(number));
  if (row->state == HeldState::kReleased) {
    const NoticeRecord* const notice = parts_.ledger.Notice(row->notice);
    if (notice != nullptr && notice->origin) return *notice->origin;
  }
  if (!row->waiting()) {
    return Fail(FaultCode::kInvalid, "held row " + std::to_string(number) + " was decided by " +
                                         row->decided_by + " before");
  }
  ASSIGN_OR_RETURN(Outbox::Request request, RequestFor(*row));
  row->state = HeldState::kReleasing;
  row->decided_by = login;
  row->decided = now;
  StoreBatch batch;
  parts_.ledger.Put(*row, batch);
  // From here on it is sent, crash or not: FinishReleases() goes on.
  FaultPoint("intake.before-release");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-release");
  return Send(*row, std::move(request), now);
}

Result<MessageId> HeldBook::Send(HeldRow& row, Outbox::Request request, TimePoint now) {
  ASSIGN_OR_RETURN(const MessageId origin, parts_.outbox.Take(std::move(request), now));
  NoticeRecord& notice = *parts_.ledger.Notice(row.notice);
  notice.origin = origin;
  row.state = HeldState::kReleased;
  StoreBatch batch;
  parts_.ledger.Put(notice, batch);
  parts_.ledger.Put(row, batch);
  parts_.ledger.DropHeldSections(row.number, batch);
  SettleAlarms(row, now, batch);
  FaultPoint("intake.before-released");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-released");
  return origin;
}

Result<void> HeldBook::FinishReleases(TimePoint now) {
  for (const auto& [number, each] : parts_.ledger.held()) {
    if (each.state != HeldState::kReleasing) continue;
    HeldRow& row = *parts_.ledger.Held(number);
    auto request = RequestFor(row);
    if (request) {
      RETURN_IF_FAULT(Send(row, *std::move(request), now));
      continue;
    }
    if (request.error().code != FaultCode::kInvalid) return tl::unexpected<Fault>(request.error());
    StoreBatch batch;
    NoticeRecord& notice = *parts_.ledger.Notice(row.notice);
    if (const auto origin = OriginOf(parts_.outbox, notice.reference)) {
      // It went before the crash; whom policy would tell today is no matter any more.
      notice.origin = origin;
      row.state = HeldState::kReleased;
      parts_.ledger.Put(notice, batch);
      parts_.ledger.DropHeldSections(number, batch);
      SettleAlarms(row, now, batch);
    } else {
      row.state = HeldState::kWaiting;
      row.decided.reset();
      row.decided_by.clear();
    }
    parts_.ledger.Put(row, batch);
    RETURN_IF_FAULT(parts_.store.Commit(batch));
  }
  return {};
}

Result<void> HeldBook::Reject(std::uint64_t number, const std::string& login, TimePoint now) {
  ASSIGN_OR_RETURN(HeldRow* const row, Find(number));
  if (row->state == HeldState::kRejected) return {};
  if (!row->waiting()) {
    return Fail(FaultCode::kInvalid, "held row " + std::to_string(number) + " was released by " +
                                         row->decided_by + " before");
  }
  row->state = HeldState::kRejected;
  row->decided_by = login;
  row->decided = now;
  NoticeRecord& notice = *parts_.ledger.Notice(row->notice);
  notice.rejected = true;
  StoreBatch batch;
  parts_.ledger.Put(notice, batch);
  parts_.ledger.Put(*row, batch);
  parts_.ledger.DropHeldSections(number, batch);
  SettleAlarms(*row, now, batch);
  FaultPoint("intake.before-reject");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-reject");
  return {};
}

void HeldBook::SettleAlarms(const HeldRow& row, TimePoint now, StoreBatch& batch) {
  parts_.alarms.Settle(AlarmKind::kRowHeld, SubjectOf(row), now, batch);
  parts_.alarms.Settle(AlarmKind::kRowHeld, LateSubjectOf(row), now, batch);
}

Result<Value> HeldBook::View() const {
  Value list = Value::List();
  for (const auto& [number, row] : parts_.ledger.held()) {
    if (!row.waiting()) continue;
    ASSIGN_OR_RETURN(const Sections sections, parts_.ledger.HeldSections(number));
    list.Add(Value::Map()
                 .Set("number", number)
                 .Set("file", row.file)
                 .Set("row", row.line)
                 .Set("flags", TextList(row.flags))
                 .Set("notes", TextList(row.notes))
                 .Set("since", FormatUtc(row.time))
                 .Set("late", row.alarmed_late)
                 .Set("sections", SectionsView(sections)));
  }
  return list;
}

std::size_t HeldBook::waiting_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      parts_.ledger.held(), [](const auto& each) { return each.second.waiting(); }));
}

}  // namespace havenline::intake
