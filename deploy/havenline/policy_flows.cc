#include "deploy/havenline/policy_flows.h"

#include <algorithm>

#include "schema/base/check.h"

namespace havenline {

std::vector<Flow> FlowsOf(const policy::Policy& policy,
                          const std::vector<policy::Saying>& sayings) {
  std::vector<Flow> flows;
  for (const policy::Saying& saying : sayings) {
    const policy::Exchange* const exchange = policy.Find(saying.exchange);
    CHECK(exchange != nullptr);
    auto flow = std::ranges::find_if(flows, [&](const Flow& each) {
      return each.exchange == exchange && each.from == saying.from && each.to == saying.to;
    });
    if (flow == flows.end()) {
      flow = flows.insert(flows.end(), {exchange, saying.from, saying.to, 0, 0, {}});
      flow->claims = policy.ClaimsRead(exchange->name, saying.from, saying.to);
    }
    (saying.held == nullptr ? flow->sections : flow->held) |= saying.cell->sections;
  }
  // What is told at once in any case is no longer only held.
  for (Flow& flow : flows) {
    flow.held &= ~flow.sections;
    flow.sections |= flow.held;
  }
  return flows;
}

std::vector<const Agency*> HoldersOf(const Directory& directory, const Role& role) {
  std::vector<const Agency*> holders;
  for (const Agency& agency : directory.agencies()) {
    if (agency.Holds(role)) holders.push_back(&agency);
  }
  return holders;
}

std::vector<const Host*> HostsOf(const Directory& directory,
                                 const std::vector<const Agency*>& agencies) {
  std::vector<const Host*> hosts;
  for (const Agency* const agency : agencies) {
    const Host* const host = directory.Find(agency->host);
    if (host != nullptr && std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
  }
  return hosts;
}

}  // namespace havenline
