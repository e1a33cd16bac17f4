#include "agents/http/head.h"

#include <string>

#include <gtest/gtest.h>

namespace havenline {
namespace {

using State = HeadScanner::State;

constexpr std::string_view kHead = "GET / HTTP/1.1\r\nHost: localhost:7101\r\nX: \ty\r\n\r\n";
HeadFacts Facts() {
  return {.http_1_1 = true, .port = 7101, .own_names = {"localhost", "127.0.0.1", "[::1]"}};
}

State ScanAll(std::string_view text, std::size_t bytes_max = 8192) {
  HeadScanner scanner(bytes_max);
  return scanner.Scan(text);
}

std::optional<Refusal> Check(HttpHeaders more, bool http_1_1 = true) {
  HeadFacts facts = Facts();
  facts.http_1_1 = http_1_1;
  more.emplace_back("Host", "127.0.0.1:7101");
  return CheckHead(more, facts);
}

std::optional<Refusal> CheckHost(const std::string& host, std::uint16_t port = 7101) {
  HeadFacts facts = Facts();
  facts.port = port;
  return CheckHead({{"Host", host}}, facts);
}

// However the bytes arrive, the head ends at the same one.
TEST(HeadScannerTest, FindsTheEndInAnyPieces) {
  const std::string text = std::string(kHead) + "body\n\n";
  for (std::size_t first = 0; first <= text.size(); ++first) {
    HeadScanner scanner(8192);
    const State early = scanner.Scan(std::string_view(text).substr(0, first));
    EXPECT_EQ(early, first < kHead.size() ? State::kPartial : State::kComplete) << first;
    EXPECT_EQ(scanner.Scan(text), State::kComplete) << first;
    EXPECT_EQ(scanner.size(), kHead.size()) << first;
  }
}

TEST(HeadScannerTest, TheLimitIsOnTheWholeHead) {
  EXPECT_EQ(ScanAll(kHead, kHead.size()), State::kComplete);
  EXPECT_EQ(ScanAll(kHead, kHead.size() - 1), State::kTooLarge);
  EXPECT_EQ(ScanAll(std::string(8193, 'a')), State::kTooLarge);
  EXPECT_EQ(ScanAll(std::string(8192, 'a')), State::kPartial);
}

TEST(HeadScannerTest, LinesThatOtherProgramsReadOtherwiseAreMalformed) {
  const std::string line = "GET / HTTP/1.1\r\n";
  for (const std::string& bad :
       {std::string("GET / HTTP/1.1\n"), std::string("\n"), std::string("\r\n"),
        std::string(" GET"), std::string("GET / HTTP/1.1\rX"), line + "A: b\n", line + "A: b\r\n c",
        line + "A: b\r\n\tc", line + "A: b\r\r\n", line + std::string("A: \0b", 5),
        line + "A: \x7F", line + "A: \x0B", line + "\n", line + "\rX"}) {
    EXPECT_EQ(ScanAll(bad), State::kMalformed) << bad;
  }
}

TEST(CheckHeadTest, AnOrdinaryRequestPasses) {
  EXPECT_EQ(Check({}), std::nullopt);
  EXPECT_EQ(Check({{"content-length", "17"}, {"Accept", "a"}, {"Accept", "b"}}), std::nullopt);
  EXPECT_EQ(Check({{"Transfer-Encoding", "Chunked"}, {"Expect", "100-Continue"}}), std::nullopt);
}

TEST(CheckHeadTest, WhatFramesOrVouchesStandsOnce) {
  for (const char* name : {"Authorization", "Content-Encoding", "Content-Length", "Content-Type",
                           "Expect", "Host", "Origin", "Sec-Fetch-Site", "Transfer-Encoding"}) {
    EXPECT_EQ(Check({{name, "1"}, {name, "1"}}), Refusal::kMalformed) << name;
  }
  EXPECT_EQ(CheckHead({}, Facts()), Refusal::kMalformed) << "no Host";
}

TEST(CheckHeadTest, TheBodysEndIsNeverInDoubt) {
  EXPECT_EQ(Check({{"Content-Length", "3"}, {"Transfer-Encoding", "chunked"}}),
            Refusal::kMalformed);
  for (const char* length : {"", "+3", "-1", "3,3", "3 ", "0x3", "1e1", "9999999999999999999"}) {
    EXPECT_EQ(Check({{"Content-Length", length}}), Refusal::kMalformed) << length;
  }
  for (const char* encoding : {"", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked",
                               "identity", "xchunked", "chunked;a=b", "\"chunked\""}) {
    EXPECT_EQ(Check({{"Transfer-Encoding", encoding}}), Refusal::kMalformed) << encoding;
  }
  EXPECT_EQ(Check({{"Transfer-Encoding", "chunked"}}, /*http_1_1=*/false), Refusal::kMalformed);
}

TEST(CheckHeadTest, OnlyOurOwnNamesAndPortAreAnswered) {
  for (const char* host : {"localhost:7101", "LocalHost:7101", "127.0.0.1:7101", "[::1]:7101"}) {
    EXPECT_EQ(CheckHost(host), std::nullopt) << host;
  }
  for (const char* host :
       {"", "localhost", "localhost:", "localhost:7102", "localhost:07101", "evil.example",
        "evil.example:7101", "localhost.:7101", "127.0.0.1.evil.example:7101", "::1:7101",
        "127.1:7101", "0.0.0.0:7101", "user@localhost:7101", "localhost:7101:7101"}) {
    EXPECT_EQ(CheckHost(host), Refusal::kHost) << host;
  }
  EXPECT_EQ(CheckHost("localhost", 80), std::nullopt);
  EXPECT_EQ(CheckHost("localhost:80", 80), std::nullopt);
}

TEST(CheckHeadTest, PagesOfOtherOriginsAreRefused) {
  EXPECT_EQ(Check({{"Origin", "http://127.0.0.1:7101"}, {"Sec-Fetch-Site", "same-origin"}}),
            std::nullopt);
  EXPECT_EQ(Check({{"Sec-Fetch-Site", "none"}}), std::nullopt);
  for (const char* origin :
       {"", "null", "http://evil.example", "https://127.0.0.1:7101", "http://127.0.0.1",
        "http://localhost:7101", "http://127.0.0.1:7102", "file://"}) {
    EXPECT_EQ(Check({{"Origin", origin}}), Refusal::kCrossOrigin) << origin;
  }
  // Pages on other ports of this machine are "same-site".
  for (const char* site : {"", "same-site", "cross-site", "Same-Origin", "none, none"}) {
    EXPECT_EQ(Check({{"Sec-Fetch-Site", site}}), Refusal::kCrossOrigin) << site;
  }
}

TEST(CheckHeadTest, CompressionAndUnknownExpectationsAreRefused) {
  EXPECT_EQ(Check({{"Content-Encoding", "gzip"}}), Refusal::kContentEncoding);
  EXPECT_EQ(Check({{"Content-Encoding", "identity"}}), Refusal::kContentEncoding);
  EXPECT_EQ(Check({{"Expect", "200-ok"}}), Refusal::kExpectation);
}

}  // namespace
}  // namespace havenline
