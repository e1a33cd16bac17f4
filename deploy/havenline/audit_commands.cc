#include "deploy/havenline/audit_commands.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "deploy/havenline/audit_export.h"
#include "deploy/havenline/audit_message.h"
#include "deploy/havenline/audit_search.h"
#include "deploy/havenline/audit_verify.h"
#include "deploy/havenline/files_verify.h"
#include "deploy/havenline/log_fetch.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"

namespace havenline {
namespace {

using text::Value;

constexpr std::int64_t kShownMax = 10'000;
constexpr std::size_t kDigestShown = 16;  // Of 64 hexadecimal digits: to compare by eye.

struct Options {
  std::string operator_path;
  std::string config;
  std::string state;
  std::string into;
  std::string files;
  std::int64_t epoch = 0;
  bool resume = false;
  std::int64_t from = 0;
  std::int64_t count = 100;
  bool json = false;
};

Result<LinkConfiguration> LinkFrom(const Options& options) {
  if (options.operator_path.empty() == options.config.empty())
    return Fail(FaultCode::kInvalid, "give either --operator or --config: as which host to ask");
  if (options.config.empty()) return ReadOperatorConfiguration(options.operator_path);
  ASSIGN_OR_RETURN(const AgentConfiguration agent, ReadAgentConfigurationForTool(options.config));
  tool::Tell("asking as this agent's host: its own session breaks off and comes back by itself");
  return LinkOf(agent);
}

// Whose log it is and whom to believe; nobody is asked.
Result<LinkConfiguration> TrustFrom(const Options& options) {
  if (options.operator_path.empty() == options.config.empty()) {
    return Fail(FaultCode::kInvalid,
                "give either --operator or --config: it says which governance to believe");
  }
  if (options.config.empty()) return ReadOperatorConfiguration(options.operator_path);
  ASSIGN_OR_RETURN(const AgentConfiguration agent, ReadAgentConfigurationForTool(options.config));
  return LinkOf(agent);
}

Result<tool::Answer> Verify(const Options& options) {
  ASSIGN_OR_RETURN(const LinkConfiguration configuration,
                   options.files.empty() ? LinkFrom(options) : TrustFrom(options));
  const std::filesystem::path state =
      options.state.empty() ? StateBeside(configuration) : std::filesystem::path(options.state);
  if (options.files.empty()) {
    if (options.resume || options.epoch > 0)
      return Fail(FaultCode::kInvalid, "--resume and --epoch are for --files");
    return VerifyLog(configuration, state);
  }
  FilesRequest request{options.files, state, std::nullopt, options.resume};
  if (options.epoch > 0) request.epoch = static_cast<std::uint64_t>(options.epoch);
  return VerifyFiles(configuration, request);
}

Result<tool::Answer> Show(const Options& options) {
  ASSIGN_OR_RETURN(const LinkConfiguration configuration, LinkFrom(options));
  ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
  ASSIGN_OR_RETURN(const SignedLog log, OpenLog(*link, configuration));
  const auto first = static_cast<std::uint64_t>(options.from);
  const std::uint64_t until =
      std::min(log.head.size, first + static_cast<std::uint64_t>(options.count));
  tool::Table table({"entry", "digest", "document", "version", "hash"});
  Value entries = Value::List();
  RETURN_IF_FAULT(FetchLeaves(
      *link, log.head.epoch, first, until, [&](std::uint64_t index, std::string_view text) {
        entries.Add(LeafJson(index, text));
        const auto leaf = tlog::ParseLeaf(text);
        const auto mark = leaf && leaf->document ? *leaf->document : tlog::DocumentMark{};
        const bool document = !mark.document.empty();
        table.Add({std::to_string(index),
                   leaf ? HexEncode(leaf->digest).substr(0, kDigestShown) : "malformed",
                   mark.document, document ? std::to_string(mark.version) : "",
                   document ? HexEncode(mark.hash).substr(0, kDigestShown) : ""});
        return true;
      }));
  const std::string title = "epoch " + std::to_string(log.head.epoch) + ", " +
                            tool::Count(log.head.size, "entry", "entries") +
                            " under the newest checkpoint; `havenline audit verify` recomputes "
                            "them\n";
  Value json = Value::Map()
                   .Set("epoch", log.head.epoch)
                   .Set("size", log.head.size)
                   .Set("root", HexEncode(log.head.root))
                   .Set("entries", std::move(entries));
  return tool::Answer{title + (table.empty() ? "" : table.Text()), std::move(json), ExitCode::kOk};
}

Result<tool::Answer> Export(const Options& options) {
  ASSIGN_OR_RETURN(const LinkConfiguration configuration, LinkFrom(options));
  return ExportLog(configuration, options.into);
}

using Body = Result<tool::Answer> (*)(const Options&);

std::shared_ptr<Options> Handle(Command& command, Body body) {
  auto options = std::make_shared<Options>();
  command.Text({"--operator", "operator.toml: ask as the operator's host"}, options->operator_path)
      .Text({"--config", "agent.toml: ask as that agent's host"}, options->config)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Handler([options, body] { return tool::Finish(body(*options), options->json); });
  return options;
}

}  // namespace

void AddAuditCommands(Command& root) {
  Command& audit = root.Add("audit", "The audit log, without trusting the broker.");
  Command& verify = audit.Add(
      "verify",
      "Recomputes the whole log from its entries and holds it to what the broker signed. Exit code "
      "0: valid; 3: tampered with, and where; 4: it could not be verified, and what is missing.");
  const auto verified = Handle(verify, Verify);
  verify
      .Text(
          {"--state",
           "where the newest checkpoint verified is kept, to see that the log only grew; default: "
           "audit.checkpoint beside the configuration"},
          verified->state)
      .Text({"--files",
             "a folder with the log as files, as the broker publishes them: nobody is asked"},
            verified->files)
      .Integer({"--epoch", "with --files: which epoch; default: the newest there"},
               {.min = 1, .max = INT64_MAX}, verified->epoch)
      .Flag({"--resume",
             "with --files: goes on where the last run stopped, and trusts what it had checked"},
            verified->resume)
      .Example("havenline audit verify --operator operator/operator.toml")
      .Example("havenline audit verify --operator operator/operator.toml --json")
      .Example("havenline audit verify --files /srv/log --operator operator.toml --resume");

  Command& show = audit.Add("show", "Entries as everyone may see them: digests, and documents.");
  const auto shown = Handle(show, Show);
  show.Integer({"--from", "the first entry"}, {.min = 0, .max = INT64_MAX / 2}, shown->from)
      .Integer({"--count", "how many"}, {.min = 1, .max = kShownMax}, shown->count)
      .Example("havenline audit show --operator operator/operator.toml --from 100 --count 20");

  Command& exported = audit.Add(
      "export", "Writes checkpoint, entries and documents for whoever wants to check them alone.");
  exported.Text({"--into", "a new folder", kRequired}, Handle(exported, Export)->into)
      .Example("havenline audit export --operator operator/operator.toml --into /tmp/log");

  AddAuditMessage(audit);
  AddAuditSearch(audit);
}

}  // namespace havenline
