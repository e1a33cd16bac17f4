#include "broker/deliver/link_flow.h"

#include <algorithm>

#include "schema/base/check.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

static_assert(limits::kInFlightPool / 2 >= limits::kDeliveryBytesMax);

constexpr std::size_t ShareOf(Lane lane) {
  return lane == Lane::kUrgent ? limits::kShareUrgent : limits::kShareNormal;
}

// What a lane that claims so much takes of the pool.
std::size_t BeyondShare(Lane lane, std::size_t claimed) {
  return claimed - std::min(claimed, ShareOf(lane));
}

}  // namespace

LinkFlow::~LinkFlow() {
  shared_.in_flight -= bytes();
  shared_.pooled -= pooled();
}

std::size_t LinkFlow::pooled() const {
  return BeyondShare(Lane::kUrgent, of(Lane::kUrgent).claimed) +
         BeyondShare(Lane::kNormal, of(Lane::kNormal).claimed);
}

LinkFlow::May LinkFlow::MayHand(Lane lane, std::size_t bytes) const {
  const LaneFlow& own = of(lane);
  if (own.bytes + bytes <= ShareOf(lane)) return May::kNow;
  const bool alone = own.bytes == 0;
  const std::size_t window = receipted_once_ ? limits::kInFlightLink : limits::kInFlightFirst;
  if (!alone && this->bytes() + bytes > window) return May::kAfterReceipts;
  const std::size_t taken = BeyondShare(lane, own.claimed + bytes) - BeyondShare(lane, own.claimed);
  const std::size_t left = shared_.pool - shared_.pooled;
  if (taken > left) return May::kAfterOthers;
  if (!receipted_once_ && shared_.pooled + taken > shared_.pool / 2) return May::kAfterOthers;
  if (alone || pooled() + taken <= left / limits::kPoolFraction) return May::kNow;
  return May::kAfterReceipts;
}

void LinkFlow::Claim(Lane lane, std::size_t claimed) {
  LaneFlow& own = lanes_.at(static_cast<std::size_t>(lane));
  shared_.pooled += BeyondShare(lane, claimed);
  CHECK(shared_.pooled >= BeyondShare(lane, own.claimed));
  shared_.pooled -= BeyondShare(lane, own.claimed);
  own.claimed = claimed;
}

Reference LinkFlow::Handed(const MailboxPlace& place, std::size_t bytes, Ends ends, Time now) {
  const Reference reference(++last_reference_);
  const bool added = rows_.emplace(place, Row{reference, bytes, ends, now, false}).second;
  CHECK(added);  // A row is handed once a session.
  places_.emplace(reference, place);
  lanes_.at(static_cast<std::size_t>(place.lane)).bytes += bytes;
  shared_.in_flight += bytes;
  Claim(place.lane, of(place.lane).claimed + bytes);
  return reference;
}

void LinkFlow::Lapse(Time now) {
  for (auto at = places_.upper_bound(lapsed_to_); at != places_.end(); ++at) {
    Row& row = rows_.at(at->second);
    if (now - row.handed_at < limits::kClaimMax) return;
    row.lapsed = true;
    lapsed_to_ = at->first;
    Claim(at->second.lane, of(at->second.lane).claimed - row.bytes);
  }
}

LinkFlow::Rows::iterator LinkFlow::Free(Rows::iterator at) {
  const auto& [place, row] = *at;
  LaneFlow& own = lanes_.at(static_cast<std::size_t>(place.lane));
  CHECK(own.bytes >= row.bytes && shared_.in_flight >= row.bytes);
  if (!row.lapsed) Claim(place.lane, own.claimed - row.bytes);
  own.bytes -= row.bytes;
  shared_.in_flight -= row.bytes;
  places_.erase(row.reference);
  return rows_.erase(at);
}

bool LinkFlow::Released(const MailboxPlace& place) {
  const auto at = rows_.find(place);
  if (at == rows_.end()) return false;
  Free(at);
  receipted_once_ = true;
  return true;
}

void LinkFlow::Forget(const AgencyId& agency) {
  auto at = rows_.lower_bound({agency, Lane{}, 0});
  while (at != rows_.end() && at->first.agency == agency) at = Free(at);
}

std::optional<MailboxPlace> LinkFlow::AnsweredRow(Reference reference) const {
  const auto at = places_.find(reference);
  if (at == places_.end() || rows_.at(at->second).ends != Ends::kByAnswer) return std::nullopt;
  return at->second;
}

}  // namespace havenline
