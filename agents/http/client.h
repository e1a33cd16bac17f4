// HttpCall: one request to an agent's local port, for the command line tool and for tests.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "agents/http/message.h"
#include "schema/base/result.h"

namespace havenline {

inline constexpr std::size_t kHttpAnswerBytesMax = 16U << 20U;

struct HttpClientRequest {
  std::string method = "GET";
  std::string path = "/";  // Percent-encoded, perhaps with a query.
  std::string bearer = {};
  std::string content_type = "application/json";  // Sent only with a body.
  std::string body = {};
  std::chrono::milliseconds timeout = std::chrono::seconds(10);  // For the whole call.
};

// Sends `request` to `base_url` ("http://127.0.0.1:7101") on a connection of its own and waits for
// the whole answer, whatever its status. Blocks; safe on any thread. Plain HTTP only: beyond
// loopback anyone on the way reads the token. Never retries, so a fault leaves open whether the
// request was carried out.
//
// A host other than localhost or a number is looked up by the system first, which the timeout does
// not bound.
//
// kInvalid: the URL or the request cannot be sent. kUnavailable: nobody answers, or not in time.
// kCorrupt: the answer is not HTTP, does not say how long it is, or is longer than
// kHttpAnswerBytesMax. Details name the base URL, never the path, and are fit for a person at a
// terminal.
Result<HttpResponse> HttpCall(std::string_view base_url, const HttpClientRequest& request);

}  // namespace havenline
