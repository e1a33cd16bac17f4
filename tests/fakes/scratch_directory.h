// A directory for one test, removed with all that is in it.

#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "schema/base/check.h"

namespace havenline {

// Not thread-safe: made and destroyed by the test's main thread.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string made = (Base() / "runtime_test.XXXXXX").string();
    CHECK(::mkdtemp(made.data()) != nullptr);
    path_ = made;
    // A death test runs its fixture again in a process that never comes to clean up: what that one
    // makes goes in here, and goes with it.
    CHECK(::setenv(kVariable, path_.c_str(), 1) == 0);  // NOLINT(concurrency-mt-unsafe)
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    ::unsetenv(kVariable);  // NOLINT(concurrency-mt-unsafe)
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  static constexpr const char* kVariable = "RUNTIME_TEST_SCRATCH";

  static std::filesystem::path Base() {
    const char* upper = std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe)
    return upper != nullptr ? upper : std::filesystem::temp_directory_path();
  }

  std::filesystem::path path_;
};

}  // namespace havenline
