#include "deploy/havenline/policy_record.h"

#include <limits>

#include "agents/link/outbox_rows.h"
#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/store_export.h"
#include "deploy/havenline/tool.h"
#include "policy/time_text.h"
#include "schema/text/json.h"
#include "schema/text/reader.h"

namespace havenline {
namespace {

using text::MapReader;
using text::Value;

// Of a file of decisions: some hundred thousand messages.
constexpr std::size_t kDecisionsBytesMax = 256U << 20U;
constexpr std::size_t kDecisionBytesMax = 64U << 10U;
constexpr std::int64_t kCountMax = std::numeric_limits<std::int64_t>::max();

RecordedTelling ReadTelling(MapReader& reader) {
  RecordedTelling telling;
  telling.to = Role(reader.Name("to"));
  telling.agencies = static_cast<std::size_t>(reader.Integer("agencies", 1, kCountMax));
  telling.rule = RuleId(reader.Name("rule"));
  telling.sections = reader.NameList("sections");
  telling.held = reader.Bool("held");
  return telling;
}

Result<RecordedMessage> ReadMessage(const Value& value, const std::string& source,
                                    std::set<std::string>& partnerships) {
  MapReader reader(value, source);
  if (const auto partnership = reader.OptionalText("partnership"))
    partnerships.insert(*partnership);
  RecordedMessage message;
  message.message = reader.Name("message");
  const auto made = policy::TimeFrom(reader.Text("made"));
  if (!made) reader.Problem("made", "must be a time in UTC (2026-11-07T08:00:00Z)");
  message.made = made.value_or(TimePoint());
  message.sender = AgencyId(reader.Name("sender"));
  message.exchange = ExchangeName(reader.Name("exchange"));
  message.from = Role(reader.Name("from"));
  for (auto& [claim, value_of] : reader.OptionalTextMap("claims"))
    message.claims.emplace(claim, value_of);
  message.version = static_cast<std::uint64_t>(reader.Integer("version", 1, kCountMax));
  for (MapReader& each : reader.MapList("told")) message.told.push_back(ReadTelling(each));
  for (const std::string& role : reader.NameList("decided-against"))
    message.decided_against.emplace_back(role);
  RETURN_IF_FAULT(reader.Finish());
  return message;
}

}  // namespace

Result<DecisionRecord> DecisionsIn(const AgentStore& store) {
  DecisionRecord record;
  std::vector<MessageId> sealed;
  Result<void> read;
  RETURN_IF_FAULT(store.Scan(Table::kOutbox, "", [&](std::string_view, const Value& row) {
    const auto message = rows::OutMessageFrom(row);
    if (!message) {
      read = tl::unexpected<Fault>(message.error());
      return false;
    }
    if (message->sealings > 0 && message->state != OutState::kRefused)
      sealed.push_back(message->origin);
    return true;
  }));
  RETURN_IF_FAULT(read);
  for (const MessageId& origin : sealed) {
    ASSIGN_OR_RETURN(const auto row, store.Get(Table::kSealed, rows::RecordKeyOf(origin)));
    if (!row) {
      ++record.without_claims;
      continue;
    }
    ASSIGN_OR_RETURN(RecordedMessage message, rows::RecordedMessageFrom(*row));
    record.messages.push_back(std::move(message));
  }
  return record;
}

Value JsonOf(const RecordedMessage& message) {
  Value claims = Value::Map();
  for (const auto& [claim, value] : message.claims) claims.Set(claim, value);
  Value told = Value::List();
  for (const RecordedTelling& telling : message.told) {
    told.Add(Value::Map()
                 .Set("to", telling.to.value())
                 .Set("agencies", telling.agencies)
                 .Set("rule", telling.rule.value())
                 .Set("sections", ListOf(telling.sections))
                 .Set("held", telling.held));
  }
  return Value::Map()
      .Set("message", message.message)
      .Set("made", policy::TimeText(message.made))
      .Set("sender", message.sender.value())
      .Set("exchange", message.exchange.value())
      .Set("from", message.from.value())
      .Set("claims", std::move(claims))
      .Set("version", message.version)
      .Set("told", std::move(told))
      .Set("decided-against", ListOf(NamesOf(message.decided_against)));
}

Result<DecisionRecord> ParseDecisions(std::string_view lines, const std::string& source_name) {
  DecisionRecord record;
  std::uint32_t line = 0;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const std::string_view one = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    ++line;
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    ASSIGN_OR_RETURN(const Value value,
                     text::ParseJson(one, source_name, {kDecisionBytesMax, line, {}}));
    ASSIGN_OR_RETURN(RecordedMessage message, ReadMessage(value, source_name, record.partnerships));
    record.messages.push_back(std::move(message));
  }
  return record;
}

Result<DecisionRecord> DecisionsOfAgent(const std::string& config) {
  ASSIGN_OR_RETURN(const AgentConfiguration configuration, ReadAgentConfigurationForTool(config));
  seal::SystemRandom random;
  ASSIGN_OR_RETURN(const AgentStore store, OpenForReading(configuration, random));
  ASSIGN_OR_RETURN(DecisionRecord record, DecisionsIn(store));
  record.partnerships = {configuration.partnership.value()};
  return record;
}

Result<DecisionRecord> ReadDecisions(const std::string& path) {
  if (path.ends_with(".toml")) return DecisionsOfAgent(path);
  ASSIGN_OR_RETURN(const std::string lines, tool::ReadText(path, kDecisionsBytesMax));
  return ParseDecisions(lines, path);
}

}  // namespace havenline
