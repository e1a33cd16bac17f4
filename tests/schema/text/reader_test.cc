#include "schema/text/reader.h"

#include <array>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/text/toml.h"
#include "tests/schema/text/faults.h"

namespace havenline::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr auto kLanes = std::to_array<std::string_view>({"normal", "urgent"});

class MapReaderTest : public testing::Test {
 protected:
  // A reader of this text, which lives as long as the test.
  MapReader Reader(std::string_view toml) {
    auto value = ParseToml(toml, "b.toml");
    EXPECT_TRUE(value) << value.error().detail;
    value_ = value.value_or(Value::Map());
    return MapReader(value_, "b.toml");
  }

 private:
  Value value_;
};

TEST_F(MapReaderTest, ReadsEveryType) {
  auto reader = Reader(R"(
text = "x y"
name = "school.106890"
integer = 7
real = 0.5
whole = 2
truth = true
lane = "urgent"
texts = ["a", "b c"]
names = ["police"]
[map]
inner = 1
[[list]]
id = "p"
[[list]]
id = "q"
[labels]
en = "Desk"
cy = "Desg"
[agency."school.1"]
id = 1
[agency.b]
id = 2
)");
  EXPECT_EQ(reader.Text("text"), "x y");
  EXPECT_EQ(reader.Name("name"), "school.106890");
  EXPECT_EQ(reader.Integer("integer", 1, 7), 7);
  EXPECT_EQ(reader.Real("real", 0, 1), 0.5);
  EXPECT_EQ(reader.Real("whole", 0, 2), 2);
  EXPECT_TRUE(reader.Bool("truth"));
  EXPECT_EQ(reader.Choice("lane", kLanes), 1U);
  EXPECT_THAT(reader.TextList("texts"), ElementsAre("a", "b c"));
  EXPECT_THAT(reader.NameList("names"), ElementsAre("police"));
  EXPECT_EQ(reader.Map("map").Integer("inner", 0, 9), 1);
  std::string ids;
  for (auto& item : reader.MapList("list")) ids += item.Text("id");
  EXPECT_EQ(ids, "pq");
  EXPECT_THAT(reader.OptionalTextMap("labels"),
              ElementsAre(Pair("en", "Desk"), Pair("cy", "Desg")));
  auto agencies = reader.OptionalMapsByName("agency");
  ASSERT_EQ(agencies.size(), 2U);
  EXPECT_EQ(agencies[0].first, "school.1");
  EXPECT_EQ(agencies[0].second.Integer("id", 0, 9), 1);
  EXPECT_EQ(agencies[1].second.Integer("id", 0, 9), 2);
  EXPECT_TRUE(reader.good());
  EXPECT_TRUE(reader.Finish());
}

TEST_F(MapReaderTest, OptionalKeysMayBeLeftOut) {
  auto reader = Reader("");
  EXPECT_FALSE(reader.OptionalText("a"));
  EXPECT_FALSE(reader.OptionalName("b"));
  EXPECT_FALSE(reader.OptionalInteger("c", 0, 1));
  EXPECT_FALSE(reader.OptionalReal("d", 0, 1));
  EXPECT_FALSE(reader.OptionalBool("e"));
  EXPECT_FALSE(reader.OptionalChoice("f", kLanes));
  EXPECT_FALSE(reader.OptionalMap("g"));
  EXPECT_TRUE(reader.OptionalTextList("h").empty());
  EXPECT_TRUE(reader.OptionalNameList("i").empty());
  EXPECT_TRUE(reader.OptionalMapList("j").empty());
  EXPECT_TRUE(reader.OptionalTextMap("k").empty());
  EXPECT_TRUE(reader.OptionalMapsByName("l").empty());
  EXPECT_EQ(reader.Raw("m"), nullptr);
  EXPECT_FALSE(reader.Has("n"));
  EXPECT_TRUE(reader.Finish());
}

