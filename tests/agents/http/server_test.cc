#include "agents/http/server.h"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "agents/http/router.h"
#include "tests/agents/http/raw_connection.h"

namespace havenline {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<HttpServer> Started(HttpHandler handler, const HttpServerOptions& options = {}) {
  auto server = HttpServer::Start(options, std::move(handler));
  EXPECT_TRUE(server) << server.error().detail;
  return std::move(server).value_or(nullptr);
}

// Says back what the handler was given.
HttpResponse Echo(const HttpRequest& request) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.body = request.method + " " + request.path;
  for (const auto& [name, value] : request.query)
    response.body.append(" ").append(name).append("=").append(value);
  if (!request.bearer.empty()) response.body += " bearer " + request.bearer;
  if (!request.body.empty()) response.body += " body " + request.body;
  return response;
}

// What the server answers to one request on a new connection.
std::string Asked(const HttpServer& server, std::string_view text, bool has_body = true) {
  RawConnection connection(server.port());
  connection.Send(text);
  return connection.ReadAnswer(has_body);
}

bool Says(const std::string& answer, std::string_view text) {
  return answer.find(text) != std::string::npos;
}

TEST(HttpServerTest, HandsOverTheWholeRequestAndSendsTheAnswer) {
  const auto server = Started(Echo);
  const std::string answer =
      Asked(*server, Request(server->port(), "POST", "/v1/notices?lane=urgent&why=a+b",
                             "Authorization: Bearer s3cret\r\n", "{\"a\":1}"));
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_TRUE(
      answer.ends_with("\r\n\r\nPOST /v1/notices lane=urgent why=a b bearer s3cret body {\"a\":1}"))
      << answer;
}

// A token that is a header among others ends up in somebody's log.
TEST(HttpServerTest, TheTokenIsNowhereButInBearer) {
  const auto server = Started([](const HttpRequest& request) {
    HttpResponse response;
    response.body = request.Header("Authorization") ? "there" : "gone";
    return response;
  });
  for (const char* line : {"Authorization: Bearer abc\r\n", "authorization: Basic abc\r\n"}) {
    EXPECT_TRUE(Asked(*server, Request(server->port(), "GET", "/", line)).ends_with("gone"));
  }
}

TEST(HttpServerTest, EveryAnswerCarriesTheSafeHeaders) {
  const auto server = Started([](const HttpRequest& request) {
    HttpResponse response = Echo(request);
    response.headers = {{"Cache-Control", "public"}, {"X-Own", "kept"}};
    return response;
  });
  for (const std::string& text : {Request(server->port(), "GET", "/"), std::string("broken\n"),
                                  std::string("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")}) {
    const std::string answer = Asked(*server, text);
    for (const char* line :
         {"Cache-Control: no-store", "X-Content-Type-Options: nosniff",
          "Referrer-Policy: no-referrer", "Content-Security-Policy: default-src 'none'"}) {
      EXPECT_TRUE(Says(answer, std::string("\r\n") + line + "\r\n")) << line << " in " << answer;
    }
    EXPECT_FALSE(Says(answer, "Server:")) << answer;
    EXPECT_FALSE(Says(answer, "public")) << answer;
  }
  EXPECT_TRUE(Says(Asked(*server, Request(server->port(), "GET", "/")), "\r\nX-Own: kept\r\n"));
}

TEST(HttpServerTest, RefusalsAreConstantJson) {
  const auto server = Started(Echo);
  const std::string answer = Asked(*server, "GET /jane-doe HTTP/1.1\r\nHost: jane.example\r\n\r\n");
  EXPECT_EQ(StatusOf(answer), 421);
  EXPECT_TRUE(Says(answer, "\r\nContent-Type: application/json\r\n")) << answer;
  EXPECT_TRUE(Says(answer, "{\"error\":\"wrong-host\",\"what\":\"")) << answer;
  EXPECT_FALSE(Says(answer, "jane")) << answer;
}

TEST(HttpServerTest, APageElsewhereCannotDriveIt) {
  std::atomic<int> handled = 0;
  const auto server = Started([&](const HttpRequest& request) {
    ++handled;
    return Echo(request);
  });
  const std::string own = "http://127.0.0.1:" + std::to_string(server->port());
  EXPECT_EQ(StatusOf(Asked(*server, "GET / HTTP/1.1\r\nHost: rebound.example:" +
                                        std::to_string(server->port()) + "\r\n\r\n")),
            421);
  for (const std::string line :
       {"Origin: http://evil.example\r\n", "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n"}) {
    EXPECT_EQ(StatusOf(Asked(*server, Request(server->port(), "POST", "/", line, "{}"))), 403)
        << line;
    EXPECT_EQ(StatusOf(Asked(*server, Request(server->port(), "OPTIONS", "/", line))), 403) << line;
  }
  EXPECT_EQ(handled, 0);
  EXPECT_EQ(StatusOf(Asked(
                *server, Request(server->port(), "POST", "/",
                                 "Origin: " + own + "\r\nSec-Fetch-Site: same-origin\r\n", "{}"))),
            200);
}

