#include "deploy/runtime/mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "deploy/runtime/crc32c.h"
#include "deploy/runtime/files.h"
#include "deploy/runtime/system_fault.h"
#include "schema/base/bytes.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"

namespace havenline {
namespace {

using Path = std::filesystem::path;

constexpr std::string_view kMagic = "HVNMARK1";
constexpr std::size_t kSlotBytes = 512;  // A sector: disks write it whole or not at all.
constexpr std::size_t kSummedBytes = 64;
constexpr std::size_t kFileBytesMax =
    1U << 20U;  // Anything but kSlotBytes is unreadable, not a fault.
constexpr std::size_t kUsedBytes = kSummedBytes + 4;

constexpr std::string_view kWhatToDo =
    "Without the mark nobody can tell whether the store is the newest one. Do not delete or edit "
    "either file. Restore them if they were damaged a moment ago and are intact elsewhere; "
    "otherwise "
    "start a new epoch with a governance opening.";

Bytes Encode(std::uint64_t sequence, const LogHead& head) {
  Bytes bytes = ToBytes(kMagic);
  AppendU64(bytes, sequence);
  AppendU64(bytes, head.epoch);
  AppendU64(bytes, head.size);
  Append(bytes, head.root);
  CHECK(bytes.size() == kSummedBytes);
  AppendU32(bytes, Crc32c(bytes));
  bytes.resize(kSlotBytes);
  return bytes;
}

struct Decoded {
  std::uint64_t sequence;
  LogHead head;
};

// Strict: every one of the 512 bytes must be what Encode() writes.
std::optional<Decoded> Decode(ByteView bytes) {
  if (bytes.size() != kSlotBytes || !Equal(bytes.first(kMagic.size()), AsBytes(kMagic))) return {};
  if (ReadU32(bytes.subspan(kSummedBytes, 4)) != Crc32c(bytes.first(kSummedBytes))) return {};
  const ByteView padding = bytes.subspan(kUsedBytes);
  if (!std::ranges::all_of(padding, [](std::uint8_t byte) { return byte == 0; })) return {};
  LogHead head{
      .epoch = ReadU64(bytes.subspan(16, 8)), .size = ReadU64(bytes.subspan(24, 8)), .root = {}};
  std::ranges::copy(bytes.subspan(32, head.root.size()), head.root.begin());
  return Decoded{.sequence = ReadU64(bytes.subspan(8, 8)), .head = head};
}

// True if a log may have been at `before` and later at `after`.
bool MayFollow(const LogHead& before, const LogHead& after) {
  const auto place = [](const LogHead& head) { return std::tie(head.epoch, head.size); };
  return place(before) < place(after) || before == after;
}

}  // namespace

Result<MarkFile> MarkFile::Open(const Path& directory) {
  ASSIGN_OR_RETURN(DirectoryLock lock, DirectoryLock::Acquire(directory));
  MarkFile mark(std::move(lock));
  RETURN_IF_FAULT(MakeMissing(directory));
  ASSIGN_OR_RETURN(mark.slots_[0], OpenSlot(directory / "mark-a"));
  ASSIGN_OR_RETURN(mark.slots_[1], OpenSlot(directory / "mark-b"));
  ASSIGN_OR_RETURN(mark.damage_, Judge(mark.slots_));
  const Slot& newer = mark.slots_[1 - Older(mark.slots_)];
  mark.sequence_ = newer.sequence;
  if (newer.sequence != 0) mark.newest_ = newer.head;
  return mark;
}

// A crash in here leaves mark-a alone, never advanced: then the rest is made on the next start. Any
// other single file has lost its twin, which gets no readable content, so that Judge() tells.
Result<void> MarkFile::MakeMissing(const Path& directory) {
  const Path a = directory / "mark-a";
  const Path b = directory / "mark-b";
  std::error_code unknown;  // If it cannot be told, opening the file says why.
  const bool has_a = std::filesystem::exists(std::filesystem::symlink_status(a, unknown));
  const bool has_b = std::filesystem::exists(std::filesystem::symlink_status(b, unknown));
  const Bytes blank = Encode(0, LogHead{});
  const Bytes unreadable(kSlotBytes);
  if (!has_a) RETURN_IF_FAULT(WriteFileDurably(a, has_b ? unreadable : blank, kPrivateFile));
  FaultPoint("mark.half-made");
  if (has_b) return {};
  ASSIGN_OR_RETURN(const Bytes first, ReadFile(a, kFileBytesMax));
  return WriteFileDurably(b, Equal(first, blank) ? blank : unreadable, kPrivateFile);
}

// An unreadable slot is no fault here: Judge() looks at both.
Result<MarkFile::Slot> MarkFile::ReadSlot(const Path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kFileBytesMax));
  Slot slot;
  slot.path = path;
  if (const auto decoded = Decode(bytes)) {
    slot.readable = true;
    slot.sequence = decoded->sequence;
    slot.head = decoded->head;
  }
  return slot;
}

