#include "tests/deploy/runtime/child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "schema/base/check.h"

namespace havenline {
namespace {

// As execve() takes them; they point into `texts`.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, const Environment& environment) {
  std::array<int, 2> ends{};
  CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0);
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), RUNTIME_TEST_CHILD);
  std::vector<std::string> settings;
  for (char** inherited = environ; *inherited != nullptr; ++inherited) {
    settings.emplace_back(*inherited);
  }
  for (const auto& [name, value] : environment)
    settings.push_back(std::string(name).append("=").append(value));
  const auto word_pointers = Pointers(words);
  const auto setting_pointers = Pointers(settings);

  pid_ = ::fork();
  CHECK(pid_ >= 0);
  if (pid_ == 0) {
    // Only async-signal-safe calls here: the test has threads.
    ::dup2(ends[1], STDOUT_FILENO);
    ::execve(RUNTIME_TEST_CHILD, word_pointers.data(), setting_pointers.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  output_ = ends[0];
}

Child::~Child() {
  if (!ended_) Kill();
  ::close(output_);
}

std::string Child::ReadLine() {
  std::string line;
  char c = 0;
  while (::read(output_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

void Child::Kill() {
  ::kill(pid_, SIGKILL);
  Wait();
}

int Child::Wait() {
  if (ended_) return code_;
  int status = 0;
  CHECK(::waitpid(pid_, &status, 0) == pid_);
  ended_ = true;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return code_;
}

}  // namespace havenline
