#include "agents/desk/views.h"

#include <algorithm>

#include "schema/model/names.h"

namespace havenline::views {
namespace {

using text::Value;

std::string TitleOf(const AgencyId& agency, const Directory& directory) {
  const Agency* const known = directory.Find(agency);
  return known == nullptr ? agency.value() : known->title;
}

Value Times(const std::map<ReceiptKind, TimePoint>& receipts) {
  Value times = Value::Map();
  for (const auto& [kind, time] : receipts)
    times.Set(std::string(NameOf(kind)), ToMilliseconds(time));
  return times;
}

// Whom it was taken to, since nobody answered.
Value EscalatedView(const Escalation& escalation) {
  Value list = Value::List();
  for (std::size_t i = 0; i < escalation.taken; ++i) {
    const EscalationStep& step = escalation.steps[i];
    list.Add(Value::Map()
                 .Set("duty", step.duty)
                 .Set("title", step.title)
                 .Set("at", step.at.value())
                 .Set("since", ToMilliseconds(step.time)));
  }
  return list;
}

// Why it is told later, or never.
Value HeldView(const HeldBack& held) {
  const bool unable = held.kind == Condition::Kind::kUnable;
  Value view = Value::Map()
                   .Set("condition", unable ? "unable" : "unacknowledged")
                   .Set("watches", held.watches.agency.value())
                   .Set("watches-role", held.watches.role.value());
  if (!unable && held.by != TimePoint()) view.Set("by", ToMilliseconds(held.by));
  return view;
}

}  // namespace

Value InMessageView(const InMessage& message, const Directory& directory) {
  Value view = Value::Map()
                   .Set("notice", message.number)
                   .Set("state", NameOf(message.state))
                   .Set("agency", message.key.agency.value())
                   .Set("role", message.key.role.value())
                   .Set("from", message.key.sender.value())
                   .Set("from-title", TitleOf(message.key.sender, directory))
                   .Set("exchange", message.exchange.value())
                   .Set("origin", ToText(message.key.origin))
                   .Set("received", ToMilliseconds(message.received))
                   .Set("receipts", Times(message.receipts));
  if (message.acknowledge_by) view.Set("acknowledge-by", ToMilliseconds(*message.acknowledge_by));
  if (message.warn) {
    view.Set("late", message.late).Set("escalated", EscalatedView(message.escalation));
  }
  if (message.released) view.Set("released", ToMilliseconds(*message.released));
  if (message.stood_down) view.Set("stood-down", ToMilliseconds(*message.stood_down));
  Value warnings = Value::List();
  if (message.ahead_of_time) warnings.Add("Its time lies ahead of our clock.");
  if (message.confirm_by_telephone)
    warnings.Add("The sender's key was found compromised: confirm by telephone.");
  if (message.claims_differ) warnings.Add("It says one thing to policy and another inside.");
  view.Set("warnings", std::move(warnings));
  return view;
}

Value OutMessageView(const OutMessage& message) {
  Value recipients = Value::List();
  for (const OutRecipient& recipient : message.recipients) {
    Value row = Value::Map()
                    .Set("agency", recipient.recipient.agency.value())
                    .Set("role", recipient.recipient.role.value())
                    .Set("progress", NameOf(recipient.progress))
                    .Set("late", recipient.late)
                    .Set("receipts", Times(recipient.receipts));
    if (recipient.due) row.Set("acknowledge-by", ToMilliseconds(*recipient.due));
    if (recipient.escalation.taken > 0) row.Set("escalated", EscalatedView(recipient.escalation));
    if (recipient.held) row.Set("held", HeldView(*recipient.held));
    if (recipient.released) row.Set("released", ToMilliseconds(*recipient.released));
    if (recipient.progress == Progress::kUndeliverable) {
      row.Set("undeliverable", NameOf(recipient.undeliverable.value_or(Code::kRecipientSuspended)))
          .Set("may-arrive", recipient.may_arrive);
    }
    recipients.Add(std::move(row));
  }
  Value view = Value::Map()
                   .Set("origin", ToText(message.origin))
                   .Set("message", ToText(message.message))
                   .Set("from", message.sender.value())
                   .Set("exchange", message.exchange.value())
                   .Set("state", NameOf(message.state))
                   .Set("ended", message.ended())
                   .Set("taken", ToMilliseconds(message.taken))
                   .Set("sealings", message.sealings)
                   .Set("recipients", std::move(recipients));
  if (message.position)
    view.Set("position", Value::Map()
                             .Set("epoch", message.position->epoch)
                             .Set("index", message.position->index.value()));
  if (!message.refused.empty()) view.Set("refused", message.refused);
  if (!message.decided_against.empty()) {
    Value decided = Value::List();
    for (const Role& role : message.decided_against) decided.Add(role.value());
    view.Set("decided-against", std::move(decided));
  }
  return view;
}

Value AlarmView(std::uint64_t number, const Alarm& alarm) {
  Value view = Value::Map()
                   .Set("alarm", number)
                   .Set("kind", NameOf(alarm.kind))
                   .Set("words", alarm.words)
                   .Set("subject", alarm.subject)
                   .Set("raised", ToMilliseconds(alarm.raised))
                   .Set("open", alarm.open());
  if (alarm.taken) view.Set("taken", ToMilliseconds(*alarm.taken)).Set("taken-by", alarm.taken_by);
  if (alarm.over) view.Set("over", ToMilliseconds(*alarm.over));
  if (!alarm.place.agency.value().empty()) view.Set("agency", alarm.place.agency.value());
  if (!alarm.place.role.value().empty()) view.Set("role", alarm.place.role.value());
  if (!alarm.place.duty.empty()) view.Set("duty", alarm.place.duty);
  return view;
}

namespace {

// Whether witnesses have said that the log is what we are shown; and what those of these desks say.
Value WitnessesView(Agent& agent, const Person& person) {
  const Documents& documents = agent.documents();
  Value view = Value::Map().Set("quorum", documents.directory().quorum());
  if (const auto& final_head = documents.final_head())
    view.Set("final", final_head->head.size).Set("final-time", ToMilliseconds(final_head->time));
  Value own = Value::Map();
  for (const auto& cosigner : agent.cosigners()) {
    if (!person.WorksAt(cosigner->agency())) continue;
    const LogHead last = cosigner->last().value_or(LogHead());
    own.Set(cosigner->agency().value(),
            Value::Map().Set("entries", last.size).Set("retired", cosigner->lost()));
  }
  return view.Set("own", std::move(own));
}

}  // namespace

Value StatusView(Agent& agent, const People& people, const Person& person) {
  std::size_t waiting = 0;
  std::size_t late = 0;
  for (const auto& [origin, message] : agent.outbox().messages()) {
    if (message.ended() || !person.WorksAt(message.sender)) continue;
    ++waiting;
    late += std::ranges::any_of(message.recipients,
                                [](const OutRecipient& r) { return r.late && !r.answered(); })
                ? 1U
                : 0U;
  }
  std::size_t unanswered = 0;
  for (const auto& [number, message] : agent.inbox().messages()) {
    if (!person.WorksAt(message.key.agency, message.key.role)) continue;
    unanswered += message.waits() ? 1U : 0U;
  }
  const LogHead& head = agent.documents().head();
  Value agencies = Value::List();
  for (const OwnAgency& agency : agent.keys().agencies()) {
    if (person.WorksAt(agency.id)) agencies.Add(agency.id.value());
  }
  const auto& alarms = agent.alarms().all();
  const auto alarms_open = std::ranges::count_if(alarms, [&](const auto& each) {
    return each.second.open() && people.MaySee(person, each.second.place);
  });
  return Value::Map()
      .Set("session", agent.up() ? "up" : "down")
      .Set("last-heard", ToMilliseconds(agent.last_up()))
      .Set("agencies", std::move(agencies))
      .Set("epoch", head.epoch)
      .Set("verified-entries", head.size)
      .Set("directory", agent.documents().directory().version().version)
      .Set("policy", agent.documents().policy().version().version)
      .Set("statements", agent.documents().notices())
      .Set("statements-waiting", agent.keys().pending().size())
      .Set("sent-not-ended", waiting)
      .Set("sent-late", late)
      .Set("received-unanswered", unanswered)
      .Set("received-skipped", agent.inbox().skipped())
      .Set("received-dropped", agent.inbox().dropped())
      .Set("alarms-open", alarms_open)
      .Set("witnesses", WitnessesView(agent, person));
}

Value WhyCard(const InMessage& message, const exchange::ExchangeType& type,
              const Documents& documents) {
  Value withheld = Value::List();
  for (const exchange::Field& section : type.sections) {
    if (std::ranges::find(message.may_show, section.name) != message.may_show.end())
      withheld.Add(section.label);
  }
  return Value::Map()
      .Set("words", "You see this because " + message.key.agency.value() + " holds the role " +
                        message.key.role.value() + " and rule " + message.rule.value() +
                        " of policy version " +
                        std::to_string(documents.policy().version().version) +
                        " shares it with that role" +
                        (message.released ? ", and who was asked first did not take it on in time "
                                            "or could not be told."
                                          : "."))
      .Set("rule", message.rule.value())
      .Set("withheld", std::move(withheld))
      .Set("entry", Value::Map()
                        .Set("epoch", message.position.epoch)
                        .Set("index", message.position.index.value()));
}

}  // namespace havenline::views
