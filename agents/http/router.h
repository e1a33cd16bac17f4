// Router: which handler answers a request, by its method and path.
//
//   Router router;
//   router.Add("GET", "/v1/notices/{id}", [&](const HttpRequest&, const RouteParameters& found) {
//     return Show(found.at("id"));
//   });
//   HttpServer::Start(options, [router](const HttpRequest& of) { return router.Answer(of); });
//
// The path alone picks the pattern, a literal segment before a {name}, leftmost first; then the
// method picks the handler. Filled before use; then safe on any thread as long as its handlers are.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agents/http/message.h"

namespace havenline {

// What the {name} segments matched, decoded; never empty.
using RouteParameters = std::map<std::string, std::string, std::less<>>;
using RouteHandler = std::function<HttpResponse(const HttpRequest&, const RouteParameters&)>;

class Router {
 public:
  // `pattern`: segments after slashes, each literal (decoded text) or one whole {name}. A GET route
  // answers HEAD too. CHECKs that the pattern is well-formed, that no name or method is given twice
  // for it, and that no other pattern differs from it in the names only.
  void Add(std::string_view method, std::string_view pattern, RouteHandler handler);

  // 404 if no pattern fits the path; 405 with Allow if the one that fits has no such method.
  HttpResponse Answer(const HttpRequest& request) const;

 private:
  struct Segment {
    bool captures;
    std::string text;  // The literal, or the name.
  };
  struct Route {
    std::string pattern;
    std::vector<Segment> segments;
    std::map<std::string, RouteHandler, std::less<>> handlers;  // By method.
  };

  static std::vector<Segment> Parse(std::string_view pattern);
  static void AppendSegment(std::vector<Segment>& segments, std::string_view text);
  static std::string ShapeOf(const std::vector<Segment>& segments);
  static bool Fits(const Route& route, const std::vector<std::string>& path);
  static HttpResponse NotAllowed(const Route& route);

  // By shape, in which a literal sorts before a {name}: the first that fits is the most literal.
  std::map<std::string, Route, std::less<>> routes_;
};

}  // namespace havenline
