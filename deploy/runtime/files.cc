#include "deploy/runtime/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

#include "deploy/runtime/read_open_file.h"
#include "deploy/runtime/system_fault.h"
#include "schema/base/test_seam.h"

namespace havenline {
namespace {

using Path = std::filesystem::path;

Path ParentOf(const Path& path) {
  const Path parent = path.parent_path();
  return parent.empty() ? Path(".") : parent;
}

// A rename, creation or removal is durable only once its directory is.
Result<void> SyncDirectory(const Path& directory) {
  const FileDescriptor file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.open()) return DiskFault("open the directory", directory, errno);
  if (::fsync(file.get()) != 0) return DiskFault("sync the directory", directory, errno);
  return {};
}

Result<void> WriteAll(const FileDescriptor& file, const Path& path, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemFault("write", path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

// Makes a file that was not there, with its bytes on the disk. Its name is not durable yet.
Result<void> WriteNewFile(const Path& path, ByteView bytes, mode_t mode) {
  // Private until it is complete, whatever `mode` will let others see.
  const FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivateFile));
  if (!file.open()) return SystemFault("make", path, errno);
  RETURN_IF_FAULT(WriteAll(file, path, bytes));
  if (::fchmod(file.get(), mode) != 0) return SystemFault("set the mode of", path, errno);
  if (::fsync(file.get()) != 0) return DiskFault("sync", path, errno);
  return {};
}

// One of MakeDirectories().
Result<void> MakeDirectory(const Path& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) {
    // mkdir() obeys the umask; the caller said what it wants.
    if (::chmod(path.c_str(), mode) != 0) return SystemFault("set the mode of", path, errno);
    return SyncDirectory(ParentOf(path));
  }
  // Whatever mkdir() says, EROFS above a mount for example: what exists is fine.
  const int error = errno;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return SystemFault("make the directory", path, error);
  if (!S_ISDIR(status.st_mode)) return SystemFault("make the directory", path, ENOTDIR);
  return {};
}

TimePoint ToTimePoint(const timespec& time) {
  return TimePoint(std::chrono::seconds(time.tv_sec) + std::chrono::duration_cast<Milliseconds>(
                                                           std::chrono::nanoseconds(time.tv_nsec)));
}

// Nothing if the entry vanished since its directory was read.
std::optional<DirectoryEntry> Describe(const Path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  DirectoryEntry entry;
  entry.name = path.filename().string();
  if (S_ISREG(status.st_mode)) entry.kind = DirectoryEntry::Kind::kFile;
  if (S_ISDIR(status.st_mode)) entry.kind = DirectoryEntry::Kind::kDirectory;
  entry.bytes = static_cast<std::uint64_t>(status.st_size);
  entry.modified = ToTimePoint(status.st_mtim);
  return entry;
}

}  // namespace

Result<Bytes> ReadOpenFile(const FileDescriptor& file, const Path& path, std::size_t bytes_max) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return SystemFault("read", path, errno);
  if (!S_ISREG(status.st_mode)) {
    return Fail(FaultCode::kInvalid, "cannot read " + path.string() + ": not a regular file");
  }
  // One byte more than allowed is room to see that there is one: the size may change while we read.
  const auto size = static_cast<std::size_t>(status.st_size);
  Bytes bytes(std::min(size, bytes_max) + 1);
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemFault("read", path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled == bytes.size() && filled <= bytes_max)
      bytes.resize(std::min(filled * 2, bytes_max) + 1);
  }
  if (filled > bytes_max) {
    return Fail(FaultCode::kInvalid, "cannot read " + path.string() + ": larger than " +
                                         std::to_string(bytes_max) + " bytes");
  }
  bytes.resize(filled);
  return bytes;
}

Result<Bytes> ReadFile(const Path& path, std::size_t bytes_max) {
  // Not blocking: opening a pipe that nobody writes would wait for ever. No effect on regular
  // files.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.open()) return SystemFault("open", path, errno);
  return ReadOpenFile(file, path, bytes_max);
}

Result<void> WriteFileDurably(const Path& path, ByteView bytes, mode_t mode) {
  const Path temporary = ParentOf(path) / ("." + path.filename().string() + ".tmp");
  ::unlink(temporary.c_str());  // Of a crash; if this fails for another reason, so does making it.
  if (auto written = WriteNewFile(temporary, bytes, mode); !written) {
    ::unlink(temporary.c_str());
    return written;
  }
  FaultPoint("file.written");
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return SystemFault("replace", path, error);
  }
  FaultPoint("file.renamed");
  return SyncDirectory(ParentOf(path));
}

Result<void> RenameDurably(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return SystemFault("rename", from, errno);
  // The new name first: a crash between the two leaves the file under both names at worst.
  RETURN_IF_FAULT(SyncDirectory(ParentOf(to)));
  if (ParentOf(from) == ParentOf(to)) return {};
  return SyncDirectory(ParentOf(from));
}

Result<void> RemoveDurably(const Path& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno != ENOENT) return SystemFault("remove", path, errno);
    std::error_code ignored;
    if (!std::filesystem::exists(ParentOf(path), ignored)) return {};
  }
  // Also if it was not there: a crash may have come between an earlier removal and its sync.
  return SyncDirectory(ParentOf(path));
}

Result<void> MakeDirectories(const Path& path, mode_t mode) {
  Path upper;
  for (const Path& part : path) {
    upper /= part;
    if (auto made = MakeDirectory(upper, mode); !made) return made;
  }
  return {};
}

Result<DirectoryListing> ListDirectory(const Path& path, std::size_t entries_max) {
  DirectoryListing listing;
  std::error_code error;
  std::filesystem::directory_iterator at(path, error);
  if (error) return SystemFault("list", path, error.value());
  while (at != std::filesystem::directory_iterator()) {
    if (listing.entries.size() == entries_max) {
      listing.complete = false;
      break;
    }
    if (auto entry = Describe(at->path())) listing.entries.push_back(*std::move(entry));
    at.increment(error);
    if (error) return SystemFault("list", path, error.value());
  }
  std::ranges::sort(listing.entries, {}, &DirectoryEntry::name);
  return listing;
}

Result<std::uint64_t> FreeBytes(const Path& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0) return SystemFault("measure", path, errno);
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace havenline
