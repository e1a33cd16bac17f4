#include "agents/intake/configuration.h"

#include "deploy/runtime/zones.h"
#include "schema/model/names.h"

namespace havenline::intake {
namespace {

constexpr std::int64_t kHeldMinutesMax = 1440;   // A day.
constexpr std::int64_t kStillSecondsMax = 3600;  // A night's reports must be out by the morning.

}  // namespace

IntakeConfiguration ReadIntakeConfiguration(text::MapReader& intake,
                                            const std::filesystem::path& folder) {
  IntakeConfiguration read;
  read.folder = folder / intake.Text("folder");
  read.mapping = folder / intake.Text("mapping");
  read.schools = folder / intake.Text("register");
  if (const auto links = intake.OptionalText("links")) read.links = folder / *links;
  read.agency = AgencyId(intake.Name("agency"));
  read.role = Role(intake.OptionalName("role").value_or("police"));
  read.zone = intake.OptionalText("zone").value_or(read.zone);
  if (!ZoneExists(read.zone))
    intake.Problem("zone", "is no time zone of this machine, like \"Europe/London\"");
  read.still_for = std::chrono::seconds(intake.OptionalInteger("still-seconds", 0, kStillSecondsMax)
                                            .value_or(read.still_for.count()));
  read.held_for = std::chrono::minutes(
      intake.OptionalInteger("held-minutes", 1, kHeldMinutesMax).value_or(read.held_for.count()));
  for (auto& [role, agency] : intake.OptionalTextMap("agencies")) {
    if (IsName(role) && IsName(agency)) {
      read.agencies.emplace(role, agency);
    } else {
      intake.Problem("agencies", "must give roles and the names of agencies");
    }
  }
  for (std::string& login : intake.OptionalNameList("supervisors"))
    read.supervisors.insert(std::move(login));
  return read;
}

}  // namespace havenline::intake
