#include "broker/doctor/doctor.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "broker/configuration.h"
#include "broker/doctor/files_check.h"
#include "broker/doctor/judgements.h"
#include "broker/doctor/store_check.h"
#include "deploy/runtime/files.h"
#include "deploy/runtime/machine.h"
#include "deploy/runtime/service.h"
#include "schema/text/json.h"

namespace havenline::doctor {
namespace {

constexpr Milliseconds kWatch{100};  // The clock, for jumps.
constexpr Milliseconds kGreeting{5'000};
constexpr pid_t kSystemd = 1;

void Add(Findings& findings, Findings more) {
  std::ranges::move(more, std::back_inserter(findings));
}

Findings CheckClock(const std::optional<TimePoint>& last_written) {
  const SystemClock clock;
  const auto wall = clock.Now();
  const auto monotonic = clock.Monotonic();
  Pause(kWatch);
  const auto passed = std::chrono::duration_cast<Milliseconds>(clock.Monotonic() - monotonic);
  return JudgeClock({ReadClockState(), clock.Now(), last_written, clock.Now() - wall - passed});
}

std::optional<TimePoint> LastWritten(const std::filesystem::path& mark) {
  std::optional<TimePoint> last;
  for (const char* const name : {"mark-a", "mark-b"}) {
    const auto state = StateOf(mark / name);
    if (state) last = std::max(last.value_or(state->modified), state->modified);
  }
  return last;
}

Finding CheckRoom(const BrokerConfiguration& configuration) {
  std::filesystem::path there = configuration.store;
  while (!StateOf(there) && there.has_parent_path() && there != there.parent_path())
    there = there.parent_path();
  const auto free = FreeBytes(there);
  if (!free) return Broken("disk", free.error().detail, "see that the disk is mounted");
  return JudgeRoom(*free, configuration.reserve_bytes);
}

Finding CheckPort(const BrokerConfiguration& configuration, std::optional<pid_t> broker) {
  const auto endpoint = ParseEndpoint(configuration.listen);
  if (!endpoint) return Broken("port", "`listen` names no port", "see `configuration`");
  const PortFacts facts{configuration.listen, AskForPort(endpoint->address, endpoint->port), broker,
                        broker ? ListensAt(endpoint->port, *broker) : false,
                        ListensAt(endpoint->port, kSystemd)};
  return JudgePort(facts);
}

Finding CheckReach(const std::string& connect) {
  const auto endpoint = ParseEndpoint(connect);
  if (!endpoint) return Broken("reach", "--connect names no port", "write tcp://address:port");
  const auto greeted = GreetAt(endpoint->address, endpoint->port, kGreeting);
  if (greeted) return Sound("reach", "a broker greets at " + connect);
  return Broken("reach", connect + ": " + greeted.error().detail,
                "is the broker running, the address the one that agents have, and the port open "
                "in every packet filter on the way? (`nft list ruleset`)");
}

std::string Mark(Finding::Is is) {
  switch (is) {
    case Finding::Is::kSound:
      return "ok";
    case Finding::Is::kDoubtful:
      return "warning";
    case Finding::Is::kBroken:
      return "failure";
  }
  return "";
}

std::size_t Count(const Findings& findings, Finding::Is is) {
  return static_cast<std::size_t>(
      std::ranges::count_if(findings, [is](const Finding& each) { return each.is == is; }));
}

ExitCode Answer(const Options& options) {
  if (const auto hardened = HardenProcess(); !hardened) return ExitCodeFor(hardened.error());
  const Findings findings = Examine({options.configuration, options.connect});
  const bool said =
      PrintAnswer(options.json ? text::ToJson(ToValue(findings)) + "\n" : Words(findings));
  return said ? CodeOf(findings) : ExitCode::kIo;
}

}  // namespace

Findings Examine(const Request& request) {
  Findings findings;
  const auto configuration = ReadBrokerConfiguration(request.configuration);
  if (!configuration) {
    findings.push_back(Broken("configuration", configuration.error().detail,
                              "mend the file; docs/operations.md, \"broker.toml\", has every key"));
    Add(findings, CheckClock({}));
    Add(findings, JudgeLimits(ReadLimits(::getpid())));
    return findings;
  }
  findings.push_back(Sound("configuration", request.configuration.string() + " can be read"));
  Add(findings, JudgePaths(*configuration));
  const uid_t user = UserOf(*configuration);
  const auto broker = LockedBy(configuration->store / "LOCK");
  Add(findings, CheckFolders(*configuration, user));
  Add(findings, CheckFiles(*configuration, user));
  Add(findings, CheckStore(*configuration, broker));
  findings.push_back(CheckRoom(*configuration));
  Add(findings, CheckClock(LastWritten(configuration->mark)));
  findings.push_back(CheckPort(*configuration, broker));
  if (!request.connect.empty()) findings.push_back(CheckReach(request.connect));
  Add(findings, JudgeLimits(ReadLimits(broker.value_or(::getpid()))));
  return findings;
}

std::string Words(const Findings& findings) {
  std::string words;
  for (const auto is : {Finding::Is::kBroken, Finding::Is::kDoubtful, Finding::Is::kSound}) {
    for (const Finding& each : findings) {
      if (each.is != is) continue;
      words += Mark(is) + "  " + each.check + ": " + each.what + "\n";
      if (!each.remedy.empty()) words += "  what to do: " + each.remedy + "\n";
    }
  }
  return words + std::to_string(Count(findings, Finding::Is::kBroken)) + " failures, " +
         std::to_string(Count(findings, Finding::Is::kDoubtful)) + " warnings\n";
}

text::Value ToValue(const Findings& findings) {
  text::Value checks = text::Value::List();
  for (const Finding& each : findings) {
    checks.Add(text::Value::Map()
                   .Set("check", each.check)
                   .Set("is", Mark(each.is))
                   .Set("what", each.what)
                   .Set("remedy", each.remedy));
  }
  return text::Value::Map()
      .Set("failures", Count(findings, Finding::Is::kBroken))
      .Set("warnings", Count(findings, Finding::Is::kDoubtful))
      .Set("checks", std::move(checks));
}

ExitCode CodeOf(const Findings& findings) {
  return Count(findings, Finding::Is::kBroken) == 0 ? ExitCode::kOk : ExitCode::kFailed;
}

void AddCommand(Command& root, Options& options) {
  root.Add("doctor", "Looks why the broker does not run, or whether it will: changes nothing.")
      .Text({"--config", "the broker's configuration, a TOML file", kRequired},
            options.configuration)
      .Text({"--connect", "tcp://address:port, as agents have it: does a broker answer there?"},
            options.connect)
      .Flag({"--json", "one JSON value on stdout"}, options.json)
      .Example("havenline-broker doctor --config /etc/havenline/broker/broker.toml")
      .Handler([&options] { return Answer(options); });
}

}  // namespace havenline::doctor
