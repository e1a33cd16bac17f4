#include "agents/desk/desk.h"

#include <algorithm>

#include "agents/desk/views.h"
#include "schema/exchange/content.h"
#include "schema/seal/section.h"

namespace havenline {
namespace {

using text::Value;

}  // namespace

Value Desk::List(const Person& person) const {
  Value list = Value::List();
  for (const auto& [number, message] : agent_.inbox().messages()) {
    if (!person.WorksAt(message.key.agency, message.key.role)) continue;
    Value view = views::InMessageView(message, agent_.documents().directory());
    const policy::Exchange* const exchange = agent_.documents().policy().Find(message.exchange);
    if (exchange == nullptr || exchange->concealed) view.Set("exchange", "concealed");
    list.Add(std::move(view));
  }
  return Value::Map().Set("notices", std::move(list));
}

Result<const InMessage*> Desk::Shown(std::uint64_t number, const Person& person) const {
  const InMessage* const message = agent_.inbox().Find(number);
  if (message == nullptr || !person.WorksAt(message->key.agency, message->key.role))
    return Fail(FaultCode::kMissing, "there is no notice " + std::to_string(number));
  if (!message->shown()) {
    return Fail(FaultCode::kInvalid, "notice " + std::to_string(number) +
                                         " could not be opened here; its sender has been told");
  }
  if (message->state == InState::kNotOurs) {
    return Fail(FaultCode::kInvalid,
                "notice " + std::to_string(number) + " was handed back as not ours");
  }
  // Who must never learn of it is the conflict lead's to compare with the staff, before anyone sees
  // more.
  ASSIGN_OR_RETURN(const auto exclusions,
                   agent_.inbox().Section(*message, seal::kExclusionsSection));
  const exchange::ExchangeType* const type = exchange::FindExchange(message->exchange);
  if (type == nullptr)
    return Fail(FaultCode::kInvalid, "this version does not know that kind of message");
  if (exclusions) {
    ASSIGN_OR_RETURN(const Value value,
                     exchange::DecodeSection(*type, seal::kExclusionsSection, *exclusions));
    if (!value.is(Value::Kind::kNull)) {
      return Fail(FaultCode::kInvalid,
                  "notice " + std::to_string(number) +
                      " names persons who must not learn of it: it waits for the conflict lead");
    }
  }
  return message;
}

Result<Value> Desk::Sections(const InMessage& message,
                             const std::vector<std::string>& names) const {
  const exchange::ExchangeType& type = *exchange::FindExchange(message.exchange);
  Value sections = Value::List();
  for (const exchange::Field& section : type.sections) {
    const bool wanted = std::ranges::find(names, section.name) != names.end();
    if (!wanted || section.name == seal::kExclusionsSection) continue;
    ASSIGN_OR_RETURN(const auto bytes, agent_.inbox().Section(message, section.name));
    if (!bytes) continue;
    ASSIGN_OR_RETURN(Value value, exchange::DecodeSection(type, section.name, *bytes));
    sections.Add(Value::Map()
                     .Set("name", section.name)
                     .Set("label", section.label)
                     .Set("value", std::move(value)));
  }
  return sections;
}

JournalEntry Desk::Entry(const InMessage& message, const char* act, const Person& person) const {
  return {.number = 0,
          .time = agent_.clock().Now(),
          .agency = message.key.agency,
          .person = person.pseudonym,
          .act = act,
          .origin = message.key.origin,
          .sections = {}};
}

Result<Value> Desk::Who(std::uint64_t number, const Person& person) {
  ASSIGN_OR_RETURN(const InMessage* const message, Shown(number, person));
  const exchange::ExchangeType& type = *exchange::FindExchange(message->exchange);
  JournalEntry entry = Entry(*message, "who", person);
  for (const std::string& section : message->sections) {
    const exchange::Field* const field = type.FindSection(section);
    if (field != nullptr && field->identifies) entry.sections.push_back(section);
  }
  StoreBatch batch;
  journal_.Add(entry, batch);
  // A crash before the sync shows nothing; after it, the look is in the journal.
  RETURN_IF_FAULT(agent_.store().Commit(batch));
  ASSIGN_OR_RETURN(Value sections, Sections(*message, entry.sections));
  return Value::Map()
      .Set("notice", number)
      .Set("exchange", type.name.value())
      .Set("question", type.question)
      .Set("sections", std::move(sections));
}

Result<Value> Desk::Open(std::uint64_t number, const Person& person) {
  ASSIGN_OR_RETURN(const InMessage* const message, Shown(number, person));
  JournalEntry entry = Entry(*message, "open", person);
  entry.sections = message->sections;
  StoreBatch batch;
  journal_.Add(entry, batch);
  RETURN_IF_FAULT(agent_.inbox().Do({number, ReceiptKind::kOpened, person.pseudonym},
                                    agent_.clock().Now(), std::move(batch)));
  ASSIGN_OR_RETURN(Value sections, Sections(*message, message->sections));
  const exchange::ExchangeType& type = *exchange::FindExchange(message->exchange);
  return views::InMessageView(*message, agent_.documents().directory())
      .Set("title", type.title)
      .Set("sections", std::move(sections))
      .Set("why", views::WhyCard(*message, type, agent_.documents()));
}

Result<Value> Desk::Act(std::uint64_t number, ReceiptKind kind, const char* act,
                        const Person& person) {
  ASSIGN_OR_RETURN(const InMessage* const message, Shown(number, person));
  StoreBatch batch;
  journal_.Add(Entry(*message, act, person), batch);
  RETURN_IF_FAULT(
      agent_.inbox().Do({number, kind, person.pseudonym}, agent_.clock().Now(), std::move(batch)));
  return views::InMessageView(*message, agent_.documents().directory());
}

Result<Value> Desk::Acknowledge(std::uint64_t number, const Person& person) {
  return Act(number, ReceiptKind::kAcknowledged, "acknowledge", person);
}

Result<Value> Desk::NotOurs(std::uint64_t number, const Person& person) {
  return Act(number, ReceiptKind::kNotOurs, "not-ours", person);
}

}  // namespace havenline
