// What the server lets nobody have more of: bytes, time, connections. Deadlines are shortened so
// that the tests are quick; margins are wide so that a slow machine does not fail them.

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "agents/http/server.h"
#include "tests/agents/http/raw_connection.h"

namespace havenline {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::unique_ptr<HttpServer> Started(const HttpServerOptions& options, HttpHandler handler = {}) {
  if (!handler) {
    handler = [](const HttpRequest& request) {
      HttpResponse response;
      response.body = std::to_string(request.body.size());
      return response;
    };
  }
  auto server = HttpServer::Start(options, std::move(handler));
  EXPECT_TRUE(server);
  return std::move(server).value_or(nullptr);
}

std::string AskedToEnd(const HttpServer& server, std::string_view text) {
  RawConnection connection(server.port());
  connection.Send(text);
  return connection.ReadToEnd();
}

// A request whose head is exactly `bytes` long.
std::string HeadOf(std::uint16_t port, std::size_t bytes) {
  const std::string without = Request(port, "GET", "/", "Connection: close\r\nX: \r\n");
  return Request(port, "GET", "/",
                 "Connection: close\r\nX: " + std::string(bytes - without.size(), 'a') + "\r\n");
}

std::string Chunked(std::uint16_t port, std::size_t chunks) {
  std::string text =
      Request(port, "POST", "/", "Connection: close\r\nTransfer-Encoding: chunked\r\n");
  for (std::size_t i = 0; i < chunks; ++i) text += "a\r\n0123456789\r\n";
  return text + "0\r\n\r\n";
}

milliseconds TimeUntilClosed(RawConnection& connection) {
  const auto before = steady_clock::now();
  EXPECT_EQ(connection.ReadToEnd(), "");
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - before);
}

TEST(HttpServerLimitsTest, HeadsUpToTheLimitPass) {
  const auto server = Started({});
  EXPECT_EQ(StatusOf(AskedToEnd(*server, HeadOf(server->port(), 8192))), 200);
  EXPECT_EQ(StatusOf(AskedToEnd(*server, HeadOf(server->port(), 8193))), 431);
  EXPECT_EQ(StatusOf(AskedToEnd(*server, HeadOf(server->port(), 1'000'000))), 431);
  EXPECT_EQ(StatusOf(AskedToEnd(*server, "GET /" + std::string(9000, 'a'))), 431);
}

