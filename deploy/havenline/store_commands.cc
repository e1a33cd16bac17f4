#include "deploy/havenline/store_commands.h"

#include <cstdio>
#include <memory>
#include <string>

#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/policy_record.h"
#include "deploy/havenline/store_export.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"
#include "schema/text/json.h"

namespace havenline {
namespace {

using text::Value;

struct Options {
  std::string config;
  std::string rows;
};

// Row by row: a store may be larger than memory.
bool PrintLine(const Value& exported) {
  const std::string line = text::ToJson(exported) + "\n";
  return std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
}

Result<void> Export(const Options& options) {
  ASSIGN_OR_RETURN(const auto tables, TablesFrom(options.rows));
  ASSIGN_OR_RETURN(const AgentConfiguration configuration,
                   ReadAgentConfigurationForTool(options.config));
  seal::SystemRandom random;
  ASSIGN_OR_RETURN(const AgentStore store, OpenForReading(configuration, random));
  tool::Tell("what follows holds people's data, in clear: keep it as you keep the records");
  bool printed = true;
  ASSIGN_OR_RETURN(const std::size_t count, ExportRows(store, tables, [&](const Value& exported) {
                     printed = PrintLine(exported);
                     return printed;
                   }));
  if (std::fflush(stdout) != 0 || !printed)
    return Fail(FaultCode::kIo, "cannot write to standard output");
  tool::Tell(tool::Count(count, "row", "rows"));
  return {};
}

Result<void> ExportDecisions(const Options& options) {
  ASSIGN_OR_RETURN(const DecisionRecord record, DecisionsOfAgent(options.config));
  bool printed = true;
  for (const RecordedMessage& message : record.messages) {
    Value line = JsonOf(message);
    for (const std::string& partnership : record.partnerships) line.Set("partnership", partnership);
    printed = printed && PrintLine(line);
  }
  if (std::fflush(stdout) != 0 || !printed)
    return Fail(FaultCode::kIo, "cannot write to standard output");
  tool::Tell(tool::Count(record.messages.size(), "message", "messages"));
  if (record.without_claims > 0) {
    tool::Tell(tool::Count(record.without_claims, "message is", "messages are") +
               " left out: an older version of the agent sent them and kept no claims");
  }
  return {};
}

ExitCode Run(Result<void> (*body)(const Options&), const Options& options) {
  const auto done = body(options);
  if (done) return ExitCode::kOk;
  return tool::Finish(tl::unexpected<Fault>(done.error()), true);
}

}  // namespace

void AddStoreCommands(Command& root) {
  Command& store = root.Add("store", "What an agent keeps.");
  auto options = std::make_shared<Options>();
  store.Add("export", "An agent's own rows as JSON lines on stdout, also while it runs.")
      .Text({"--config", "agent.toml; its store key opens the rows", kRequired}, options->config)
      .Text({"--rows", "only these tables, with commas between; all but keys where it is left out"},
            options->rows)
      .Example("havenline store export --config agent.toml > everything.jsonl")
      .Example("havenline store export --config agent.toml --rows inbox,outbox,alarms")
      .Handler([options] { return Run(Export, *options); });
  auto decided = std::make_shared<Options>();
  store.Add("decisions", "What an agent decided to tell, as JSON lines: nothing of a person in it.")
      .Text({"--config", "agent.toml; its store key opens the rows", kRequired}, decided->config)
      .Example("havenline store decisions --config agent.toml > decisions.jsonl")
      .Handler([decided] { return Run(ExportDecisions, *decided); });
}

}  // namespace havenline
