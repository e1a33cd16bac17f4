#include "schema/text/value.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace havenline::text {
namespace {

TEST(ValueTest, BuildsATreeAsItReads) {
  const auto value = Value::Map()
                         .Set("name", "north")
                         .Set("ports", Value::List().Add(1).Add(true).Add(0.5))
                         .Set("none", {});
  EXPECT_EQ(value.Find("name")->text(), "north");
  EXPECT_EQ(value.Find("ports")->items().at(0).integer(), 1);
  EXPECT_TRUE(value.Find("ports")->items().at(1).boolean());
  EXPECT_EQ(value.Find("ports")->items().at(2).real(), 0.5);
  EXPECT_TRUE(value.Find("none")->is(Value::Kind::kNull));
  EXPECT_EQ(value.Find("absent"), nullptr);
}

TEST(ValueTest, AnEmptyListIsNotNull) {
  EXPECT_TRUE(Value::List().is(Value::Kind::kList));
  EXPECT_TRUE(Value().is(Value::Kind::kNull));
  EXPECT_NE(Value::List(), Value::Map());
}

TEST(ValueTest, SettingAKeyAgainReplacesItInItsPlace) {
  auto value = Value::Map().Set("a", 1).Set("b", 2);
  value.Set("a", 3);
  ASSERT_EQ(value.members().size(), 2U);
  EXPECT_EQ(value.members().front().first, "a");
  EXPECT_EQ(value.Find("a")->integer(), 3);
}

TEST(ValueTest, EqualityIsOfContent) {
  auto marked = Value::Map().Set("a", 1).Set("b", "x");
  marked.set_mark({3, 4});
  EXPECT_EQ(marked, Value::Map().Set("b", "x").Set("a", 1));
  EXPECT_NE(marked, Value::Map().Set("b", "x").Set("a", 2));
  EXPECT_NE(marked, Value::Map().Set("b", "x").Set("c", 1));
  EXPECT_NE(marked, Value::Map().Set("a", 1));
  EXPECT_NE(Value(1), Value(1.0));
  EXPECT_NE(Value(1), Value(true));
  EXPECT_NE(Value::List().Add(1).Add(2), Value::List().Add(2).Add(1));
}

TEST(ValueTest, DepthCountsListsAndMaps) {
  EXPECT_EQ(Value(1).Depth(), 0U);
  EXPECT_EQ(Value::List().Depth(), 1U);
  EXPECT_EQ(Value::Map().Set("a", 1).Set("b", Value::List().Add(Value::Map())).Depth(), 3U);
}

TEST(ValueDeathTest, TheWrongKindIsABug) {
  EXPECT_DEATH(Value(1).text(), "CHECK failed");
  EXPECT_DEATH(Value("1").integer(), "CHECK failed");
  EXPECT_DEATH(Value(1).Find("a"), "CHECK failed");
  EXPECT_DEATH(Value(1).Set("a", 1), "CHECK failed");
  EXPECT_DEATH(Value::Map().Add(1), "CHECK failed");
}

TEST(ValueDeathTest, WhatCannotBeWrittenCannotBeMade) {
  EXPECT_DEATH(Value("\xFF"), "CHECK failed");
  EXPECT_DEATH(Value::Map().Set("\xFF", 1), "CHECK failed");
  EXPECT_DEATH(Value::Map({{"\xFF", 1}}), "CHECK failed");
  EXPECT_DEATH(Value::Map({{"a", 1}, {"b", 1}, {"a", 2}}), "CHECK failed");
  EXPECT_DEATH(Value(std::nan("")), "CHECK failed");
  EXPECT_DEATH(Value{std::numeric_limits<double>::infinity()}, "CHECK failed");
  EXPECT_DEATH(Value{std::numeric_limits<std::uint64_t>::max()}, "CHECK failed");
}

TEST(MarkTest, ColumnsCountCodePoints) {
  constexpr std::string_view kText = "a\u00E9b\ncd";
  EXPECT_EQ(MarkAt(kText, 0), (Mark{1, 1}));
  EXPECT_EQ(MarkAt(kText, 3), (Mark{1, 3}));
  EXPECT_EQ(MarkAt(kText, 5), (Mark{2, 1}));
  EXPECT_EQ(MarkAt(kText, kText.size()), (Mark{2, 3}));
}

TEST(MarkTest, WhatCodeMadeStandsNowhere) {
  EXPECT_EQ(Located("a.toml", {}, "wrong"), "a.toml: wrong");
  EXPECT_EQ(Located("a.toml", {3, 7}, "wrong"), "a.toml:3:7: wrong");
}

TEST(MarkTest, FindsTheFirstByteThatIsNotUtf8) {
  EXPECT_EQ(FindNotUtf8("a\u00E9\u20AC\U0001F600"), std::nullopt);
  EXPECT_EQ(FindNotUtf8("a\u00E9\xE9z"), 3U);
  EXPECT_EQ(FindNotUtf8("\xC3"), 0U);
  EXPECT_EQ(FindNotUtf8("ab\xED\xA0\x80"), 2U);
}

TEST(MarkDeathTest, OffsetsMayNotGoBack) {
  MarkCounter counter("abc");
  counter.To(2);
  EXPECT_DEATH(counter.To(1), "CHECK failed");
}

}  // namespace
}  // namespace havenline::text
