// Committer: looks into the audit log by those whose role policy lets read it.

#include <algorithm>

#include "broker/commit/committer.h"
#include "broker/commit/parts.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

constexpr std::size_t kLookSlots = 8;

}  // namespace

// How many entries of that epoch are here.
std::uint64_t Committer::SizeOf(std::uint64_t epoch) const {
  if (epoch == ends_.epoch) return ends_.tree.size();
  const auto closed = std::ranges::find(closed_, epoch, &LogHead::epoch);
  return closed == closed_.end() ? 0 : closed->size;
}

// The entry stands before anything is read (A1): the delivery thread hears of the look with the
// batch that holds it. A crash after it: it says that somebody looked who did not get to.
void Committer::TakeLook(const Route& route, const LookWork& work, TimePoint now) {
  const Look& look = work.look->look;
  if (const auto code = CheckSigner(route, {look.agency, seal::Purpose::kReceipt, look.key}))
    return Reply(route, Invalid{*code});
  const Agency* const agency = standing_.directory->Find(look.agency);
  if (agency == nullptr || !agency->Holds(look.role))
    return Reply(route, Invalid{Code::kNotEntitled});
  const std::string rules = standing_.policy->AuditRulesOf(look.role);
  // One answer for a role that may not and for entries that are not there.
  const bool some = look.count > 0 && look.count <= limits::kLookEntriesMax;
  if (rules.empty() || !some || look.first >= SizeOf(look.epoch))
    return Reply(route, Invalid{Code::kNotEntitled});
  const Entry& entry =
      turn_->Append({{look.agency, {}, parts::Looked(work.look, rules, now)}}, kLookSlots);
  committed_.looks.push_back({route.link,
                              route.session,
                              look.agency,
                              look.role,
                              {look.epoch, LogIndex(look.first)},
                              look.count});
  Reply(route, Accepted{entry.ProofOf(0), false});
}

}  // namespace havenline
