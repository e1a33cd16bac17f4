#include "schema/directory/directory.h"

#include <algorithm>

#include "schema/base/z85.h"

namespace havenline {
namespace {

template <class Map, class Items>
auto FindIn(const Map& map, const Items& items, const std::string& key) -> decltype(&items[0]) {
  const auto at = map.find(key);
  return at == map.end() ? nullptr : &items[at->second];
}

}  // namespace

bool Agency::Holds(const Role& role) const { return std::ranges::find(roles, role) != roles.end(); }

const Agency* Directory::Find(const AgencyId& id) const {
  return FindIn(agency_at_, agencies_, id.value());
}
const Host* Directory::Find(const HostId& id) const { return FindIn(host_at_, hosts_, id.value()); }
const Host* Directory::HostOf(const CurveKey& key) const {
  return FindIn(host_of_curve_, hosts_, key.value());
}

std::vector<const Agency*> Directory::AgenciesOf(const HostId& host) const {
  std::vector<const Agency*> agencies;
  for (const Agency& agency : agencies_) {
    if (agency.host == host) agencies.push_back(&agency);
  }
  return agencies;
}

const AgencyKey* Directory::FindKey(const AgencyId& agency, seal::Purpose purpose,
                                    const KeyId& id) const {
  const Agency* const found = Find(agency);
  if (found == nullptr) return nullptr;
  const auto key = std::ranges::find_if(found->keys, [&](const AgencyKey& candidate) {
    return candidate.purpose == purpose && candidate.id == id;
  });
  return key == found->keys.end() ? nullptr : &*key;
}

const AgencyKey* Directory::CurrentKey(const AgencyId& agency, seal::Purpose purpose) const {
  const Agency* const found = Find(agency);
  if (found == nullptr) return nullptr;
  const auto key = std::ranges::find_if(found->keys, [&](const AgencyKey& candidate) {
    return candidate.purpose == purpose && candidate.state == KeyState::kCurrent;
  });
  return key == found->keys.end() ? nullptr : &*key;
}

void Directory::Index() {
  for (std::size_t i = 0; i < agencies_.size(); ++i) agency_at_.emplace(agencies_[i].id.value(), i);
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    host_at_.emplace(hosts_[i].id.value(), i);
    for (const CurveKey& key : hosts_[i].curve) host_of_curve_.emplace(key.value(), i);
  }
}

bool IsCurveKey(std::string_view text) {
  const auto key = Z85Decode(text);
  return key && *key != ByteArray<32>{};
}

}  // namespace havenline