TEST(HttpServerTest, AThrowingHandlerCostsOneAnswerOnly) {
  const auto server = Started([](const HttpRequest& request) -> HttpResponse {
    if (request.path == "/bug") throw std::runtime_error("secret detail");
    if (request.path == "/odd") throw 7;
    if (request.path == "/split") {
      HttpResponse response;
      response.headers.emplace_back("Location", "/\r\nSet-Cookie: a=b");
      return response;
    }
    return Echo(request);
  });
  RawConnection connection(server->port());
  for (const char* path : {"/bug", "/odd", "/split"}) {
    connection.Send(Request(server->port(), "GET", path));
    const std::string answer = connection.ReadAnswer();
    EXPECT_EQ(StatusOf(answer), 500) << path;
    EXPECT_FALSE(Says(answer, "secret")) << answer;
    EXPECT_FALSE(Says(answer, "Set-Cookie")) << answer;
  }
  connection.Send(Request(server->port(), "GET", "/"));
  EXPECT_EQ(StatusOf(connection.ReadAnswer()), 200) << "the same connection goes on";
}

TEST(HttpServerTest, RoutesThroughARouter) {
  Router router;
  router.Add("GET", "/v1/notices/{id}", [](const HttpRequest&, const RouteParameters& found) {
    HttpResponse response;
    response.body = found.at("id");
    return response;
  });
  const auto server = Started([&](const HttpRequest& request) { return router.Answer(request); });
  EXPECT_TRUE(
      Asked(*server, Request(server->port(), "GET", "/v1/notices/a%2Fb")).ends_with("\r\n\r\na/b"));
  EXPECT_EQ(StatusOf(Asked(*server, Request(server->port(), "GET", "/v1"))), 404);
  const std::string refused = Asked(*server, Request(server->port(), "POST", "/v1/notices/1"));
  EXPECT_EQ(StatusOf(refused), 405);
  EXPECT_TRUE(Says(refused, "\r\nAllow: GET, HEAD\r\n")) << refused;
}

TEST(HttpServerTest, OneConnectionServesManyRequestsInTurn) {
  const auto server = Started(Echo);
  RawConnection connection(server->port());
  for (int i = 0; i < 20; ++i) {
    connection.Send(Request(server->port(), "POST", "/" + std::to_string(i), {}, "body"));
    EXPECT_TRUE(connection.ReadAnswer().ends_with("POST /" + std::to_string(i) + " body body"));
  }
}

TEST(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  const auto server = Started(Echo);
  RawConnection connection(server->port());
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += Request(server->port(), i % 2 == 0 ? "GET" : "POST", "/" + std::to_string(i), {},
                   i % 2 == 0 ? "" : "GET /smuggled HTTP/1.1\r\n\r\n");
  }
  connection.Send(all);
  for (int i = 0; i < 200; ++i) {
    const std::string answer = connection.ReadAnswer();
    ASSERT_TRUE(Says(answer, (i % 2 == 0 ? "GET /" : "POST /") + std::to_string(i))) << answer;
  }
}

