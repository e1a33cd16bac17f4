#include "deploy/havenline/desk_commands.h"

#include <cstdint>
#include <memory>
#include <string>

#include "agents/link/inbox.h"
#include "deploy/havenline/message_words.h"
#include "deploy/havenline/port_client.h"
#include "deploy/havenline/tool.h"

namespace havenline {
namespace {

using text::Value;

struct Options {
  PortOptions port;
  std::string agency;
  bool waiting = false;
  std::int64_t number = 0;
  bool json = false;
};

bool Has(const Value& notice, const char* key, std::string_view text) {
  const Value* const value = notice.is(Value::Kind::kMap) ? notice.Find(key) : nullptr;
  return value != nullptr && value->is(Value::Kind::kText) && value->text() == text;
}

Result<tool::Answer> List(const Options& options) {
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open(options.port));
  ASSIGN_OR_RETURN(const Value answer, port.Get("/v1/notices"));
  const Value* const all = answer.is(Value::Kind::kMap) ? answer.Find("notices") : nullptr;
  if (all == nullptr || !all->is(Value::Kind::kList))
    return Fail(FaultCode::kCorrupt, "the agent's answer holds no list of notices");
  Value notices = Value::List();
  for (const Value& notice : all->items()) {
    if (!options.agency.empty() && !Has(notice, "agency", options.agency)) continue;
    const bool waits = Has(notice, "state", NameOf(InState::kPresented)) ||
                       Has(notice, "state", NameOf(InState::kOpened));
    if (!options.waiting || waits) notices.Add(notice);
  }
  Value json = Value::Map().Set("notices", std::move(notices));
  std::string words = NoticeListWords(json);
  return tool::Answer{std::move(words), std::move(json), ExitCode::kOk};
}

using Words = std::string (*)(const Value&);

Result<tool::Answer> Do(const Options& options, const char* act, Words words) {
  ASSIGN_OR_RETURN(const PortClient port, PortClient::Open(options.port));
  ASSIGN_OR_RETURN(Value notice,
                   port.Post("/v1/notices/" + std::to_string(options.number) + "/" + act));
  std::string text = words(notice);
  return tool::Answer{std::move(text), std::move(notice), ExitCode::kOk};
}

void AddList(Command& desk) {
  auto options = std::make_shared<Options>();
  Command& command = desk.Add("list", "What came, without anything of whom it is about.");
  AddPortOptions(command, options->port)
      .Text({"--agency", "only what is for this agency"}, options->agency)
      .Flag({"--waiting", "only what nobody has acknowledged or handed back"}, options->waiting)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline desk list --config agent.toml --token tokens/keyadult --waiting")
      .Handler([options] { return tool::Finish(List(*options), options->json); });
}

void AddAct(Command& desk, const char* act, const char* help, Words words) {
  auto options = std::make_shared<Options>();
  Command& command = desk.Add(act, help);
  AddPortOptions(command, options->port)
      .Integer({"number", "the notice's number in `havenline desk list`", kRequired},
               {.min = 1, .max = INT64_MAX}, options->number)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline desk " + std::string(act) +
               " --config agent.toml --token tokens/keyadult 3")
      .Handler(
          [options, act, words] { return tool::Finish(Do(*options, act, words), options->json); });
}

}  // namespace

void AddDeskCommands(Command& root) {
  Command& desk = root.Add("desk", "What came for an agency: looked at, opened, answered for.");
  AddList(desk);
  AddAct(desk, "who", "Is this ours? Shows name and date of birth; the look is recorded.",
         NoticeWords);
  AddAct(desk, "open",
         "Shows all that policy lets this desk see; its sender is told who opened it.",
         NoticeWords);
  AddAct(desk, "acknowledge", "Says: I have read this and will look after it today.",
         NoticeStateWords);
  AddAct(desk, "not-ours", "Hands it back: a person at the sender must act.", NoticeStateWords);
}

}  // namespace havenline
