#include "agents/http/client.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "agents/http/server.h"
#include "tests/agents/http/raw_connection.h"

namespace havenline {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<HttpServer> Started(HttpHandler handler, const HttpServerOptions& options = {}) {
  auto server = HttpServer::Start(options, std::move(handler));
  EXPECT_TRUE(server);
  return std::move(server).value_or(nullptr);
}

std::string UrlOf(const HttpServer& server, const std::string& host = "127.0.0.1") {
  return "http://" + host + ":" + std::to_string(server.port());
}

// The fault with which a call to a server that says `answer` ends.
Fault FaultFor(const std::string& answer, const HttpClientRequest& request = {}) {
  const OneAnswer server(answer);
  const auto response = HttpCall(server.url(), request);
  if (response) return {FaultCode::kInvalid, "an answer: " + response->body};
  return response.error();
}

TEST(HttpClientTest, SendsTheRequestAndReturnsTheAnswer) {
  HttpRequest seen;
  const auto server = Started([&](const HttpRequest& request) {
    seen = request;
    HttpResponse response;
    response.status = 202;
    response.body = "{\"id\":17}";
    response.headers.emplace_back("X-Own", "kept");
    return response;
  });
  HttpClientRequest request;
  request.method = "POST";
  request.path = "/v1/notices?lane=urgent";
  request.bearer = "s3cret";
  request.content_type = "text/csv";
  request.body = "a,b\r\n";
  const auto response = HttpCall(UrlOf(*server), request);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 202);
  EXPECT_EQ(response->content_type, "application/json");
  EXPECT_EQ(response->body, "{\"id\":17}");
  EXPECT_EQ(response->Header("x-own"), "kept");
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, "/v1/notices");
  EXPECT_EQ(seen.Query("lane"), "urgent");
  EXPECT_EQ(seen.bearer, "s3cret");
  EXPECT_EQ(seen.Header("Content-Type"), "text/csv");
  EXPECT_EQ(seen.body, "a,b\r\n");
}

TEST(HttpClientTest, ARefusalIsAnAnswer) {
  const auto server =
      Started([](const HttpRequest&) { return ErrorResponse(409, "twice", "Again."); });
  const auto response = HttpCall(UrlOf(*server) + "/", {});
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 409);
}

TEST(HttpClientTest, FindsTheServerByEachOfItsNames) {
  const auto handler = [](const HttpRequest&) { return HttpResponse{}; };
  const auto four = Started(handler);
  EXPECT_TRUE(HttpCall(UrlOf(*four, "localhost"), {}));
  HttpServerOptions options;
  options.address = "127.0.0.5";
  const auto five = Started(handler, options);
  EXPECT_EQ(HttpCall(UrlOf(*five, "127.0.0.5"), {}).value_or(HttpResponse{}).status, 200);
  options.address = "::1";
  const auto six = HttpServer::Start(options, handler);
  if (!six) GTEST_SKIP() << "no IPv6 here: " << six.error().detail;
  EXPECT_EQ(HttpCall(UrlOf(**six, "[::1]"), {}).value_or(HttpResponse{}).status, 200);
  EXPECT_EQ(HttpCall(UrlOf(**six, "localhost"), {}).value_or(HttpResponse{}).status, 200);
}

TEST(HttpClientTest, HeadHasALengthAndNoBody) {
  const auto server = Started([](const HttpRequest&) { return ErrorResponse(200, "a", "b"); });
  HttpClientRequest request;
  request.method = "HEAD";
  const auto response = HttpCall(UrlOf(*server), request);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "");
  EXPECT_NE(response->Header("Content-Length"), "0");
}

// The server answers and closes while the client is still sending.
TEST(HttpClientTest, AnEarlyRefusalOfALargeBodyIsSeen) {
  const auto server = Started([](const HttpRequest&) { return HttpResponse{}; });
  HttpClientRequest request;
  request.method = "POST";
  request.body = std::string(8U << 20U, 'a');
  const auto response = HttpCall(UrlOf(*server), request);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 413);
}

TEST(HttpClientTest, NobodyThereIsSaidInWords) {
  const std::string url = "http://127.0.0.1:" + std::to_string(ClosedPort());
  const auto response = HttpCall(url, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, FaultCode::kUnavailable);
  EXPECT_EQ(response.error().detail, "nothing answers at " + url + ": is the agent running?");
}

