// The local port: the desk and the agent for programs on this machine. Loopback only, JSON, one
// bearer token a person. docs/integration.md lists the paths.

#pragma once

#include <functional>
#include <string>

#include "agents/desk/desk.h"
#include "agents/desk/people.h"
#include "agents/desk/request.h"
#include "agents/http/router.h"
#include "agents/link/agent.h"

namespace havenline {

// A handler that already knows who asks. Runs on the port's thread.
using PersonHandler = std::function<HttpResponse(const Person& person, const HttpRequest& request,
                                                 const RouteParameters& parameters)>;

class LocalPort {
 public:
  // All must outlive the port.
  LocalPort(Agent& agent, Desk& desk, const People& people);

  // Adds a path of a daemon's own. Before the server starts.
  void Add(const std::string& method, const std::string& path, PersonHandler handler);

  HttpResponse Answer(const HttpRequest& request) const { return router_.Answer(request); }

 private:
  void AddDesk();
  void AddSending();
  void AddUpkeep();
  Result<text::Value> Send(SendRequest request, const Person& person);

  Agent& agent_;
  Desk& desk_;
  const People& people_;
  Router router_;
};

// A value as an answer, or the fault as the status and words that fit it.
HttpResponse AnswerOf(const Result<text::Value>& value);

}  // namespace havenline
