#include "deploy/havenline/sending_commands.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agents/http/server.h"
#include "deploy/havenline/message_words.h"
#include "deploy/havenline/port_client.h"
#include "deploy/havenline/tool.h"
#include "schema/model/names.h"
#include "schema/text/json.h"

namespace havenline {
namespace {

using text::Value;

struct Options {
  PortOptions port;
  std::string exchange;
  std::string file;
  std::string from;
  std::vector<std::string> to;
  std::vector<std::string> decided_against;
  std::vector<std::string> flags;
  std::string reference;
  std::string take_on;  // An origin.
  std::string agency;
  std::string role;
  bool told_by_voice = false;
  bool open = false;
  std::int64_t alarm = 0;
  std::int64_t number = 0;
  bool rows = false;
  bool json = false;
};

// --- send

// "idva", "council.rotherham" or "idva@council.rotherham": what has a dot is an agency.
Value Wanted(const std::string& to) {
  const auto at = to.find('@');
  if (at != std::string::npos)
    return Value::Map().Set("role", to.substr(0, at)).Set("agency", to.substr(at + 1));
  return Value::Map().Set(to.find('.') == std::string::npos ? "role" : "agency", to);
}

// The sections of a file, with what the command line says of them.
Value RequestOf(const Options& options, const Value& sections) {
  Value body = Value::Map().Set("exchange", options.exchange).Set("sections", sections);
  if (!options.from.empty()) body.Set("from", options.from);
  if (!options.role.empty()) body.Set("role", options.role);
  if (!options.reference.empty()) body.Set("reference", options.reference);
  Value to = Value::List();
  for (const std::string& each : options.to) to.Add(Wanted(each));
  if (!options.to.empty()) body.Set("to", std::move(to));
  Value decided = Value::List();
  for (const std::string& role : options.decided_against) decided.Add(role);
  if (!options.decided_against.empty()) body.Set("decided-against", std::move(decided));
  Value flags = Value::List();
  for (const std::string& flag : options.flags) flags.Add(flag);
  if (!options.flags.empty()) body.Set("flags", std::move(flags));
  return body;
}

Result<tool::Answer> Send(const Options& options) {
  const bool whole = options.exchange.empty();
  if (whole &&
      (!options.from.empty() || !options.role.empty() || !options.to.empty() ||
       !options.decided_against.empty() || !options.flags.empty() || !options.reference.empty()))
    return Fail(
        FaultCode::kInvalid,
        "--from, --as, --to, --decided-against, --flag and --reference go with an exchange; "
        "without one the file says all of that");
  ASSIGN_OR_RETURN(const std::string text, tool::ReadText(options.file, kPortBodyBytesMax));
  const std::string source = options.file == "-" ? "standard input" : options.file;
  ASSIGN_OR_RETURN(const Value read, text::ParseJson(text, source, kPortBodyBytesMax));
  if (!read.is(Value::Kind::kMap))
    return Fail(FaultCode::kInvalid,
                source + " must hold one JSON object: docs/integration.md, \"Sending\"");
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open(options.port));
  ASSIGN_OR_RETURN(Value answer, port.Post("/v1/send", whole ? read : RequestOf(options, read)));
  if (answer.is(Value::Kind::kMap) && answer.Find("held") != nullptr) {
    std::string words = HeldWords(answer);
    return tool::Answer{std::move(words), std::move(answer), ExitCode::kTemporary};
  }
  const Value* const origin = answer.is(Value::Kind::kMap) ? answer.Find("origin") : nullptr;
  if (origin == nullptr || !origin->is(Value::Kind::kText))
    return Fail(FaultCode::kCorrupt, "the agent's answer names no message");
  std::string words = TakenWords(answer);
  return tool::Answer{std::move(words), std::move(answer), ExitCode::kOk};
}

// --- held

Result<tool::Answer> HeldList(const Options& options) {
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open(options.port));
  ASSIGN_OR_RETURN(Value answer, port.Get(options.rows ? "/v1/intake/held" : "/v1/held"));
  std::string words = HeldListWords(answer);
  return tool::Answer{std::move(words), std::move(answer), ExitCode::kOk};
}