TEST(HttpClientTest, TheTimeoutIsOverTheWholeCall) {
  const OneAnswer trickle("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel",
                          std::chrono::seconds(2));
  HttpClientRequest request;
  request.timeout = milliseconds(200);
  const auto before = std::chrono::steady_clock::now();
  const auto response = HttpCall(trickle.url(), request);
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(1500));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, FaultCode::kUnavailable);
  EXPECT_NE(response.error().detail.find("within 200 ms"), std::string::npos)
      << response.error().detail;
}

TEST(HttpClientTest, AnAnswerCutShortIsNoAnswer) {
  for (const char* cut :
       {"", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
    EXPECT_EQ(FaultFor(cut).code, FaultCode::kUnavailable) << cut;
  }
  // Nothing says where this one ends, so nothing says whether it is whole.
  EXPECT_EQ(FaultFor("HTTP/1.1 200 OK\r\n\r\nhello").code, FaultCode::kCorrupt);
}

TEST(HttpClientTest, SomethingElseOnThePortIsSaidInWords) {
  for (const char* other :
       {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200\r\n\r\n", "220 mail.example ESMTP\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"}) {
    const Fault fault = FaultFor(other);
    EXPECT_EQ(fault.code, FaultCode::kCorrupt) << other << fault.detail;
    EXPECT_NE(fault.detail.find("is the port right?"), std::string::npos) << fault.detail;
  }
}

TEST(HttpClientTest, AnAnswerBeyondTheLimitIsNotRead) {
  EXPECT_EQ(FaultFor("HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n").code,
            FaultCode::kCorrupt);
  EXPECT_EQ(FaultFor("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000001\r\n").code,
            FaultCode::kCorrupt);
  // 16 MiB within the 10 s that a call has are too much to ask of a sanitizer on a busy machine.
  HttpServerOptions options;
  options.request_time_max = std::chrono::seconds(60);
  const auto server = Started(
      [](const HttpRequest&) {
        HttpResponse response;
        response.body = std::string(kHttpAnswerBytesMax, 'a');
        return response;
      },
      options);
  const auto whole = HttpCall(UrlOf(*server), {.timeout = std::chrono::seconds(60)});
  ASSERT_TRUE(whole) << whole.error().detail;
  EXPECT_EQ(whole->body.size(), kHttpAnswerBytesMax);
}

TEST(HttpClientTest, WhatWouldBecomeAnotherRequestIsNotSent) {
  const std::string url = "http://127.0.0.1:" + std::to_string(ClosedPort());
  const auto code_for = [&](const HttpClientRequest& request) {
    const auto response = HttpCall(url, request);
    return response ? FaultCode::kMissing : response.error().code;
  };
  for (const char* path : {"", "a", "/ HTTP/1.1\r\n", "/a b", "/\xC3\xAB", "/.."}) {
    EXPECT_EQ(code_for({.path = path}), FaultCode::kInvalid) << path;
  }
  EXPECT_EQ(code_for({.method = "GET /"}), FaultCode::kInvalid);
  EXPECT_EQ(code_for({.bearer = "a\r\nX: y"}), FaultCode::kInvalid);
  EXPECT_EQ(code_for({.content_type = "a\r\nX: y"}), FaultCode::kInvalid);
  EXPECT_EQ(code_for({}), FaultCode::kUnavailable) << "sent, and nobody there";
}

TEST(HttpClientTest, AnAddressThatIsNoneIsSaidInWords) {
  for (const char* url : {"127.0.0.1:7101", "https://127.0.0.1:7101", "http://127.0.0.1:7101/v1"}) {
    const auto response = HttpCall(url, {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, FaultCode::kInvalid);
    EXPECT_NE(response.error().detail.find("write it as http://127.0.0.1:7101"), std::string::npos);
  }
  const auto unknown = HttpCall("http://no-such-host.invalid:7101", {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, FaultCode::kUnavailable);
}

// What the path says (an id, a name typed by mistake) stays out of the words, which may be logged.
TEST(HttpClientTest, FaultsDoNotNameThePathOrTheToken) {
  const std::string url = "http://127.0.0.1:" + std::to_string(ClosedPort());
  for (const char* path : {"/jane-doe", "/jane doe"}) {
    const auto response = HttpCall(url, {.path = path, .bearer = "s3cret"});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().detail.find("jane"), std::string::npos) << response.error().detail;
    EXPECT_EQ(response.error().detail.find("s3cret"), std::string::npos) << response.error().detail;
  }
}

}  // namespace
}  // namespace havenline
