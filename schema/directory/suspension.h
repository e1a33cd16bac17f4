// Suspensions: an agency cut off at once. One governance key or the agency's own statement key
// signs the suspending; lifting it needs governance's threshold. Pure; any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/model/ids.h"

namespace havenline {

struct Suspension {
  PartnershipId partnership;
  AgencyId agency;
  std::uint64_t number = 0;  // Of this agency's suspensions and liftings, from 1, no gaps.
  bool lifted = false;
};

// The text that is signed, ending in a line feed.
std::string SuspensionText(const Suspension& suspension);

// The name under which an agency's statement key signs a note: `<partnership>/agency/<agency>`.
std::string AgencyNoteName(const PartnershipId& partnership, const AgencyId& agency);

// Of a text whose signatures were checked when it was taken: keys may have changed since.
Result<Suspension> ParseSuspension(std::string_view text);
// A suspension and its signatures fit well. Anybody may offer one: what is longer is not even
// parsed.
inline constexpr std::size_t kSuspensionBytesMax = 8U << 10U;

// Opens a suspension note and checks who signed it.
Result<Suspension> OpenSuspension(std::string_view note, const Directory& directory);

// Reads a note that was opened once and kept since. Who signed it is not asked again: the key may
// have been retired or have left the directory in the meantime, and the suspension stands.
Result<Suspension> ReadKeptSuspension(std::string_view note);

inline constexpr std::uint64_t kSuspensionGapMax = 100;

// Which agencies are suspended. A value; not thread-safe while Apply() runs.
class SuspensionBook {
 public:
  // kInvalid if it does not follow the agency's last.
  Result<void> Apply(const Suspension& suspension);
  // Where some may have been lost: takes one that is newer than the agency's last, at most
  // kSuspensionGapMax numbers later, so that no single key can use the numbers up. False otherwise.
  bool ApplyNewer(const Suspension& suspension);
  // True for the agency's last one, offered again.
  bool IsLast(const Suspension& suspension) const;
  bool IsSuspended(const AgencyId& agency) const { return suspended_.contains(agency); }
  const std::set<AgencyId>& suspended() const { return suspended_; }

 private:
  void Put(const Suspension& suspension);

  std::map<AgencyId, std::uint64_t> last_;
  std::set<AgencyId> suspended_;
};

}  // namespace havenline