Result<tool::Answer> Decide(const Options& options, const std::string& act) {
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open(options.port));
  const std::string path = options.rows ? "/v1/intake/held/" : "/v1/held/";
  ASSIGN_OR_RETURN(Value answer, port.Post(path + std::to_string(options.number) + "/" + act));
  std::string words = DecidedWords(answer);
  return tool::Answer{std::move(words), std::move(answer), ExitCode::kOk};
}

// --- sent

Result<tool::Answer> TakeOn(const Options& options) {
  if (options.agency.empty() || options.role.empty())
    return Fail(FaultCode::kInvalid, "--take-on needs --agency and --role: for whom");
  if (!MessageIdFrom(options.take_on))
    return Fail(FaultCode::kInvalid, "--take-on wants an origin as `havenline sent` shows it");
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open(options.port));
  ASSIGN_OR_RETURN(Value answer, port.Post("/v1/sent/" + options.take_on + "/take-on",
                                           Value::Map()
                                               .Set("agency", options.agency)
                                               .Set("role", options.role)
                                               .Set("told-by-voice", options.told_by_voice)));
  std::string words =
      std::string("recorded: ") + (options.told_by_voice ? "told by voice" : "taken on") + "\n";
  return tool::Answer{std::move(words), std::move(answer), ExitCode::kOk};
}

// The members of `list` in `answer` that `keep` says yes to.
template <class Keep>
Value Kept(const Value& answer, const char* list, Keep keep) {
  Value kept = Value::List();
  const Value* const all = answer.is(Value::Kind::kMap) ? answer.Find(list) : nullptr;
  if (all != nullptr && all->is(Value::Kind::kList)) {
    for (const Value& each : all->items()) {
      if (keep(each)) kept.Add(each);
    }
  }
  return Value::Map().Set(list, std::move(kept));
}

bool IsTrue(const Value& map, const char* key) {
  const Value* const value = map.is(Value::Kind::kMap) ? map.Find(key) : nullptr;
  return value != nullptr && value->is(Value::Kind::kBool) && value->boolean();
}

Result<tool::Answer> Sent(const Options& options) {
  if (!options.take_on.empty()) return TakeOn(options);
  if (options.told_by_voice || !options.agency.empty() || !options.role.empty())
    return Fail(FaultCode::kInvalid, "--agency, --role and --told-by-voice go with --take-on");
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open(options.port));
  ASSIGN_OR_RETURN(const Value answer, port.Get("/v1/sent"));
  Value json = Kept(answer, "sent", [&](const Value& message) {
    return !options.open || !IsTrue(message, "ended");
  });
  std::string words = SentWords(json);
  return tool::Answer{std::move(words), std::move(json), ExitCode::kOk};
}

// --- alarms

Result<tool::Answer> AlarmsOf(const Options& options) {
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open(options.port));
  if (options.alarm != 0) {
    ASSIGN_OR_RETURN(Value alarm,
                     port.Post("/v1/alarms/" + std::to_string(options.alarm) + "/take-on"));
    std::string words = AlarmWords(alarm);
    return tool::Answer{std::move(words), std::move(alarm), ExitCode::kOk};
  }
  ASSIGN_OR_RETURN(const Value answer, port.Get("/v1/alarms"));
  Value json = Kept(answer, "alarms",
                    [&](const Value& alarm) { return !options.open || IsTrue(alarm, "open"); });
  std::string words = AlarmListWords(json);
  return tool::Answer{std::move(words), std::move(json), ExitCode::kOk};
}

