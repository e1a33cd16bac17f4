#include "schema/directory/witnesses.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace havenline {
namespace {

// As two people would write one name.
std::string Folded(std::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (c == ' ' || c == '\t') continue;
    folded.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return folded;
}

// Nothing for a witness whose agency the directory does not have: its text was refused.
std::optional<std::string> OperatorOf(const Directory& directory, const Witness& witness) {
  const Agency* const agency = directory.Find(witness.agency);
  const Host* const host = agency == nullptr ? nullptr : directory.Find(agency->host);
  if (host == nullptr) return std::nullopt;
  return Folded(host->operated_by);
}

}  // namespace

std::string WitnessName(const PartnershipId& partnership, const AgencyId& agency) {
  return partnership.value() + "/witness/" + agency.value();
}

const Witness* FindWitness(const Directory& directory, const AgencyId& agency) {
  const auto found = std::ranges::find_if(directory.witnesses(), [&](const Witness& witness) {
    return witness.agency == agency && !witness.retired;
  });
  return found == directory.witnesses().end() ? nullptr : &*found;
}

std::vector<tlog::WitnessKey> WitnessKeys(const Directory& directory) {
  std::vector<tlog::WitnessKey> keys;
  for (const Witness& witness : directory.witnesses()) {
    if (!witness.retired) keys.push_back(witness.key);
  }
  return keys;
}

std::vector<tlog::WitnessKey> WitnessKeysOf(const Directory& directory, const HostId& host) {
  std::vector<tlog::WitnessKey> keys;
  for (const Witness& witness : directory.witnesses()) {
    const Agency* const agency = directory.Find(witness.agency);
    if (!witness.retired && agency != nullptr && agency->host == host) keys.push_back(witness.key);
  }
  return keys;
}

std::size_t OperatorsOfWitnesses(const Directory& directory) {
  std::set<std::string> operators;
  for (const Witness& witness : directory.witnesses()) {
    const auto name = OperatorOf(directory, witness);
    if (!witness.retired && name) operators.insert(*name);
  }
  return operators.size();
}

std::optional<TimePoint> QuorumTime(const Directory& directory,
                                    std::span<const tlog::Cosignature> cosignatures) {
  std::map<std::string, TimePoint> newest;  // By operator.
  for (const Witness& witness : directory.witnesses()) {
    const auto cosigned = std::ranges::find(cosignatures, witness.key, &tlog::Cosignature::witness);
    const auto name = OperatorOf(directory, witness);
    if (witness.retired || !name || cosigned == cosignatures.end()) continue;
    const auto [at, added] = newest.emplace(*name, cosigned->time());
    if (!added) at->second = std::max(at->second, cosigned->time());
  }
  if (directory.quorum() == 0 || newest.size() < directory.quorum()) return std::nullopt;
  std::vector<TimePoint> times;
  times.reserve(newest.size());
  for (const auto& [name, time] : newest) times.push_back(time);
  std::ranges::sort(times, std::greater<>());
  return times[directory.quorum() - 1];
}

}  // namespace havenline
