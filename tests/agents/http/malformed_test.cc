// A corpus of what attackers and broken programs send, over a plain socket. Each is refused, the
// connection is closed, the handler never sees any of it, and the server goes on.

#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agents/http/server.h"
#include "tests/agents/http/raw_connection.h"

namespace havenline {
namespace {

class MalformedTest : public testing::Test {
 protected:
  MalformedTest() { Start(std::chrono::seconds(10)); }

  void Start(std::chrono::milliseconds request_time_max) {
    HttpServerOptions options;
    options.request_time_max = request_time_max;
    auto started = HttpServer::Start(options, [this](const HttpRequest&) {
      ++handled_;
      return HttpResponse{};
    });
    ASSERT_TRUE(started);
    server_ = *std::move(started);
    line_ = "POST / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server_->port()) + "\r\n";
  }

  // Sends `text` and, behind it, a good request that must not be answered either.
  void ExpectRefused(const std::string& text, int status = 400) {
    SCOPED_TRACE(text);
    RawConnection connection(server_->port());
    connection.Send(text + Request(server_->port(), "GET", "/smuggled"));
    const std::string answer = connection.ReadToEnd();
    EXPECT_EQ(StatusOf(answer), status) << answer;
    EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("HTTP/1.1 ", 1), std::string::npos) << "one answer only: " << answer;
    EXPECT_EQ(handled_, 0);
  }

  std::string Chunks(const std::string& chunks) const {
    return line_ + "Transfer-Encoding: chunked\r\n\r\n" + chunks;
  }

