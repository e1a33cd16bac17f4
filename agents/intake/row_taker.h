// RowTaker: the rows of one file, a slice at a time. Each gets exactly one outcome, which is in the
// store before the next slice begins; a notice is in the outbox before its row has one.
//
//   crash before the intents     nothing happened; the slice is taken again
//   crash before the outcomes    what the outbox took is found by its reference and not made again
//   crash after them             the next slice goes on
//
// Owned by the agent's loop.

#pragma once

#include <functional>
#include <map>
#include <variant>
#include <vector>

#include "agents/intake/draft.h"
#include "agents/intake/file_rows.h"
#include "agents/intake/held_book.h"
#include "agents/intake/ledger.h"
#include "agents/intake/quarantine_book.h"
#include "agents/intake/row_judge.h"
#include "agents/intake/setup.h"
#include "agents/link/outbox.h"
#include "schema/base/clock.h"

namespace havenline::intake {

// What its name says that it is: intake takes none whose name says nothing.
inline FileFormat FormatOf(const FileRecord& file) {
  return FormatOfName(file.name).value_or(FileFormat::kCsv);
}

// A file whose rows are being taken.
struct FileInHand {
  FileRecord* record = nullptr;  // The ledger's.
  Bytes bytes;
  FileRows rows;
  std::vector<RowOutcome> outcomes;           // Of the first rows.
  std::map<std::size_t, std::uint64_t> made;  // Notices made before a crash, by row.
  // The store has its bytes' digest, and they are no longer to be had: nothing more can be read of
  // it.
  bool lost = false;

  bool all_taken() const { return lost || outcomes.size() == rows.table.rows.size(); }
};

struct RowTakerParts {
  AgentStore& store;
  Ledger& ledger;
  Outbox& outbox;
  QuarantineBook& quarantine;
  HeldBook& held;
  const Clock& clock;
  std::function<RouteView()> route;
};

class RowTaker {
 public:
  explicit RowTaker(RowTakerParts parts) : parts_(std::move(parts)) {}

  // Takes the next slice of `file`: at most kNoticesPerTurn notices, kRowsPerTurn rows and about
  // kWorkPerTurn.
  Result<void> TakeSlice(FileInHand& file, const Setup& setup);

 private:
  struct Slice;
  struct Unsent {
    std::uint64_t notice = 0;
    Outbox::Request request;
  };

  RowOutcome TakeRow(FileInHand& file, Slice& slice);
  RowOutcome TakeDraft(FileInHand& file, NoticeDraft draft, const RowPlace& place, Slice& slice);
  RowOutcome Quarantine(const RowPlace& place, RowProblem problem, Slice& slice);
  RowOutcome Repeat(std::uint64_t notice, const NoticeDraft& draft, RowPlace place, Slice& slice);
  std::vector<std::string> SettledNotes(const RowPlace& place, Slice& slice);
  std::vector<std::string> DoubtNotes(const RowPlace& place) const;
  NoticeRecord& Reserve(const FileInHand& file, const NoticeDraft& draft, Slice& slice);

  RowTakerParts parts_;
  // How many notices the last slices could seal and sync in time: a slow disk gets shorter ones.
  std::size_t allowance_ = kNoticesPerTurnAtFirst;
  static constexpr std::size_t kNoticesPerTurnAtFirst = 5;
};

}  // namespace havenline::intake
