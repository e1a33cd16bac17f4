#include "agents/http/server.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "agents/http/bearer.h"
#include "agents/http/head.h"
#include "agents/http/url.h"
#include "schema/base/check.h"
#include "schema/base/thread.h"

namespace havenline {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using Parser = http::request_parser<http::string_body>;
using std::chrono::milliseconds;

constexpr std::size_t kReadBytes = 8U << 10U;
// How long a client may go on sending after our last answer before it is cut. Closing at once with
// its bytes unread would reset the connection, and most clients would fail before they read it.
constexpr milliseconds kLingerMax{1000};
// Between two tries to accept when the process has no descriptor left.
constexpr milliseconds kAcceptPause{100};

struct Connection {
  Connection(asio::ip::tcp::socket socket, std::size_t buffer_bytes_max)
      : stream(std::move(socket)), buffer(buffer_bytes_max) {}

  std::string_view received() const {
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
  }

  beast::tcp_stream stream;
  beast::flat_buffer buffer;  // Read and not yet parsed; pipelined requests wait in it.
};

// One request and what became of it. Neither a request nor a refusal: the connection is over.
struct Turn {
  std::optional<HttpRequest> request;
  std::optional<Refusal> refusal;
  bool keep_alive = false;
};

std::string Text(boost::core::string_view view) { return {view.data(), view.size()}; }

HttpHeaders HeadersOf(const Parser& parser) {
  HttpHeaders headers;
  for (const auto& field : parser.get()) {
    headers.emplace_back(Text(field.name_string()), Text(field.value()));
  }
  return headers;
}

std::optional<Refusal> RefusalFor(const ErrorCode& error) {
  if (error.category() != http::make_error_code(http::error::bad_chunk).category()) {
    return std::nullopt;  // The connection failed or timed out: nobody to answer.
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return std::nullopt;
  }
  return error == http::error::body_limit ? Refusal::kBodyTooLarge : Refusal::kMalformed;
}

std::optional<HttpRequest> RequestOf(Parser& parser, HttpHeaders headers) {
  auto& message = parser.get();
  auto target = ParseTarget(Text(message.target()));
  if (!target) return std::nullopt;
  HttpRequest request;
  request.method = Text(message.method_string());
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  request.bearer = BearerToken(FindHeader(headers, "Authorization").value_or(""));
  std::erase_if(
      headers, [](const auto& header) { return EqualIgnoringCase(header.first, "Authorization"); });
  request.headers = std::move(headers);
  request.body = std::move(message.body());
  return request;
}

// A server that no longer accepts must not look alive.
void NeverEnds(const std::exception_ptr& failure) { CHECK(failure == nullptr); }

http::response<http::string_body> MessageFor(HttpResponse answer, bool head_only, bool last) {
  http::response<http::string_body> message;
  message.version(11);
  message.result(static_cast<unsigned>(answer.status));
  for (const auto& [name, value] : answer.headers) message.insert(name, value);
  if (!answer.body.empty()) message.set(http::field::content_type, answer.content_type);
  message.set(http::field::cache_control, "no-store");
  message.set("Content-Security-Policy", "default-src 'none'");
  message.set("Referrer-Policy", "no-referrer");
  message.set("X-Content-Type-Options", "nosniff");
  message.keep_alive(!last);
  // 204 and 304 have no body and no length by definition.
  if (answer.status == 204 || answer.status == 304) return message;
  message.content_length(answer.body.size());
  if (!head_only) message.body() = std::move(answer.body);
  return message;
}

}  // namespace

// All of it runs on thread_, but for construction, destruction, Listen, Run and port.
class HttpServer::Loop {
 public:
  Loop(const HttpServerOptions& options, HttpHandler handler)
      : options_(options), handler_(std::move(handler)) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();  // What is still open is closed as io_ goes.

  Result<void> Listen();
  void Run();
  std::uint16_t port() const { return facts_.port; }

 private:
  asio::awaitable<void> Accept();
  asio::awaitable<void> Serve(asio::ip::tcp::socket socket);
  asio::awaitable<void> ReadHead(Connection& connection, bool first, HeadScanner& scanner);
  asio::awaitable<void> Read(Connection& connection, bool first, Turn& turn);
  asio::awaitable<void> ReadBody(Connection& connection, Parser& parser, Turn& turn);
  asio::awaitable<void> Linger(Connection& connection);
  HttpResponse Answer(const HttpRequest& request) const;
  static void TurnAway(asio::ip::tcp::socket& socket);

