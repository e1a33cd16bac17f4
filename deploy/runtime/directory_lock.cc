#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "deploy/runtime/files.h"
#include "deploy/runtime/system_fault.h"

namespace havenline {
namespace {

// What the holder wrote into the file; "unknown" if it has not come to it yet.
std::string Holder(const FileDescriptor& file) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
  std::string digits;
  for (ssize_t i = 0; i < size; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') break;
    digits += c;
  }
  return digits.empty() ? "unknown" : digits;
}

}  // namespace

Result<DirectoryLock> DirectoryLock::Acquire(const std::filesystem::path& directory) {
  const auto path = directory / "LOCK";
  FileDescriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kPrivateFile));
  if (!file.open()) return SystemFault("open", path, errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return SystemFault("lock", path, errno);
    return Fail(FaultCode::kUnavailable, directory.string() + " is in use by process " +
                                             Holder(file) +
                                             ": two processes may not work in one directory");
  }
  // For people only, so it need not be durable; the lock itself is the system's.
  const std::string owner = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0) return SystemFault("write", path, errno);
  if (::pwrite(file.get(), owner.data(), owner.size(), 0) < 0) {
    return SystemFault("write", path, errno);
  }
  return DirectoryLock(std::move(file));
}

}  // namespace havenline
