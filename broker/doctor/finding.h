// What the doctor found of one thing: sound, doubtful or broken, and what to do. Its words name
// paths, numbers and the machine's own messages, never an agency or a person (C5).

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace havenline::doctor {

struct Finding {
  enum class Is : std::uint8_t {
    kSound,
    kDoubtful,  // The broker serves, and somebody should look.
    kBroken,    // It does not start, serves nothing, or soon will not.
  };
  std::string check;  // One of the names in docs/operations.md.
  Is is = Is::kSound;
  std::string what;
  std::string remedy;  // What to do, with the command; empty if sound.
};

using Findings = std::vector<Finding>;

inline Finding Sound(std::string check, std::string what) {
  return {std::move(check), Finding::Is::kSound, std::move(what), ""};
}
inline Finding Doubtful(std::string check, std::string what, std::string remedy) {
  return {std::move(check), Finding::Is::kDoubtful, std::move(what), std::move(remedy)};
}
inline Finding Broken(std::string check, std::string what, std::string remedy) {
  return {std::move(check), Finding::Is::kBroken, std::move(what), std::move(remedy)};
}

}  // namespace havenline::doctor
