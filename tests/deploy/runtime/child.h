// A child process of a test: runtime_test_child (child.cc) with a pipe to what it prints.

#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace havenline {

class Child {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  // Starts it; its first argument says what to do.
  explicit Child(const std::vector<std::string>& arguments, const Environment& environment = {});
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  // Kills what still runs.

  // The next line that it prints, without the newline; empty once it has ended.
  std::string ReadLine();

  // Sends SIGKILL, as a crash, and waits.
  void Kill();

  // Waits for its end: the exit code, or 128 and the signal.
  int Wait();

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  bool ended_ = false;
  int code_ = 0;
};

}  // namespace havenline
