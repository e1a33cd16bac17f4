#include "broker/deliver/clock_difference.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

TEST(ClockDifferenceTest, IsNothingBeforeAnybodySaidHello) {
  EXPECT_EQ(ClockDifference().middle(), Milliseconds(0));
}

TEST(ClockDifferenceTest, AFewWrongClocksElsewhereSayNothingOfOurs) {
  ClockDifference difference;
  for (const int ahead : {3, -86'400'000, 5, 4, 86'400'000}) difference.Heard(Milliseconds(ahead));
  EXPECT_EQ(difference.middle(), Milliseconds(4));
}

TEST(ClockDifferenceTest, OursIsSeenOnceMostAreApartAndForgottenOnceTheyAgree) {
  ClockDifference difference;
  for (std::size_t i = 0; i < ClockDifference::kHellos; ++i) difference.Heard(Milliseconds(1));
  for (std::size_t i = 0; i <= ClockDifference::kHellos / 2; ++i)
    difference.Heard(Milliseconds(3'600'000));
  EXPECT_EQ(difference.middle(), Milliseconds(3'600'000));
  for (std::size_t i = 0; i < ClockDifference::kHellos; ++i) difference.Heard(Milliseconds(-2));
  EXPECT_EQ(difference.middle(), Milliseconds(-2));
}

}  // namespace
}  // namespace havenline
