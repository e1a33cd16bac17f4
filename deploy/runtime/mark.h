// The high-water mark: how far the audit log had come when we last told anyone, kept outside the
// store.
//
// RocksDB opens without a word when its newest log file was deleted or cut short, or when an older
// copy was put back; a store behind the mark is how we notice. So the mark lies in a directory of
// its own, on another disk if there is one, and is never part of a backup that is restored.
//
// Two files, written in turn, so that a power cut can tear only the older mark:
//
//   mark-a, mark-b   512 bytes, big-endian, never growing, so that a sync writes one sector:
//     "HVNMARK1" (8)  sequence (8)  epoch (8)  size (8)  root (32)  CRC-32C of those 64 (4)  zeros
//
// Sequence 0 means "made, never advanced"; the file with the higher sequence holds the mark.

#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "deploy/runtime/file_descriptor.h"
#include "deploy/runtime/files.h"
#include "schema/base/result.h"
#include "schema/model/position.h"

namespace havenline {

// What the two files said at one moment.
struct MarkReading {
  std::optional<LogHead> newest;  // Nothing if there never was one.
  std::string damage;             // Of one of them; empty if nothing is wrong.
};

// Reads the mark without holding it and changes nothing, so also beside the process that does.
// kMissing if neither file is there; else as MarkFile::Open().
Result<MarkReading> ReadMark(const std::filesystem::path& directory);

// Not thread-safe: owned by whoever publishes checkpoints. Holds the directory against other
// processes.
class MarkFile {
 public:
  // Opens the mark in `directory`, which must exist, or makes one if there is none. Durable on
  // return. One unreadable file is what a power cut during Advance() leaves, and is used without:
  // damage() says so. kCorrupt if both are unreadable or contradict each other; kUnavailable if
  // another process has it.
  static Result<MarkFile> Open(const std::filesystem::path& directory);

  // The newest mark; nothing if there never was one. A store with entries and no mark at all is a
  // lost mark, unless its owner advances the mark to the empty log before it accepts anything. Do
  // that.
  const std::optional<LogHead>& newest() const { return newest_; }

  // What was wrong on opening, in words for the operator; empty if nothing. The next Advance()
  // mends it.
  const std::string& damage() const { return damage_; }

  // Returns once `head` is on the disk: only then may a checkpoint of it leave the process. The
  // same head again costs nothing. CHECKs that the log did not go back (epoch, then size) and that
  // one size has one root. After a fault the mark is as before or as asked, and every later call
  // fails too: stop the process, since a sync that failed once may report success the next time.
  Result<void> Advance(const LogHead& head);

 private:
  friend Result<MarkReading> ReadMark(const std::filesystem::path& directory);

  struct Slot {
    std::filesystem::path path;
    FileDescriptor file;
    bool readable = false;
    std::uint64_t sequence = 0;
    LogHead head;
  };

  explicit MarkFile(DirectoryLock lock) : lock_(std::move(lock)) {}
  static Result<void> MakeMissing(const std::filesystem::path& directory);
  using Slots = std::array<Slot, 2>;
  static Result<Slot> ReadSlot(const std::filesystem::path& path);
  static Result<Slot> OpenSlot(const std::filesystem::path& path);
  static bool Follows(const Slot& older, const Slot& newer);
  // What is wrong with one of them, in words; a fault if neither can be believed.
  static Result<std::string> Judge(const Slots& slots);
  static std::size_t Older(const Slots& slots);

  DirectoryLock lock_;
  Slots slots_;
  std::optional<LogHead> newest_;
  std::uint64_t sequence_ = 0;
  std::string damage_;
  bool failed_ = false;
};

}  // namespace havenline
