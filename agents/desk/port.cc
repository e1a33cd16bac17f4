#include "agents/desk/port.h"

#include <charconv>

#include "agents/desk/danger.h"
#include "agents/desk/request.h"
#include "agents/desk/views.h"
#include "agents/http/server.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/text/json.h"
#include "schema/text/reader.h"

namespace havenline {
namespace {

using text::Value;

static_assert(kPortBodyBytesMax == 2 * limits::kMessageBytesMax);

Result<std::uint64_t> NumberFrom(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return Fail(FaultCode::kMissing, "not a number");
  return number;
}

int StatusOf(FaultCode code) {
  switch (code) {
    case FaultCode::kInvalid:
      return 422;
    case FaultCode::kMissing:
      return 404;
    case FaultCode::kUnavailable:
      return 503;
    case FaultCode::kCorrupt:
    case FaultCode::kIo:
      return 500;
  }
  return 500;
}

}  // namespace

HttpResponse AnswerOf(const Result<Value>& value) {
  HttpResponse response;
  if (value) {
    response.body = text::ToJson(*value) + "\n";
    return response;
  }
  response.status = StatusOf(value.error().code);
  response.body = text::ToJson(Value::Map().Set("error", value.error().detail)) + "\n";
  return response;
}

LocalPort::LocalPort(Agent& agent, LocalPortParts parts)
    : agent_(agent), desk_(parts.desk), people_(parts.people), held_(parts.held) {
  AddDesk();
  AddSending();
  AddHeld();
  AddUpkeep();
}

void LocalPort::Add(const std::string& method, const std::string& path, PersonHandler handler) {
  router_.Add(method, path,
              [this, handler = std::move(handler)](const HttpRequest& request,
                                                   const RouteParameters& parameters) {
                const auto person = people_.WhoHas(request.bearer);
                if (!person)
                  return ErrorResponse(401, "unauthorised",
                                       "a bearer token of a person at this desk is needed");
                return handler(*person, request, parameters);
              });
}

void LocalPort::AddDesk() {
  using DeskCall = Result<Value> (Desk::*)(std::uint64_t, const Person&);
  Add("GET", "/v1/notices",
      [this](const Person& person, const HttpRequest&, const RouteParameters&) {
        return AnswerOf(agent_.Call([&]() -> Result<Value> { return desk_.List(person); }));
      });
  const std::pair<const char*, DeskCall> calls[] = {{"who", &Desk::Who},
                                                    {"open", &Desk::Open},
                                                    {"acknowledge", &Desk::Acknowledge},
                                                    {"not-ours", &Desk::NotOurs}};
  for (const auto& [name, call] : calls) {
    Add("POST", std::string("/v1/notices/{number}/") + name,
        [this, act = call](const Person& person, const HttpRequest&,
                           const RouteParameters& parameters) {
          const auto number = NumberFrom(parameters.at("number"));
          if (!number) return AnswerOf(tl::unexpected<Fault>(number.error()));
          return AnswerOf(agent_.Call([&] { return (desk_.*act)(*number, person); }));
        });
  }
}

void LocalPort::AddSending() {
  Add("GET", "/v1/sent", [this](const Person& person, const HttpRequest&, const RouteParameters&) {
    return AnswerOf(agent_.Call([&]() -> Result<Value> {
      Value list = Value::List();
      for (const auto& [origin, message] : agent_.outbox().messages()) {
        if (person.WorksAt(message.sender)) list.Add(views::OutMessageView(message));
      }
      return Value::Map().Set("sent", std::move(list));
    }));
  });
  Add("POST", "/v1/send",
      [this](const Person& person, const HttpRequest& request, const RouteParameters&) {
        const auto body = text::ParseJson(request.body, "request", kPortBodyBytesMax);
        if (!body) return AnswerOf(tl::unexpected<Fault>(body.error()));
        auto read = ReadSendRequest(*body);
        if (!read) return AnswerOf(tl::unexpected<Fault>(read.error()));
        // Answered once the outbox has synced it: from then on it is this agent's to deliver. What
        // is held for another person is durable too, and told to nobody: 202.
        const auto sent = agent_.Call([&] { return Send(*std::move(read), person); });
        HttpResponse answer = AnswerOf(sent);
        if (sent && sent->Find("held") != nullptr) answer.status = 202;
        return answer;
      });
  Add("POST", "/v1/sent/{origin}/take-on",
      [this](const Person& person, const HttpRequest& request, const RouteParameters& parameters) {
        const auto origin = MessageIdFrom(parameters.at("origin"));
        const auto body = text::ParseJson(request.body, "request", kPortBodyBytesMax);
        if (!origin || !body)
          return ErrorResponse(422, "invalid", "an origin and a JSON body are needed");
        return AnswerOf(agent_.Call([&]() -> Result<Value> {
          text::MapReader reader(*body, "request");
          const Recipient recipient{AgencyId(reader.Name("agency")), Role(reader.Name("role"))};
          const bool by_voice = reader.OptionalBool("told-by-voice").value_or(false);
          RETURN_IF_FAULT(reader.Finish());
          const auto message = agent_.outbox().messages().find(*origin);
          if (message != agent_.outbox().messages().end() &&
              !person.WorksAt(message->second.sender))
            return Fail(FaultCode::kMissing, "there is no such message");
          RETURN_IF_FAULT(
              agent_.outbox().TakeOn(*origin, recipient, by_voice, agent_.clock().Now()));
          return Value::Map().Set("taken-on-by", person.login);
        }));
      });
}

Result<Value> LocalPort::Send(SendRequest request, const Person& person) {
  const TimePoint now = agent_.clock().Now();
  std::vector<AgencyId> own;
  for (const OwnAgency& agency : agent_.keys().agencies()) {
    if (person.WorksAt(agency.id)) own.push_back(agency.id);
  }
  const char* const other_desks = "this token is for other desks than the one that it is from";
  if (request.from && !person.WorksAt(*request.from)) return Fail(FaultCode::kInvalid, other_desks);
  const Addressing addressing(agent_.documents().directory(), agent_.documents().policy());
  const std::vector<std::string> stated = std::move(request.flags);
  ASSIGN_OR_RETURN(Outbox::Request complete,
                   Complete(std::move(request), {std::move(own), addressing, now}));
  if (!person.WorksAt(complete.content.sender, complete.content.role))
    return Fail(FaultCode::kInvalid, other_desks);
  ASSIGN_OR_RETURN(std::vector<std::string> flags,
                   FlagsOf(complete.content, agent_.documents().policy(), stated, now));
  const AgencyId& sender = complete.content.sender;
  // What was released under its reference is the outbox's; what still waits is never sent past it.
  const bool is_sent = agent_.outbox().HasTaken(sender, complete.reference);
  if (!is_sent && (!flags.empty() || held_.Waits(sender, complete.reference)))
    return held_.Hold(std::move(complete), std::move(flags), person);
  ASSIGN_OR_RETURN(const MessageId origin, agent_.outbox().Take(std::move(complete), now));
  return views::OutMessageView(agent_.outbox().messages().at(origin));
}

void LocalPort::AddHeld() {
  using HeldCall = Result<Value> (HeldSends::*)(std::uint64_t, const Person&);
  Add("GET", "/v1/held", [this](const Person& person, const HttpRequest&, const RouteParameters&) {
    return AnswerOf(agent_.Call([&] { return held_.View(person); }));
  });
  const std::pair<const char*, HeldCall> calls[] = {{"release", &HeldSends::Release},
                                                    {"reject", &HeldSends::Reject}};
  for (const auto& [name, call] : calls) {
    Add("POST", std::string("/v1/held/{number}/") + name,
        [this, act = call](const Person& person, const HttpRequest&,
                           const RouteParameters& parameters) {
          const auto number = NumberFrom(parameters.at("number"));
          if (!number) return AnswerOf(tl::unexpected<Fault>(number.error()));
          return AnswerOf(agent_.Call([&] { return (held_.*act)(*number, person); }));
        });
  }
}

void LocalPort::AddUpkeep() {
  Add("GET", "/v1/status",
      [this](const Person& person, const HttpRequest&, const RouteParameters&) {
        return AnswerOf(agent_.Call(
            [&]() -> Result<Value> { return views::StatusView(agent_, people_, person); }));
      });
  Add("GET", "/v1/alarms",
      [this](const Person& person, const HttpRequest&, const RouteParameters&) {
        return AnswerOf(agent_.Call([&]() -> Result<Value> {
          Value list = Value::List();
          for (const auto& [number, alarm] : agent_.alarms().all()) {
            if (people_.MaySee(person, alarm.place)) list.Add(views::AlarmView(number, alarm));
          }
          return Value::Map().Set("alarms", std::move(list));
        }));
      });
  Add("POST", "/v1/alarms/{number}/take-on",
      [this](const Person& person, const HttpRequest&, const RouteParameters& parameters) {
        const auto number = NumberFrom(parameters.at("number"));
        if (!number) return AnswerOf(tl::unexpected<Fault>(number.error()));
        return AnswerOf(agent_.Call([&]() -> Result<Value> {
          const auto at = agent_.alarms().all().find(*number);
          if (at != agent_.alarms().all().end() && !people_.MaySee(person, at->second.place))
            return Fail(FaultCode::kMissing, "there is no alarm " + std::to_string(*number));
          StoreBatch batch;
          RETURN_IF_FAULT(
              agent_.alarms().TakeOn(*number, person.login, agent_.clock().Now(), batch));
          RETURN_IF_FAULT(agent_.store().Commit(batch));
          return views::AlarmView(*number, agent_.alarms().all().at(*number));
        }));
      });
  Add("POST", "/v1/keys/roll",
      [this](const Person& person, const HttpRequest& request, const RouteParameters&) {
        const auto body = text::ParseJson(request.body, "request", kPortBodyBytesMax);
        if (!body) return AnswerOf(tl::unexpected<Fault>(body.error()));
        return AnswerOf(agent_.Call([&]() -> Result<Value> {
          text::MapReader reader(*body, "request");
          const AgencyId agency(reader.Name("agency"));
          const bool compromised = reader.OptionalBool("compromised").value_or(false);
          RETURN_IF_FAULT(reader.Finish());
          if (!person.WorksAt(agency))
            return Fail(FaultCode::kInvalid, "this token is for other desks than that agency's");
          RETURN_IF_FAULT(agent_.RollKeys(agency, compromised));
          return Value::Map().Set("agency", agency.value()).Set("rolled", true);
        }));
      });
}

}  // namespace havenline
