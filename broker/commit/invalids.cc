// Committer: what is turned away as invalid.

#include "broker/commit/committer.h"
#include "broker/commit/parts.h"

namespace havenline {
namespace {

constexpr std::size_t kInvalidSlots = 8;

}  // namespace

// The entry is the host's, since only its key is proved: who is named inside an item that does not
// verify need not have sent it. It stands under the first of the host's agencies, or under the
// host's own name: an operator's link, with a document that governance did not sign.
void Committer::EnterInvalid(const InvalidBook::Count& invalid) {
  const auto agencies = standing_.directory->AgenciesOf(invalid.host);
  const AgencyId party = agencies.empty() ? AgencyId(invalid.host.value()) : agencies.front()->id;
  turn_->Append({{party, {}, parts::Invalid(invalid, turn_time_)}}, kInvalidSlots);
}

void Committer::NoteInvalid(const HostId& host, Code code) {
  if (out_of_room_.value_or(false)) return;  // It has no effect that would need an entry.
  if (invalids_.Take(host, code, turn_time_)) EnterInvalid({host, code, 1, turn_time_});
}

void Committer::EnterCounts(TimePoint now) {
  turn_time_ = now;
  for (const InvalidBook::Count& count : invalids_.TakeCounts(now)) EnterInvalid(count);
}

}  // namespace havenline
