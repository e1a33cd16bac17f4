#include "broker/deliver/link_flow.h"

#include "schema/base/check.h"
#include "schema/model/limits.h"

namespace havenline {

bool LinkFlow::MayHand(std::size_t bytes) const {
  if (shared_.in_flight + bytes > limits::kInFlightTotal) return false;
  if (bytes_ == 0) return true;
  return bytes_ + bytes <= (receipted_once_ ? limits::kInFlightLink : limits::kInFlightFirst);
}

Reference LinkFlow::Handed(const MailboxPlace& place, std::size_t bytes, Ends ends) {
  const Reference reference(++last_reference_);
  const bool added = rows_.emplace(place, Row{reference, bytes, ends}).second;
  CHECK(added);  // A row is handed once a session.
  places_.emplace(reference, place);
  bytes_ += bytes;
  shared_.in_flight += bytes;
  return reference;
}

LinkFlow::Rows::iterator LinkFlow::Free(Rows::iterator at) {
  CHECK(bytes_ >= at->second.bytes && shared_.in_flight >= at->second.bytes);
  bytes_ -= at->second.bytes;
  shared_.in_flight -= at->second.bytes;
  places_.erase(at->second.reference);
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
