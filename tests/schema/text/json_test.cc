#include "schema/text/json.h"

#include <cstdint>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/schema/text/faults.h"

namespace havenline::text {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Value Parsed(std::string_view text) {
  auto value = ParseJson(text, "t.json");
  EXPECT_TRUE(value) << text << ": " << value.error().detail;
  return value.value_or(Value());
}

std::string Refused(std::string_view text) { return FaultOf(ParseJson(text, "t.json")); }

TEST(JsonTest, ReadsEveryKind) {
  EXPECT_EQ(
      Parsed(
          R"( {"a":null,"b":[true,false],"c":-7,"d":1.5e1,"e":"x\u00e9\ud83d\ude00\n","f":{}} )"),
      Value::Map()
          .Set("a", Value())
          .Set("b", Value::List().Add(true).Add(false))
          .Set("c", -7)
          .Set("d", 15.0)
          .Set("e", "x\u00E9\U0001F600\n")
          .Set("f", Value::Map()));
  EXPECT_EQ(Parsed("7"), Value(7));
}

TEST(JsonTest, KeysStayAsWritten) {
  const auto value = Parsed(R"({"z":1,"a":2,"m":3})");
  EXPECT_EQ(value.members()[0].first, "z");
  EXPECT_EQ(value.members()[1].first, "a");
  EXPECT_EQ(value.members()[2].first, "m");
}

TEST(JsonTest, MarksSayWhereAValueBegins) {
  const auto value = Parsed("{\n  \"a\" : 12,\n  \"\u00E9\": [1,\"x\",{\"b\":true}] }");
  EXPECT_EQ(value.mark(), (Mark{1, 1}));
  EXPECT_EQ(value.Find("a")->mark(), (Mark{2, 9}));
  const auto& list = *value.Find("\u00E9");
  EXPECT_EQ(list.mark(), (Mark{3, 8}));
  EXPECT_EQ(list.items()[0].mark(), (Mark{3, 9}));
  EXPECT_EQ(list.items()[1].mark(), (Mark{3, 11}));
  EXPECT_EQ(list.items()[2].mark(), (Mark{3, 15}));
  EXPECT_EQ(list.items()[2].Find("b")->mark(), (Mark{3, 20}));
}

TEST(JsonTest, AKeyMayNotComeTwice) {
  EXPECT_EQ(Refused("{\"a\":1,\n \"a\":2}"), "t.json:2:2: the key \"a\" is there twice");
  EXPECT_THAT(Refused(R"({"a":1,"\u0061":2})"), HasSubstr("twice"));
  EXPECT_EQ(Refused(R"({"\n":1,"\n":2})"), "t.json:1:9: the key \"\\n\" is there twice")
      << "a key begins no line of a log";
  EXPECT_EQ(Parsed(R"({"a":1,"b":{"a":2}})").Find("b")->Find("a")->integer(), 2);
}

TEST(JsonTest, HalfASurrogatePairIsRefused) {
  EXPECT_THAT(Refused(R"({"n":"\ud800"})"), StartsWith("t.json:1:"));
  EXPECT_THAT(Refused(R"({"n":"\udc00"})"), HasSubstr("surrogate"));
  EXPECT_THAT(Refused(R"({"n":"\ud800\u0041"})"), HasSubstr("surrogate"));
  EXPECT_THAT(Refused(R"({"\ud800":1})"), HasSubstr("surrogate"));
}

TEST(JsonTest, BytesThatAreNotUtf8AreRefused) {
  EXPECT_EQ(Refused("{\n\"n\":\"\xFF\"}"), "t.json:2:6: not UTF-8: save the text as UTF-8");
  EXPECT_THAT(Refused("\"\xED\xA0\x80\""), HasSubstr("not UTF-8"));
  EXPECT_THAT(Refused("\"\xC0\xAF\""), HasSubstr("not UTF-8"));
}

TEST(JsonTest, NothingMayFollowTheValue) {
  EXPECT_THAT(Refused("{} x"), StartsWith("t.json:1:4: not valid JSON"));
  EXPECT_THAT(Refused("1 2"), StartsWith("t.json:1:3:"));
  EXPECT_THAT(Refused("{},"), StartsWith("t.json:1:3:"));
  EXPECT_EQ(Parsed("{} \r\n\t"), Value::Map());
}

// The parser takes a zero byte for the end, so that "{}", zero, "anything" would pass.
TEST(JsonTest, AZeroByteDoesNotHideWhatFollows) {
  using std::string_literals::operator""s;
  EXPECT_EQ(Refused("{}\0{\"a\":1}"s), "t.json:1:3: a zero byte is not JSON");
  EXPECT_THAT(Refused("\"a\0b\""s), HasSubstr("zero byte"));
  EXPECT_EQ(Parsed(R"("a\u0000b")"), Value("a\0b"s));
}

TEST(JsonTest, NestsThirtyTwoDeepAndNoDeeper) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(Parsed(nested(32)).Depth(), 32U);
  EXPECT_EQ(Refused(nested(33)), "t.json:1:33: nested more than 32 deep");
  EXPECT_THAT(Refused(std::string(1'000'000, '[')), HasSubstr("nested"));
  std::string maps;
  for (int i = 0; i < 33; ++i) maps += R"({"a":)";
  EXPECT_THAT(Refused(maps), HasSubstr("nested"));
}

