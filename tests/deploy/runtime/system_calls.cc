#include "tests/deploy/runtime/system_calls.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "schema/base/check.h"

namespace havenline {
namespace {

thread_local SystemCalls* noting = nullptr;

// True if the call is to fail, with errno set.
bool Planted(const std::string& name, const std::string& path) {
  if (noting == nullptr || !noting->Note(name + " " + path)) return false;
  errno = EIO;
  return true;
}

std::string PathOf(int fd) {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), ignored).string();
}

}  // namespace

SystemCalls::SystemCalls() {
  CHECK(noting == nullptr);
  noting = this;
}

SystemCalls::~SystemCalls() { noting = nullptr; }

bool SystemCalls::Note(const std::string& call) {
  noted_.push_back(call);
  return noted_.size() == fail_at_;
}

}  // namespace havenline

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them __fd.
extern "C" int fsync(int fd) {
  if (havenline::Planted("fsync", havenline::PathOf(fd))) return -1;
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

extern "C" int fdatasync(int fd) {
  if (havenline::Planted("fdatasync", havenline::PathOf(fd))) return -1;
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

extern "C" int rename(const char* from, const char* to) noexcept {
  if (havenline::Planted("rename", from)) return -1;
  return static_cast<int>(::syscall(SYS_rename, from, to));
}

// NOLINTEND(readability-inconsistent-declaration-parameter-name)
