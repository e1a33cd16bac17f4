// Establishments: the schools register, as its daily CSV has it, and which school a row of a
// records system means. A school that becomes an academy closes and gets a new number; who was told
// of the old one must be told to its successor.
//
// Immutable once read; any thread. Pure.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "agents/intake/notice.h"
#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/model/statement.h"

namespace havenline::intake {

struct Establishment {
  enum class Status : std::uint8_t { kOpen, kClosed, kProposed, kOther };

  std::string urn;      // Six digits.
  std::string laestab;  // Seven: local authority and establishment number; or empty.
  std::string name;
  Status status = Status::kOther;
  std::optional<Day> opened;
  std::optional<Day> closed;  // Its last day.

  // The register may be older than the day: dates win over what it says of the status.
  bool OpenOn(Day day) const;
};

struct RegisterFile {
  std::string name;  // For faults.
  ByteView bytes;
};

// Where a row's notice goes.
struct Placed {
  const Establishment* stated =
      nullptr;  // As the row names it; of several, the one with the oldest number …
  const Establishment* now = nullptr;  // … and who teaches its pupils today; open.
};
using Placing = std::variant<Placed, std::string>;  // Or why not, in words.

class Establishments {
 public:
  Establishments(Establishments&&) = default;  // Not copied: its indexes point into it.
  Establishments& operator=(Establishments&&) = default;

  // The register needs the columns URN, LA (code), EstablishmentNumber, EstablishmentName and
  // EstablishmentStatus (code); OpenDate and CloseDate are used if there. The links need URN,
  // LinkURN and LinkType, of which those that begin with "Successor" count. kInvalid names the
  // file, line and column. Rows that cannot be read are counted and left out: whoever needs them is
  // asked about.
  static Result<Establishments> Parse(const RegisterFile& schools,
                                      const std::optional<RegisterFile>& links);

  // By URN if there is one, then by LA and establishment number, then by name. What the row gives
  // beside must not contradict it. A closed establishment leads to its open successor if there is
  // exactly one. `named` must be given.
  Placing Place(const SchoolNamed& named, Day today) const;

  const Establishment* Find(const std::string& urn) const;
  std::size_t size() const { return by_urn_.size(); }
  std::size_t open_count() const { return open_count_; }  // By what the register says of each.
  std::size_t unreadable_rows() const { return unreadable_rows_; }

 private:
  friend class RegisterReader;
  Establishments() = default;
  using Group = std::vector<const Establishment*>;

  std::variant<const Establishment*, std::string> Follow(const Establishment& stated,
                                                         Day today) const;
  Placing PlaceOne(const Establishment& stated, const SchoolNamed& named, Day today) const;
  Placing PlaceLaestab(const std::string& laestab, Day today) const;
  Placing PlaceName(const std::string& name, Day today) const;

  std::map<std::string, Establishment> by_urn_;  // Nodes do not move.
  std::unordered_map<std::string, Group> by_laestab_;
  std::unordered_map<std::string, Group> by_name_;  // Folded.
  std::unordered_map<std::string, std::vector<std::string>> successors_;
  std::size_t open_count_ = 0;
  std::size_t unreadable_rows_ = 0;
};

}  // namespace havenline::intake
