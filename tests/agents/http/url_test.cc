#include "agents/http/url.h"

#include <string>

#include <gtest/gtest.h>

namespace havenline {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Segments = std::vector<std::string>;

TEST(UrlTest, WhatIsEncodedDecodesToItself) {
  for (const char* text :
       {"", "plain-._~09AZ", "a b/c?d&e=f+g%h", "Zo\xC3\xAB \xE2\x82\xAC", "{}|^`\"<>\\"}) {
    EXPECT_EQ(PercentDecode(PercentEncode(text)), text);
  }
  EXPECT_EQ(PercentEncode("a b/\xC3\xAB"), "a%20b%2F%C3%AB");
}

TEST(UrlTest, DecodingIsStrict) {
  EXPECT_EQ(PercentDecode("%41%2f%2F"), "A//");
  EXPECT_EQ(PercentDecode("a+b"), "a+b");
  for (const char* bad : {"%", "%4", "%4g", "%g4", "% 4", "%+4", "%-1", "%%41", "%0x", "a b",
                          "a\"b", "a<b", "a#b", "a\\b", "a[b", "{a}", "\xC3\xAB", "a\nb"}) {
    EXPECT_EQ(PercentDecode(bad), std::nullopt) << bad;
  }
}

TEST(UrlTest, DecodingYieldsPrintableUtf8OrNothing) {
  for (const char* bad :
       {"%00", "%0A", "%0d%0a", "%1F", "%7f", "%FF", "%C3", "%C0%AF", "%ED%A0%80"}) {
    EXPECT_EQ(PercentDecode(bad), std::nullopt) << bad;
  }
}

TEST(UrlTest, QueriesAreReadAsFormsWriteThem) {
  EXPECT_EQ(ParseQuery(""), Pairs{});
  EXPECT_EQ(
      ParseQuery("a=1&b=two+words&c=%2B%26%3D&d=&e&f=x=y"),
      (Pairs{{"a", "1"}, {"b", "two words"}, {"c", "+&="}, {"d", ""}, {"e", ""}, {"f", "x=y"}}));
}

// Which of two values counts is what two programs read differently.
TEST(UrlTest, QueriesWithDoubtfulPartsAreRefused) {
  for (const char* bad :
       {"&", "a&", "&a", "a&&b", "=1", "a=1&a=2", "a=1&%61=2", "a=%", "%zz=1", "a=b c"}) {
    EXPECT_EQ(ParseQuery(bad), std::nullopt) << bad;
  }
}

TEST(UrlTest, PathsSplitBeforeTheyDecode) {
  EXPECT_EQ(ParsePath("/"), Segments{""});
  EXPECT_EQ(ParsePath("/v1/notices"), (Segments{"v1", "notices"}));
  EXPECT_EQ(ParsePath("/a%2Fb/c"), (Segments{"a/b", "c"}));
  EXPECT_EQ(ParsePath("/a//b/"), (Segments{"a", "", "b", ""}));
}

TEST(UrlTest, PathsThatClimbAreRefusedHoweverWritten) {
  for (const char* bad :
       {"", "a", "*", "/..", "/a/../b", "/a/.", "/%2e%2E/a", "/.%2e", "/a?b", "/a#b", "/%"}) {
    EXPECT_EQ(ParsePath(bad), std::nullopt) << bad;
  }
}

TEST(UrlTest, TargetsAreAPathAndAQuery) {
  const Target target = ParseTarget("/v1/notices?state=late&page=%31").value_or(Target{});
  EXPECT_EQ(target.path, "/v1/notices");
  EXPECT_EQ(target.query, (Pairs{{"state", "late"}, {"page", "1"}}));
  EXPECT_TRUE(ParseTarget("/?"));
  for (const char* bad :
       {"http://localhost/", "*", "localhost:80", "?a", "/a#b", "/a?b#c", "//..", ""}) {
    EXPECT_FALSE(ParseTarget(bad)) << bad;
  }
}

TEST(UrlTest, BaseUrlsNameAHostAndAPort) {
  const BaseUrl agent = ParseBaseUrl("http://127.0.0.1:07101/").value_or(BaseUrl{});
  EXPECT_EQ(agent.host, "127.0.0.1");
  EXPECT_EQ(agent.port, 7101);
  EXPECT_EQ(agent.authority, "127.0.0.1:7101");
  const BaseUrl six = ParseBaseUrl("http://[::1]:7101").value_or(BaseUrl{});
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.authority, "[::1]:7101");
  const BaseUrl named = ParseBaseUrl("http://desk-1.example").value_or(BaseUrl{});
  EXPECT_EQ(named.port, 80);
  EXPECT_EQ(named.authority, "desk-1.example");
}

TEST(UrlTest, OtherBaseUrlsAreRefused) {
  for (const char* bad : {"",
                          "127.0.0.1:7101",
                          "https://127.0.0.1",
                          "HTTP://a",
                          "http://",
                          "http:///",
                          "http://:80",
                          "http://a:",
                          "http://a:0",
                          "http://a:65536",
                          "http://a:+1",
                          "http://a:1x",
                          "http://a:1/b",
                          "http://a//",
                          "http://u@a",
                          "http://a?b",
                          "http://a#b",
                          "http://a b",
                          "http://a\r\n",
                          "http://[::1",
                          "http://[]:1",
                          "http://[::1]1",
                          "http://a:1:2",
                          "http://[a%25b]"}) {
    EXPECT_FALSE(ParseBaseUrl(bad)) << bad;
  }
}

}  // namespace
}  // namespace havenline