TEST(HttpServerTest, ClosesWhenAskedAndAfterItsLastRequest) {
  HttpServerOptions options;
  options.requests_per_connection_max = 2;
  const auto server = Started(Echo, options);
  RawConnection asked(server->port());
  asked.Send(Request(server->port(), "GET", "/", "Connection: close\r\n"));
  const std::string answer = asked.ReadToEnd();
  EXPECT_TRUE(Says(answer, "\r\nConnection: close\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("GET /")) << answer;

  RawConnection counted(server->port());
  counted.Send(Request(server->port(), "GET", "/1") + Request(server->port(), "GET", "/2") +
               Request(server->port(), "GET", "/3"));
  const std::string answers = counted.ReadToEnd();
  EXPECT_TRUE(answers.ends_with("GET /2")) << answers;
}

TEST(HttpServerTest, AnOldClientIsAnsweredAndClosed) {
  const auto server = Started(Echo);
  const std::string host = "Host: localhost:" + std::to_string(server->port()) + "\r\n";
  RawConnection connection(server->port());
  connection.Send("GET /old HTTP/1.0\r\n" + host + "Connection: keep-alive\r\n\r\n");
  EXPECT_TRUE(connection.ReadToEnd().ends_with("GET /old"));
}

TEST(HttpServerTest, ChunkedBodiesArriveWhole) {
  const auto server = Started(Echo);
  RawConnection connection(server->port());
  connection.Send(Request(server->port(), "POST", "/", "Transfer-Encoding: chunked\r\n") +
                  "5\r\nhello\r\n6;note=\"x\"\r\n world\r\n0\r\n\r\n" +
                  Request(server->port(), "GET", "/next"));
  EXPECT_TRUE(connection.ReadAnswer().ends_with("body hello world"));
  EXPECT_TRUE(connection.ReadAnswer().ends_with("GET /next"));
}

TEST(HttpServerTest, AWaitingClientIsToldToContinue) {
  const auto server = Started(Echo);
  RawConnection connection(server->port());
  connection.Send(
      Request(server->port(), "POST", "/", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
  EXPECT_EQ(connection.ReadAnswer(), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.Send("hello");
  EXPECT_TRUE(connection.ReadAnswer().ends_with("body hello"));

  connection.Send(
      Request(server->port(), "POST", "/", "Expect: 100-continue\r\nContent-Length: 5\r\n") +
      "there");
  EXPECT_EQ(StatusOf(connection.ReadAnswer()), 200) << "who does not wait is not told";
  connection.Send(Request(server->port(), "GET", "/", "Expect: 100-continue\r\n"));
  EXPECT_EQ(StatusOf(connection.ReadAnswer()), 200) << "nor who has no body";
}

TEST(HttpServerTest, AWaitingClientIsRefusedBeforeItsBody) {
  const auto server = Started(Echo);
  const std::string wait = "Expect: 100-continue\r\n";
  EXPECT_EQ(StatusOf(Asked(*server, Request(server->port(), "POST", "/",
                                            wait + "Content-Length: 9000000\r\n"))),
            413);
  EXPECT_EQ(StatusOf(Asked(*server, Request(server->port(), "POST", "/",
                                            wait + "Origin: null\r\nContent-Length: 5\r\n"))),
            403);
  EXPECT_EQ(StatusOf(Asked(*server, Request(server->port(), "POST", "/",
                                            "Expect: miracles\r\nContent-Length: 5\r\n"))),
            417);
}

TEST(HttpServerTest, HeadHasTheHeadersWithoutTheBody) {
  const auto server = Started(Echo);
  RawConnection connection(server->port());
  connection.Send(Request(server->port(), "HEAD", "/abc", "Connection: close\r\n"));
  const std::string answer = connection.ReadToEnd();
  EXPECT_TRUE(Says(answer, "\r\nContent-Length: 9\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(HttpServerTest, AnAnswerWithoutContentHasNoBody) {
  const auto server = Started([](const HttpRequest&) {
    HttpResponse response;
    response.status = 204;
    response.body = "ignored";
    return response;
  });
  RawConnection connection(server->port());
  connection.Send(Request(server->port(), "DELETE", "/", "Connection: close\r\n"));
  const std::string answer = connection.ReadToEnd();
  EXPECT_EQ(StatusOf(answer), 204);
  EXPECT_FALSE(Says(answer, "Content-Length")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(HttpServerTest, ListensOnLoopbackOnly) {
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1", "::ffff:127.0.0.1", "localhost", ""}) {
    HttpServerOptions options;
    options.address = address;
    const auto server = HttpServer::Start(options, Echo);
    ASSERT_FALSE(server) << address;
    EXPECT_EQ(server.error().code, FaultCode::kInvalid) << address;
    EXPECT_FALSE(server.error().detail.empty());
  }
  HttpServerOptions open;
  open.address = "0.0.0.0";
  open.allow_beyond_loopback = true;
  EXPECT_TRUE(HttpServer::Start(open, Echo));
}

TEST(HttpServerTest, ATakenPortIsAFault) {
  const auto server = Started(Echo);
  HttpServerOptions options;
  options.port = server->port();
  const auto second = HttpServer::Start(options, Echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, FaultCode::kUnavailable);
  EXPECT_NE(second.error().detail.find(std::to_string(options.port)), std::string::npos);
}

TEST(HttpServerTest, StopsWhileConnectionsAreOpenAndFreesThePort) {
  auto server = Started(Echo);
  const std::uint16_t port = server->port();
  RawConnection silent(port);
  RawConnection in_head(port);
  in_head.Send("GET / HT");
  RawConnection in_body(port);
  in_body.Send(Request(port, "POST", "/", "Content-Length: 9\r\n"));
  RawConnection idle(port);
  idle.Send(Request(port, "GET", "/"));
  EXPECT_EQ(StatusOf(idle.ReadAnswer()), 200);

  const auto before = std::chrono::steady_clock::now();
  server->Stop();
  server->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(1000));
  for (RawConnection* connection : {&silent, &in_head, &in_body, &idle}) {
    EXPECT_EQ(connection->ReadToEnd(), "");
  }
  HttpServerOptions options;
  options.port = port;
  EXPECT_EQ(Started(Echo, options)->port(), port);
}

TEST(HttpServerTest, AnAnswerUnderWayIsSentBeforeItStops) {
  std::atomic<bool> entered = false;
  const auto server = Started([&](const HttpRequest& request) {
    entered = true;
    std::this_thread::sleep_for(milliseconds(100));
    return Echo(request);
  });
  RawConnection connection(server->port());
  connection.Send(Request(server->port(), "GET", "/under-way"));
  while (!entered) std::this_thread::yield();
  server->Stop();
  EXPECT_TRUE(connection.ReadAnswer().ends_with("GET /under-way"));
}

TEST(HttpServerDeathTest, StoppingFromTheHandlerIsABug) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        HttpServer* own = nullptr;
        const auto server = Started([&](const HttpRequest& request) {
          own->Stop();
          return Echo(request);
        });
        own = server.get();
        Asked(*server, Request(server->port(), "GET", "/"));
      },
      "CHECK failed");
}

}  // namespace
}  // namespace havenline
