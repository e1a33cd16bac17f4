#include "deploy/havenline/key_commands.h"

#include <memory>
#include <string>

#include "deploy/havenline/port_client.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"

namespace havenline {
namespace {

using text::Value;

struct Options {
  PortOptions port;
  std::string agency;
  bool compromised = false;
  bool json = false;
};

Result<tool::Answer> Roll(const Options& options) {
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open(options.port));
  ASSIGN_OR_RETURN(
      Value answer,
      port.Post(
          "/v1/keys/roll",
          Value::Map().Set("agency", options.agency).Set("compromised", options.compromised)));
  std::string words =
      tool::Plain(options.agency) +
      " has new recipient keys; everyone is told as soon as its agent " + "reaches the broker" +
      (options.compromised ? ", and from then on nothing sealed to the old ones is accepted\n"
                           : "; what was sealed to the old ones can still be opened\n");
  return tool::Answer{std::move(words), std::move(answer), ExitCode::kOk};
}

}  // namespace

void AddKeyCommands(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command = root.Add("keys", "An agency's recipient keys.")
                         .Add("roll", "Makes new ones and states them to everyone.");
  AddPortOptions(command, options->port)
      .Text({"--agency", "whose; one of this agent's agencies", kRequired}, options->agency)
      .Flag(
          {"--compromised", "the old ones may be known to others: nothing more is sealed to them"},
          options->compromised)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example(
          "havenline keys roll --config agent.toml --token tokens/keyadult "
          "--agency school.106890")
      .Handler([options] { return tool::Finish(Roll(*options), options->json); });
}

}  // namespace havenline
