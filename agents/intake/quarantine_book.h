// QuarantineBook: rows that could not be sent, until a person has mended them or taken them on.
// Each is alarmed once, however often the same row comes again.
//
// A row that goes at last settles the entries that it mends, and no other:
//   the same cells         the row as it was, since the world has changed
//   its number             of a file of quarantined rows, if incident, child and school agree
//   incident, child, school, in a later file: the records system was corrected
//   incident, child and all else, in a later file, where the entry's school was not known and no
//   other entry could be meant
// Whatever is in doubt stays open for a person.
//
// Adds to the caller's batch. Owned by the agent's loop.

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agents/intake/ledger.h"
#include "agents/link/alarms.h"
#include "schema/text/value.h"

namespace havenline::intake {

// A row of a file, and how it may be known from before.
struct RowPlace {
  const FileRecord& file;
  std::size_t line = 0;
  Digest digest{};
  std::optional<std::uint64_t> earlier;  // The number that a file of quarantined rows gives it.
  RowIdentity identity;
  bool went_before = false;  // It says again what a notice said.
};

class QuarantineBook {
 public:
  QuarantineBook(Ledger& ledger, PlacedAlarms alarms)
      : ledger_(ledger), alarms_(std::move(alarms)) {}

  // Returns its number.
  std::uint64_t Add(const RowPlace& place, const RowProblem& problem, TimePoint now,
                    StoreBatch& batch);
  // The row has an outcome at last: nobody need look any more at what it mends.
  void Settle(const RowPlace& place, TimePoint now, StoreBatch& batch);
  // For the receipt: the row gives itself the number of an open entry that it does not mend, or not
  // so that nobody could doubt it. Ask first: the others change what it is judged by.
  std::optional<std::string> DoubtOf(const RowPlace& place) const;

  // A person has dealt with it otherwise. kMissing if there is no such row.
  Result<void> TakeOn(std::uint64_t number, const std::string& login, TimePoint now,
                      StoreBatch& batch);

  // The open ones, oldest first.
  text::Value View() const;
  std::size_t open_count() const;

 private:
  QuarantinedRow* Named(const RowPlace& place) const;
  bool Mends(const RowPlace& place, const QuarantinedRow& row) const;
  std::vector<QuarantinedRow*> MendedBy(const RowPlace& place) const;
  void RenewRest(std::uint64_t file, TimePoint now, StoreBatch& batch);
  void End(QuarantinedRow& row, const std::string& login, TimePoint now, StoreBatch& batch);

  Ledger& ledger_;
  PlacedAlarms alarms_;
};

}  // namespace havenline::intake
