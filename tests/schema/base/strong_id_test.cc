#include "schema/base/strong_id.h"

#include <string>
#include <type_traits>
#include <unordered_set>

#include <gtest/gtest.h>

namespace havenline {
namespace {

using Apple = StrongId<struct AppleTag, std::string>;
using Pear = StrongId<struct PearTag, std::string>;

// The point of a strong id is what does not compile.
static_assert(!std::is_convertible_v<std::string, Apple>);
static_assert(!std::is_convertible_v<Apple, std::string>);
static_assert(!std::is_constructible_v<Apple, Pear>);
static_assert(!std::is_assignable_v<Apple&, Pear>);
static_assert(!std::is_assignable_v<Apple&, std::string>);
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a == b;
};
static_assert(Comparable<Apple, Apple>);
static_assert(!Comparable<Apple, Pear>);
static_assert(!Comparable<Apple, std::string>);

TEST(StrongIdTest, ComparesAndOrdersByItsValue) {
  EXPECT_EQ(Apple("a"), Apple("a"));
  EXPECT_NE(Apple("a"), Apple("b"));
  EXPECT_LT(Apple("a"), Apple("b"));
  EXPECT_EQ(Apple(), Apple(""));
  EXPECT_EQ(Apple("a").value(), "a");
}

TEST(StrongIdTest, HashesAsItsValueDoes) {
  EXPECT_EQ(std::hash<Apple>{}(Apple("a")), std::hash<std::string>{}("a"));
  const std::unordered_set<Apple> apples = {Apple("a"), Apple("b"), Apple("a")};
  EXPECT_EQ(apples.size(), 2U);
  EXPECT_TRUE(apples.contains(Apple("b")));
}

}  // namespace
}  // namespace havenline
