#include "schema/text/toml.h"

#include <chrono>
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
  auto value = ParseToml(text, "t.toml");
  EXPECT_TRUE(value) << text << ": " << value.error().detail;
  return value.value_or(Value::Map());
}

std::string Refused(std::string_view text) { return FaultOf(ParseToml(text, "t.toml")); }

std::string Repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

constexpr std::string_view kSample = R"(# A directory.
title = "Rotherham \u00e9"
serial = 7
share = 0.25
open = true
days = ["mon", 'tue']

[contact.desk]
phone = """
01709 "382121"
"""
hours = { from = "08:00", to = "18:00" }

[[agency]]
id = "school.106890"
since = 2026-11-22
[[agency]]
id = "police.south-yorkshire"
)";

TEST(TomlTest, ReadsEveryKind) {
  EXPECT_EQ(
      Parsed(kSample),
      Value::Map()
          .Set("title", "Rotherham \u00E9")
          .Set("serial", 7)
          .Set("share", 0.25)
          .Set("open", true)
          .Set("days", Value::List().Add("mon").Add("tue"))
          .Set("contact",
               Value::Map().Set(
                   "desk", Value::Map()
                               .Set("phone", "01709 \"382121\"\n")
                               .Set("hours", Value::Map().Set("from", "08:00").Set("to", "18:00"))))
          .Set("agency",
               Value::List()
                   .Add(Value::Map().Set("id", "school.106890").Set("since", "2026-11-22"))
                   .Add(Value::Map().Set("id", "police.south-yorkshire"))));
  EXPECT_EQ(Parsed(""), Value::Map());
}

TEST(TomlTest, KeysStayAsWritten) {
  const auto value = Parsed("z = 1\nb.y = 1\na = 2\nb.x = 2\n[m]\nq = 1\nc = 2\n[d]\n");
  std::string keys;
  for (const auto& [key, member] : value.members()) keys += key;
  for (const auto& [key, member] : value.Find("b")->members()) keys += key;
  for (const auto& [key, member] : value.Find("m")->members()) keys += key;
  EXPECT_EQ(keys,
            "zbamd"
            "yx"
            "qc");
}

TEST(TomlTest, MarksSayWhereAValueBegins) {
  const auto value = Parsed(kSample);
  EXPECT_EQ(value.Find("title")->mark(), (Mark{2, 9}));
  EXPECT_EQ(value.Find("days")->items()[1].mark(), (Mark{6, 16}));
  EXPECT_EQ(value.Find("contact")->Find("desk")->mark(), (Mark{8, 1}));
  EXPECT_EQ(value.Find("agency")->items()[1].mark(), (Mark{17, 1}));
  EXPECT_EQ(Parsed("\"\u00E9\" = \"\u00E9\u00E9\" # \n b = [ \"\u00E9\", 2 ]")
                .Find("b")
                ->items()[1]
                .mark(),
            (Mark{2, 13}));
}

TEST(TomlTest, DatesAndTimesAreIsoTexts) {
  const auto value = Parsed(
      "a = 2026-11-22T08:15:00Z\nb = 2026-11-22 08:15:00.5+01:00\nc = 2026-11-22t08:15:00\n"
      "d = 2026-11-22\ne = 08:15:00\n");
  EXPECT_EQ(value, Value::Map()
                       .Set("a", "2026-11-22T08:15:00Z")
                       .Set("b", "2026-11-22T08:15:00.5+01:00")
                       .Set("c", "2026-11-22T08:15:00")
                       .Set("d", "2026-11-22")
                       .Set("e", "08:15:00"));
}

TEST(TomlTest, FaultsSayWhereAndWhat) {
  EXPECT_THAT(Refused("a = 1\nb = [1,\n 2 3]\n"), StartsWith("t.toml:3:4: not valid TOML: "));
  EXPECT_THAT(Refused("a = 1\na = 2\n"), StartsWith("t.toml:2:"));
  EXPECT_THAT(Refused("a = 1\na = 2\n"), HasSubstr("'a'"));
  EXPECT_THAT(Refused("[a]\n[a]\n"), StartsWith("t.toml:2:1:"));
  EXPECT_THAT(Refused("a = "), StartsWith("t.toml:1:"));
  EXPECT_THAT(Refused("a = \"x\nb = 1"), StartsWith("t.toml:1:"));
}

