// The plan of a partnership: what `havenline init` is told. docs/operations.md shows one.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/text/value.h"

namespace havenline {

struct PlannedHost {
  HostId id;
  std::string operated_by;
  std::vector<std::string> people;  // Logins that get a token each.
  bool sends = false;               // Follows statements, since it seals.
  std::int64_t port = 0;            // Of the local port; 0: any free one.
  text::Value intake;               // Copied into agent.toml as [intake]; null: none.
  // Of a login, the desks and duties as the tokens' file has them: agency, agency:role,
  // duty@agency. A login that is not here works at all desks of the host.
  std::map<std::string, std::vector<std::string>> desks = {};
};

struct PlannedAgency {
  AgencyId id;
  std::string title;
  std::vector<Role> roles;
  std::vector<Role> receives;
  HostId host;
  std::string telephone;
  text::Value calendar;  // Copied into agent.toml; null: none.
  bool witness = false;  // Cosigns the log.
};

struct Plan {
  PartnershipId partnership;
  std::filesystem::path policy;  // The policy's text, or the folder of its files.
  // Its exchanges need not be those that this program knows: a bench has some of its own.
  bool own_exchanges = false;
  std::string broker_listen;
  std::string broker_address;
  std::int64_t governance_keys = 1;
  std::int64_t governance_threshold = 1;
  std::int64_t quorum = 0;  // Of witnesses' operators; 0 without witnesses.
  std::vector<PlannedHost> hosts;
  std::vector<PlannedAgency> agencies;
};

Result<Plan> ReadPlan(const std::filesystem::path& path);

// What joins a partnership that is there: [[agency]], and [[host]] where they come with new ones.
struct Addition {
  std::vector<PlannedHost> hosts;
  std::vector<PlannedAgency> agencies;
};
Result<Addition> ReadAddition(const std::filesystem::path& path);

}  // namespace havenline
