// QuarantineBook: rows that could not be sent, until a person has mended them or taken them on.
// Each is alarmed once, however often the same row comes again.
//
// Adds to the caller's batch. Owned by the agent's loop.

#pragma once

#include <string>

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
};

class QuarantineBook {
 public:
  QuarantineBook(Ledger& ledger, Alarms& alarms) : ledger_(ledger), alarms_(alarms) {}

  // Returns its number.
  std::uint64_t Add(const RowPlace& place, const RowProblem& problem, TimePoint now,
                    StoreBatch& batch);
  // The row has an outcome at last, mended or as it was: nobody need look any more.
  void Settle(const RowPlace& place, TimePoint now, StoreBatch& batch);

  // A person has dealt with it otherwise. kMissing if there is no such row.
  Result<void> TakeOn(std::uint64_t number, const std::string& login, TimePoint now,
                      StoreBatch& batch);

  // The open ones, oldest first.
  text::Value View() const;
  std::size_t open_count() const;

 private:
  QuarantinedRow* Known(const RowPlace& place);
  void End(QuarantinedRow& row, const std::string& login, TimePoint now, StoreBatch& batch);

  Ledger& ledger_;
  Alarms& alarms_;
};

}  // namespace havenline::intake
