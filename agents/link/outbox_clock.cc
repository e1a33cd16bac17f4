// Outbox: the sender's own clock. It runs whether the broker lives or not (D6): before a message is
// late, when it is, and step by step at those whom policy names.

#include <algorithm>

#include "agents/link/outbox.h"

namespace havenline {
namespace {

// For a sealing whose cell has no clock any more.
constexpr std::chrono::minutes kWarnDefault{30};

std::string Who(const OutRecipient& recipient) {
  return recipient.recipient.agency.value() + " (" + recipient.recipient.role.value() + ")";
}

// What both roles have is asked at the recipient: it is the recipient that must answer.
bool IsOurs(const EscalationStep& step, const OutRecipient& recipient) {
  return step.at != recipient.recipient.role;
}

}  // namespace

// The cell whose clock policy sets for a recipient: another where it is told under a condition.
const policy::Cell* Outbox::ClockCellOf(const policy::Cell& cell, const OutRecipient& recipient) {
  if (!recipient.held) return &cell;
  return cell.held == nullptr ? nullptr : &cell.held->cell;
}

void Outbox::PlanClock(const policy::Cell* cell, OutRecipient& recipient, TimePoint now) {
  const policy::Deadline* const deadline = cell == nullptr ? nullptr : cell->deadline;
  recipient.warn = *recipient.due - (deadline == nullptr ? kWarnDefault : deadline->warn);
  if (deadline == nullptr) return;
  TimePoint from = std::max(*recipient.warn, now);
  // Nobody is asked before the one first asked should have answered.
  if (recipient.held && !recipient.released) from = std::max(from, recipient.held->by);
  recipient.escalation = PlanEscalation(DutiesOf(*cell), from, *recipient.due);
}

void Outbox::CheckDue(OutMessage& message, OutRecipient& recipient, TimePoint now,
                      StoreBatch& batch) {
  if (recipient.answered() || !recipient.due) return;
  // Nobody is asked before; from then on they should have been, whatever the broker did.
  if (recipient.progress == Progress::kHeld && now < recipient.held->by) return;
  const std::string subject = SubjectOf(message, recipient);
  PlacedAlarms alarms = parts_.alarms.At(message.sender);
  if (now >= *recipient.due && !recipient.late) {
    recipient.late = true;
    alarms.Settle(AlarmKind::kDueSoon, subject, now, batch);
    alarms.Raise(
        AlarmKind::kLate, subject,
        "Nobody at " + Who(recipient) + " has acknowledged a message in time. Telephone them now.",
        now, batch);
    Put(message, batch);
  } else if (recipient.warn && now >= *recipient.warn && !recipient.warned && !recipient.late) {
    recipient.warned = true;
    alarms.Raise(AlarmKind::kDueSoon, subject,
                 "Nobody at " + Who(recipient) +
                     " has acknowledged a message, and it is nearly due. Telephone them.",
                 now, batch);
    Put(message, batch);
  }
  Escalate(message, recipient, now, batch);
}

void Outbox::Escalate(OutMessage& message, OutRecipient& recipient, TimePoint now,
                      StoreBatch& batch) {
  while (const EscalationStep* const step = recipient.escalation.Due(now)) {
    const bool ours = IsOurs(*step, recipient);
    const std::string nobody = "Nobody at " + Who(recipient) + " has acknowledged a message";
    parts_.alarms.At({message.sender, {}, ours ? step->duty : ""})
        .Raise(AlarmKind::kEscalated, SubjectOf(message, recipient) + " " + step->duty,
               ours ? nobody + ", and it is now for: " + step->title +
                          ". Telephone them, and see that somebody acts."
                    : nobody + ". Next there is: " + step->title + ". Telephone them.",
               now, batch);
    ++recipient.escalation.taken;
    Put(message, batch);
  }
}

void Outbox::SettleClock(const OutMessage& message, const OutRecipient& recipient, TimePoint now,
                         StoreBatch& batch) {
  const std::string subject = SubjectOf(message, recipient);
  for (const AlarmKind kind : {AlarmKind::kDueSoon, AlarmKind::kLate})
    parts_.alarms.Settle(kind, subject, now, batch);
  for (const EscalationStep& step : recipient.escalation.steps)
    parts_.alarms.Settle(AlarmKind::kEscalated, subject + " " + step.duty, now, batch);
}

void Outbox::SettleAll(const OutMessage& message, const OutRecipient& recipient, TimePoint now,
                       StoreBatch& batch) {
  SettleClock(message, recipient, now, batch);
  const std::string subject = SubjectOf(message, recipient);
  for (const AlarmKind kind :
       {AlarmKind::kNotOurs, AlarmKind::kNoRecipient, AlarmKind::kNoKey, AlarmKind::kUnreadable,
        AlarmKind::kWithheld, AlarmKind::kUndeliverable}) {
    parts_.alarms.Settle(kind, subject, now, batch);
  }
}

}  // namespace havenline
