#include "agents/link/escalation.h"

#include <algorithm>

#include "agents/link/rows.h"

namespace havenline {

const EscalationStep* Escalation::Due(TimePoint now) const {
  return taken < steps.size() && now >= steps[taken].time ? &steps[taken] : nullptr;
}

std::vector<policy::Duty> DutiesOf(const policy::Cell& cell) {
  std::vector<policy::Duty> duties;
  for (const policy::Duty* const duty : cell.escalation) duties.push_back(*duty);
  return duties;
}

Escalation PlanEscalation(const std::vector<policy::Duty>& duties, TimePoint from, TimePoint due) {
  Escalation escalation;
  if (duties.empty()) return escalation;
  const auto count = static_cast<std::int64_t>(duties.size());
  const Milliseconds part = std::max<Milliseconds>((due - from) / count, kEscalationStepMin);
  TimePoint time = from;
  for (const policy::Duty& duty : duties) {
    time += part;
    escalation.steps.push_back({duty.name, duty.title, duty.at, time});
  }
  // What division left over is the last one's.
  TimePoint& last = escalation.steps.back().time;
  if (last < due) last = due;
  return escalation;
}

namespace rows {

Value ToRow(const Escalation& escalation) {
  Value list = Value::List();
  for (std::size_t i = 0; i < escalation.steps.size(); ++i) {
    const EscalationStep& step = escalation.steps[i];
    list.Add(Value::Map()
                 .Set("duty", step.duty)
                 .Set("title", step.title)
                 .Set("at", step.at.value())
                 .Set("time", ToMilliseconds(step.time))
                 .Set("taken", i < escalation.taken));
  }
  return list;
}

Result<Escalation> EscalationFrom(const Value& list) {
  if (!list.is(Value::Kind::kList)) return Corrupt("escalation");
  Escalation escalation;
  for (const Value& row : list.items()) {
    RowView view(row);
    escalation.steps.push_back(
        {view.Text("duty"), view.Text("title"), Role(view.Text("at")), view.Time("time")});
    escalation.taken += view.Bool("taken") ? 1U : 0U;
    if (!view.ok()) return Corrupt("escalation");
  }
  return escalation;
}

}  // namespace rows
}  // namespace havenline
