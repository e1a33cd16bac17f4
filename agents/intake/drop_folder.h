// DropFolder: IN, SENT and FAILED under one folder. Other hosts may write to IN over a network
// share, where the system tells us of nothing: so IN is read again and again, and a file counts as
// complete once its size and time have not changed for a while.
//
// Owned by the agent's loop.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "agents/intake/limits.h"
#include "deploy/runtime/files.h"
#include "schema/base/bytes.h"
#include "schema/base/result.h"

namespace havenline::intake {

using Monotonic = std::chrono::steady_clock::time_point;

enum class DropPlace : std::uint8_t { kIn, kSent, kFailed };

struct DroppedFile {
  std::string name;
  std::uint64_t bytes = 0;
  TimePoint modified;

  friend bool operator==(const DroppedFile&, const DroppedFile&) = default;
};

// Something in IN that is not taken, and what to do about it.
struct LeftLying {
  std::string name;  // As text for people: control characters and what is not UTF-8 are replaced.
  std::string why;
};

class DropFolder {
 public:
  explicit DropFolder(std::filesystem::path folder, Milliseconds still_for = kStillFor)
      : folder_(std::move(folder)), still_for_(still_for) {}

  // Makes what is missing of the three, for this user alone; whoever else writes to IN is let in by
  // its owner.
  Result<void> Make() const;

  struct Scanned {
    std::vector<DroppedFile> complete;  // Oldest first.
    std::vector<LeftLying> left;
  };
  // Looks at IN once. Complete is what ends as a report does (file_format.h), is no hidden or
  // temporary file, and has been the same for as long as a file must be still.
  Result<Scanned> Scan(Monotonic now);

  // The whole file. kUnavailable if it is no longer as it was found: it will be found again.
  // kInvalid if it is larger than kFileBytesMax.
  Result<Bytes> Read(DropPlace place, const DroppedFile& file) const;
  // What a place has under that name now; kMissing if nothing.
  Result<DroppedFile> Look(DropPlace place, const std::string& name) const;
  Result<bool> Has(DropPlace place, const std::string& name) const;

  // Durable; never over another file (kInvalid).
  Result<void> Move(DropPlace from, const std::string& name, DropPlace to,
                    const std::string& target) const;
  // For what intake itself writes beside a moved file: readable by the folder's group, so that the
  // force's staff can be let in.
  Result<void> Write(DropPlace place, const std::string& name, std::string_view text) const;

 private:
  struct Seen {
    DroppedFile file;
    Monotonic since;  // First seen like this.
  };

  std::filesystem::path PathOf(DropPlace place, const std::string& name = "") const;

  std::filesystem::path folder_;
  Milliseconds still_for_;
  std::map<std::string, Seen> seen_;  // In IN, by name.
};

}  // namespace havenline::intake
