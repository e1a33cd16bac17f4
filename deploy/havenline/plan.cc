#include "deploy/havenline/plan.h"

#include <algorithm>

#include "deploy/runtime/files.h"
#include "schema/text/reader.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

using text::MapReader;
using text::Value;

constexpr std::size_t kPlanBytesMax = 4U << 20U;

std::vector<Role> Roles(std::vector<std::string> names) {
  std::vector<Role> roles;
  for (std::string& name : names) roles.emplace_back(std::move(name));
  return roles;
}

// `desks = { deputy = ["council.rotherham:housing"] }`. Whether they are desks of the host its
// agent says when it starts.
void ReadDesks(MapReader& reader, PlannedHost& host) {
  auto desks = reader.OptionalMap("desks");
  const Value* const logins = reader.Raw("desks");
  if (!desks || !logins->is(Value::Kind::kMap)) return;
  for (const auto& [login, places] : logins->members()) {
    if (std::ranges::find(host.people, login) == host.people.end())
      reader.Problem("desks", "names a login that is not in `people`");
    host.desks[login] = desks->TextList(login);
  }
}

PlannedHost ReadHost(MapReader& reader) {
  PlannedHost host;
  host.id = HostId(reader.Name("name"));
  host.operated_by = reader.Text("operated-by");
  host.people = reader.OptionalNameList("people");
  ReadDesks(reader, host);
  host.sends = reader.OptionalBool("sends").value_or(false);
  host.port = reader.OptionalInteger("port", 0, 65535).value_or(0);
  if (const Value* const intake = reader.Raw("intake")) host.intake = *intake;
  return host;
}

PlannedAgency ReadAgency(MapReader& reader) {
  PlannedAgency agency;
  agency.id = AgencyId(reader.Name("name"));
  agency.title = reader.Text("title");
  agency.roles = Roles(reader.NameList("roles"));
  agency.receives = Roles(reader.OptionalNameList("receives"));
  agency.host = HostId(reader.Name("host"));
  agency.telephone = reader.OptionalText("telephone").value_or("");
  agency.witness = reader.OptionalBool("witness").value_or(false);
  if (const Value* const calendar = reader.Raw("calendar")) agency.calendar = *calendar;
  return agency;
}

}  // namespace

Result<Plan> ReadPlan(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kPlanBytesMax));
  ASSIGN_OR_RETURN(const Value value, text::ParseToml(AsText(bytes), path.string()));
  MapReader reader(value, path.string());
  Plan plan;
  plan.partnership = PartnershipId(reader.Name("partnership"));
  // Keys of signed notes are named after it, and a plus sign ends the name of a note's key.
  if (plan.partnership.value().find('+') != std::string::npos)
    reader.Problem("partnership", "must not contain '+'");
  plan.policy = path.parent_path() / reader.Text("policy");
  MapReader broker = reader.Map("broker");
  plan.broker_listen = broker.Text("listen");
  plan.broker_address = broker.OptionalText("address").value_or(plan.broker_listen);
  MapReader governance = reader.Map("governance");
  plan.governance_keys = governance.Integer("keys", 1, 15);
  plan.governance_threshold = governance.Integer("threshold", 1, plan.governance_keys);
  plan.quorum = reader.OptionalInteger("quorum", 1, 7).value_or(0);
  for (MapReader& host : reader.MapList("host")) plan.hosts.push_back(ReadHost(host));
  for (MapReader& agency : reader.MapList("agency")) plan.agencies.push_back(ReadAgency(agency));
  RETURN_IF_FAULT(reader.Finish());
  return plan;
}

Result<Addition> ReadAddition(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kPlanBytesMax));
  ASSIGN_OR_RETURN(const Value value, text::ParseToml(AsText(bytes), path.string()));
  MapReader reader(value, path.string());
  Addition addition;
  for (MapReader& host : reader.OptionalMapList("host")) addition.hosts.push_back(ReadHost(host));
  for (MapReader& agency : reader.MapList("agency"))
    addition.agencies.push_back(ReadAgency(agency));
  RETURN_IF_FAULT(reader.Finish());
  return addition;
}

}  // namespace havenline
