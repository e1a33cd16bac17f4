#include "deploy/havenline/import_command.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/intake/dry_run.h"
#include "agents/intake/limits.h"
#include "agents/intake/row_judge.h"
#include "agents/link/documents.h"
#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/store_export.h"
#include "deploy/havenline/tool.h"
#include "deploy/runtime/files.h"
#include "schema/base/clock.h"
#include "schema/model/limits.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

using text::Value;

constexpr std::size_t kConfigurationBytesMax = 4U << 20U;

struct Options {
  std::string config;
  std::vector<std::string> files;
  bool dry_run = false;
  bool json = false;
};

struct Configurations {
  AgentConfiguration agent;
  intake::IntakeConfiguration intake;
};

Result<Configurations> ReadConfigurations(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kConfigurationBytesMax));
  ASSIGN_OR_RETURN(const Value value, text::ParseToml(AsText(bytes), path.string()));
  std::optional<intake::IntakeConfiguration> found;
  ASSIGN_OR_RETURN(
      AgentConfiguration agent,
      ReadAgentConfiguration(path, [&](text::MapReader& top, const AgentConfiguration& read) {
        auto table = top.OptionalMap("intake");
        if (table) found = intake::ReadIntakeConfiguration(*table, read.path.parent_path());
        for (const auto& [key, each] : value.members()) top.Raw(key);
      }));
  if (!found)
    return Fail(FaultCode::kInvalid, path.string() + " has no [intake]: it takes no reports");
  return Configurations{std::move(agent), *std::move(found)};
}

Result<std::string> ReadNote(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, limits::kDocumentBytesMax));
  return ToText(bytes);
}

Result<std::unique_ptr<Documents>> DocumentsOf(const AgentConfiguration& agent, AgentStore& store) {
  DocumentsOptions options;
  options.partnership = agent.partnership;
  options.governance = agent.governance;
  options.keep = false;
  ASSIGN_OR_RETURN(options.directory, ReadNote(agent.directory));
  ASSIGN_OR_RETURN(options.policy, ReadNote(agent.policy));
  return Documents::Load(std::move(options), store);
}

// Each file's report; a file that cannot be read is a fault.
Result<Value> ReportsOf(intake::DryRun& dry_run, const std::vector<std::string>& files) {
  Value reports = Value::List();
  for (const std::string& file : files) {
    const auto format = intake::FormatOfName(file);
    if (!format) {
      return Fail(FaultCode::kInvalid,
                  file + ": its name must end in .csv, .xml or .json, as in the drop folder");
    }
    ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(file, intake::kFileBytesMax));
    reports.Add(dry_run.Read(std::filesystem::path(file).filename().string(), *format, bytes));
  }
  return reports;
}

// --- for people

std::string TextAt(const Value& map, const char* key) {
  const Value* const value = map.Find(key);
  return value != nullptr && value->is(Value::Kind::kText) ? value->text() : "";
}

const Value::Items& ItemsAt(const Value& map, const char* key) {
  static const Value::Items kNone;
  const Value* const value = map.Find(key);
  return value == nullptr ? kNone : value->items();
}

std::string LineWords(const Value& row, const std::string& what) {
  return "  line " + std::to_string(row.Find("row")->integer()) + ": " + what + "\n";
}

std::string ReportWords(const Value& report) {
  const auto count = [&](const char* key) { return std::to_string(ItemsAt(report, key).size()); };
  std::string words = TextAt(report, "name") + ": " + count("notices") + " would go, " +
                      count("duplicates") + " went before, " + count("held") +
                      " would wait for a supervisor, " + count("quarantined") +
                      " would be quarantined\n";
  if (const std::string failed = TextAt(report, "failed"); !failed.empty())
    words += "  would be in FAILED: " + failed + "\n";
  for (const Value& row : ItemsAt(report, "quarantined"))
    words += LineWords(row, "quarantined: " + TextAt(row, "reason"));
  for (const Value& row : ItemsAt(report, "held")) {
    std::string flags;
    for (const Value& flag : ItemsAt(row, "flags")) flags += " " + flag.text();
    words += LineWords(row, "held for a supervisor:" + flags);
  }
  for (const Value& row : ItemsAt(report, "notes")) words += LineWords(row, TextAt(row, "note"));
  for (const Value& column : ItemsAt(report, "unused-columns"))
    words += "  the mapping file does not name the column \"" + column.text() + "\"\n";
  return words;
}

Result<tool::Answer> Import(const Options& options) {
  ASSIGN_OR_RETURN(const Configurations read, ReadConfigurations(options.config));
  seal::SystemRandom random;
  ASSIGN_OR_RETURN(AgentStore store, OpenForReading(read.agent, random));
  ASSIGN_OR_RETURN(const std::unique_ptr<Documents> documents, DocumentsOf(read.agent, store));
  intake::Ledger ledger(store);
  RETURN_IF_FAULT(ledger.Load());
  ASSIGN_OR_RETURN(const std::unique_ptr<intake::Setup> setup,
                   intake::Setup::Load(read.intake, intake::HoldFlagsOf(documents->policy())));
  const intake::RouteView route{
      documents->directory(),
      documents->policy(),
      [&](const AgencyId& agency) { return documents->suspensions().IsSuspended(agency); },
      read.intake.agency,
      read.intake.role,
      read.intake.agencies,
      SystemClock().Now()};
  intake::DryRun dry_run(*setup, route, ledger, SystemClock().Now());
  ASSIGN_OR_RETURN(Value reports, ReportsOf(dry_run, options.files));
  std::string words;
  bool good = true;
  for (const Value& report : reports.items()) {
    words += ReportWords(report);
    good = good && report.Find("failed") == nullptr && ItemsAt(report, "quarantined").empty();
  }
  Value json = Value::Map().Set("files", std::move(reports));
  return tool::Answer{std::move(words), std::move(json), good ? ExitCode::kOk : ExitCode::kFailed};
}

}  // namespace

void AddImportCommand(Command& root) {
  auto options = std::make_shared<Options>();
  root.Add("import",
           "What an agent would make of a report of a records system. To send one, put it into "
           "the drop folder or post it (docs/integration.md).")
      .Flag({"--dry-run", "send nothing and change nothing: the only way for now", kRequired},
            options->dry_run)
      .Text({"--config", "agent.toml with [intake]; its store key opens the rows", kRequired},
            options->config)
      .Texts({"file", "a report: .csv, .xml or .json", kRequired}, options->files)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline import --dry-run --config agent.toml 2026-11-22.csv")
      .Example("havenline import --dry-run --config agent.toml --json incidents/*.xml")
      .Handler([options] { return tool::Finish(Import(*options), options->json); });
}

}  // namespace havenline
