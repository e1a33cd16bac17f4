// FileFinisher: the end of a file whose rows have all been dealt with: its receipt, its quarantined
// rows to mend, and the original's move out of IN. The store holds everything before anything is
// written, and whatever was written before a crash is written again, the same.
//
// Owned by the agent's loop.

#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "agents/intake/drop_folder.h"
#include "agents/intake/ledger.h"
#include "agents/intake/receipt.h"
#include "agents/intake/row_taker.h"
#include "agents/link/alarms.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"

namespace havenline::intake {

// Why the folder did not let us; nothing if it did. A fault beside it is the store's.
using Trouble = std::optional<std::string>;

struct FinisherParts {
  AgentStore& store;
  Ledger& ledger;
  PlacedAlarms alarms;
  const DropFolder& folder;
};

class FileFinisher {
 public:
  explicit FileFinisher(FinisherParts parts) : parts_(std::move(parts)) {}

  // All of the file's rows are taken. With trouble, call again later.
  Result<Trouble> Finish(FileInHand& file, TimePoint now);

  // What became of the rows so far, as the receipt says it.
  ReceiptFacts FactsOf(const FileInHand& file) const;

  // Looks at the files moved of late: one that is still written to by a slow copy goes back to IN
  // and is taken again; rows that went already are duplicates then.
  Result<Trouble> WatchMoved(TimePoint now);

 private:
  Result<void> Decide(FileInHand& file, bool still_there, const std::string& target, TimePoint now);
  Result<void> WriteBeside(const FileInHand& file) const;
  Result<void> MoveOriginal(const FileInHand& file) const;
  Result<void> Done(FileInHand& file, TimePoint now);
  Result<bool> StillIn(const FileRecord& file) const;
  Result<std::string> FreeTarget(const FileRecord& file) const;
  Result<void> TakeBack(const FileRecord& file, TimePoint now);

  FinisherParts parts_;
  std::set<std::uint64_t> moved_seen_;  // Read once more after they were moved, by this process.
};

// The rows of it that a person must mend, as a file to be dropped again; nothing if there are none.
std::optional<std::string> QuarantineTextOf(const FileInHand& file);

// Where a finished file goes.
DropPlace PlaceOf(const FileRecord& file);

}  // namespace havenline::intake
