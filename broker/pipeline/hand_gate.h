// HandGate: the Outflow of the running broker. The delivery thread asks it for every row before the
// row goes out; the commit thread shuts it for an agency before the suspension is durable.
//
// Thread-safe.

#pragma once

#include <array>
#include <map>
#include <set>

#include "broker/commit/outflow.h"
#include "broker/commit/store.h"
#include "schema/base/mutex.h"

namespace havenline {

class HandGate final : public Outflow {
 public:
  // Whether this row may be handed to a link; if so it counts as handed.
  bool Pass(const MailboxPlace& place) {
    const MutexLock lock(mutex_);
    if (shut_.contains(place.agency)) return false;
    std::uint64_t& handed = handed_[place.agency].at(static_cast<std::size_t>(place.lane));
    handed = std::max(handed, place.sequence);
    return true;
  }

  std::array<std::uint64_t, 2> Close(const AgencyId& agency) override {
    const MutexLock lock(mutex_);
    shut_.insert(agency);
    return HandedNow(agency);
  }

  void Open(const AgencyId& agency) override {
    const MutexLock lock(mutex_);
    shut_.erase(agency);
  }

  std::array<std::uint64_t, 2> Handed(const AgencyId& agency) const override {
    const MutexLock lock(mutex_);
    return HandedNow(agency);
  }

 private:
  std::array<std::uint64_t, 2> HandedNow(const AgencyId& agency) const REQUIRES(mutex_) {
    const auto at = handed_.find(agency);
    return at == handed_.end() ? std::array<std::uint64_t, 2>{} : at->second;
  }

  mutable Mutex mutex_;
  std::set<AgencyId> shut_ GUARDED_BY(mutex_);
  std::map<AgencyId, std::array<std::uint64_t, 2>> handed_ GUARDED_BY(mutex_);
};

}  // namespace havenline
