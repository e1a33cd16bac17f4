#include "agents/link/arrivals.h"

#include <utility>

namespace havenline {

void Arrivals::OnAnnounced(const Documents::Announced& announced, Monotonic now) {
  const bool same =
      announced_.directory == announced.directory && announced_.policy == announced.policy;
  announced_ = announced;
  if (!same) until_ = now + kPatience;
}

void Arrivals::Push(Items items) {
  for (const DeliverItem& item : items) bytes_ += item.bytes.size();
  frames_.push_back(std::move(items));
}

void Arrivals::Forget() {
  announced_ = {};
  StopWaiting();
  frames_.clear();
  bytes_ = 0;
}

std::deque<Arrivals::Items> Arrivals::Take(const Documents& documents, Monotonic now) {
  const bool patient = until_ && now < *until_ && bytes_ <= kBytesMax;
  if (patient && documents.Lacks(announced_)) return {};
  bytes_ = 0;
  return std::exchange(frames_, {});
}

}  // namespace havenline