TEST_F(MapReaderTest, AMissingKeySaysWhatItMustBe) {
  auto reader = Reader("[link]\nx = 1");
  auto link = reader.Map("link");
  EXPECT_EQ(link.Integer("port", 1, 65535), 1);
  EXPECT_EQ(link.OptionalInteger("x", 1, 1), 1);
  EXPECT_FALSE(reader.good());
  EXPECT_EQ(
      FaultOf(reader.Finish()),
      "b.toml:1:1: in [link]: \"port\" is missing; it must be a whole number from 1 to 65535");
}

TEST_F(MapReaderTest, EveryRequiredTypeMayBeMissing) {
  auto reader = Reader("");
  EXPECT_EQ(reader.Text("a"), "");
  EXPECT_EQ(reader.Name("b"), "");
  EXPECT_EQ(reader.Real("c", 0.5, 1), 0.5);
  EXPECT_FALSE(reader.Bool("d"));
  EXPECT_EQ(reader.Choice("e", kLanes), 0U);
  EXPECT_TRUE(reader.TextList("f").empty());
  EXPECT_TRUE(reader.NameList("g").empty());
  EXPECT_TRUE(reader.MapList("h").empty());
  reader.Map("i");
  const auto fault = FaultOf(reader.Finish());
  for (const auto* line :
       {R"("a" is missing; it must be text)", R"("b" is missing; it must be a name (letters)",
        R"("c" is missing; it must be a number from 0.5 to 1.0)",
        R"("d" is missing; it must be true or false)",
        R"("e" is missing; it must be one of "normal", "urgent")",
        R"("f" is missing; it must be a list of texts)",
        R"("g" is missing; it must be a list of names)",
        R"("h" is missing; it must be a list of tables)",
        R"("i" is missing; it must be a table)"}) {
    EXPECT_THAT(fault, HasSubstr(line));
  }
}