  std::atomic<int> handled_ = 0;
  std::unique_ptr<HttpServer> server_;
  std::string line_;  // A good first line and Host.
};

TEST_F(MalformedTest, TwoOpinionsAboutTheLength) {
  ExpectRefused(line_ + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  ExpectRefused(line_ + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n");
  ExpectRefused(line_ + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
  ExpectRefused(line_ + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
  ExpectRefused(line_ + "Content-Length: 5, 5\r\n\r\nhello");
  ExpectRefused(line_ +
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST_F(MalformedTest, LengthsThatAreNone) {
  for (const char* length :
       {"-1", "+5", "5a", "0x5", "", "5 5", "18446744073709551616", "99999999999999999999"}) {
    ExpectRefused(line_ + "Content-Length: " + length + "\r\n\r\nhello");
  }
}

TEST_F(MalformedTest, EncodingsWeDoNotSpeak) {
  for (const char* encoding : {"gzip", "gzip, chunked", "chunked, gzip", "identity",
                               "chunked, identity", "\vchunked", "chunke", "chunked\v", ","}) {
    ExpectRefused(line_ + "Transfer-Encoding: " + encoding + "\r\n\r\n0\r\n\r\n");
  }
  ExpectRefused(line_ + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n");
  ExpectRefused(line_ + "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", 415);
}

TEST_F(MalformedTest, ChunksThatAreNone) {
  for (const char* chunks :
       {"-2\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n",
        "5 5\r\nhello\r\n", "\r\nhello\r\n", "z\r\n", " 5\r\nhello\r\n0\r\n\r\n",
        "10000000000000000\r\n", "fffffffffffffffff\r\n", "5\r\nhelloX\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n", "5\rhello\r\n", "5\r\nhello\n0\r\n\r\n", "5;\x01\r\nhello\r\n",
        "+5\r\nhello\r\n0\r\n\r\n"}) {
    ExpectRefused(Chunks(chunks));
  }
}

// The parser looks for these lines' ends further on, and there is none: the deadline ends it.
TEST_F(MalformedTest, ChunkLinesThatNeverEndAreCutOff) {
  Start(std::chrono::milliseconds(200));
  for (const char* chunks : {"5\nhello\n0\n\n", "5;a=\"\r\nhello\r\n0\r\n\r\n", "000000"}) {
    RawConnection connection(server_->port());
    connection.Send(Chunks(chunks));
    EXPECT_EQ(connection.ReadToEnd(), "") << chunks;
  }
  EXPECT_EQ(handled_, 0);
}

// Trailers come after the headers were checked, and so could bring what they forbid.
TEST_F(MalformedTest, TrailersAreNotTaken) {
  for (const char* trailer :
       {"X: y\r\n", "Host: evil.example\r\n", "Origin: null\r\n", "Authorization: Bearer a\r\n",
        "Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n", "X\r\n", " X: y\r\n",
        "X: y\r\n z\r\n", "X: y\n\r\n"}) {
    ExpectRefused(Chunks(std::string("0\r\n") + trailer + "\r\n"));
    ExpectRefused(Chunks(std::string("5\r\nhello\r\n0;a=b\r\n") + trailer + "\r\n"));
  }
}

TEST_F(MalformedTest, LinesThatEndOrFoldOddly) {
  const std::string host = "Host: 127.0.0.1:" + std::to_string(server_->port());
  ExpectRefused("GET / HTTP/1.1\n" + host + "\n\n");
  ExpectRefused("GET / HTTP/1.1\r\n" + host + "\n\r\n");
  ExpectRefused("GET / HTTP/1.1\r\n" + host + "\r\nX: a\r\n b\r\n\r\n");
  ExpectRefused("GET / HTTP/1.1\r\n" + host + "\r\nX:\r\n\tb\r\n\r\n");
  ExpectRefused("GET / HTTP/1.1\r\n " + host + "\r\n\r\n");
  ExpectRefused("GET / HTTP/1.1\r" + host + "\r\n\r\n");
  ExpectRefused("\r\nGET / HTTP/1.1\r\n" + host + "\r\n\r\n");
  ExpectRefused("\n\n");
}

TEST_F(MalformedTest, HeadersThatAreNone) {
  for (const char* header : {"X\r\n", ": y\r\n", "X y: z\r\n", "X : y\r\n", "X\x01: y\r\n",
                             "X: y\x01z\r\n", "X\xC3\xAB: y\r\n", "(X): y\r\n"}) {
    ExpectRefused(line_ + header + "\r\n");
  }
  ExpectRefused(line_ + std::string("X: a\0b\r\n\r\n", 10));
  ExpectRefused("GET / HTTP/1.1\r\n\r\n");
  ExpectRefused(line_ + "Host: localhost\r\n\r\n");
}

TEST_F(MalformedTest, FirstLinesThatAreNone) {
  const std::string rest = "\r\nHost: 127.0.0.1:" + std::to_string(server_->port()) + "\r\n\r\n";
  for (const char* line :
       {"GET", "GET /", "GET / ", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET / HTTP/2.0",
        "GET / HTTP/1.2", "GET / HTTP/0.9", "GET / http/1.1", "G(T / HTTP/1.1", " GET / HTTP/1.1",
        "GET\t/\tHTTP/1.1", "/ HTTP/1.1", "PRI * HTTP/2.0", "\x16\x03\x01\x02"}) {
    ExpectRefused(line + rest);
  }
}

TEST_F(MalformedTest, TargetsThatAreNoPath) {
  const std::string rest =
      " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server_->port()) + "\r\n\r\n";
  for (const char* target : {"*", "http://127.0.0.1/", "http://evil.example/", "127.0.0.1:80",
                             "/../etc/passwd", "/a/%2e%2e/b", "/%", "/%zz", "/%00", "/a#b",
                             "/a?b=%", "/a?b=1&b=2", "/\xC3\xAB", "/a\\b", "/a|b", "?a"}) {
    ExpectRefused(std::string("GET ") + target + rest);
  }
}

// Bytes without any plan, and good requests with one byte changed: whatever it answers, it goes on.
TEST_F(MalformedTest, NoBytesStopTheServer) {
  const std::string good = Chunks("5;a=b\r\nhello\r\n0\r\n\r\n");
  std::uint32_t random = 7;
  for (std::size_t i = 0; i < 4 * good.size(); ++i) {
    random = random * 1664525U + 1013904223U;
    std::string text = good;
    text[i % good.size()] = static_cast<char>(random >> 24U);
    RawConnection connection(server_->port());
    connection.Send(text);
    connection.EndSending();
    ASSERT_EQ(connection.ReadToEnd().find("(still open)"), std::string::npos) << text;
  }
  RawConnection connection(server_->port());
  connection.Send(Request(server_->port(), "GET", "/"));
  EXPECT_EQ(StatusOf(connection.ReadAnswer()), 200);
}

// Cut at any byte the request is not handled, and the connection ends without an answer.
TEST_F(MalformedTest, RequestsCutShortAreNotHandled) {
  const std::string good = Chunks("5\r\nhello\r\n0\r\n\r\n");
  for (std::size_t length = 0; length < good.size(); ++length) {
    RawConnection connection(server_->port());
    connection.Send(good.substr(0, length));
    connection.EndSending();
    EXPECT_EQ(connection.ReadToEnd(), "") << length;
  }
  EXPECT_EQ(handled_, 0);
}

}  // namespace
}  // namespace havenline
