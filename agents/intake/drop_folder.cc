#include "agents/intake/drop_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <tuple>

#include "agents/intake/file_format.h"
#include "agents/intake/limits.h"
#include "agents/intake/texts.h"
#include "schema/base/test_seam.h"

namespace havenline::intake {
namespace {

using Kind = DirectoryEntry::Kind;

constexpr std::array<const char*, 3> kPlaces = {"IN", "SENT", "FAILED"};
constexpr mode_t kGroupReadable = 0640;

// What systems call a file while they write it: ".name", "~$name.csv" of an office program.
bool IsTemporary(std::string_view name) { return name.starts_with('.') || name.starts_with('~'); }

// Of these, what will never be a report: an office program's note that it has a file open.
bool IsNobodysReport(const std::string& name) {
  const std::string lower = Lower(name);
  const auto says = [&](FileFormat format) {
    return lower.find(SuffixOf(format)) != std::string::npos;
  };
  return name.starts_with("~$") || name.starts_with(".~lock.") ||
         !(says(FileFormat::kCsv) || says(FileFormat::kXml) || says(FileFormat::kJson));
}

std::string ForPeople(const std::string& name) {
  if (IsUtf8(name) && !HasControl(name)) return name;
  std::string shown;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte >= 0x20 && byte < 0x7F ? c : '?';
  }
  return shown;
}

// Empty if the file may be taken once it is complete.
std::string WhyNotTaken(const DirectoryEntry& entry) {
  if (IsTemporary(entry.name)) {
    return "is not taken, since its name begins as that of a file which is still being written: "
           "rename it when it is complete, or remove it";
  }
  if (!FormatOfName(entry.name)) {
    return "is not taken, since its name does not end in .csv, .xml or .json: was it to be renamed "
           "when complete?";
  }
  if (entry.kind != Kind::kFile)
    return "is not taken, since it is no regular file: copy the file itself";
  if (!IsUtf8(entry.name) || HasControl(entry.name))
    return "is not taken, since its name is not plain text: rename it";
  if (entry.name.size() > kFileNameBytesMax) {
    return "is not taken, since its name is longer than " + std::to_string(kFileNameBytesMax) +
           " bytes: rename it";
  }
  return {};
}

DroppedFile FileOf(const DirectoryEntry& entry) {
  return {entry.name, entry.bytes, entry.modified};
}

}  // namespace

std::filesystem::path DropFolder::PathOf(DropPlace place, const std::string& name) const {
  const auto path = folder_ / kPlaces.at(static_cast<std::size_t>(place));
  return name.empty() ? path : path / name;
}

Result<void> DropFolder::Make() const {
  for (const DropPlace place : {DropPlace::kIn, DropPlace::kSent, DropPlace::kFailed})
    RETURN_IF_FAULT(MakeDirectories(PathOf(place), kPrivateDirectory));
  return {};
}

Result<DropFolder::Scanned> DropFolder::Scan(Monotonic now) {
  ASSIGN_OR_RETURN(const DirectoryListing listing,
                   ListDirectory(PathOf(DropPlace::kIn), kEntriesMax));
  std::map<std::string, Seen> seen;
  Scanned scanned;
  for (const DirectoryEntry& entry : listing.entries) {
    if (IsTemporary(entry.name) && IsNobodysReport(entry.name)) continue;
    const DroppedFile file = FileOf(entry);
    const auto before = seen_.find(entry.name);
    const bool unchanged = before != seen_.end() && before->second.file == file;
    const Monotonic since = unchanged ? before->second.since : now;
    seen.emplace(entry.name, Seen{file, since});
    const std::string why = WhyNotTaken(entry);
    if (why.empty() && now - since >= (file.bytes > 0 ? still_for_ : Milliseconds(kEmptyFor)))
      scanned.complete.push_back(file);
    if (!why.empty() && now - since >= kLeftLyingAfter)
      scanned.left.push_back({ForPeople(entry.name), why});
  }
  if (!listing.complete) {
    scanned.left.push_back({"IN", "holds more than " + std::to_string(kEntriesMax) +
                                      " files, and only the first are looked at: clear it"});
  }
  seen_ = std::move(seen);
  std::ranges::sort(scanned.complete, {},
                    [](const DroppedFile& file) { return std::tie(file.modified, file.name); });
  return scanned;
}

Result<DroppedFile> DropFolder::Look(DropPlace place, const std::string& name) const {
  const auto path = PathOf(place, name);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    const int error = errno;
    return Fail(error == ENOENT ? FaultCode::kMissing : FaultCode::kIo,
                "cannot look at a file in " + PathOf(place).string() + ": " +
                    std::generic_category().message(error));
  }
  const auto time =
      std::chrono::seconds(status.st_mtim.tv_sec) +
      std::chrono::duration_cast<Milliseconds>(std::chrono::nanoseconds(status.st_mtim.tv_nsec));
  return DroppedFile{name, static_cast<std::uint64_t>(status.st_size), TimePoint(time)};
}

Result<bool> DropFolder::Has(DropPlace place, const std::string& name) const {
  const auto found = Look(place, name);
  if (found) return true;
  if (found.error().code == FaultCode::kMissing) return false;
  return tl::unexpected<Fault>(found.error());
}

Result<Bytes> DropFolder::Read(DropPlace place, const DroppedFile& file) const {
  auto bytes = ReadFile(PathOf(place, file.name), kFileBytesMax);
  if (!bytes) return bytes;
  // Whoever still writes it changes its size or time.
  const auto now = Look(place, file.name);
  if (!now || *now != file || bytes->size() != file.bytes)
    return Fail(FaultCode::kUnavailable, "the file changed while it was read");
  return bytes;
}

Result<void> DropFolder::Move(DropPlace from, const std::string& name, DropPlace to,
                              const std::string& target) const {
  ASSIGN_OR_RETURN(const bool taken, Has(to, target));
  if (taken) {
    return Fail(FaultCode::kInvalid, "a file of that name is already in " + PathOf(to).string());
  }
  FaultPoint("intake.before-move");
  RETURN_IF_FAULT(RenameDurably(PathOf(from, name), PathOf(to, target)));
  FaultPoint("intake.after-move");
  return {};
}

Result<void> DropFolder::Write(DropPlace place, const std::string& name,
                               std::string_view text) const {
  return WriteFileDurably(PathOf(place, name), AsBytes(text), kGroupReadable);
}

}  // namespace havenline::intake
