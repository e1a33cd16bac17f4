// Inbox: the clock of what waits for a person here. It runs at this desk as it does at the
// sender's, and takes what nobody acknowledges to those whom policy names at this agency.

#include <algorithm>

#include "agents/link/inbox.h"
#include "agents/link/inbox_rows.h"

namespace havenline {
namespace {

std::string SubjectOf(const InMessage& message, const EscalationStep& step) {
  return rows::RowKey(message.key) + "|" + step.duty;
}

std::string WhatOf(const InMessage& message) {
  return "A message of " + message.key.sender.value() + " to " + message.key.agency.value() + " (" +
         message.key.role.value() + ")";
}

}  // namespace

// The clear part says by when; policy how long before that people are warned, and whom it goes to.
void Inbox::StartClock(const Opened& opened, InMessage& message, TimePoint now) {
  if (!message.acknowledge_by || !opened.warn) return;
  message.warn = *message.acknowledge_by - *opened.warn;
  message.escalation =
      PlanEscalation(opened.escalation, std::max(*message.warn, now), *message.acknowledge_by);
  // The others are the sender's own duties, and its agent asks them.
  std::erase_if(message.escalation.steps,
                [&](const EscalationStep& step) { return step.at != message.key.role; });
}

void Inbox::CheckDue(InMessage& message, TimePoint now, StoreBatch& batch) {
  if (!message.waits() || !message.acknowledge_by || !message.warn || now < *message.warn) return;
  const bool becomes_late = now >= *message.acknowledge_by && !message.late;
  const bool is_soon_late = !becomes_late && !message.late && !message.warned;
  if (becomes_late || is_soon_late) {
    PlacedAlarms alarms = parts_.alarms.At(message.key.agency, message.key.role);
    const std::string subject = rows::RowKey(message.key);
    if (becomes_late) alarms.Settle(AlarmKind::kDueSoon, subject, now, batch);
    alarms.Raise(
        becomes_late ? AlarmKind::kLate : AlarmKind::kDueSoon, subject,
        WhatOf(message) + (becomes_late ? " has not been acknowledged in time. Read it and "
                                          "acknowledge it now; its sender is alarmed, too."
                                        : " is nearly due, and nobody has acknowledged it. "
                                          "Read it and acknowledge it."),
        now, batch);
    (becomes_late ? message.late : message.warned) = true;
    Put(message, batch);
  }
  Escalate(message, now, batch);
}

void Inbox::Escalate(InMessage& message, TimePoint now, StoreBatch& batch) {
  while (const EscalationStep* const step = message.escalation.Due(now)) {
    parts_.alarms.At({message.key.agency, message.key.role, step->duty})
        .Raise(AlarmKind::kEscalated, SubjectOf(message, *step),
               WhatOf(message) + " has not been acknowledged, and is now for: " + step->title +
                   ". Read it and acknowledge it, or see that somebody does.",
               now, batch);
    ++message.escalation.taken;
    Put(message, batch);
  }
}

void Inbox::SettleClock(const InMessage& message, TimePoint now, StoreBatch& batch) {
  for (const AlarmKind kind : {AlarmKind::kDueSoon, AlarmKind::kLate})
    parts_.alarms.Settle(kind, rows::RowKey(message.key), now, batch);
  for (const EscalationStep& step : message.escalation.steps)
    parts_.alarms.Settle(AlarmKind::kEscalated, SubjectOf(message, step), now, batch);
}

}  // namespace havenline
