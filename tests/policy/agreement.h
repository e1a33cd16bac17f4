// The table held against the interpreter, in every cell.

#pragma once

#include <gtest/gtest.h>

#include "tests/policy/interpreter.h"

namespace havenline::policy {

// Fails the test at the first cell in which the two differ; says how many cells there are.
std::size_t ExpectAgreement(const Policy& policy, const Rules& rules);

}  // namespace havenline::policy
