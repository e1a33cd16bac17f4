#include "schema/base/result.h"

#include <memory>

#include <gtest/gtest.h>

namespace havenline {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return Fail(FaultCode::kInvalid, "odd");
  return value / 2;
}

Result<int> Quarter(int value) {
  ASSIGN_OR_RETURN(const int half, Half(value));
  ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

Result<void> IsEven(int value, int& evaluated) {
  RETURN_IF_FAULT((++evaluated, Half(value)));
  return {};
}

TEST(ResultTest, AValueComesThroughAndAFaultEndsTheFunction) {
  EXPECT_EQ(Quarter(8).value(), 2);
  ASSERT_FALSE(Quarter(6).has_value());
  EXPECT_EQ(Quarter(6).error().code, FaultCode::kInvalid);
  EXPECT_EQ(Quarter(6).error().detail, "odd");
}

TEST(ResultTest, TheExpressionIsEvaluatedOnce) {
  int evaluated = 0;
  EXPECT_TRUE(IsEven(2, evaluated).has_value());
  EXPECT_EQ(evaluated, 1);
  EXPECT_FALSE(IsEven(3, evaluated).has_value());
  EXPECT_EQ(evaluated, 2);
}

Result<std::unique_ptr<int>> Made(bool good) {
  if (!good) return Fail(FaultCode::kMissing, "none");
  return std::make_unique<int>(5);
}

Result<int> FromMade(bool good) {
  ASSIGN_OR_RETURN(const std::unique_ptr<int> made, Made(good));
  return *made;
}

TEST(ResultTest, WhatCanOnlyBeMovedIsMoved) {
  EXPECT_EQ(FromMade(true).value(), 5);
  EXPECT_EQ(FromMade(false).error().code, FaultCode::kMissing);
}

}  // namespace
}  // namespace havenline