  HttpServerOptions options_;
  HttpHandler handler_;
  HeadFacts facts_;
  std::size_t open_ = 0;  // Connections; at most connections_max.
  asio::io_context io_{1};
  asio::ip::tcp::acceptor acceptor_{io_};
  Thread thread_;
};

Result<void> HttpServer::Loop::Listen() {
  ErrorCode error;
  const auto address = asio::ip::make_address(options_.address, error);
  if (error) {
    return Fail(FaultCode::kInvalid, "cannot listen on \"" + options_.address +
                                         "\": write an address as a number, such as 127.0.0.1");
  }
  if (!address.is_loopback() && !options_.allow_beyond_loopback) {
    return Fail(FaultCode::kInvalid, "will not listen on " + options_.address +
                                         ": other machines could reach it. Use 127.0.0.1 or ::1");
  }
  const asio::ip::tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return Fail(FaultCode::kUnavailable, "cannot listen on " + options_.address + " port " +
                                             std::to_string(options_.port) + ": " +
                                             error.message());
  }
  facts_.port = acceptor_.local_endpoint().port();
  facts_.own_names = {"localhost", "127.0.0.1", "[::1]"};
  if (address.is_loopback() && address.is_v4()) facts_.own_names.push_back(address.to_string());
  return {};
}

void HttpServer::Loop::Run() {
  asio::co_spawn(io_, Accept(), NeverEnds);
  thread_ = Thread("http", [this] { io_.run(); });
}

HttpServer::Loop::~Loop() {
  CHECK(!io_.get_executor().running_in_this_thread());
  io_.stop();
  thread_.Join();
}

asio::awaitable<void> HttpServer::Loop::Accept() {
  asio::steady_timer pause(io_);
  for (;;) {
    ErrorCode error;
    auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    if (open_ == options_.connections_max) {
      TurnAway(socket);
      continue;
    }
    ++open_;
    // Whatever ends the coroutine (at worst, no memory) ends this connection alone.
    asio::co_spawn(io_, Serve(std::move(socket)), [this](const std::exception_ptr&) { --open_; });
  }
}

// Never waits: what does not fit the kernel's buffer at once is not said.
void HttpServer::Loop::TurnAway(asio::ip::tcp::socket& socket) {
  std::ostringstream out;
  out << MessageFor(AnswerTo(Refusal::kBusy), /*head_only=*/false, /*last=*/true);
  const std::string text = out.str();
  ErrorCode ignored;
  socket.non_blocking(true, ignored);
  (void)socket.write_some(asio::buffer(text), ignored);
  socket.shutdown(asio::socket_base::shutdown_send, ignored);
}

