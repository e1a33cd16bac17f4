#include "agents/http/client.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "agents/http/bearer.h"
#include "agents/http/url.h"

namespace havenline {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using Parser = http::response_parser<http::string_body>;

constexpr std::uint32_t kAnswerHeadBytesMax = 16U << 10U;

enum class Step : std::uint8_t { kConnecting, kAwaitingAnswer, kDone };

// One call, from connecting to the answer's last byte; ended early by its deadline.
struct Exchange {
  explicit Exchange(asio::io_context& io) : stream(io) {}

  beast::tcp_stream stream;
  std::vector<asio::ip::tcp::endpoint> endpoints;
  http::request<http::string_body> request;
  Parser parser;
  Step step = Step::kConnecting;
  ErrorCode error;
};

asio::awaitable<void> Run(Exchange& call) {
  co_await call.stream.async_connect(call.endpoints,
                                     asio::redirect_error(asio::use_awaitable, call.error));
  if (call.error) co_return;
  call.step = Step::kAwaitingAnswer;
  // A server that refuses a body early answers and stops reading: so an error of this write does
  // not matter if there is an answer.
  ErrorCode unsent;
  co_await http::async_write(call.stream, call.request,
                             asio::redirect_error(asio::use_awaitable, unsent));
  beast::flat_buffer buffer;
  co_await http::async_read(call.stream, buffer, call.parser,
                            asio::redirect_error(asio::use_awaitable, call.error));
  if (!call.error) call.step = Step::kDone;
}

std::vector<asio::ip::tcp::endpoint> Resolve(asio::io_context& io, const BaseUrl& base) {
  using asio::ip::tcp;
  if (EqualIgnoringCase(base.host, "localhost")) {
    return {tcp::endpoint(asio::ip::address_v4::loopback(), base.port),
            tcp::endpoint(asio::ip::address_v6::loopback(), base.port)};
  }
  ErrorCode error;
  const auto address = asio::ip::make_address(base.host, error);
  if (!error) return {tcp::endpoint(address, base.port)};
  std::vector<tcp::endpoint> endpoints;
  tcp::resolver resolver(io);
  for (const auto& entry : resolver.resolve(base.host, std::to_string(base.port), error)) {
    endpoints.push_back(entry.endpoint());
  }
  return endpoints;
}

std::string Seconds(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s"
                                  : std::to_string(time.count()) + " ms";
}

Fault FaultOf(const Exchange& call, std::string_view base_url, std::chrono::milliseconds timeout) {
  const std::string where(base_url);
  const ErrorCode& error = call.error;
  if (call.step == Step::kConnecting) {
    return {FaultCode::kUnavailable, "nothing answers at " + where + ": is the agent running?"};
  }
  if (error == beast::error::timeout) {
    return {FaultCode::kUnavailable,
            "no whole answer from " + where + " within " + Seconds(timeout) +
                ": the agent is busy or stuck, and may still do what was asked"};
  }
  if (error == http::error::body_limit) {
    return {FaultCode::kCorrupt, "the answer from " + where + " is longer than 16 MiB"};
  }
  const bool closed = error == http::error::end_of_stream ||
                      error == http::error::partial_message ||
                      error.category() != http::make_error_code(http::error::bad_value).category();
  if (closed) {
    return {FaultCode::kUnavailable,
            where +
                " closed the connection before its answer was whole: has the agent stopped, or is "
                "the port another program's?"};
  }
  return {FaultCode::kCorrupt, "what answers at " + where + " is not an agent: is the port right?"};
}

// What could turn one request into two, or into another.
std::optional<std::string_view> Unsendable(const HttpClientRequest& request) {
  if (!IsHttpToken(request.method)) return "the method is not a word";
  if (!ParseTarget(request.path)) return "the path is not one, or not percent-encoded";
  if (!request.bearer.empty() && !IsBearerToken(request.bearer)) {
    return "the token has characters that no token has";
  }
  if (!IsHeaderValue(request.content_type)) return "the content type has control characters";
  return std::nullopt;
}

http::request<http::string_body> MessageFor(const HttpClientRequest& request, const BaseUrl& base) {
  http::request<http::string_body> message;
  message.version(11);
  message.method_string(request.method);
  message.target(request.path);
  message.set(http::field::host, base.authority);
  if (!request.bearer.empty()) message.set(http::field::authorization, "Bearer " + request.bearer);
  if (!request.body.empty()) message.set(http::field::content_type, request.content_type);
  message.keep_alive(false);
  message.body() = request.body;
  message.prepare_payload();
  return message;
}

HttpResponse ResponseOf(Parser& parser) {
  auto& message = parser.get();
  HttpResponse response;
  response.status = static_cast<int>(message.result_int());
  response.content_type = std::string(message[http::field::content_type]);
  for (const auto& field : message) {
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  response.body = std::move(message.body());
  return response;
}

}  // namespace

Result<HttpResponse> HttpCall(std::string_view base_url, const HttpClientRequest& request) {
  const auto base = ParseBaseUrl(base_url);
  if (!base) {
    return Fail(FaultCode::kInvalid, "\"" + std::string(base_url) +
                                         "\" is not an agent's address: write it as "
                                         "http://127.0.0.1:7101");
  }
  if (const auto why = Unsendable(request)) {
    return Fail(FaultCode::kInvalid, "this cannot be asked over HTTP: " + std::string(*why));
  }
  asio::io_context io(1);
  Exchange call(io);
  call.endpoints = Resolve(io, *base);
  if (call.endpoints.empty()) {
    return Fail(FaultCode::kUnavailable, "no machine is called " + base->host);
  }
  call.request = MessageFor(request, *base);
  call.parser.header_limit(kAnswerHeadBytesMax);
  call.parser.body_limit(kHttpAnswerBytesMax);
  call.parser.skip(request.method == "HEAD");
  call.stream.expires_after(request.timeout);
  asio::co_spawn(io, Run(call), asio::detached);
  io.run();
  if (call.step != Step::kDone) {
    return tl::unexpected<Fault>(FaultOf(call, base_url, request.timeout));
  }
  // Without a length the answer ends where the connection does, be it that the agent was killed.
  const auto& message = call.parser.get();
  const bool has_no_body =
      request.method == "HEAD" || message.result_int() == 204 || message.result_int() == 304;
  if (!has_no_body && !message.has_content_length() && !message.chunked()) {
    return Fail(FaultCode::kCorrupt, "what answers at " + std::string(base_url) +
                                         " does not say how long its answer is");
  }
  return ResponseOf(call.parser);
}

}  // namespace havenline