TEST_F(MapReaderTest, AWrongTypeSaysBoth) {
  auto reader = Reader("a = 1\nb = 'x'\nc = []\nd = true\ne = [1]\nf = {}\ng = [{}, 1]\nh = 1.5");
  reader.Text("a");
  reader.Integer("b", 0, 1);
  reader.Bool("c");
  reader.Real("d", 0, 1);
  reader.NameList("e");
  reader.TextList("f");
  reader.MapList("g");
  reader.Integer("h", std::numeric_limits<std::int64_t>::min(),
                 std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(FaultOf(reader.Finish()),
            "b.toml:1:5: \"a\" must be text, not a whole number\n"
            "b.toml:2:5: \"b\" must be a whole number from 0 to 1, not text\n"
            "b.toml:3:5: \"c\" must be true or false, not a list\n"
            "b.toml:4:5: \"d\" must be a number from 0.0 to 1.0, not true or false\n"
            "b.toml:5:6: item 1 of \"e\" must be a name (letters, digits and . _ - + /, at most "
            "96), not a whole number\n"
            "b.toml:6:5: \"f\" must be a list of texts, not a table\n"
            "b.toml:7:10: item 2 of \"g\" must be a table, not a whole number\n"
            "b.toml:8:5: \"h\" must be a whole number, not a number with a fraction");
}

TEST_F(MapReaderTest, ARangeIsCheckedAtBothEnds) {
  for (const auto* text : {"n = 0", "n = 6"}) {
    auto reader = Reader(text);
    EXPECT_EQ(reader.Integer("n", 1, 5), 1);
    EXPECT_EQ(FaultOf(reader.Finish()), "b.toml:1:5: \"n\" must be a whole number from 1 to 5");
  }
  for (const auto* text : {"n = 1", "n = 5"}) {
    auto reader = Reader(text);
    EXPECT_EQ(reader.Integer("n", 1, 5), reader.Raw("n")->integer());
    EXPECT_TRUE(reader.Finish());
  }
  auto reader = Reader("n = 1.5\nm = 2");
  EXPECT_EQ(reader.Real("n", 0, 1), 0);
  EXPECT_FALSE(reader.OptionalReal("m", 0, 1));
  EXPECT_EQ(FaultOf(reader.Finish()),
            "b.toml:1:5: \"n\" must be a number from 0.0 to 1.0\n"
            "b.toml:2:5: \"m\" must be a number from 0.0 to 1.0");
}

// People's names end up in the wrong place; the log must not have them.
TEST_F(MapReaderTest, ErrorsQuoteNoValue) {
  auto reader =
      Reader("a = 'Jane Doe'\nb = 'Jane Doe'\nc = 9991234567\nd = ['Jane Doe']\ne = 'Jane Doe'");
  reader.Name("a");
  reader.Choice("b", kLanes);
  reader.Integer("c", 0, 10);
  reader.NameList("d");
  reader.Integer("e", 0, 10);
  const auto fault = FaultOf(reader.Finish());
  EXPECT_THAT(fault, Not(HasSubstr("Jane")));
  EXPECT_THAT(fault, Not(HasSubstr("9991234567")));
  EXPECT_EQ(std::count(fault.begin(), fault.end(), '\n'), 4);
}

TEST_F(MapReaderTest, TextMayNotBeEmpty) {
  auto reader = Reader("a = ''\nb = ['x', '']");
  reader.OptionalText("a");
  EXPECT_THAT(reader.TextList("b"), ElementsAre("x"));
  EXPECT_EQ(FaultOf(reader.Finish()),
            "b.toml:1:5: \"a\" must not be empty\nb.toml:2:11: item 2 of \"b\" must not be empty");
}

TEST_F(MapReaderTest, AnUnknownKeyIsAnErrorWithAGuess) {
  auto reader = Reader("prot = 1\n[link]\nhartbeat = 2\n");
  reader.OptionalInteger("port", 0, 9);
  reader.Map("link").OptionalInteger("heartbeat", 0, 9);
  EXPECT_EQ(FaultOf(reader.Finish()),
            "b.toml:1:8: unknown key \"prot\"; did you mean \"port\"?\n"
            "b.toml:3:12: in [link]: unknown key \"hartbeat\"; did you mean \"heartbeat\"?");
}

TEST_F(MapReaderTest, WithoutAGuessTheKnownKeysAreListed) {
  auto reader = Reader("pabc = 1\nab = 1\n[empty]\nx = 1\n");
  reader.OptionalInteger("port", 0, 9);
  reader.OptionalText("xy");
  reader.Map("empty");
  EXPECT_EQ(FaultOf(reader.Finish()),
            "b.toml:1:8: unknown key \"pabc\"; known here: \"empty\", \"port\", \"xy\"\n"
            "b.toml:2:6: unknown key \"ab\"; known here: \"empty\", \"port\", \"xy\"\n"
            "b.toml:4:5: in [empty]: unknown key \"x\"; no key is known here");
}

// Whoever writes a key writes no line of a log with it.
TEST_F(MapReaderTest, AKeyInAFaultStaysOnItsLine) {
  auto reader = Reader("\"a\\n2026 all is well\" = 1\n");
  EXPECT_EQ(FaultOf(reader.Finish()),
            "b.toml:1:25: unknown key \"a\\n2026 all is well\"; no key is known here");
}

TEST_F(MapReaderTest, UnknownKeysAreFoundInListsAndNamedTables) {
  auto reader = Reader("[[agency]]\nid = 'a'\n[[agency]]\nid = 'b'\nX = 1\n[who.'a b']\nY = 1\n");
  for (auto& agency : reader.MapList("agency")) agency.Text("id");
  reader.OptionalMapsByName("who");
  EXPECT_EQ(
      FaultOf(reader.Finish()),
      "b.toml:5:5: in [agency #2]: unknown key \"X\"; known here: \"id\"\n"
      "b.toml:6:1: in [who]: each key must be a name (letters, digits and . _ - + /, at most 96)\n"
      "b.toml:7:5: in [who.\"a b\"]: unknown key \"Y\"; no key is known here");
}

TEST_F(MapReaderTest, MapsOfTextsAndOfTablesCheckEachMember) {
  auto reader = Reader("[labels]\na = 1\nb = 'x'\nc = ''\n[who]\nd = 2\n[who.e]\n");
  EXPECT_THAT(reader.OptionalTextMap("labels"), ElementsAre(Pair("b", "x")));
  EXPECT_EQ(reader.OptionalMapsByName("who").size(), 1U);
  EXPECT_EQ(FaultOf(reader.Finish()),
            "b.toml:2:5: in [labels]: \"a\" must be text, not a whole number\n"
            "b.toml:4:5: in [labels]: \"c\" must not be empty\n"
            "b.toml:6:5: in [who]: \"d\" must be a table, not a whole number");
}

TEST_F(MapReaderTest, ATableReadInTwoPlacesIsOneTable) {
  auto reader = Reader("[link]\na = 1\nb = 2\n");
  reader.Map("link").Integer("a", 0, 9);
  reader.Map("link").Integer("b", 0, 9);
  EXPECT_TRUE(reader.Finish());
}

TEST_F(MapReaderTest, RawAndHasMakeAKeyKnown) {
  auto reader = Reader("a = [1, 'x']\nb = 1");
  EXPECT_EQ(reader.Raw("a")->items().size(), 2U);
  EXPECT_TRUE(reader.Has("b"));
  EXPECT_TRUE(reader.Finish());
}

// Whoever forgot the table knows it after one line.
TEST_F(MapReaderTest, WhatIsMissingInAMissingTableIsNotSaid) {
  auto reader = Reader("wrong = 1");
  auto absent = reader.Map("link");
  EXPECT_EQ(absent.Text("id"), "");
  EXPECT_EQ(absent.Map("inner").Integer("n", 3, 4), 3);
  absent.Problem("id", "must be something else");
  auto wrong = reader.Map("wrong");
  EXPECT_EQ(wrong.Text("id"), "");
  EXPECT_EQ(FaultOf(reader.Finish()),
            "b.toml:1:1: \"link\" is missing; it must be a table\n"
            "b.toml:1:9: \"wrong\" must be a table, not a whole number");
}

TEST_F(MapReaderTest, CallersAddTheirOwnProblems) {
  auto reader = Reader("[hours]\nfrom = '18:00'\nto = '08:00'\n");
  auto hours = reader.Map("hours");
  if (hours.Text("from") > hours.Text("to")) hours.Problem("to", "must be later than \"from\"");
  hours.Problem("the desk is never open");
  EXPECT_EQ(FaultOf(reader.Finish()),
            "b.toml:1:1: in [hours]: the desk is never open\n"
            "b.toml:3:6: in [hours]: \"to\" must be later than \"from\"");
}

TEST_F(MapReaderTest, AtMostTwentyErrorsAreShown) {
  std::string text;
  for (int i = 0; i < 25; ++i) text += "k" + std::to_string(i) + " = 1\n";
  auto reader = Reader(text);
  const auto fault = FaultOf(reader.Finish());
  EXPECT_EQ(std::count(fault.begin(), fault.end(), '\n'), 20);
  EXPECT_THAT(fault, HasSubstr("b.toml:20:"));
  EXPECT_THAT(fault, Not(HasSubstr("b.toml:21:")));
  EXPECT_THAT(fault, testing::EndsWith("\nand 5 more"));
}

TEST_F(MapReaderTest, FinishingTwiceSaysTheSame) {
  auto reader = Reader("x = 1");
  reader.Text("y");
  const auto once = FaultOf(reader.Finish());
  EXPECT_EQ(FaultOf(reader.Finish()), once);
}

TEST_F(MapReaderTest, WhatIsNoTableIsSaid) {
  const Value value("x");
  MapReader reader(value, "b.json");
  EXPECT_EQ(reader.Text("a"), "");
  EXPECT_EQ(FaultOf(reader.Finish()), "b.json: a table was expected, not text");
}

}  // namespace
}  // namespace havenline::text