TEST(HttpServerLimitsTest, BodiesUpToTheLimitPass) {
  HttpServerOptions options;
  options.body_bytes_max = 100'000;
  const auto server = Started(options);
  const std::string close = "Connection: close\r\n";
  EXPECT_TRUE(
      AskedToEnd(*server, Request(server->port(), "POST", "/", close, std::string(100'000, 'a')))
          .ends_with("100000"));
  const std::string over =
      AskedToEnd(*server, Request(server->port(), "POST", "/", {}, std::string(100'001, 'a')));
  EXPECT_EQ(StatusOf(over), 413);
  EXPECT_NE(over.find("\r\nConnection: close\r\n"), std::string::npos);
}

TEST(HttpServerLimitsTest, ChunkedBodiesHaveTheSameLimit) {
  HttpServerOptions options;
  options.body_bytes_max = 100;
  const auto server = Started(options);
  EXPECT_TRUE(AskedToEnd(*server, Chunked(server->port(), 10)).ends_with("100"));
  EXPECT_EQ(StatusOf(AskedToEnd(*server, Chunked(server->port(), 11))), 413);
  EXPECT_EQ(StatusOf(AskedToEnd(
                *server, Request(server->port(), "POST", "/", "Transfer-Encoding: chunked\r\n") +
                             "fffffffffffffff\r\n")),
            413);
}

// Most clients say all before they listen: their sending must not fail first.
TEST(HttpServerLimitsTest, AClientStillSendingLearnsWhyItWasRefused) {
  const auto server = Started({});
  for (int i = 0; i < 10; ++i) {
    RawConnection connection(server->port());
    EXPECT_TRUE(
        connection.Send(Request(server->port(), "POST", "/", {}, std::string(16U << 20U, 'a'))));
    const std::string answer = connection.ReadToEnd();
    EXPECT_EQ(StatusOf(answer), 413);
    EXPECT_NE(answer.find("send two messages"), std::string::npos) << "what to do";
  }
}

TEST(HttpServerLimitsTest, ASlowHeadIsCutOffHoweverSteadily) {
  HttpServerOptions options;
  options.request_time_max = milliseconds(300);
  const auto server = Started(options);
  RawConnection connection(server->port());
  const auto before = steady_clock::now();
  // A byte every 20 ms would take 16 s; each byte alone comes well within the deadline.
  for (const char c : std::string("GET / HTTP/1.1\r\nX: ") + std::string(800, 'a')) {
    if (!connection.Send({&c, 1})) break;
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_LT(steady_clock::now() - before, milliseconds(3000));
  EXPECT_EQ(connection.ReadToEnd(), "");
}

// The time between two requests is long; a request that has begun does not get it.
TEST(HttpServerLimitsTest, ASlowSecondRequestIsCutOffLikeTheFirst) {
  HttpServerOptions options;
  options.request_time_max = milliseconds(300);
  options.idle_time_max = milliseconds(60'000);
  const auto server = Started(options);
  RawConnection connection(server->port());
  connection.Send(Request(server->port(), "GET", "/"));
  EXPECT_EQ(StatusOf(connection.ReadAnswer()), 200);
  connection.Send("GET / HT");
  EXPECT_LT(TimeUntilClosed(connection), milliseconds(3000));
}

// Who was refused may finish its sentence, but not go on for ever.
TEST(HttpServerLimitsTest, ARefusedClientThatGoesOnIsCutOff) {
  const auto server = Started({});
  RawConnection connection(server->port());
  connection.Send("broken\n");
  EXPECT_EQ(StatusOf(connection.ReadAnswer()), 400);
  const auto before = steady_clock::now();
  while (connection.Send("a") && steady_clock::now() - before < milliseconds(5000)) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_LT(steady_clock::now() - before, milliseconds(4000));
}

TEST(HttpServerLimitsTest, ASlowBodyIsCutOffAndNeverHandled) {
  HttpServerOptions options;
  options.request_time_max = milliseconds(300);
  bool handled = false;
  const auto server = Started(options, [&](const HttpRequest&) {
    handled = true;
    return HttpResponse{};
  });
  RawConnection connection(server->port());
  connection.Send(Request(server->port(), "POST", "/", "Content-Length: 800\r\n"));
  const auto before = steady_clock::now();
  for (int i = 0; i < 800 && connection.Send("a"); ++i) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_LT(steady_clock::now() - before, milliseconds(3000));
  server->Stop();
  EXPECT_FALSE(handled);
}

TEST(HttpServerLimitsTest, ASilentConnectionIsCutOff) {
  HttpServerOptions options;
  options.request_time_max = milliseconds(200);
  options.idle_time_max = milliseconds(60'000);
  const auto server = Started(options);
  RawConnection silent(server->port());
  EXPECT_LT(TimeUntilClosed(silent), milliseconds(3000));
}

TEST(HttpServerLimitsTest, AnIdleConnectionHasItsOwnDeadline) {
  HttpServerOptions options;
  options.request_time_max = milliseconds(60'000);
  options.idle_time_max = milliseconds(200);
  const auto server = Started(options);
  RawConnection idle(server->port());
  idle.Send(Request(server->port(), "GET", "/"));
  EXPECT_EQ(StatusOf(idle.ReadAnswer()), 200);
  const milliseconds time = TimeUntilClosed(idle);
  EXPECT_GE(time, milliseconds(150));
  EXPECT_LT(time, milliseconds(3000));
}

TEST(HttpServerLimitsTest, AnAnswerNobodyTakesIsGivenUp) {
  HttpServerOptions options;
  options.request_time_max = milliseconds(300);
  options.connections_max = 1;
  const auto server = Started(options, [](const HttpRequest&) {
    HttpResponse response;
    response.body = std::string(64U << 20U, 'a');  // More than the kernel's buffers take.
    return response;
  });
  RawConnection deaf(server->port());
  deaf.Send(Request(server->port(), "GET", "/"));
  std::this_thread::sleep_for(milliseconds(1000));
  const std::string answer =
      AskedToEnd(*server, Request(server->port(), "HEAD", "/", "Connection: close\r\n"));
  EXPECT_EQ(StatusOf(answer), 200) << "its place is free again";
}

TEST(HttpServerLimitsTest, TheConnectionOverTheLimitIsToldSo) {
  const auto server = Started({});
  std::vector<std::unique_ptr<RawConnection>> open;
  for (int i = 0; i < 64; ++i) {
    open.push_back(std::make_unique<RawConnection>(server->port()));
    open.back()->Send(Request(server->port(), "GET", "/"));
    ASSERT_EQ(StatusOf(open.back()->ReadAnswer()), 200) << i;
  }
  RawConnection one_more(server->port());
  const std::string answer = one_more.ReadToEnd();
  EXPECT_EQ(StatusOf(answer), 503) << answer;
  EXPECT_NE(answer.find("{\"error\":\"busy\""), std::string::npos) << answer;

  open[7]->Send(Request(server->port(), "GET", "/"));
  EXPECT_EQ(StatusOf(open[7]->ReadAnswer()), 200) << "the others do not notice";
  open.pop_back();
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_EQ(
      StatusOf(AskedToEnd(*server, Request(server->port(), "GET", "/", "Connection: close\r\n"))),
      200)
      << "a place that is given up can be taken";
}

// While a handler waits nobody else is served, but nobody loses a request that came in time.
TEST(HttpServerLimitsTest, AWaitingHandlerDelaysOthersAndLosesNone) {
  HttpServerOptions options;
  options.request_time_max = milliseconds(300);
  const auto server = Started(options, [](const HttpRequest& request) {
    if (request.path == "/slow") std::this_thread::sleep_for(milliseconds(700));
    return HttpResponse{};
  });
  RawConnection early(server->port());  // Its deadline passes while the handler waits.
  RawConnection slow(server->port());
  slow.Send(Request(server->port(), "GET", "/slow"));
  std::this_thread::sleep_for(milliseconds(100));
  early.Send(Request(server->port(), "GET", "/"));
  RawConnection late(server->port());
  late.Send(Request(server->port(), "GET", "/"));
  EXPECT_EQ(StatusOf(slow.ReadAnswer()), 200);
  EXPECT_EQ(StatusOf(early.ReadAnswer()), 200);
  EXPECT_EQ(StatusOf(late.ReadAnswer()), 200);
}

}  // namespace
}  // namespace havenline
