// What the local port is asked and what it answers, as plain values. Pure; safe on any thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace havenline {

// In the order in which they were sent. Names are compared without regard to case.
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The value of the first header called `name`; the view lives as long as `headers`.
std::optional<std::string_view> FindHeader(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
  std::string method;  // As sent: "GET", "POST".
  // As sent, still percent-encoded, so that an encoded "/" is not a separator. Always begins with
  // "/", decodes (url.h), and has no "." or ".." segment.
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  // Decoded; no name occurs twice.
  HttpHeaders headers;                                     // Without Authorization: see `bearer`.
  std::string body;
  std::string bearer;  // RFC 6750 token, NOT checked against anything; empty if there was none.

  std::optional<std::string_view> Header(std::string_view name) const;
  std::optional<std::string_view> Query(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";  // Sent only with a body.
  std::string body;
  HttpHeaders headers;

  std::optional<std::string_view> Header(std::string_view name) const;
};

// {"error":"<error>","what":"<what>"}: `error` is a word for programs, `what` a sentence for
// people. Both should be constants: an answer to a caller carries no person's data and no path.
HttpResponse ErrorResponse(int status, std::string_view error, std::string_view what);

// True if the server can send `response` as it is: a final status, and headers that are well-formed
// and none of those that the server itself decides (length, connection, type, Server). Stops a
// value with a line break in it from becoming a header of its own.
bool IsSendable(const HttpResponse& response);

// ASCII only, as HTTP has it: no locale.
bool EqualIgnoringCase(std::string_view a, std::string_view b);

// RFC 9110's `token`: methods and header names.
bool IsHttpToken(std::string_view text);
// What may be a header's value on one line: no control character but a tab.
bool IsHeaderValue(std::string_view text);

}  // namespace havenline