TEST(JsonTest, WholeNumbersAreExactOrRefused) {
  EXPECT_EQ(Parsed("9223372036854775807"), Value(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(Parsed("-9223372036854775808"), Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(Parsed("-0"), Value(0));
  EXPECT_THAT(Refused("[1,\n9223372036854775808]"),
              StartsWith("t.json:2:1: a whole number is out of range"));
  EXPECT_THAT(Refused("-9223372036854775809"), HasSubstr("out of range"));
  EXPECT_THAT(Refused("18446744073709551616"), HasSubstr("out of range"));
  EXPECT_THAT(Refused("1" + std::string(400, '0')), HasSubstr("too large"));
}

TEST(JsonTest, RealsAreFiniteAndDoNotVanish) {
  EXPECT_EQ(Parsed("1e2"), Value(100.0));
  EXPECT_EQ(Parsed("0.0e-999"), Value(0.0));
  EXPECT_EQ(Parsed("5e-324"), Value(std::numeric_limits<double>::denorm_min()));
  EXPECT_EQ(Refused("[1e400]"), "t.json:1:6: a number is too large: it must fit a 64-bit double");
  EXPECT_EQ(Refused("[1e-400]"), "t.json:1:2: a number is too small: it must fit a 64-bit double");
}

TEST(JsonTest, LaxFormsAreRefused) {
  for (const auto* text :
       {"",       " ",         "01",   "+1",         ".5",      "1.",      "NaN",       "Infinity",
        "'a'",    "{a:1}",     "[1,]", "{\"a\":1,}", "[1 2]",   "// c\n1", "/* c */ 1", "\"a\nb\"",
        "\"\t\"", "\"\\x41\"", "TRUE", "nul",        "{\"a\"}", "{1:2}",   "]",         "\"a"}) {
    EXPECT_THAT(Refused(text), StartsWith("t.json:")) << text;
  }
}

TEST(JsonTest, AByteOrderMarkIsSkipped) {
  EXPECT_EQ(Parsed("\xEF\xBB\xBF{}").mark(), (Mark{1, 1}));
  EXPECT_THAT(Refused("\xEF\xBB\xBF{x"), StartsWith("t.json:1:2:"));
}

TEST(JsonTest, SizeIsLimited) {
  EXPECT_EQ(FaultOf(ParseJson("[1,2]", "t.json", 4)), "t.json: larger than 4 bytes");
  EXPECT_TRUE(ParseJson("[1,2]", "t.json", 5));
}

TEST(JsonTest, TheNumberOfValuesIsLimited) {
  std::string text = "[0";
  text.reserve(2 * kValuesMax + 8);
  for (std::size_t i = 1; i < kValuesMax - 1; ++i) text += ",0";
  EXPECT_TRUE(ParseJson(text + ']', "t.json"));
  EXPECT_THAT(Refused(text + ",0]"), HasSubstr("more than 2000000 values"));
}

// A fault goes to logs; what people wrote does not.
TEST(JsonTest, FaultsQuoteNoValue) {
  for (const auto* text :
       {R"({"a":"Jane Doe" "b"})", R"({"a":"Jane Doe)", R"({"a":Jane Doe})",
        R"({"a":"Jane Doe\x"})", "[\"Jane Doe\n\"]", R"({"a":"Jane Doe"} Jane)"}) {
    const auto fault = Refused(text);
    EXPECT_THAT(fault, Not(HasSubstr("Jane"))) << text;
    EXPECT_THAT(fault, HasSubstr("not valid JSON: syntax error")) << text;
  }
  EXPECT_THAT(Refused("{\"a\":07700900123}"), Not(HasSubstr("0900")));
  EXPECT_THAT(Refused("{\"a\":99999999999999999999}"), Not(HasSubstr("999")));
  EXPECT_THAT(Refused("{\"a\":7e999}"), Not(HasSubstr("999")));
}

TEST(JsonTest, NoTruncationCrashesOrPasses) {
  constexpr std::string_view kWhole =
      R"({"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00"],"b":{"c":{}}})";
  for (std::size_t size = 0; size < kWhole.size(); ++size) {
    EXPECT_FALSE(ParseJson(kWhole.substr(0, size), "t.json")) << size;
  }
}

TEST(JsonTest, NoChangedByteCrashes) {
  std::string text = R"({"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00"],"b":{"c":{}}})";
  for (char& c : text) {
    const char kept = c;
    for (int byte = 0; byte < 256; ++byte) {
      c = static_cast<char>(byte);
      const auto value = ParseJson(text, "t.json");
      if (value) {
        EXPECT_EQ(Parsed(ToJson(*value)), *value);
      }
    }
    c = kept;
  }
}

TEST(JsonTest, WritesOneLineOrIndented) {
  const auto value = Value::Map()
                         .Set("b", Value::List().Add(1).Add(Value::Map().Set("c", 0.5)))
                         .Set("a", Value::List())
                         .Set("n", Value());
  EXPECT_EQ(ToJson(value), R"({"b":[1,{"c":0.5}],"a":[],"n":null})");
  EXPECT_EQ(ToJson(value, JsonLayout::kIndented),
            "{\n  \"b\": [\n    1,\n    {\n      \"c\": 0.5\n    }\n  ],\n  \"a\": [],\n  \"n\": "
            "null\n}\n");
}

TEST(JsonTest, ARealStaysOne) {
  EXPECT_EQ(ToJson(2.0), "2.0");
  EXPECT_EQ(ToJson(-0.0), "-0.0");
  EXPECT_EQ(ToJson(0.1), "0.1");
  EXPECT_EQ(ToJson(1e300), "1e+300");
  EXPECT_EQ(Parsed(ToJson(1e22)), Value(1e22));
}

TEST(JsonTest, EscapesOnlyWhatMustBe) {
  std::string controls;
  for (char c = 0; c < 0x20; ++c) controls += c;
  EXPECT_EQ(ToJson(controls),
            R"("\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f)"
            R"(\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017)"
            R"(\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f")");
  EXPECT_EQ(ToJson("\"\\/\x7F\u00E9\u2028\U0001F600"), "\"\\\"\\\\/\x7F\u00E9\u2028\U0001F600\"");
}

TEST(CanonicalJsonTest, SortsKeysByTheirBytes) {
  const auto value = Value::Map()
                         .Set("b", Value::Map().Set("z", 1).Set("", 2))
                         .Set("\u00E9", 3)
                         .Set("a", Value::List().Add("x").Add(true))
                         .Set("B", 4);
  EXPECT_EQ(CanonicalJson(value),
            "{\"B\":4,\"a\":[\"x\",true],\"b\":{\"\":2,\"z\":1},\"\u00E9\":3}");
}

// By UTF-16, as RFC 8785 has it, the second would come first.
TEST(CanonicalJsonTest, SortsByUtf8NotUtf16) {
  EXPECT_EQ(CanonicalJson(Value::Map().Set("\U0001F600", 1).Set("\uFF01", 2)),
            "{\"\uFF01\":2,\"\U0001F600\":1}");
}

TEST(CanonicalJsonDeathTest, HasNoReals) {
  EXPECT_DEATH(CanonicalJson(Value::Map().Set("a", 1.0)), "CHECK failed");
}

TEST(JsonDeathTest, WhatCouldNotBeReadBackIsNotWritten) {
  auto value = Value::List();
  for (int i = 0; i < 32; ++i) value = Value::List().Add(std::move(value));
  EXPECT_DEATH(ToJson(value), "CHECK failed");
  EXPECT_DEATH(CanonicalJson(value), "CHECK failed");
}

}  // namespace
}  // namespace havenline::text
