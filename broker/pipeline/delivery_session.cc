#include "broker/pipeline/delivery_session.h"

#include <algorithm>
#include <utility>

namespace havenline {
namespace {

constexpr std::size_t kPassedOverMax = 64;  // In one turn: each costs a search.

}  // namespace

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
    waiting_.erase({lane, agency});
    held_back_.erase({lane, agency});
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
  const auto next =
      std::ranges::find_if(ready_, [&](const Box& box) { return !passed_over_.contains(box); });
  if (next == ready_.end()) return std::nullopt;
  Box box = std::move(*next);
  // To the end of its lane, so that one agency's flood does not keep another of the same host
  // waiting.
  ready_.erase(next);
  const auto behind =
      std::ranges::find_if(ready_, [&](const Box& other) { return other.first > box.first; });
  ready_.insert(behind, box);
  return MailboxPlace{box.second, box.first, read_to_[box]};
}

void DeliverySession::Advance(const MailboxPlace& place) {
  read_to_[{place.lane, place.agency}] = place.sequence;
  waiting_.erase({place.lane, place.agency});
}

void DeliverySession::SetWaiting(const MailboxPlace& place, std::size_t bytes) {
  waiting_.insert_or_assign({place.lane, place.agency}, bytes);
}

std::optional<std::size_t> DeliverySession::WaitingOf(const MailboxPlace& place) const {
  const auto at = waiting_.find({place.lane, place.agency});
  return at == waiting_.end() ? std::nullopt : std::optional(at->second);
}

bool DeliverySession::PassOver(const MailboxPlace& place) {
  passed_over_.emplace(place.lane, place.agency);
  return passed_over_.size() < kPassedOverMax;
}

void DeliverySession::HoldBack(const MailboxPlace& place) {
  held_back_.try_emplace({place.lane, place.agency}, place.sequence);
}

void DeliverySession::ReadHeldBack() {
  for (const auto& [box, first] : std::exchange(held_back_, {})) {
    read_to_[box] = std::min(read_to_[box], first - 1);
    waiting_.erase(box);
    MarkReady(box.second, box.first);
  }
}

void DeliverySession::MarkDrained(const AgencyId& agency, Lane lane) {
  const Box box(lane, agency);
  if (is_ready_.erase(box) == 0) return;
  ready_.erase(std::ranges::find(ready_, box));
}

void DeliverySession::Allow(LookTaken look) {
  if (looks_.size() == kLooksMax) looks_.erase(looks_.begin());
  looks_.push_back(std::move(look));
}

}  // namespace havenline
