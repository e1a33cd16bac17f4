// HttpServer: the local port of an agent. Plain HTTP/1.1 on loopback, answered by one handler on
// one thread. What a browser's page, a slow or a broken client may do here ends in this folder.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "agents/http/message.h"
#include "schema/base/result.h"

namespace havenline {

// Memory is bounded by connections_max * (header_bytes_max + 8 KiB + body_bytes_max), and the
// answers.
// The largest message that may be sent is 3 MiB; as JSON its text may stand in escapes of twice the
// length. `desk/port.cc` holds the two together.
inline constexpr std::size_t kPortBodyBytesMax = 6U << 20U;

struct HttpServerOptions {
  std::string address = "127.0.0.1";  // 127.0.0.0/8 or ::1, as a number.
  std::uint16_t port = 0;             // 0: any that is free.
  // Listens on any address. The port still answers only to loopback names, and without TLS: nobody
  // sets this before pages are meant to be reached.
  bool allow_beyond_loopback = false;

  std::size_t header_bytes_max = 8U << 10U;  // Request line and headers.
  std::size_t body_bytes_max = kPortBodyBytesMax;
  std::size_t connections_max = 64;  // The next gets 503 at once and is closed.
  // From a request's first byte to its last, however they trickle; also for taking the answer, and
  // for the first byte on a new connection. Then the connection is closed without an answer.
  std::chrono::milliseconds request_time_max = std::chrono::seconds(10);
  std::chrono::milliseconds idle_time_max = std::chrono::seconds(30);  // Between two requests.
  std::size_t requests_per_connection_max = 1000;
};

// Answers one request. Called on the server's one thread, one request at a time: it may wait
// briefly (for the agent's loop), but while it does nobody else is served. If it throws, the caller
// gets 500 and the server goes on. Checking the bearer token is its business.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// Owned by one thread, which starts, stops and destroys it; what the handler uses must outlive it.
//
// Every answer says no-store, nosniff, no-referrer and default-src 'none'; no handler can change
// these. What the server refuses by itself is listed in head.h. A request is handed over whole or
// not at all.
class HttpServer {
 public:
  // kInvalid: the address may not be listened on. kUnavailable: it cannot, e.g. the port is taken.
  static Result<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options,
                                                   HttpHandler handler);

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();  // Stops.

  std::uint16_t port() const { return port_; }

  // Lets a handler that runs return and its answer be handed to the kernel, then cuts every
  // connection. Idempotent. Never from the handler: it would wait for itself.
  void Stop();

 private:
  class Loop;

  explicit HttpServer(std::unique_ptr<Loop> loop);

  std::uint16_t port_;
  std::unique_ptr<Loop> loop_;  // Null once stopped.
};

}  // namespace havenline
