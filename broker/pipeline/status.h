// What an operator is told of a running broker, on its own link: numbers, and of nobody but the
// witnesses (C5).

#pragma once

#include <string>
#include <vector>

#include "broker/deliver/witness_board.h"
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
  std::size_t quorum = 0;
  // By name: the operator must know whom to call. The directory names them to every member.
  std::vector<WitnessBoard::Standing> witnesses = {};
};

text::Value StatusValue(const StatusFacts& facts, const SharedState& state);

}  // namespace havenline
