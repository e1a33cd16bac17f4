#include "agents/http/router.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "agents/http/url.h"
#include "schema/base/check.h"

namespace havenline {

void Router::Add(std::string_view method, std::string_view pattern, RouteHandler handler) {
  CHECK(IsHttpToken(method));
  std::vector<Segment> segments = Parse(pattern);
  Route& route = routes_[ShapeOf(segments)];
  CHECK(route.handlers.empty() || route.pattern == pattern);
  route.pattern = pattern;
  route.segments = std::move(segments);
  const bool added = route.handlers.emplace(method, std::move(handler)).second;
  CHECK(added);
}

HttpResponse Router::Answer(const HttpRequest& request) const {
  const auto path = ParsePath(request.path);
  CHECK(path.has_value());  // HttpRequest promises it.
  for (const auto& [shape, route] : routes_) {
    if (!Fits(route, *path)) continue;
    auto handler = route.handlers.find(request.method);
    if (handler == route.handlers.end() && request.method == "HEAD") {
      handler = route.handlers.find("GET");
    }
    if (handler == route.handlers.end()) return NotAllowed(route);
    RouteParameters parameters;
    for (std::size_t i = 0; i < path->size(); ++i) {
      if (route.segments[i].captures) parameters.emplace(route.segments[i].text, (*path)[i]);
    }
    return handler->second(request, parameters);
  }
  return ErrorResponse(404, "not-found", "There is nothing at this path.");
}

std::vector<Router::Segment> Router::Parse(std::string_view pattern) {
  CHECK(pattern.starts_with('/'));
  std::vector<Segment> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::string_view text = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(text.size());
    AppendSegment(segments, text);
  }
  return segments;
}

void Router::AppendSegment(std::vector<Segment>& segments, std::string_view text) {
  const bool captures = text.starts_with('{');
  CHECK(captures == text.ends_with('}'));
  CHECK(!captures || text.size() > 2);
  if (captures) text = text.substr(1, text.size() - 2);
  const bool twice = std::ranges::any_of(segments, [&](const Segment& other) {
    return captures && other.captures && other.text == text;
  });
  CHECK(!twice);
  segments.push_back({captures, std::string(text)});
}

std::string Router::ShapeOf(const std::vector<Segment>& segments) {
  std::string shape;
  for (const Segment& segment : segments) {
    shape += segment.captures ? "\x7F/" : "\x01" + segment.text + "/";
  }
  return shape;
}

bool Router::Fits(const Route& route, const std::vector<std::string>& path) {
  if (route.segments.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const Segment& segment = route.segments[i];
    if (segment.captures ? path[i].empty() : path[i] != segment.text) return false;
  }
  return true;
}

HttpResponse Router::NotAllowed(const Route& route) {
  std::string allowed;
  for (const auto& [method, handler] : route.handlers) {
    allowed += (allowed.empty() ? "" : ", ") + method;
    if (method == "GET" && !route.handlers.contains("HEAD")) allowed += ", HEAD";
  }
  HttpResponse response =
      ErrorResponse(405, "method-not-allowed", "This path does not take this method.");
  response.headers.emplace_back("Allow", std::move(allowed));
  return response;
}

}  // namespace havenline
