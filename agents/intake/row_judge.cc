#include "agents/intake/row_judge.h"

namespace havenline::intake {
namespace {

constexpr std::string_view kFieldWord = "field \"";

}  // namespace

std::string AtPlace(const std::string& place, std::string reason) {
  if (place.empty()) return reason;
  return place + (reason.starts_with(kFieldWord) ? ", " : ": ") + reason;
}

std::vector<std::string> HoldFlagsOf(const policy::Policy& policy) {
  const policy::Exchange* const exchange = policy.Find(kNoticeExchange);
  return exchange == nullptr ? std::vector<std::string>{} : exchange->hold_flags;
}

RowDraft DraftOfRow(const FileRows& rows, std::size_t row, const JudgeView& view) {
  const text::CsvRow& of = rows.table.rows[row];
  if (of.problem) return RowProblem{of.problem->column, of.problem->text};
  const std::string place = rows.PlaceOf(row);
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
  const RowReader& reader = *rows.reader;
  auto reading = reader.Read(of.fields, view.now);
  if (auto* const problem = std::get_if<RowProblem>(&reading)) {
    problem->reason = AtPlace(place, std::move(problem->reason));
    return std::move(*problem);
  }
  auto& facts = std::get<RowFacts>(reading);
  std::optional<Placed> placed;
  if (!facts.home_educated) {
    const Day today = ToLocal(view.setup.zone().zone, view.now).day;
    auto placing = view.setup.establishments().Place(facts.school, today);
    if (auto* const why = std::get_if<std::string>(&placing)) {
      const std::string& field = facts.school.field;
      return RowProblem{reader.NumberOf(field), AtPlace(place, reader.PlaceOf(field) + ": " + *why),
                        field};
    }
    placed = std::get<Placed>(placing);
  }
  return MakeDraft(std::move(facts), placed, view.setup.mapping().force, view.hold_flags);
}

RowIdentity IdentityOfRow(const FileRows& rows, std::size_t row, const JudgeView& view) {
  const text::CsvRow& of = rows.table.rows[row];
  if (of.fields.empty()) return {};
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
  PartialFacts partly = rows.reader->ReadPartly(of.fields, view.now);
  if (of.problem) partly.content = false;  // What is wrong with its form may be a field.
  std::optional<Placed> placed;
  if (partly.school && !partly.facts.home_educated) {
    const Day today = ToLocal(view.setup.zone().zone, view.now).day;
    const auto placing = view.setup.establishments().Place(partly.facts.school, today);
    if (const auto* const found = std::get_if<Placed>(&placing)) placed = *found;
  }
  return IdentityOf(partly, placed, view.setup.mapping().force);
}

Judgement Judge(const NoticeDraft& draft, const NoticeRecord* known, const std::string& place,
                const JudgeView& view) {
  if (known != nullptr && known->content == draft.content) return Repeated{known->number};
  if (known != nullptr) {
    return RowProblem{
        0, AtPlace(place,
                   "this child, incident and school came before, and now the row says something "
                   "else: a correction needs a person. Tell the school by telephone what has "
                   "changed")};
  }
  auto routing = RouteNotice(draft, view.route);
  if (auto* const why = std::get_if<std::string>(&routing))
    return RowProblem{0, AtPlace(place, std::move(*why))};
  auto content = ContentOf(draft.sections, view.route.sender, view.route.role);
  if (!content) return RowProblem{0, AtPlace(place, content.error().detail)};
  auto& routed = std::get<Routed>(routing);
  return Sendable{*std::move(content), std::move(routed.recipients), std::move(routed.notes)};
}

}  // namespace havenline::intake
