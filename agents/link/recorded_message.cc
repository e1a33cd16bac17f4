#include "agents/link/recorded_message.h"

#include <algorithm>

#include "agents/link/rows.h"

namespace havenline {

RecordedMessage RecordedFrom(const Envelope& envelope, const std::vector<Role>& decided_against) {
  const Header& header = envelope.header;
  RecordedMessage recorded;
  recorded.message = ToText(header.origin);
  recorded.made = header.created;
  recorded.sender = header.sender;
  recorded.exchange = header.exchange;
  recorded.from = header.role;
  recorded.version = header.policy.version;
  recorded.decided_against = decided_against;
  for (const ClaimOpening& claim : envelope.claims)
    recorded.claims.emplace(claim.name, claim.value);
  for (const Grant& grant : envelope.grants) {
    const ClearPart& clear = grant.clear;
    const bool held = clear.condition.kind != Condition::Kind::kNone;
    const auto same = std::ranges::find_if(recorded.told, [&](const RecordedTelling& each) {
      return each.to == clear.role && each.rule == clear.rule && each.sections == clear.openings &&
             each.held == held;
    });
    if (same != recorded.told.end()) {
      ++same->agencies;
    } else {
      recorded.told.push_back({clear.role, 1, clear.rule, clear.openings, held});
    }
  }
  return recorded;
}

namespace rows {
namespace {

bool ReadTexts(const Value::Items& items, std::vector<std::string>& texts) {
  for (const Value& item : items) {
    if (!item.is(Value::Kind::kText)) return false;
    texts.push_back(item.text());
  }
  return true;
}

bool ReadTelling(const Value& row, RecordedTelling& telling) {
  RowView view(row);
  telling.to = Role(view.Text("to"));
  telling.agencies = view.Count("agencies");
  telling.rule = RuleId(view.Text("rule"));
  telling.held = view.Bool("held");
  return ReadTexts(view.List("sections"), telling.sections) && view.ok();
}

Value TellingRow(const RecordedTelling& telling) {
  Value sections = Value::List();
  for (const std::string& section : telling.sections) sections.Add(section);
  return Value::Map()
      .Set("to", telling.to.value())
      .Set("agencies", telling.agencies)
      .Set("rule", telling.rule.value())
      .Set("sections", std::move(sections))
      .Set("held", telling.held);
}

}  // namespace

std::string RecordKeyOf(const MessageId& origin) { return ToText(origin) + "/decided"; }

Value ToRow(const RecordedMessage& message) {
  Value claims = Value::Map();
  for (const auto& [claim, value] : message.claims) claims.Set(claim, value);
  Value told = Value::List();
  for (const RecordedTelling& telling : message.told) told.Add(TellingRow(telling));
  Value decided = Value::List();
  for (const Role& role : message.decided_against) decided.Add(role.value());
  // `origin`, as in all rows of that table.
  return Value::Map()
      .Set("origin", message.message)
      .Set("made", ToMilliseconds(message.made))
      .Set("sender", message.sender.value())
      .Set("exchange", message.exchange.value())
      .Set("from", message.from.value())
      .Set("claims", std::move(claims))
      .Set("version", message.version)
      .Set("told", std::move(told))
      .Set("decided-against", std::move(decided));
}

Result<RecordedMessage> RecordedMessageFrom(const Value& row) {
  RowView view(row);
  RecordedMessage message;
  message.message = view.Text("origin");
  message.made = view.Time("made");
  message.sender = AgencyId(view.Text("sender"));
  message.exchange = ExchangeName(view.Text("exchange"));
  message.from = Role(view.Text("from"));
  message.version = view.Count("version");
  bool good = true;
  for (const auto& [claim, value] : view.Map("claims")) {
    good = good && value.is(Value::Kind::kText);
    if (good) message.claims.emplace(claim, value.text());
  }
  for (const Value& item : view.List("told"))
    good = ReadTelling(item, message.told.emplace_back()) && good;
  std::vector<std::string> decided;
  good = ReadTexts(view.List("decided-against"), decided) && good;
  for (std::string& role : decided) message.decided_against.emplace_back(std::move(role));
  if (!good || !view.ok()) return Corrupt("decision");
  return message;
}

}  // namespace rows
}  // namespace havenline
