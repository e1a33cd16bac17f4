// What the tests of this folder share.

#pragma once

#include <string>

#include <gtest/gtest.h>

#include "schema/base/result.h"

namespace havenline::text {

// The words of the fault that `result` must be.
template <class T>
std::string FaultOf(const Result<T>& result) {
  if (result) {
    ADD_FAILURE() << "a fault was expected";
    return {};
  }
  EXPECT_EQ(result.error().code, FaultCode::kInvalid);
  return result.error().detail;
}

}  // namespace havenline::text