// What a word processor makes of a quote looks like one.
TEST(TomlTest, CurlyQuotesAreNamedWhereTheyCannotBeRead) {
  const auto refused = ParseToml("a = 1\nb = \u201Cx\u201D\n", "p");
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().detail,
              AllOf(HasSubstr("p:2:"), HasSubstr("the line has curly quotes")));
  EXPECT_TRUE(ParseToml("why = \"the \u201Cfour facts\u201D\"\n", "p").has_value());
  const auto elsewhere = ParseToml("why = \"\u201C\u201D\"\nb = x\n", "p");
  ASSERT_FALSE(elsewhere.has_value());
  EXPECT_EQ(elsewhere.error().detail.find("curly"), std::string::npos);
}

TEST(TomlTest, BytesThatAreNotUtf8AreRefused) {
  EXPECT_EQ(Refused("a = 1\nb = \"\xE9\"\n"), "t.toml:2:6: not UTF-8: save the file as UTF-8");
  EXPECT_THAT(Refused("a = \"\\ud800\""), HasSubstr("surrogate"));
  EXPECT_THAT(Refused("\"\\ud800\" = 1"), HasSubstr("surrogate"));
}

TEST(TomlTest, NumbersAreExactOrRefused) {
  EXPECT_EQ(Parsed("a = 9223372036854775807\nb = -9223372036854775808\nc = 0xff\nd = 1_000"),
            Value::Map().Set("a", INT64_MAX).Set("b", INT64_MIN).Set("c", 255).Set("d", 1000));
  EXPECT_THAT(Refused("a = 9223372036854775808"), HasSubstr("the number is not representable"));
  EXPECT_THAT(Refused("a = 1e400"), HasSubstr("the number could not be interpreted"));
  EXPECT_THAT(Refused("a = 1\nb = [nan]"), StartsWith("t.toml:2:6: nan and infinity"));
  EXPECT_THAT(Refused("a = -inf"), HasSubstr("nan and infinity"));
}

TEST(TomlTest, AFaultQuotesNoWordOfAValue) {
  const std::string boolean = Refused("a = tr\x07e");
  EXPECT_THAT(boolean, AllOf(HasSubstr("'true'"), Not(HasSubstr("saw"))));
  EXPECT_THAT(Refused("a = [1, 2\nb = 3"), HasSubstr(", saw '"));
}

TEST(TomlTest, SizeIsLimited) {
  EXPECT_EQ(FaultOf(ParseToml("a = 10", "t.toml", 5)), "t.toml: larger than 5 bytes");
  EXPECT_TRUE(ParseToml("a = 10", "t.toml", 6));
}