asio::awaitable<void> HttpServer::Loop::Serve(asio::ip::tcp::socket socket) {
  ErrorCode ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  Connection connection(std::move(socket), options_.header_bytes_max + kReadBytes);
  bool last = false;
  for (std::size_t served = 1; !last; ++served) {
    Turn turn;
    co_await Read(connection, served == 1, turn);
    if (!turn.request && !turn.refusal) co_return;
    last = turn.refusal || !turn.keep_alive || served == options_.requests_per_connection_max;
    const bool head_only = turn.request && turn.request->method == "HEAD";
    HttpResponse answer = turn.request ? Answer(*turn.request) : AnswerTo(*turn.refusal);
    auto message = MessageFor(std::move(answer), head_only, last);
    ErrorCode error;
    connection.stream.expires_after(options_.request_time_max);
    co_await http::async_write(connection.stream, message,
                               asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
  co_await Linger(connection);
}

// Reads until the scanner has decided. Partial afterwards: the connection is over.
asio::awaitable<void> HttpServer::Loop::ReadHead(Connection& connection, bool first,
                                                 HeadScanner& scanner) {
  bool begun = first;  // A new connection owes its first request as if it had begun.
  connection.stream.expires_after(first ? options_.request_time_max : options_.idle_time_max);
  for (;;) {
    if (!begun && connection.buffer.size() > 0) {
      begun = true;
      connection.stream.expires_after(options_.request_time_max);
    }
    if (scanner.Scan(connection.received()) != HeadScanner::State::kPartial) co_return;
    const std::size_t room = connection.buffer.max_size() - connection.buffer.size();
    auto space = connection.buffer.prepare(std::min(kReadBytes, room));
    ErrorCode error;
    const std::size_t count = co_await connection.stream.async_read_some(
        space, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    connection.buffer.commit(count);
  }
}

asio::awaitable<void> HttpServer::Loop::Read(Connection& connection, bool first, Turn& turn) {
  HeadScanner scanner(options_.header_bytes_max);
  co_await ReadHead(connection, first, scanner);
  switch (scanner.Scan(connection.received())) {
    case HeadScanner::State::kPartial:
      co_return;
    case HeadScanner::State::kMalformed:
      turn.refusal = Refusal::kMalformed;
      co_return;
    case HeadScanner::State::kTooLarge:
      turn.refusal = Refusal::kHeadTooLarge;
      co_return;
    case HeadScanner::State::kComplete:
      break;
  }
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(options_.header_bytes_max));
  parser.body_limit(options_.body_bytes_max);
  ErrorCode error;
  const std::size_t parsed =
      parser.put(asio::buffer(connection.buffer.data(), scanner.size()), error);
  if (!error && (parsed != scanner.size() || !parser.is_header_done())) {
    error = http::error::need_more;  // The scanner and the parser disagree about the head's end.
  }
  if (error) {
    turn.refusal = RefusalFor(error);
    co_return;
  }
  connection.buffer.consume(parsed);
  co_await ReadBody(connection, parser, turn);
}

asio::awaitable<void> HttpServer::Loop::ReadBody(Connection& connection, Parser& parser,
                                                 Turn& turn) {
  HeadFacts facts = facts_;
  facts.http_1_1 = parser.get().version() == 11;
  HttpHeaders headers = HeadersOf(parser);
  turn.refusal = CheckHead(headers, facts);
  if (turn.refusal) co_return;
  ErrorCode error;
  const bool waits = facts.http_1_1 && FindHeader(headers, "Expect").has_value();
  if (waits && !parser.is_done() && connection.buffer.size() == 0) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(connection.stream, asio::buffer(kContinue),
                               asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
  if (!parser.is_done()) {
    co_await http::async_read(connection.stream, connection.buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
  }
  if (error) {
    turn.refusal = RefusalFor(error);
    co_return;
  }
  // Trailers join the headers in the parser, after the headers were checked: there are none here.
  const bool trailers = HeadersOf(parser).size() != headers.size();
  if (!trailers) turn.request = RequestOf(parser, std::move(headers));
  if (!turn.request) turn.refusal = Refusal::kMalformed;
  turn.keep_alive = facts.http_1_1 && parser.keep_alive();
}

// The one place where what a handler throws is caught: a bug in one answer is not the agent's end.
HttpResponse HttpServer::Loop::Answer(const HttpRequest& request) const {
  try {
    HttpResponse answer = handler_(request);
    if (!IsSendable(answer)) return AnswerTo(Refusal::kFailed);
    return answer;
  } catch (...) {
    return AnswerTo(Refusal::kFailed);
  }
}

asio::awaitable<void> HttpServer::Loop::Linger(Connection& connection) {
  ErrorCode error;
  connection.stream.socket().shutdown(asio::socket_base::shutdown_send, error);
  connection.stream.expires_after(kLingerMax);
  connection.buffer.clear();
  while (!error) {
    auto space = connection.buffer.prepare(kReadBytes);
    co_await connection.stream.async_read_some(space,
                                               asio::redirect_error(asio::use_awaitable, error));
  }
}

HttpServer::HttpServer(std::unique_ptr<Loop> loop) : port_(loop->port()), loop_(std::move(loop)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& options,
                                                      HttpHandler handler) {
  auto loop = std::make_unique<Loop>(options, std::move(handler));
  RETURN_IF_FAULT(loop->Listen());
  loop->Run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(loop)));
}

void HttpServer::Stop() { loop_.reset(); }

}  // namespace havenline
