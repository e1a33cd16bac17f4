#include "agents/intake/port.h"

#include <charconv>
#include <functional>

#include "schema/model/names.h"
#include "schema/text/json.h"

namespace havenline::intake {
namespace {

using text::Value;

HttpResponse OtherDesks() {
  return ErrorResponse(403, "other-desks", "intake is for those who work for its agency");
}

// What a person does to a row, by its number. Called on the agent's loop.
using RowAct = std::function<Result<Value>(std::uint64_t number, const Person& person)>;

HttpResponse NotSupervisor() {
  return ErrorResponse(403, "not-a-supervisor",
                       "held rows are for the supervisors that the configuration names");
}

PersonHandler Show(Agent& agent, std::function<Result<Value>()> view) {
  return
      [&agent, view = std::move(view)](const Person&, const HttpRequest&, const RouteParameters&) {
        return AnswerOf(agent.Call(view));
      };
}

PersonHandler Do(Agent& agent, RowAct act) {
  return [&agent, act = std::move(act)](const Person& person, const HttpRequest&,
                                        const RouteParameters& parameters) {
    const std::string& text = parameters.at("number");
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
      return ErrorResponse(404, "missing", "there is no row of that number");
    return AnswerOf(agent.Call([&] { return act(number, person); }));
  };
}

// The same for supervisors alone, where the configuration names any.
PersonHandler ForSupervisors(const Intake& intake, PersonHandler handler) {
  return [&intake, handler = std::move(handler)](const Person& person, const HttpRequest& request,
                                                 const RouteParameters& parameters) {
    if (!intake.MayDecide(person.login)) return NotSupervisor();
    return handler(person, request, parameters);
  };
}

// For those who work for the agency whose rows they are.
PersonHandler ForItsOwn(const Intake& intake, PersonHandler handler) {
  return [&intake, handler = std::move(handler)](const Person& person, const HttpRequest& request,
                                                 const RouteParameters& parameters) {
    if (!person.WorksAt(intake.agency())) return OtherDesks();
    return handler(person, request, parameters);
  };
}

// 200 only if all of it could be read. What went is durable whatever is answered.
HttpResponse AnswerOfReport(const Value& report) {
  HttpResponse response;
  if (report.Find("failed") != nullptr) response.status = 422;
  response.body = text::ToJson(report) + "\n";
  return response;
}

// On the port's thread; the loop goes on between the slices.
Result<Value> TakeReport(Agent& agent, Intake& intake, FileFormat format, const std::string& body) {
  RETURN_IF_FAULT(agent.Call([&] { return intake.BeginPosted(format, ToBytes(body)); }));
  for (bool taken = false; !taken;) {
    ASSIGN_OR_RETURN(taken, agent.Call([&] { return intake.TakePosted(); }));
  }
  return agent.Call([&] { return intake.FinishPosted(); });
}

PersonHandler TakePosted(Agent& agent, Intake& intake) {
  return [&](const Person&, const HttpRequest& request, const RouteParameters&) {
    const auto format = FormatOfMediaType(request.Header("Content-Type").value_or(""));
    if (!format) {
      return ErrorResponse(415, "media-type",
                           "Content-Type must be text/csv, application/xml or application/json");
    }
    const auto report = TakeReport(agent, intake, *format, request.body);
    if (!report) return AnswerOf(report);
    return AnswerOfReport(*report);
  };
}

}  // namespace

void AddIntakePaths(LocalPort& port, Agent& agent, Intake& intake) {
  const auto add = [&](const char* method, const char* path, PersonHandler handler) {
    port.Add(method, path, ForItsOwn(intake, std::move(handler)));
  };
  add("GET", "/v1/intake", Show(agent, [&intake]() -> Result<Value> { return intake.Status(); }));
  add("POST", "/v1/intake", TakePosted(agent, intake));
  add("GET", "/v1/intake/quarantined", Show(agent, [&intake]() -> Result<Value> {
        return Value::Map().Set("quarantined", intake.Quarantined());
      }));
  add("POST", "/v1/intake/quarantined/{number}/take-on",
      Do(agent, [&intake](std::uint64_t number, const Person& person) -> Result<Value> {
        RETURN_IF_FAULT(intake.TakeOn(number, person.login));
        return Value::Map().Set("number", number).Set("taken-on-by", person.login);
      }));
  add("POST", "/v1/intake/register/{number}/confirm",
      Do(agent, [&intake](std::uint64_t open, const Person& person) -> Result<Value> {
        RETURN_IF_FAULT(intake.ConfirmRegister(open, person.login));
        return Value::Map().Set("open", open).Set("confirmed-by", person.login);
      }));
  add("GET", "/v1/intake/held", ForSupervisors(intake, Show(agent, [&intake]() -> Result<Value> {
                                                 ASSIGN_OR_RETURN(Value held, intake.Held());
                                                 return Value::Map().Set("held", std::move(held));
                                               })));
  add("POST", "/v1/intake/held/{number}/release",
      ForSupervisors(
          intake, Do(agent, [&intake](std::uint64_t number, const Person& person) -> Result<Value> {
            ASSIGN_OR_RETURN(const MessageId origin, intake.Release(number, person.login));
            return Value::Map()
                .Set("number", number)
                .Set("released-by", person.login)
                .Set("origin", ToText(origin));
          })));
  add("POST", "/v1/intake/held/{number}/reject",
      ForSupervisors(
          intake, Do(agent, [&intake](std::uint64_t number, const Person& person) -> Result<Value> {
            RETURN_IF_FAULT(intake.Reject(number, person.login));
            return Value::Map().Set("number", number).Set("rejected-by", person.login);
          })));
}

}  // namespace havenline::intake
