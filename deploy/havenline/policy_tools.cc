#include "deploy/havenline/policy_tools.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "deploy/havenline/policy_agreement.h"
#include "deploy/havenline/policy_cases.h"
#include "deploy/havenline/policy_changes.h"
#include "deploy/havenline/policy_explain.h"
#include "deploy/havenline/policy_page.h"
#include "deploy/havenline/policy_record.h"
#include "deploy/havenline/policy_replay.h"
#include "deploy/havenline/policy_seers.h"
#include "deploy/havenline/policy_source.h"
#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"
#include "policy/basis.h"
#include "policy/time_text.h"
#include "schema/base/clock.h"

namespace havenline {
namespace {

using text::Value;

struct Options {
  std::string policy;
  std::string other;  // A second policy, a file of cases, or what to write.
  std::string directory;
  std::string exchange;
  std::string section;
  std::string sender;
  std::string from;
  std::string to;
  std::vector<std::string> claims;
  std::string made;
  std::string until;
  std::vector<std::string> before;
  bool json = false;
};

// Nothing where it was not given.
Result<std::optional<TimePoint>> TimeIn(const std::string& option, const std::string& given) {
  if (given.empty()) return std::nullopt;
  const auto time = policy::TimeFrom(given);
  if (time) return time;
  return Fail(FaultCode::kInvalid,
              option + " is a day (2026-11-07) or a time in UTC (2026-11-07T08:00:00Z)");
}

Result<tool::Answer> ExplainCase(const Options& options) {
  ASSIGN_OR_RETURN(const LoadedPolicy loaded, LoadPolicy(options.policy));
  ASSIGN_OR_RETURN(const auto made, TimeIn("--made", options.made));
  return Explain(loaded, {options.exchange, options.sender, options.from, options.to,
                          options.claims, made.value_or(SystemClock().Now())});
}

Result<tool::Answer> NameWhoCanSee(const Options& options) {
  ASSIGN_OR_RETURN(const LoadedPolicy loaded, LoadPolicy(options.policy));
  return WhoCanSee(loaded, options.exchange, options.section);
}

Result<tool::Answer> ListSections(const Options& options) {
  ASSIGN_OR_RETURN(const LoadedPolicy loaded, LoadPolicy(options.policy));
  return ShowSections(loaded, options.exchange);
}

Result<tool::Answer> Diff(const Options& options) {
  ASSIGN_OR_RETURN(const LoadedPolicy before, LoadPolicy(options.policy));
  ASSIGN_OR_RETURN(const LoadedPolicy after, LoadPolicy(options.other));
  ASSIGN_OR_RETURN(PolicyDifference difference,
                   DifferenceBetween(before.file, before.policy, after.file, after.policy));
  tool::Answer answer;
  for (const std::string& words : difference.words) answer.words += words + "\n";
  answer.words += difference.verdict + "\n";
  answer.json = Value::Map()
                    .Set("before", before.policy.version().version)
                    .Set("after", after.policy.version().version)
                    .Set("changes", std::move(difference.json));
  return answer;
}

Result<tool::Answer> ReplayRecord(const Options& options) {
  ReplayAsked asked;
  ASSIGN_OR_RETURN(asked.made, TimeIn("--made", options.made));
  ASSIGN_OR_RETURN(asked.from, TimeIn("--from", options.from));
  ASSIGN_OR_RETURN(asked.until, TimeIn("--until", options.until));
  ASSIGN_OR_RETURN(const LoadedPolicy loaded, LoadPolicy(options.policy));
  std::deque<LoadedPolicy> before;
  for (const std::string& path : options.before) {
    ASSIGN_OR_RETURN(LoadedPolicy old, LoadPolicy(path));
    asked.before.push_back(&before.emplace_back(std::move(old)).policy);
  }
  ASSIGN_OR_RETURN(const DecisionRecord record, ReadDecisions(options.other));
  return Replay(record, loaded.policy, asked);
}

Result<tool::Answer> Test(const Options& options) {
  ASSIGN_OR_RETURN(const LoadedPolicy loaded, LoadPolicy(options.policy));
  if (!options.other.empty()) return TestCases(loaded, {options.other});
  std::filesystem::path path(options.policy);
  if (!std::filesystem::is_directory(path)) path = path.parent_path();
  ASSIGN_OR_RETURN(const auto paths, CasesIn(path));
  return TestCases(loaded, paths);
}

Result<tool::Answer> Table(const Options& options) {
  ASSIGN_OR_RETURN(const LoadedPolicy loaded, LoadPolicy(options.policy));
  RETURN_IF_FAULT(tool::WriteText(options.other, PolicyPage(loaded)));
  return tool::Answer{
      options.other + ": version " + std::to_string(loaded.policy.version().version) +
          ", to print and sign\n",
      Value::Map().Set("page", options.other).Set("version", loaded.policy.version().version),
      ExitCode::kOk};
}

Result<tool::Answer> Agree(const Options& options) {
  ASSIGN_OR_RETURN(const LoadedPolicy loaded, LoadPolicy(options.policy));
  if (options.directory.empty()) {
    return Fail(FaultCode::kInvalid,
                "isa needs the directory as well, for who holds each role and who runs which "
                "machine: --directory directory.note. It is the signed note that your "
                "partnership's governance keeps beside the policy's; whoever runs the broker, or "
                "any agency's IT, has it too");
  }
  ASSIGN_OR_RETURN(const Directory directory,
                   LoadDirectory(options.directory, loaded.policy.partnership()));
  RETURN_IF_FAULT(tool::WriteText(options.other, AgreementPage(loaded, directory)));
  return tool::Answer{options.other + ": policy version " +
                          std::to_string(loaded.policy.version().version) + ", directory version " +
                          std::to_string(directory.version().version) + ", to print and sign\n",
                      AgreementJson(loaded, directory).Set("page", options.other), ExitCode::kOk};
}

Result<tool::Answer> Bases(const Options& /*options*/) {
  tool::Table table({"basis", "what it is"});
  Value bases = Value::List();
  for (const policy::Basis& basis : policy::AllBases()) {
    table.Add({std::string(basis.code), std::string(basis.words)});
    bases.Add(Value::Map()
                  .Set("basis", basis.code)
                  .Set("words", basis.words)
                  .Set("rests-on-consent", basis.rests_on_consent));
  }
  return tool::Answer{table.Text(), Value::Map().Set("bases", std::move(bases)), ExitCode::kOk};
}

using Body = Result<tool::Answer> (*)(const Options&);

// Fresh options for one command, kept alive by its handler.
std::shared_ptr<Options> Handle(Command& command, Body body) {
  auto options = std::make_shared<Options>();
  command.Flag({"--json", "one JSON value on stdout"}, options->json).Handler([options, body] {
    return tool::Finish(body(*options), options->json);
  });
  return options;
}

constexpr const char* kPolicyHelp = "the policy: a text, a note or a folder of texts";

void AddExplain(Command& group) {
  Command& command =
      group.Add("explain", "One case: who is told what, by which rule, and why not more.");
  const auto options = Handle(command, ExplainCase);
  command.Text({"policy", kPolicyHelp, kRequired}, options->policy)
      .Text({"exchange", "the kind of message", kRequired}, options->exchange)
      .Text({"--from", "the sender's role", kRequired}, options->from)
      .Text({"--sender", "the sending agency, for its profile; else each profile's answer"},
            options->sender)
      .Text({"--to", "one recipient role; else all"}, options->to)
      .Texts({"--claim", "a claim with its value; may be given repeatedly"}, options->claims)
      .Text({"--made", "when the message was made; else now"}, options->made)
      .Example(
          "havenline policy explain policy/partnerships/rotherham encompass-notice --from police "
          "--sender police.south-yorkshire --claim risk=high");
}

void AddWhoCanSee(Command& group) {
  Command& command = group.Add("who-can-see", "Every role that may be told a section, and when.");
  const auto options = Handle(command, NameWhoCanSee);
  command.Text({"policy", kPolicyHelp, kRequired}, options->policy)
      .Text({"exchange", "the kind of message, or '*' for all that have the section", kRequired},
            options->exchange)
      .Text({"section", "the part of it: its name, or its words for people", kRequired},
            options->section)
      .Example(
          "havenline policy who-can-see policy/partnerships/rotherham encompass-notice "
          "childAddress")
      .Example("havenline policy who-can-see policy/partnerships/rotherham '*' safeContact");
}

void AddSections(Command& group) {
  Command& command =
      group.Add("sections", "What an exchange has: its sections in words, its claims with values.");
  const auto options = Handle(command, ListSections);
  command.Text({"policy", kPolicyHelp, kRequired}, options->policy)
      .Text({"exchange", "the kind of message", kRequired}, options->exchange)
      .Example("havenline policy sections policy/partnerships/rotherham encompass-notice");
}

void AddDiff(Command& group) {
  Command& command = group.Add("diff", "Two versions: who gains and who loses what.");
  const auto options = Handle(command, Diff);
  command.Text({"old", "the version before", kRequired}, options->policy)
      .Text({"new", "the version after", kRequired}, options->other)
      .Example("havenline policy diff in-force.note policy.toml");
}

void AddReplay(Command& group) {
  Command& command =
      group.Add("replay", "What an agency decided to tell, under another version of the policy.");
  const auto options = Handle(command, ReplayRecord);
  command
      .Text({"record",
             "what was decided: the lines of `havenline store decisions`, or the agent.toml of "
             "an agent whose store is read",
             kRequired},
            options->other)
      .Text({"new", "the version to hold it to", kRequired}, options->policy)
      .Text({"--made", "as if all had been made then; else each when it was"}, options->made)
      .Texts({"--old",
              "a version that messages went by, so that grounds, purposes and clocks are compared "
              "too; may be given repeatedly"},
             options->before)
      .Text({"--from", "only messages made from that day or time on"}, options->from)
      .Text({"--until", "only messages made before that day or time"}, options->until)
      .Example("havenline policy replay agent.toml policy.toml --old in-force.note")
      .Example(
          "havenline policy replay decisions.jsonl policy.toml --from 2026-10-01 "
          "--until 2026-11-01")
      .Example("havenline policy replay decisions.jsonl policy.toml --made 2027-01-01");
}

void AddTest(Command& group) {
  Command& command =
      group.Add("test", "Cases that the policy must decide as they say; each rule must have one.");
  const auto options = Handle(command, Test);
  command.Text({"policy", kPolicyHelp, kRequired}, options->policy)
      .Text({"--cases", "the cases; else every *cases.toml beside the policy"}, options->other)
      .Example("havenline policy test policy/partnerships/rotherham");
}

void AddTable(Command& group) {
  Command& command = group.Add("table", "The whole policy as one page to print and sign.");
  const auto options = Handle(command, Table);
  command.Text({"policy", kPolicyHelp, kRequired}, options->policy)
      .Text({"--out", "the HTML file to write", kRequired}, options->other)
      .Example("havenline policy table policy/partnerships/rotherham --out policy.html");
}

void AddAgreement(Command& group) {
  Command& command = group.Add(
      "isa", "The sharing agreement's schedule, and who can technically read what, as one page.");
  const auto options = Handle(command, Agree);
  command.Text({"policy", kPolicyHelp, kRequired}, options->policy)
      .Text({"--directory",
             "the directory: a text, a note, or a folder with directory.note or directory.toml"},
            options->directory)
      .Text({"--out", "the HTML file to write", kRequired}, options->other)
      .Example("havenline policy isa policy.note --directory directory.note --out isa.html");
}

void AddBases(Command& group) {
  Command& command = group.Add("bases", "The lawful bases that a rule may name.");
  Handle(command, Bases);
  command.Example("havenline policy bases");
}

}  // namespace

void AddPolicyTools(Command& group) {
  AddExplain(group);
  AddWhoCanSee(group);
  AddSections(group);
  AddDiff(group);
  AddReplay(group);
  AddTest(group);
  AddTable(group);
  AddAgreement(group);
  AddBases(group);
}

}  // namespace havenline
