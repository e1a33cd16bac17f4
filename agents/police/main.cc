// havenline-police: sends what a police records system reports, and follows it until a person has
// answered.

#include <memory>
#include <optional>

#include "agents/daemon/daemon.h"
#include "agents/intake/configuration.h"
#include "agents/intake/intake.h"
#include "agents/intake/port.h"

namespace {

using havenline::intake::Intake;
using havenline::intake::IntakeConfiguration;

// [intake] is optional: an integration may send by the local port alone.
havenline::DaemonExtra WithIntake(std::optional<IntakeConfiguration>& configuration,
                                  std::unique_ptr<Intake>& intake) {
  havenline::DaemonExtra extra;
  extra.configure = [&](havenline::text::MapReader& top,
                        const havenline::AgentConfiguration& read) {
    auto table = top.OptionalMap("intake");
    if (table)
      configuration = havenline::intake::ReadIntakeConfiguration(*table, read.path.parent_path());
  };
  extra.prepare = [&](havenline::Agent& agent,
                      havenline::LocalPort& port) -> havenline::Result<void> {
    if (!configuration) return {};
    ASSIGN_OR_RETURN(
        intake, Intake::Open(*configuration, {agent.store(), agent.outbox(), agent.alarms(),
                                              agent.documents(), agent.keys(), agent.clock()}));
    agent.OnTick([&](havenline::TimePoint) { return intake->Tick(); });
    port.Supervise(configuration->supervisors);
    havenline::intake::AddIntakePaths(port, agent, *intake);
    return {};
  };
  return extra;
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<IntakeConfiguration> configuration;
  std::unique_ptr<Intake> intake;
  return havenline::RunDaemon(
      argc, argv, "havenline-police",
      "Sends notices to schools and alarms what nobody there acknowledges in time.",
      WithIntake(configuration, intake));
}
