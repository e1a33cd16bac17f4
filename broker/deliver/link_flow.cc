#include "broker/deliver/link_flow.h"

#include "schema/base/check.h"
#include "schema/model/limits.h"

namespace havenline {

bool LinkFlow::MayHand(std::size_t bytes) const {
  if (shared_.in_flight + bytes > limits::kInFlightTotal) return false;
  if (bytes_ == 0) return true;
  return bytes_ + bytes <= (receipted_once_ ? limits::kInFlightLink : limits::kInFlightFirst);
}

Reference LinkFlow::Handed(const MailboxPlace& place, std::size_t bytes) {
  const Reference reference(++last_reference_);
  const bool added = rows_.emplace(place, Row{reference, bytes}).second;
  CHECK(added);  // A row is handed once a session.
  places_.emplace(reference, place);
  bytes_ += bytes;
  shared_.in_flight += bytes;
  return reference;
}

bool LinkFlow::Released(const MailboxPlace& place) {
  const auto at = rows_.find(place);
  if (at == rows_.end()) return false;
  CHECK(bytes_ >= at->second.bytes && shared_.in_flight >= at->second.bytes);
  bytes_ -= at->second.bytes;
  shared_.in_flight -= at->second.bytes;
  places_.erase(at->second.reference);
  rows_.erase(at);
  receipted_once_ = true;
  return true;
}

std::optional<MailboxPlace> LinkFlow::PlaceOf(Reference reference) const {
  const auto at = places_.find(reference);
  if (at == places_.end()) return std::nullopt;
  return at->second;
}

}  // namespace havenline
