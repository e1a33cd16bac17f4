#include "broker/pipeline/delivery_session.h"

#include <algorithm>

namespace havenline {

void DeliverySession::Add(const AgencyId& agency) {
  agencies_.insert(agency);
  MarkReady(agency, Lane::kUrgent);
  MarkReady(agency, Lane::kNormal);
}

void DeliverySession::Remove(const AgencyId& agency) {
  agencies_.erase(agency);
  for (const Lane lane : {Lane::kUrgent, Lane::kNormal}) {
    MarkDrained(agency, lane);
    read_to_.erase({lane, agency});
  }
  flow_.Forget(agency);
}

void DeliverySession::MarkReady(const AgencyId& agency, Lane lane) {
  if (!agencies_.contains(agency) || !is_ready_.emplace(lane, agency).second) return;
  const auto behind_its_lane =
      std::ranges::find_if(ready_, [&](const Box& box) { return box.first > lane; });
  ready_.insert(behind_its_lane, Box(lane, agency));
}

std::optional<MailboxPlace> DeliverySession::NextReady() {
  if (ready_.empty()) return std::nullopt;
  const Box box = ready_.front();
  // To the end of its lane, so that one agency's flood does not keep another of the same host
  // waiting.
  ready_.pop_front();
  const auto behind =
      std::ranges::find_if(ready_, [&](const Box& other) { return other.first > box.first; });
  ready_.insert(behind, box);
  return MailboxPlace{box.second, box.first, read_to_[box]};
}

void DeliverySession::Advance(const MailboxPlace& place) {
  read_to_[{place.lane, place.agency}] = place.sequence;
}

void DeliverySession::MarkDrained(const AgencyId& agency, Lane lane) {
  const Box box(lane, agency);
  if (is_ready_.erase(box) == 0) return;
  ready_.erase(std::ranges::find(ready_, box));
}

}  // namespace havenline
