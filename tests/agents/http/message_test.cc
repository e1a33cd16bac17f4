#include "agents/http/message.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

HttpResponse WithHeader(const std::string& name, const std::string& value) {
  HttpResponse response;
  response.headers.emplace_back(name, value);
  return response;
}

TEST(MessageTest, HeadersAreFoundWhateverTheirCase) {
  HttpRequest request;
  request.headers = {{"Content-Type", "text/csv"}, {"X-One", "1"}, {"x-one", "2"}};
  EXPECT_EQ(request.Header("content-type"), "text/csv");
  EXPECT_EQ(request.Header("X-ONE"), "1");
  EXPECT_EQ(request.Header("X-On"), std::nullopt);
}

TEST(MessageTest, QueryValuesAreFoundByTheirExactName) {
  HttpRequest request;
  request.query = {{"state", "late"}, {"empty", ""}};
  EXPECT_EQ(request.Query("state"), "late");
  EXPECT_EQ(request.Query("empty"), "");
  EXPECT_EQ(request.Query("State"), std::nullopt);
}

TEST(MessageTest, ErrorsAreJsonWhateverTheySay) {
  const HttpResponse response = ErrorResponse(404, "no-such", "He said \"no\\\"\n.");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, "{\"error\":\"no-such\",\"what\":\"He said \\\"no\\\\\\\"\\u000a.\"}\n");
}

TEST(MessageTest, OnlyFinalStatusesCanBeSent) {
  HttpResponse response;
  for (const int status : {200, 204, 404, 599}) {
    response.status = status;
    EXPECT_TRUE(IsSendable(response)) << status;
  }
  for (const int status : {-1, 0, 99, 100, 101, 199, 600, 1000}) {
    response.status = status;
    EXPECT_FALSE(IsSendable(response)) << status;
  }
}

TEST(MessageTest, AHeaderCannotBecomeTwo) {
  EXPECT_TRUE(IsSendable(WithHeader("Location", "/v1/notices/17")));
  EXPECT_FALSE(IsSendable(WithHeader("Location", "/\r\nSet-Cookie: a=b")));
  EXPECT_FALSE(IsSendable(WithHeader("Location", "/\n")));
  EXPECT_FALSE(IsSendable(WithHeader("Loc ation", "/")));
  EXPECT_FALSE(IsSendable(WithHeader("", "/")));
  HttpResponse typed;
  typed.content_type = "text/plain\r\nX: y";
  EXPECT_FALSE(IsSendable(typed));
}

TEST(MessageTest, WhatTheServerDecidesCannotBeSet) {
  for (const char* name :
       {"Content-Length", "transfer-encoding", "Connection", "Server", "Trailer", "Content-Type"}) {
    EXPECT_FALSE(IsSendable(WithHeader(name, "1"))) << name;
  }
}

}  // namespace
}  // namespace havenline
