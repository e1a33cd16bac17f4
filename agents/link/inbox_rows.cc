#include "agents/link/inbox_rows.h"

#include "agents/link/rows.h"

namespace havenline::rows {

std::string RowKey(const InKey& key) {
  return key.agency.value() + "|" + key.role.value() + "|" + key.sender.value() + "|" +
         ToText(key.origin);
}

Value ToRow(const InMessage& message) {
  Value row = Value::Map()
                  .Set("agency", message.key.agency.value())
                  .Set("role", message.key.role.value())
                  .Set("sender", message.key.sender.value())
                  .Set("origin", ToText(message.key.origin))
                  .Set("message", ToText(message.message))
                  .Set("grant", Encode(message.grant))
                  .Set("exchange", message.exchange.value())
                  .Set("version", message.version)
                  .Set("lane", static_cast<int>(message.lane))
                  .Set("state", static_cast<int>(message.state))
                  .Set("rule", message.rule.value())
                  .Set("created", ToMilliseconds(message.created))
                  .Set("received", ToMilliseconds(message.received))
                  .Set("epoch", message.position.epoch)
                  .Set("index", message.position.index.value())
                  .Set("confirm", message.confirm_by_telephone)
                  .Set("claims-differ", message.claims_differ)
                  .Set("ahead", message.ahead_of_time)
                  .Set("number", message.number);
  if (message.released) row.Set("released", ToMilliseconds(*message.released));
  if (message.stood_down) row.Set("stood-down", ToMilliseconds(*message.stood_down));
  if (message.warn) {
    row.Set("warn", ToMilliseconds(*message.warn))
        .Set("warned", message.warned)
        .Set("late", message.late)
        .Set("escalation", ToRow(message.escalation));
  }
  if (message.acknowledge_by) row.Set("due", ToMilliseconds(*message.acknowledge_by));
  Value sections = Value::List();
  for (const std::string& section : message.sections) sections.Add(section);
  row.Set("sections", std::move(sections));
  if (!message.may_show.empty()) {
    Value may_show = Value::List();
    for (const std::string& section : message.may_show) may_show.Add(section);
    row.Set("may-show", std::move(may_show));
  }
  Value receipts = Value::Map();
  for (const auto& [kind, time] : message.receipts)
    receipts.Set(std::string(NameOf(kind)), ToMilliseconds(time));
  row.Set("receipts", std::move(receipts));
  return row;
}

Result<InMessage> InMessageFrom(const Value& row) {
  RowView view(row);
  InMessage message;
  message.key = {AgencyId(view.Text("agency")), Role(view.Text("role")),
                 AgencyId(view.Text("sender")), view.Message("origin")};
  message.message = view.Message("message");
  message.grant = view.Array<32>("grant");
  message.exchange = ExchangeName(view.Text("exchange"));
  message.version = static_cast<std::uint16_t>(view.Integer("version"));
  message.lane = static_cast<Lane>(view.Integer("lane"));
  message.state = static_cast<InState>(view.Integer("state"));
  message.rule = RuleId(view.Text("rule"));
  message.created = view.Time("created");
  message.received = view.Time("received");
  message.position = {view.Count("epoch"), LogIndex(view.Count("index"))};
  message.confirm_by_telephone = view.Bool("confirm");
  message.claims_differ = view.Bool("claims-differ");
  message.ahead_of_time = view.Bool("ahead");
  message.number = view.Count("number");
  message.acknowledge_by = view.OptionalTime("due");
  if (view.Has("warn")) {
    message.warn = view.Time("warn");
    message.warned = view.Bool("warned");
    message.late = view.Bool("late");
    const Value* const steps = row.Find("escalation");
    if (steps == nullptr) return Corrupt("inbox row");
    ASSIGN_OR_RETURN(message.escalation, EscalationFrom(*steps));
  }
  message.released = view.OptionalTime("released");
  message.stood_down = view.OptionalTime("stood-down");
  for (const Value& section : view.List("sections")) {
    if (section.is(Value::Kind::kText)) message.sections.push_back(section.text());
  }
  for (const Value& section : view.Has("may-show") ? view.List("may-show") : Value::Items{}) {
    if (section.is(Value::Kind::kText)) message.may_show.push_back(section.text());
  }
  for (const auto& [name, time] : view.Map("receipts")) {
    const auto kind = ReceiptKindNamed(name);
    if (!kind || !time.is(Value::Kind::kInteger)) return Corrupt("receipt time");
    message.receipts[*kind] = FromMilliseconds(time.integer());
  }
  if (!view.ok()) return Corrupt("inbox row");
  return message;
}

}  // namespace havenline::rows
