// Escalation: whom a message that nobody acknowledges is taken to, one after another, and when.
// docs/policy.md, "Escalation", has the rule. Pure.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/text/value.h"

namespace havenline {

// Time for each to look, however little is left when the message comes.
inline constexpr std::chrono::minutes kEscalationStepMin{5};

struct EscalationStep {
  std::string duty;   // As policy names it.
  std::string title;  // For people.
  Role at;            // The role at whose agency it is.
  TimePoint time;     // From then on, if nobody has answered.

  friend bool operator==(const EscalationStep&, const EscalationStep&) = default;
};

// The steps of one message to one recipient, and how many were taken. Only forwards: each once.
struct Escalation {
  std::vector<EscalationStep> steps;
  std::size_t taken = 0;

  // The next one, if its time has come.
  const EscalationStep* Due(TimePoint now) const;
};

std::vector<policy::Duty> DutiesOf(const policy::Cell& cell);

// The time from `from` to `due` in as many equal parts as there are duties, but none shorter than
// kEscalationStepMin: each is asked at the end of one, the last when it is due.
Escalation PlanEscalation(const std::vector<policy::Duty>& duties, TimePoint from, TimePoint due);

namespace rows {

// A list with a row for each step.
text::Value ToRow(const Escalation& escalation);
Result<Escalation> EscalationFrom(const text::Value& list);

}  // namespace rows
}  // namespace havenline
