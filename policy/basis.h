// The lawful bases on which a rule may share: a closed list, in the law's own terms. A rule that
// names another is refused. Pure; any thread.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace havenline::policy {

struct Basis {
  std::string_view code;   // What a rule names.
  std::string_view words;  // What it is, for people.
  // It stands only where the person agreed.
  bool rests_on_consent = false;
};

std::span<const Basis> AllBases();
const Basis* FindBasis(std::string_view code);  // Null: there is none.

}  // namespace havenline::policy
