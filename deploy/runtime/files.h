// Files, with the promise that a database makes: what a function here calls durable survives a
// power cut. Faults name the path and the system's reason, never what is in the file.
//
// Every function is thread-safe, except that one path is written by one thread at a time. Codes:
// kMissing, there is no such file; kUnavailable, no space or descriptors left, nothing was changed;
// kInvalid, the path or its permissions are wrong; kIo, the disk said no and the outcome is
// unknown.

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "deploy/runtime/file_descriptor.h"
#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"

namespace havenline {

// For what only we may read, and for what everybody may. The umask does not change them.
inline constexpr mode_t kPrivateFile = 0600;
inline constexpr mode_t kPublicFile = 0644;
inline constexpr mode_t kPrivateDirectory = 0700;
inline constexpr mode_t kPublicDirectory = 0755;

// The whole file, which must be a regular file of at most `bytes_max` bytes: a larger one is
// kInvalid, also if it grows while it is read. Follows symbolic links; never waits on a pipe or
// device.
Result<Bytes> ReadFile(const std::filesystem::path& path, std::size_t bytes_max);

// The same for keys and passwords. kInvalid, with the chmod command to give, if group or others may
// read or write it; if it is a symbolic link; if it is larger. An access list may admit our own
// user (so does systemd's LoadCredential=) and nobody else. The caller wipes the bytes.
Result<Bytes> ReadSecretFile(const std::filesystem::path& path, std::size_t bytes_max);

// Makes `path` hold exactly `bytes`. At every moment, power cuts included, there is the old file or
// the new one, whole; after a value is returned it is the new one for ever. Writes ".<name>.tmp"
// beside it first, which a crash may leave and the next write replaces. After kIo either file may
// be there.
Result<void> WriteFileDurably(const std::filesystem::path& path, ByteView bytes, mode_t mode);

// Moves a file or directory within one file system, replacing a file at `to`. Durable on return. A
// power cut before that leaves it at one place or the other, or between two directories at both;
// never at neither.
Result<void> RenameDurably(const std::filesystem::path& from, const std::filesystem::path& to);

// Removes a file. Durable on return. It is no fault if there is none.
Result<void> RemoveDurably(const std::filesystem::path& path);

// Makes `path` and what is missing above it, each with `mode`. What it makes is durable on return.
// What exists keeps its mode; kInvalid if it is no directory.
Result<void> MakeDirectories(const std::filesystem::path& path, mode_t mode);

struct DirectoryEntry {
  enum class Kind : std::uint8_t { kFile, kDirectory, kOther };  // A symbolic link is kOther.

  std::string name;
  Kind kind = Kind::kOther;
  std::uint64_t bytes = 0;
  TimePoint modified;
};

struct DirectoryListing {
  std::vector<DirectoryEntry> entries;  // Sorted by name.
  bool complete = true;                 // False if the directory holds more than was asked for.
};

// At most `entries_max` entries of a directory, whichever the system gives first. What vanishes
// meanwhile is left out.
Result<DirectoryListing> ListDirectory(const std::filesystem::path& path, std::size_t entries_max);

// What an unprivileged process may still write to the file system that holds `path`.
Result<std::uint64_t> FreeBytes(const std::filesystem::path& path);

// One process at a time may work in a directory: an exclusive flock() on its file LOCK, which also
// holds the owner's process id for people to read. The system drops the lock when the process ends,
// however it ends; the file stays.
class DirectoryLock {
 public:
  // kUnavailable if another process (or another lock in this one) has it; the words say which.
  static Result<DirectoryLock> Acquire(const std::filesystem::path& directory);

 private:
  explicit DirectoryLock(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
};

}  // namespace havenline
