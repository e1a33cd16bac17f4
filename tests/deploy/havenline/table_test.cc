#include "deploy/havenline/table.h"

#include <gtest/gtest.h>

namespace havenline::tool {
namespace {

TEST(TableTest, ColumnsAreAsWideAsTheirWidestField) {
  Table table({"name", "n"});
  table.Add({"a", "1"});
  table.Add({"longer name", ""});
  EXPECT_EQ(table.Text(), "  name         n\n  a            1\n  longer name\n");
}

TEST(TableTest, CountsCharactersAndNotBytes) {
  Table table({"x", "y"});
  table.Add({"é", "1"});
  table.Add({"ab", "2"});
  EXPECT_EQ(table.Text(), "  x   y\n  é   1\n  ab  2\n");
}

TEST(TableTest, AFieldWithALineEndStaysOnItsLine) {
  Table table({"x"});
  table.Add({"one\ntwo"});
  EXPECT_EQ(table.Text(), "  x\n  one two\n");
}

TEST(TableTest, IsEmptyUntilARowIsAdded) {
  Table table({"x"});
  EXPECT_TRUE(table.empty());
  table.Add({"1"});
  EXPECT_FALSE(table.empty());
}

// A terminal must not be steered by what a sender wrote.
TEST(PlainTest, EscapesAndControlsBecomeSpaces) {
  EXPECT_EQ(Plain("a\x1B[31mb"), "a [31mb");
  EXPECT_EQ(Plain("a\tb\rc\x7F"), "a b c ");
  EXPECT_EQ(Plain("a\xC2\x9B"
                  "31mb"),
            "a 31mb");
}

TEST(PlainTest, MarksThatTurnOrHideTextBecomeSpaces) {
  EXPECT_EQ(Plain("a\xE2\x80\xAE"
                  "b"),
            "a b");  // U+202E
  EXPECT_EQ(Plain("a\xE2\x80\x8B"
                  "b"),
            "a b");  // U+200B
  EXPECT_EQ(Plain("a\xE2\x81\xA6"
                  "b"),
            "a b");  // U+2066
  EXPECT_EQ(Plain("\xEF\xBB\xBF"
                  "b"),
            " b");  // U+FEFF
}

TEST(PlainTest, OtherCharactersStay) {
  EXPECT_EQ(Plain("Zoë – “naïve” 漢 👧"), "Zoë – “naïve” 漢 👧");
}

TEST(PlainTest, WhatIsNotUtf8IsNotShown) { EXPECT_EQ(Plain("a\xFF"), "??"); }

TEST(PlainLinesTest, LinesStayLinesAfterTheIndent) {
  EXPECT_EQ(PlainLines("one\r\ntwo\x1B\n", "  "), "  one\n  two \n  ");
}

TEST(WordsTest, CountAndJoin) {
  EXPECT_EQ(Count(1, "key", "keys"), "1 key");
  EXPECT_EQ(Count(0, "key", "keys"), "0 keys");
  EXPECT_EQ(Join({}), "");
  EXPECT_EQ(Join({"a", "b"}), "a, b");
}

TEST(LocalTextTest, ShowsEnglandsWallClock) {
  EXPECT_EQ(LocalText(FromMilliseconds(1'795'218'000'000)), "2026-11-20 23:40");
  EXPECT_EQ(LocalText(FromMilliseconds(1'782'345'600'000)), "2026-06-25 01:00");
}

}  // namespace
}  // namespace havenline::tool