TEST(TomlTest, NestsThirtyTwoDeepAndNoDeeper) {
  const auto lists = [](std::size_t depth) {
    return "a = " + std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(Parsed(lists(31)).Depth(), 32U);
  EXPECT_THAT(Refused(lists(32)), HasSubstr("nested more than 32 deep"));
  EXPECT_EQ(Parsed(Repeated("a.", 31) + "a = 1").Depth(), 32U);
  EXPECT_THAT(Refused(Repeated("a.", 32) + "a = 1"), HasSubstr("nested more than 32 deep"));
  EXPECT_THAT(Refused("[" + Repeated("a.", 32) + "a]"), HasSubstr("nested more than 32 deep"));
}

// Each of these would become tables inside each other, whose destruction overflows the stack.
TEST(TomlTest, NoDepthOverflowsTheStack) {
  constexpr std::size_t kMany = 1'000'000;
  for (const auto& text : {
           Repeated("a.", kMany) + "a = 1",
           "[" + Repeated("a.", kMany) + "a]",
           Repeated("'a' . \"\\\"b\" . ", kMany / 4) + "a = 1",
           "a = " + std::string(kMany, '['),
           "a = [\"\"\"x\"\"\"\", " + std::string(kMany, '['),
           Repeated("a = {", kMany),
           Repeated("a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = [\n{", 200),
           Repeated("a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = {", 20),
       }) {
    EXPECT_THAT(Refused(text), HasSubstr("nested too deep")) << text.substr(0, 40);
  }
}

TEST(TomlTest, DotsBelowTheLimitsAreOnlyDots) {
  const std::string leader(500, '.');
  EXPECT_EQ(Parsed("a = \"" + leader + "\" # " + leader).Find("a")->text(), leader);
  EXPECT_EQ(Parsed("a = '''" + leader + "''' # [[[" + leader).Find("a")->text(), leader);
  EXPECT_EQ(Parsed("a = '''\n" + leader + "\n'''").Find("a")->text(), leader + "\n");
  EXPECT_EQ(Parsed("a = \"\"\"\\\"\"\"" + leader + "\"\"\"\"\"").Find("a")->text(),
            "\"\"\"" + leader + "\"\"");
  EXPECT_EQ(Parsed("a = [" + Repeated("1.5, ", 200) + "]").Find("a")->items().size(), 200U);
  EXPECT_EQ(Parsed("a = [\n" + Repeated("1.5,\n", 200) + "]").Find("a")->items().size(), 200U);
}

TEST(TomlTest, TheNumberOfValuesIsLimited) {
  EXPECT_THAT(Refused("a = [" + Repeated("0,", kValuesMax) + "]"),
              HasSubstr("more than 2000000 values"));
}

TEST(TomlTest, TheNumberOfHeadersIsLimited) {
  std::string text;
  for (int i = 0; i < 150'001; ++i) text += "[a" + std::to_string(i) + "]\n";
  EXPECT_THAT(Refused(text), StartsWith("t.toml:150001:2: more than 150000 table headers"));
}

TEST(TomlTest, FaultsQuoteNoValue) {
  for (const auto* text :
       {"a = 99999999999999999999", "a = 'Jane Doe\n", "a = \"Jane Doe\" Jane", "a = Jane Doe",
        "a = [\"Jane Doe\" \"b\"]", "a = 0x99999999999999999999", "a = \"Jane Doe\\q\"",
        "a = 2026-13-99", "a = { b = \"Jane Doe\" c = 1 }", "a = 0999",
        "a = 1\na = \"Jane Doe\""}) {
    const auto fault = Refused(text);
    EXPECT_THAT(fault, Not(HasSubstr("Jane"))) << text;
    EXPECT_THAT(fault, Not(HasSubstr("999"))) << text;
  }
}

TEST(TomlTest, NoTruncationCrashes) {
  for (std::size_t size = 0; size <= kSample.size(); ++size) {
    const auto value = ParseToml(kSample.substr(0, size), "t.toml");
    if (!value) {
      EXPECT_THAT(value.error().detail, StartsWith("t.toml:")) << size;
    }
  }
}

TEST(TomlTest, NoChangedByteCrashes) {
  std::string text(kSample);
  for (char& c : text) {
    const char kept = c;
    for (const int byte :
         {0, 9, 10, 13, 34, 35, 39, 44, 46, 48, 61, 91, 92, 93, 97, 123, 125, 127, 0xC3, 0xFF}) {
      c = static_cast<char>(byte);
      const auto value = ParseToml(text, "t.toml");
      if (value) {
        EXPECT_EQ(Parsed(ToToml(*value)), *value) << text;
      }
    }
    c = kept;
  }
}

TEST(TomlTest, WritesWhatPeopleWouldWrite) {
  const auto value =
      Value::Map()
          .Set("title", "a \"b\"\n\x7F")
          .Set("table", Value::Map().Set("deep", Value::Map().Set("x", 1)))
          .Set("late", 2.0)
          .Set("odd key", Value::List().Add(1).Add(Value::Map().Set("a.b", false)))
          .Set("none", Value::List())
          .Set("agency", Value::List()
                             .Add(Value::Map().Set("id", "a").Set("desk", Value::Map()))
                             .Add(Value::Map())
                             .Add(Value::Map().Set("id", "b")));
  EXPECT_EQ(ToToml(value),
            R"(title = "a \"b\"\n\u007f"
late = 2.0
"odd key" = [1, { "a.b" = false }]
none = []

[table.deep]
x = 1

[[agency]]
id = "a"

[agency.desk]

[[agency]]

[[agency]]
id = "b"
)");
  EXPECT_EQ(Parsed(ToToml(value)), value);
}

TEST(TomlTest, WritingIsStable) {
  const auto once = ToToml(Parsed(kSample));
  EXPECT_EQ(ToToml(Parsed(once)), once);
  EXPECT_EQ(ToToml(Value::Map()), "");
}

TEST(TomlDeathTest, NullCannotBeWritten) {
  EXPECT_DEATH(ToToml(Value::Map().Set("a", Value())), "CHECK failed");
  EXPECT_DEATH(ToToml(Value::List()), "CHECK failed");
}

}  // namespace
}  // namespace havenline::text
