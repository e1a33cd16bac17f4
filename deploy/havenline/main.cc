// havenline: the command line tool of governance, operators and desks.

#include <cstdio>
#include <string>

#include "agents/daemon/daemon.h"
#include "deploy/havenline/init.h"
#include "deploy/runtime/command_line.h"

namespace havenline {
namespace {

// Words on stderr, and the exit code that fits.
ExitCode Report(const Result<void>& result) {
  if (result) return ExitCode::kOk;
  std::fprintf(stderr, "havenline: %s\n", result.error().detail.c_str());
  return ExitCodeFor(result.error());
}

void AddInit(Command& root) {
  static std::string plan_path;
  static std::string into;
  root.Add("init", "Makes a partnership from a plan: governance, broker, first hosts and agencies.")
      .Text({"--plan", "the plan, a TOML file", kRequired}, plan_path)
      .Text({"--into", "a new folder for everything", kRequired}, into)
      .Example("havenline init --plan partnership.toml --into /srv/havenline")
      .Handler([] {
        const auto plan = ReadPlan(plan_path);
        if (!plan) return Report(tl::unexpected<Fault>(plan.error()));
        return Report(InitPartnership(*plan, into));
      });
}

}  // namespace
}  // namespace havenline

int main(int argc, char** argv) {
  using namespace havenline;  // NOLINT(google-build-using-namespace): the composition root.
  CommandLine program("havenline", kVersion,
                      "Sets up and looks after a Havenline partnership, and works its desks.");
  AddInit(program.root());
  return program.Run(argc, argv);
}
