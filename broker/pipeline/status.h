// What an operator is told of a running broker: numbers, and nothing of anybody (C5).

#pragma once

#include <string>

#include "broker/pipeline/shared.h"
#include "schema/base/clock.h"
#include "schema/text/value.h"

namespace havenline {

struct StatusFacts {
  std::string software;
  std::string partnership;
  std::uint64_t directory = 0;  // Versions in force.
  std::uint64_t policy = 0;
  Milliseconds uptime{0};
};

text::Value StatusValue(const StatusFacts& facts, const SharedState& state);

}  // namespace havenline
