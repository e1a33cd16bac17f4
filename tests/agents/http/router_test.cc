#include "agents/http/router.h"

#include <string>

#include <gtest/gtest.h>

namespace havenline {
namespace {

HttpRequest Asking(const std::string& method, const std::string& path) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  return request;
}

// Answers with `name` and what the path's {name} segments were.
RouteHandler Says(const std::string& name) {
  return [name](const HttpRequest&, const RouteParameters& parameters) {
    HttpResponse response;
    response.body = name;
    for (const auto& [key, value] : parameters)
      response.body.append(" ").append(key).append("=").append(value);
    return response;
  };
}

Router NoticesRouter() {
  Router router;
  router.Add("GET", "/", Says("root"));
  router.Add("GET", "/v1/notices", Says("list"));
  router.Add("POST", "/v1/notices", Says("send"));
  router.Add("GET", "/v1/notices/{id}", Says("show"));
  router.Add("GET", "/v1/notices/late", Says("late"));
  router.Add("POST", "/v1/{kind}/{id}/acknowledge", Says("acknowledge"));
  router.Add("HEAD", "/v1/status", Says("head"));
  router.Add("GET", "/v1/status", Says("status"));
  return router;
}

std::string Answered(const std::string& method, const std::string& path) {
  const HttpResponse response = NoticesRouter().Answer(Asking(method, path));
  return response.status == 200 ? response.body : std::to_string(response.status);
}

TEST(RouterTest, MethodAndPathPickTheHandler) {
  EXPECT_EQ(Answered("GET", "/"), "root");
  EXPECT_EQ(Answered("GET", "/v1/notices"), "list");
  EXPECT_EQ(Answered("POST", "/v1/notices"), "send");
}

TEST(RouterTest, NamedSegmentsAreCapturedDecoded) {
  EXPECT_EQ(Answered("GET", "/v1/notices/17"), "show id=17");
  EXPECT_EQ(Answered("GET", "/v1/notices/police%2Frotherham%20east"),
            "show id=police/rotherham east");
  EXPECT_EQ(Answered("POST", "/v1/notices/17/acknowledge"), "acknowledge id=17 kind=notices");
}

// The path alone picks the pattern, so that a method never turns "late" into somebody's id.
TEST(RouterTest, LiteralsComeBeforeNames) {
  EXPECT_EQ(Answered("GET", "/v1/notices/late"), "late");
  EXPECT_EQ(Answered("GET", "/v1/notices/l%61te"), "late");
  EXPECT_EQ(Answered("POST", "/v1/notices/late"), "405");
}

TEST(RouterTest, OtherPathsAreNotFound) {
  for (const char* path :
       {"/v1", "/v1/", "/v1/notices/", "/v1/notices/17/", "/V1/notices", "/v1//notices",
        "/v1/notices/17/acknowledge/now", "/v1/notices//acknowledge", "/v1/notices%2F17"}) {
    EXPECT_EQ(Answered("GET", path), "404") << path;
    EXPECT_EQ(Answered("POST", path), "404") << path;
  }
}

TEST(RouterTest, OtherMethodsAreToldWhichAreAllowed) {
  const HttpResponse both = NoticesRouter().Answer(Asking("DELETE", "/v1/notices"));
  EXPECT_EQ(both.status, 405);
  EXPECT_EQ(both.Header("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(NoticesRouter().Answer(Asking("POST", "/v1/status")).Header("Allow"), "GET, HEAD");
  EXPECT_EQ(Answered("get", "/v1/notices"), "405");
}

TEST(RouterTest, HeadIsAnsweredAsGetUnlessItHasItsOwn) {
  EXPECT_EQ(Answered("HEAD", "/v1/notices"), "list");
  EXPECT_EQ(Answered("HEAD", "/v1/status"), "head");
  EXPECT_EQ(Answered("HEAD", "/v1/notices/17/acknowledge"), "405");
}

TEST(RouterDeathTest, AmbiguousOrMalformedPatternsAreBugs) {
  Router router = NoticesRouter();
  EXPECT_DEATH(router.Add("GET", "/v1/notices", Says("again")), "CHECK failed");
  EXPECT_DEATH(router.Add("POST", "/v1/notices/{other}", Says("other")), "CHECK failed");
  for (const char* pattern : {"", "v1", "/{}", "/{a", "/a}", "/{a}/{a}"}) {
    EXPECT_DEATH(router.Add("GET", pattern, Says("bad")), "CHECK failed") << pattern;
  }
  EXPECT_DEATH(router.Add("NO SUCH", "/a", Says("bad")), "CHECK failed");
}

}  // namespace
}  // namespace havenline
