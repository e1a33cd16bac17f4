// What each target begins with: real messages, documents and files, made by the code that makes
// them, so that no format changes under a corpus unnoticed.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/base/bytes.h"

namespace havenline::fuzz {

struct Seed {
  std::string name;
  Bytes bytes;
};

// Of the target with that name. Each is taken the whole way that the target goes.
std::vector<Seed> SeedsFor(std::string_view target);

}  // namespace havenline::fuzz
