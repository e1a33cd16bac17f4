// havenline: the command line tool of governance, operators and desks.

#include <memory>
#include <string>

#include "agents/daemon/daemon.h"
#include "deploy/havenline/agency_add.h"
#include "deploy/havenline/audit_commands.h"
#include "deploy/havenline/bench_command.h"
#include "deploy/havenline/desk_commands.h"
#include "deploy/havenline/document_commands.h"
#include "deploy/havenline/import_command.h"
#include "deploy/havenline/init.h"
#include "deploy/havenline/key_commands.h"
#include "deploy/havenline/opening_commands.h"
#include "deploy/havenline/sending_commands.h"
#include "deploy/havenline/status_commands.h"
#include "deploy/havenline/store_commands.h"
#include "deploy/havenline/suspension_commands.h"
#include "deploy/havenline/tool.h"
#include "deploy/havenline/witness_commands.h"
#include "deploy/runtime/command_line.h"
#include "deploy/runtime/service.h"

namespace havenline {
namespace {

struct InitOptions {
  std::string plan;
  std::string into;
  bool json = false;
};

Result<tool::Answer> Init(const InitOptions& options) {
  ASSIGN_OR_RETURN(const Plan plan, ReadPlan(options.plan));
  RETURN_IF_FAULT(InitPartnership(plan, options.into));
  return tool::Answer{
      "the partnership " + plan.partnership.value() + " is in " + options.into + "\n",
      text::Value::Map()
          .Set("partnership", plan.partnership.value())
          .Set("into", options.into)
          .Set("hosts", plan.hosts.size())
          .Set("agencies", plan.agencies.size()),
      ExitCode::kOk};
}

void AddInit(Command& root) {
  auto options = std::make_shared<InitOptions>();
  root.Add("init", "Makes a partnership from a plan: governance, broker, first hosts and agencies.")
      .Text({"--plan", "the plan, a TOML file", kRequired}, options->plan)
      .Text({"--into", "a new folder for everything", kRequired}, options->into)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline init --plan partnership.toml --into /srv/havenline")
      .Handler([options] { return tool::Finish(Init(*options), options->json); });
}

}  // namespace
}  // namespace havenline

int main(int argc, char** argv) {
  using namespace havenline;  // NOLINT(google-build-using-namespace): the composition root.
  if (const auto hardened = HardenProcess(); !hardened)
    return static_cast<int>(tool::Finish(tl::unexpected<Fault>(hardened.error()), false));
  CommandLine program("havenline", kVersion,
                      "Sets up and looks after a Havenline partnership, and works its desks.");
  AddInit(program.root());
  AddDocumentCommands(program.root());
  AddOpeningCommands(program.root());
  AddDeskCommands(program.root());
  AddSendingCommands(program.root());
  AddImportCommand(program.root());
  AddStatusCommand(program.root());
  AddStoreCommands(program.root());
  AddAuditCommands(program.root());
  AddKeyCommands(program.root());
  AddWitnessCommands(program.root());
  AddBenchCommand(program.root());
  Command& agency = program.root().Add("agency", "Agencies: added, cut off, let in again.");
  AddAgencyAddCommand(agency);
  AddSuspensionCommands(agency);
  return program.Run(argc, argv);
}