void AddSend(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command =
      root.Add("send", "Hands a message to an agent; done once the agent's disk holds it.");
  AddPortOptions(command, options->port)
      .Text({"exchange", "what kind of message; without it the file says that too"},
            options->exchange)
      .Text({"--file", "its sections as JSON (docs/integration.md); - is stdin", kRequired},
            options->file)
      .Text({"--from", "which agency sends, if the agent speaks for several"}, options->from)
      .Text({"--as", "in which of its roles, if it may in several"}, options->role)
      .Texts({"--to", "a role, an agency, or role@agency; else all whom policy says must be told"},
             options->to)
      .Texts({"--decided-against",
              "a role that you decided not to tell, where policy wants that recorded"},
             options->decided_against)
      .Texts({"--flag", "a danger of policy's hold list: it waits for another person's release"},
             options->flags)
      .Text({"--reference", "yours: the same again is the same message"}, options->reference)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example(
          "havenline send dash-referral --config agent.toml --token tokens/midwife --file "
          "case.json")
      .Example(
          "havenline send encompass-notice --config agent.toml --token tokens/duty.officer "
          "--to school.106890 --file notice.json")
      .Handler([options] { return tool::Finish(Send(*options), options->json); });
}

void AddSent(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command =
      root.Add("sent", "How far each message sent is; and taking on what nobody there answers.");
  AddPortOptions(command, options->port)
      .Flag({"--open", "only what has not ended"}, options->open)
      .Text({"--take-on", "an origin: a person here answers for it from now on"}, options->take_on)
      .Text({"--agency", "with --take-on: instead of which recipient"}, options->agency)
      .Text({"--role", "with --take-on: in which role"}, options->role)
      .Flag({"--told-by-voice", "with --take-on: somebody there was told by telephone"},
            options->told_by_voice)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline sent --config agent.toml --token tokens/duty.officer --open")
      .Example(
          "havenline sent --config agent.toml --token tokens/duty.officer "
          "--take-on 019a… --agency school.106890 --role school --told-by-voice")
      .Handler([options] { return tool::Finish(Sent(*options), options->json); });
}

void AddAlarms(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command = root.Add("alarms", "What a person must look at; and taking it on.");
  AddPortOptions(command, options->port)
      .Flag({"--open", "only what nobody has taken on and is not over"}, options->open)
      .Integer({"--take-on", "an alarm's number: somebody looks after it"},
               {.min = 1, .max = INT64_MAX}, options->alarm)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline alarms --config agent.toml --token tokens/duty.officer --open")
      .Example("havenline alarms --config agent.toml --token tokens/duty.officer --take-on 4")
      .Handler([options] { return tool::Finish(AlarmsOf(*options), options->json); });
}

constexpr const char* kRowsHelp = "rows of the drop folder instead of what was sent by hand";

void AddDecision(Command& held, const std::string& act, const char* help) {
  auto options = std::make_shared<Options>();
  Command& command = held.Add(act, help);
  AddPortOptions(command, options->port)
      .Integer({"number", "its number in `havenline held list`", kRequired},
               {.min = 1, .max = INT64_MAX}, options->number)
      .Flag({"--rows", kRowsHelp}, options->rows)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline held " + act + " --config agent.toml --token tokens/supervisor 3")
      .Handler([options, act] { return tool::Finish(Decide(*options, act), options->json); });
}

void AddHeld(Command& root) {
  Command& held = root.Add("held", "Dangerous cases that wait for another person's decision.");
  auto options = std::make_shared<Options>();
  Command& command = held.Add("list", "What waits, with all that it says. Nobody has been told.");
  AddPortOptions(command, options->port)
      .Flag({"--rows", kRowsHelp}, options->rows)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline held list --config agent.toml --token tokens/supervisor")
      .Handler([options] { return tool::Finish(HeldList(*options), options->json); });
  AddDecision(held, "release", "It goes now. Never by whoever sent it.");
  AddDecision(held, "reject", "It never goes.");
}

}  // namespace

void AddSendingCommands(Command& root) {
  AddSend(root);
  AddHeld(root);
  AddSent(root);
  AddAlarms(root);
}

}  // namespace havenline
