#include "agents/desk/port.h"

#include <charconv>

#include "agents/desk/views.h"
#include "schema/exchange/content.h"
#include "schema/model/names.h"
#include "schema/text/json.h"
#include "schema/text/reader.h"

namespace havenline {
namespace {

using text::Value;

constexpr std::size_t kBodyMax = 4U << 20U;

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

// A body of POST /v1/send: {"from":…, "role":…, "exchange":…, "reference":…,
// "to":[{"agency":…,"role":…}], "sections":{name: value}}.
Result<Outbox::Request> RequestFrom(const Value& body) {
  text::MapReader reader(body, "request");
  const std::string from = reader.Name("from");
  const std::string role = reader.Name("role");
  const std::string name = reader.Name("exchange");
  Outbox::Request request;
  request.reference = reader.OptionalText("reference").value_or("");
  for (text::MapReader& to : reader.MapList("to"))
    request.recipients.push_back({AgencyId(to.Name("agency")), Role(to.Name("role"))});
  const Value* const sections = reader.Raw("sections");
  RETURN_IF_FAULT(reader.Finish());
  const exchange::ExchangeType* const type = exchange::FindExchange(ExchangeName(name));
  if (type == nullptr)
    return Fail(FaultCode::kInvalid, "this version knows no exchange of that name");
  if (sections == nullptr || !sections->is(Value::Kind::kMap))
    return Fail(FaultCode::kInvalid, "\"sections\" must be a map");
  std::map<std::string, Value> content;
  for (const auto& [section, value] : sections->members()) {
    if (type->FindSection(section) == nullptr)
      return Fail(FaultCode::kInvalid, "the exchange has no section of one of those names");
    if (section == "exclusions" && !value.is(Value::Kind::kNull)) {
      return Fail(
          FaultCode::kInvalid,
          "exclusions cannot be sent yet: hold the message and tell the recipients by telephone");
    }
    content.emplace(section, value);
  }
  request.content = {AgencyId(from), Role(role), type->name,
                     type->version,  {},         exchange::ClaimsOf(*type, content)};
  for (const exchange::Field& section : type->sections) {
    const auto value = content.find(section.name);
    ASSIGN_OR_RETURN(Bytes bytes,
                     exchange::EncodeSection(*type, section.name,
                                             value == content.end() ? Value() : value->second));
    request.content.sections.emplace(section.name, std::move(bytes));
  }
  return request;
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

LocalPort::LocalPort(Agent& agent, Desk& desk, const People& people)
    : agent_(agent), desk_(desk), people_(people) {
  AddDesk();
  AddSending();
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
  Add("GET", "/v1/notices", [this](const Person&, const HttpRequest&, const RouteParameters&) {
    return AnswerOf(agent_.Call([this]() -> Result<Value> { return desk_.List(); }));
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
  Add("GET", "/v1/sent", [this](const Person&, const HttpRequest&, const RouteParameters&) {
    return AnswerOf(agent_.Call([this]() -> Result<Value> {
      Value list = Value::List();
      for (const auto& [origin, message] : agent_.outbox().messages())
        list.Add(views::OutMessageView(message));
      return Value::Map().Set("sent", std::move(list));
    }));
  });
  Add("POST", "/v1/send",
      [this](const Person&, const HttpRequest& request, const RouteParameters&) {
        const auto body = text::ParseJson(request.body, "request", kBodyMax);
        if (!body) return AnswerOf(tl::unexpected<Fault>(body.error()));
        auto parsed = RequestFrom(*body);
        if (!parsed) return AnswerOf(tl::unexpected<Fault>(parsed.error()));
        // Answered once the outbox has synced it: from then on it is this agent's to deliver.
        return AnswerOf(agent_.Call([&]() -> Result<Value> {
          ASSIGN_OR_RETURN(const MessageId origin,
                           agent_.outbox().Take(*std::move(parsed), agent_.clock().Now()));
          return Value::Map().Set("origin", ToText(origin));
        }));
      });
  Add("POST", "/v1/sent/{origin}/take-on",
      [this](const Person& person, const HttpRequest& request, const RouteParameters& parameters) {
        const auto origin = MessageIdFrom(parameters.at("origin"));
        const auto body = text::ParseJson(request.body, "request", kBodyMax);
        if (!origin || !body)
          return ErrorResponse(422, "invalid", "an origin and a JSON body are needed");
        return AnswerOf(agent_.Call([&]() -> Result<Value> {
          text::MapReader reader(*body, "request");
          const Recipient recipient{AgencyId(reader.Name("agency")), Role(reader.Name("role"))};
          const bool by_voice = reader.OptionalBool("told-by-voice").value_or(false);
          RETURN_IF_FAULT(reader.Finish());
          RETURN_IF_FAULT(
              agent_.outbox().TakeOn(*origin, recipient, by_voice, agent_.clock().Now()));
          return Value::Map().Set("taken-on-by", person.login);
        }));
      });
}

void LocalPort::AddUpkeep() {
  Add("GET", "/v1/status", [this](const Person&, const HttpRequest&, const RouteParameters&) {
    return AnswerOf(agent_.Call([this]() -> Result<Value> { return views::StatusView(agent_); }));
  });
  Add("GET", "/v1/alarms", [this](const Person&, const HttpRequest&, const RouteParameters&) {
    return AnswerOf(agent_.Call([this]() -> Result<Value> {
      Value list = Value::List();
      for (const auto& [number, alarm] : agent_.alarms().all())
        list.Add(views::AlarmView(number, alarm));
      return Value::Map().Set("alarms", std::move(list));
    }));
  });
  Add("POST", "/v1/alarms/{number}/take-on",
      [this](const Person& person, const HttpRequest&, const RouteParameters& parameters) {
        const auto number = NumberFrom(parameters.at("number"));
        if (!number) return AnswerOf(tl::unexpected<Fault>(number.error()));
        return AnswerOf(agent_.Call([&]() -> Result<Value> {
          StoreBatch batch;
          RETURN_IF_FAULT(
              agent_.alarms().TakeOn(*number, person.login, agent_.clock().Now(), batch));
          RETURN_IF_FAULT(agent_.store().Commit(batch));
          return views::AlarmView(*number, agent_.alarms().all().at(*number));
        }));
      });
  Add("POST", "/v1/keys/roll",
      [this](const Person&, const HttpRequest& request, const RouteParameters&) {
        const auto body = text::ParseJson(request.body, "request", kBodyMax);
        if (!body) return AnswerOf(tl::unexpected<Fault>(body.error()));
        return AnswerOf(agent_.Call([&]() -> Result<Value> {
          text::MapReader reader(*body, "request");
          const AgencyId agency(reader.Name("agency"));
          const bool compromised = reader.OptionalBool("compromised").value_or(false);
          RETURN_IF_FAULT(reader.Finish());
          RETURN_IF_FAULT(agent_.RollKeys(agency, compromised));
          return Value::Map().Set("agency", agency.value()).Set("rolled", true);
        }));
      });
}

}  // namespace havenline
