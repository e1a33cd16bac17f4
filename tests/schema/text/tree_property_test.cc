// Whatever tree there is: written as JSON or TOML, it is read back as it was.

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "schema/text/json.h"
#include "schema/text/toml.h"

namespace havenline::text {
namespace {

rc::Gen<std::string> AnyText() {
  const auto code_point = rc::gen::weightedOneOf<std::string>({
      {6, rc::gen::map(rc::gen::inRange(0, 128),
                       [](int c) { return std::string(1, static_cast<char>(c)); })},
      {2,
       rc::gen::element<std::string>("\"", "\\", "'", "\"\"\"", "\n", "\r\n", "#", "=", "[", ".")},
      {2, rc::gen::element<std::string>("\u0080", "\u00E9", "\u2028", "\uFEFF", "\uFFFF", "\uE000",
                                        "\U0001F600", "\U0010FFFF")},
  });
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(code_point),
                      [](const auto& pieces) {
                        std::string text;
                        for (const auto& piece : pieces) text += piece;
                        return text;
                      });
}

struct Kinds {
  bool null;
  bool real;
};

rc::Gen<Value> AnyScalar(Kinds kinds) {
  std::vector<Value> edges = {Value(0), Value(INT64_MAX), Value(INT64_MIN), Value("")};
  if (kinds.null) edges.emplace_back();
  if (kinds.real)
    edges.insert(edges.end(), {Value(0.0), Value(1e308), Value(-5e-324), Value(1e16)});
  const auto number =
      rc::gen::map(rc::gen::arbitrary<double>(), [](double real) { return Value(real); });
  const auto text = rc::gen::map(AnyText(), [](std::string any) { return Value(std::move(any)); });
  const auto integer =
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t n) { return Value(n); });
  return rc::gen::oneOf(rc::gen::elementOf(edges), kinds.real ? number : integer, integer, text,
                        rc::gen::element(Value(true), Value(false)));
}

Value MapOf(const std::vector<std::pair<std::string, Value>>& members) {
  Value map = Value::Map();
  for (const auto& [key, value] : members) map.Set(key, value);
  return map;
}

rc::Gen<Value> AnyMap(Kinds kinds, int depth);

rc::Gen<Value> AnyValue(Kinds kinds, int depth) {
  if (depth == 0) return AnyScalar(kinds);
  const auto list = rc::gen::map(
      rc::gen::resize(5, rc::gen::container<std::vector<Value>>(AnyValue(kinds, depth - 1))),
      [](std::vector<Value> items) { return Value::List(std::move(items)); });
  const auto maps = rc::gen::map(
      rc::gen::resize(4, rc::gen::container<std::vector<Value>>(AnyMap(kinds, depth - 1))),
      [](std::vector<Value> items) { return Value::List(std::move(items)); });
  return rc::gen::oneOf(AnyScalar(kinds), list, maps, AnyMap(kinds, depth - 1));
}

rc::Gen<Value> AnyMap(Kinds kinds, int depth) {
  const auto member = rc::gen::pair(rc::gen::resize(4, AnyText()), AnyValue(kinds, depth));
  return rc::gen::map(
      rc::gen::resize(5, rc::gen::container<std::vector<std::pair<std::string, Value>>>(member)),
      MapOf);
}

constexpr int kDepth = 3;

TEST(TreePropertyTest, CanonicalJsonIsReadBackAndIsItsOwnCanonicalForm) {
  EXPECT_TRUE(rc::check([] {
    const Value value = *AnyValue({.null = true, .real = false}, kDepth);
    const std::string text = CanonicalJson(value);
    const auto read = ParseJson(text, "t");
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == value);
    RC_ASSERT(CanonicalJson(*read) == text);
  }));
}

TEST(TreePropertyTest, JsonIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    const Value value = *AnyValue({.null = true, .real = true}, kDepth);
    const auto layout = *rc::gen::element(JsonLayout::kOneLine, JsonLayout::kIndented);
    const auto read = ParseJson(ToJson(value, layout), "t");
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == value);
    RC_ASSERT(ToJson(*read, layout) == ToJson(value, layout));
  }));
}

TEST(TreePropertyTest, TomlIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    const Value value = *AnyMap({.null = false, .real = true}, kDepth);
    const std::string text = ToToml(value);
    const auto read = ParseToml(text, "t");
    if (!read) RC_FAIL(read.error().detail + "\n" + text);
    RC_ASSERT(*read == value);
    RC_ASSERT(ToToml(*read) == text);
  }));
}

}  // namespace
}  // namespace havenline::text
