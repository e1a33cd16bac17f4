// RowReader: from the cells of one row to what they say, by a force's mapping. Every cell is read
// before anything is said, so that a person hears of all that is wrong with a row at once.
//
// Pure; immutable, so any thread.

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "agents/intake/mapping.h"
#include "agents/intake/notice.h"
#include "deploy/runtime/zones.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"

namespace havenline::intake {

// Where local times are meant.
struct LocalZone {
  std::string name;
  Zone zone;
};

// How a reason says which cell it is about.
enum class RowWords : std::uint8_t {
  kColumns,  // column 5 ("CHILD_DOB")
  kFields,   // field "CHILD_DOB"
};

using RowReading = std::variant<RowFacts, RowProblem>;

class RowReader {
 public:
  // For the files with this header. kInvalid names the columns that the mapping needs and the
  // header lacks, and nothing of the header itself. Names are the same whatever blanks stand around
  // them. `mapping` must outlive it.
  static Result<RowReader> For(const Mapping& mapping, const std::vector<std::string>& header,
                               LocalZone zone, RowWords words = RowWords::kColumns);

  // `fields`: as many as the header has.
  RowReading Read(const std::vector<std::string>& fields, TimePoint now) const;

  // What a row with a problem says all the same.
  PartialFacts ReadPartly(const std::vector<std::string>& fields, TimePoint now) const;

  // "column 5 ("CHILD_DOB")", for a column of the mapping; and its number, 0 where there is none.
  std::string PlaceOf(const std::string& column) const;
  std::size_t NumberOf(const std::string& column) const {
    return words_ == RowWords::kColumns ? At(column) + 1 : 0;
  }

  // Columns that the mapping does not mention: for the receipt.
  const std::vector<std::string>& unused() const { return unused_; }

  // The column in which a file of quarantined rows says why, if this is one, and what it says of a
  // row: the number under which the row was quarantined.
  std::optional<std::size_t> quarantine_column() const { return quarantine_column_; }
  std::optional<std::uint64_t> QuarantineNumber(const std::vector<std::string>& fields) const;

 private:
  class OneRow;

  RowReader(const Mapping& mapping, LocalZone zone, RowWords words)
      : mapping_(&mapping),
        zone_(std::move(zone)),
        words_(words),
        type_(exchange::FindExchange(kNoticeExchange)) {}
  std::size_t At(const std::string& column) const { return at_.at(column); }

  const Mapping* mapping_;
  LocalZone zone_;
  RowWords words_;
  const exchange::ExchangeType* type_;
  std::map<std::string, std::size_t> at_;  // Of the mapping's columns.
  std::vector<std::string> unused_;
  std::optional<std::size_t> quarantine_column_;
  bool cells_protected_ = false;  // From what a spreadsheet would run.
};

}  // namespace havenline::intake
