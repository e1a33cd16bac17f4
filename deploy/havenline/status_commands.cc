#include "deploy/havenline/status_commands.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "deploy/havenline/broker_link.h"
#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/port_client.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"
#include "schema/text/json.h"

namespace havenline {
namespace {

using text::Value;

struct Options {
  std::string operator_path;
  std::string config;
  std::string token;
  bool json = false;
};

std::string Scalar(const Value& value) {
  if (value.is(Value::Kind::kText)) return value.text();
  if (!value.is(Value::Kind::kList)) return text::ToJson(value);
  std::vector<std::string> items;
  for (const Value& item : value.items()) items.push_back(Scalar(item));
  return tool::Join(items);
}

bool IsTime(std::string_view key) {
  constexpr std::array<std::string_view, 6> kTimes = {"last-heard", "checkpoint-time", "oldest",
                                                      "counted",    "final-time",      "cosigned"};
  return std::ranges::find(kTimes, key) != kTimes.end();
}

// A map within says its lines under its own name; times are said as a clock shows them.
void AddLines(const Value& map, const std::string& under, tool::Table& table) {
  for (const auto& [key, value] : map.members()) {
    const std::string name = under + key;
    const bool is_time = IsTime(key) && value.is(Value::Kind::kInteger);
    if (value.is(Value::Kind::kMap)) {
      AddLines(value, name + " ", table);
    } else if (is_time && value.integer() == 0) {
      table.Add({name, "never"});
    } else {
      table.Add(
          {name, is_time ? tool::LocalText(FromMilliseconds(value.integer())) : Scalar(value)});
    }
  }
}

std::string Words(const Value& status) {
  tool::Table table({"what", "is"});
  AddLines(status, "", table);
  return table.Text();
}

Result<Value> BrokerStatus(const std::string& path) {
  ASSIGN_OR_RETURN(const LinkConfiguration configuration, ReadOperatorConfiguration(path));
  ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
  ASSIGN_OR_RETURN(const DocumentFrame frame, link->Ask(Fetch::Status()));
  if (frame.pieces.empty()) {
    return Fail(FaultCode::kInvalid,
                "the broker tells its status only to a host whose entry in the directory has "
                "`operator-link = true`");
  }
  return text::ParseJson(AsText(frame.pieces.front().bytes), "the broker's status");
}

Result<Value> AgentStatus(const Options& options) {
  if (options.token.empty())
    return Fail(FaultCode::kInvalid, "an agent's status needs --token, a person's token file");
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open({options.config, "", options.token}));
  return port.Get("/v1/status");
}

Result<tool::Answer> Status(const Options& options) {
  if (options.operator_path.empty() == options.config.empty())
    return Fail(FaultCode::kInvalid,
                "give either --operator for the broker or --config for an agent");
  ASSIGN_OR_RETURN(Value status, options.config.empty() ? BrokerStatus(options.operator_path)
                                                        : AgentStatus(options));
  if (!status.is(Value::Kind::kMap)) return Fail(FaultCode::kCorrupt, "the status is no map");
  return tool::Answer{Words(status), std::move(status), ExitCode::kOk};
}

}  // namespace

void AddStatusCommand(Command& root) {
  auto options = std::make_shared<Options>();
  root.Add("status", "How a broker or an agent is.")
      .Text({"--operator", "operator.toml: the broker's status"}, options->operator_path)
      .Text({"--config", "agent.toml: that agent's status"}, options->config)
      .Text({"--token", "with --config: a file with a person's token"}, options->token)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline status --operator operator/operator.toml")
      .Example("havenline status --config agent.toml --token tokens/keyadult --json")
      .Handler([options] { return tool::Finish(Status(*options), options->json); });
}

}  // namespace havenline
