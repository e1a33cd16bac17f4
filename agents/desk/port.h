// The local port: the desk and the agent for programs on this machine. Loopback only, JSON, one
// bearer token a person. docs/integration.md lists the paths.

#pragma once

#include <functional>
#include <set>
#include <string>

#include "agents/desk/desk.h"
#include "agents/desk/held_sends.h"
#include "agents/desk/people.h"
#include "agents/desk/request.h"
#include "agents/http/router.h"
#include "agents/link/agent.h"

namespace havenline {

// A handler that already knows who asks. Runs on the port's thread.
using PersonHandler = std::function<HttpResponse(const Person& person, const HttpRequest& request,
                                                 const RouteParameters& parameters)>;

// What it gives access to. All must outlive the port.
struct LocalPortParts {
  Desk& desk;
  const People& people;
  HeldSends& held;
};

class LocalPort {
 public:
  LocalPort(Agent& agent, LocalPortParts parts);

  // Adds a path of a daemon's own. Before the server starts.
  void Add(const std::string& method, const std::string& path, PersonHandler handler);

  // Logins that decide what is held, besides those of the configuration. Before the server starts.
  void Supervise(const std::set<std::string>& logins) { held_.Supervise(logins); }

  HttpResponse Answer(const HttpRequest& request) const { return router_.Answer(request); }

 private:
  void AddDesk();
  void AddSending();
  void AddHeld();
  void AddUpkeep();
  Result<text::Value> Send(SendRequest request, const Person& person);

  Agent& agent_;
  Desk& desk_;
  const People& people_;
  HeldSends& held_;
  Router router_;
};

// A value as an answer, or the fault as the status and words that fit it.
HttpResponse AnswerOf(const Result<text::Value>& value);

}  // namespace havenline