Result<MarkFile::Slot> MarkFile::OpenSlot(const Path& path) {
  ASSIGN_OR_RETURN(Slot slot, ReadSlot(path));
  slot.file = FileDescriptor(::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!slot.file.open()) return SystemFault("open", path, errno);
  return slot;
}

Result<MarkReading> ReadMark(const Path& directory) {
  MarkFile::Slots slots;
  const std::array<Path, 2> paths = {directory / "mark-a", directory / "mark-b"};
  std::size_t missing = 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    auto slot = MarkFile::ReadSlot(paths.at(i));
    const bool is_missing = !slot && slot.error().code == FaultCode::kMissing;
    if (!slot && !is_missing) return tl::unexpected<Fault>(std::move(slot).error());
    missing += is_missing ? 1 : 0;
    if (slot) slots.at(i) = *std::move(slot);
    slots.at(i).path = paths.at(i);
  }
  if (missing == paths.size())
    return Fail(FaultCode::kMissing, "there is no mark in " + directory.string());
  MarkReading reading;
  ASSIGN_OR_RETURN(reading.damage, MarkFile::Judge(slots));
  const MarkFile::Slot& newer = slots.at(1 - MarkFile::Older(slots));
  if (newer.sequence != 0) reading.newest = newer.head;
  return reading;
}

// A slot that was never written says nothing: every first mark follows it.
bool MarkFile::Follows(const Slot& older, const Slot& newer) {
  return newer.sequence == older.sequence + 1 &&
         (older.sequence == 0 || MayFollow(older.head, newer.head));
}

Result<std::string> MarkFile::Judge(const Slots& slots) {
  const Slot& a = slots[0];
  const Slot& b = slots[1];
  if (!a.readable && !b.readable) {
    return Fail(FaultCode::kCorrupt, "neither " + a.path.string() + " nor " + b.path.string() +
                                         " can be read as a mark. " + std::string(kWhatToDo));
  }
  const Slot& newer = slots[1 - Older(slots)];
  const Slot& older = slots[Older(slots)];
  if (!older.readable) {
    return older.path.string() + " is not readable as a mark; going on with " +
           newer.path.string() + ". A power cut can do this; if there was none, look at the disk.";
  }
  if (newer.sequence != 0 && !Follows(older, newer)) {
    return Fail(FaultCode::kCorrupt, a.path.string() + " and " + b.path.string() +
                                         " do not follow one another: one of them was put back. " +
                                         std::string(kWhatToDo));
  }
  return std::string();
}

std::size_t MarkFile::Older(const Slots& slots) {
  if (!slots[0].readable) return 0;
  if (!slots[1].readable) return 1;
  return slots[0].sequence <= slots[1].sequence ? 0
                                                : 1;  // mark-a first: MakeMissing() relies on it.
}

Result<void> MarkFile::Advance(const LogHead& head) {
  CHECK(!newest_ || MayFollow(*newest_, head));
  Slot& slot = slots_[Older(slots_)];
  if (failed_) return Fail(FaultCode::kIo, "the mark failed before; not trying again");
  if (newest_ == head) return {};
  failed_ = true;  // Until proven otherwise, below.
  const bool misshapen = !slot.readable;
  slot.readable = false;
  const Bytes bytes = Encode(sequence_ + 1, head);
  if (misshapen && ::ftruncate(slot.file.get(), kSlotBytes) != 0) {
    return DiskFault("size", slot.path, errno);
  }
  FaultPoint("mark.write");
  // Crash from here on: this slot may be torn, the other one holds the mark of before.
  const ssize_t written = ::pwrite(slot.file.get(), bytes.data(), bytes.size(), 0);
  if (written < 0) return DiskFault("write", slot.path, errno);
  if (static_cast<std::size_t>(written) != bytes.size())
    return DiskFault("write", slot.path, ENOSPC);
  if (::fdatasync(slot.file.get()) != 0) return DiskFault("sync", slot.path, errno);
  FaultPoint("mark.written");
  slot.readable = true;
  slot.sequence = ++sequence_;
  slot.head = head;
  newest_ = head;
  failed_ = false;
  return {};
}

}  // namespace havenline
