#include "deploy/havenline/agency_add.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "deploy/havenline/document_check.h"
#include "deploy/havenline/document_file.h"
#include "deploy/havenline/parties.h"
#include "deploy/havenline/table.h"
#include "deploy/runtime/files.h"
#include "schema/directory/directory.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

using text::Value;
using Path = std::filesystem::path;

constexpr std::size_t kFolderBytes = 4;  // Of the random name of a key folder.

Value GovernanceTable(const Governance& governance) {
  Value keys = Value::List();
  for (const tlog::NoteKey& key : governance.keys) keys.Add(tlog::NoteKeyToText(key));
  return Value::Map().Set("threshold", governance.threshold).Set("keys", std::move(keys));
}

class Adder {
 public:
  Adder(const Addition& addition, const AdditionSources& sources, Path into)
      : addition_(addition), sources_(sources), into_(std::move(into)) {}

  Result<tool::Answer> Run() {
    ASSIGN_OR_RETURN(const DocumentFile before, ReadDocumentFile(sources_.directory));
    const CheckedDocument looked_at =
        CheckDocument(before, DocumentKind::kDirectory, &sources_.connection.governance);
    if (!looked_at.directory)
      return Fail(FaultCode::kInvalid, tool::Join(looked_at.problems, "\n"));
    ASSIGN_OR_RETURN(const Value text, text::ParseToml(before.text, before.source));
    hosts_ = Listed(text, "host");
    agencies_ = Listed(text, "agency");
    RETURN_IF_FAULT(CheckAddition(*looked_at.directory));
    RETURN_IF_FAULT(MakeEmpty());
    RETURN_IF_FAULT(MakeNewHosts());
    RETURN_IF_FAULT(MakeAtHostsThatAreThere());
    const std::string next = NextText(text, *looked_at.directory);
    CheckedDocument after =
        CheckDocument(DocumentFrom(next, "the new directory"), DocumentKind::kDirectory, nullptr);
    if (after.directory) CheckSuccession(after, looked_at);
    if (!after.problems.empty()) return Fail(FaultCode::kInvalid, tool::Join(after.problems, "\n"));
    RETURN_IF_FAULT(WriteIn(into_ / "directory.toml", next, kPublicFile));
    return Told(after.version()->version);
  }

 private:
  static Value Listed(const Value& text, const char* key) {
    const Value* const list = text.Find(key);
    return list == nullptr ? Value::List() : *list;
  }

  bool IsNew(const HostId& host) const {
    return std::ranges::any_of(addition_.hosts,
                               [&](const PlannedHost& each) { return each.id == host; });
  }

  Result<void> CheckAddition(const Directory& directory) const {
    for (const PlannedHost& host : addition_.hosts) {
      if (directory.Find(host.id) != nullptr)
        return Fail(FaultCode::kInvalid,
                    "the directory has a host " + host.id.value() + " already");
    }
    for (const PlannedAgency& agency : addition_.agencies) {
      if (directory.Find(agency.id) != nullptr)
        return Fail(FaultCode::kInvalid, "the directory has " + agency.id.value() + " already");
      if (!IsNew(agency.host) && directory.Find(agency.host) == nullptr) {
        return Fail(FaultCode::kInvalid,
                    agency.id.value() + " is to be on " + agency.host.value() +
                        ", a host that neither the directory nor the plan has");
      }
    }
    if (!addition_.hosts.empty() && sources_.policy.empty())
      return Fail(FaultCode::kInvalid, "a new host needs --policy, a signed policy to begin with");
    return {};
  }

  Result<void> MakeEmpty() const {
    RETURN_IF_FAULT(MakeDirectories(into_, kPrivateDirectory));
    ASSIGN_OR_RETURN(const DirectoryListing listing, ListDirectory(into_, 1));
    if (!listing.entries.empty())
      return Fail(FaultCode::kInvalid, into_.string() + " is not empty: choose a new folder");
    return {};
  }

  // Makes the keys of those of this host and enters them into the directory.
  Result<std::vector<AgencyAt>> MakeAgencies(const HostId& host) {
    std::vector<AgencyAt> made;
    for (const PlannedAgency& agency : addition_.agencies) {
      if (agency.host != host) continue;
      // A number may be taken on a machine that is there; these bits are not.
      const std::string folder = IsNew(host)
                                     ? KeyFolder(made.size() + 1)
                                     : "keys/agency-" + HexEncode(random_.Array<kFolderBytes>());
      made.push_back({agency, folder});
      ASSIGN_OR_RETURN(Value keys, MakeAgencyKeys(made.back(), FolderOf(host), random_));
      agencies_.Add(AgencyEntry(agency, std::move(keys)));
    }
    return made;
  }

  Result<void> MakeNewHosts() {
    if (addition_.hosts.empty()) return {};
    const LinkConfiguration& connection = sources_.connection;
    PartnershipFacts facts{
        connection.partnership,
        Value::Map().Set("address", connection.broker).Set("curve", connection.broker_curve),
        GovernanceTable(connection.governance),
        {}};
    ASSIGN_OR_RETURN(const DocumentFile policy, ReadDocumentFile(sources_.policy));
    const CheckedDocument looked_at =
        CheckDocument(policy, DocumentKind::kPolicy, &connection.governance);
    if (!looked_at.problems.empty() || !policy.is_note()) {
      return Fail(FaultCode::kInvalid, policy.source + ": " +
                                           (policy.is_note() ? tool::Join(looked_at.problems, "\n")
                                                             : "must be a signed note"));
    }
    facts.notes["policy.note"] = policy.Note();
    for (const PlannedHost& host : addition_.hosts) {
      ASSIGN_OR_RETURN(const std::string curve, MakeHostKeys(FolderOf(host.id), true, random_));
      hosts_.Add(HostEntry(host.id, host.operated_by, curve));
      ASSIGN_OR_RETURN(const auto agencies, MakeAgencies(host.id));
      RETURN_IF_FAULT(WriteHostFolder(host, agencies, facts, FolderOf(host.id)));
    }
    return {};
  }

  Result<void> MakeAtHostsThatAreThere() {
    for (const PlannedAgency& agency : addition_.agencies) {
      if (IsNew(agency.host) || there_.contains(agency.host)) continue;
      ASSIGN_OR_RETURN(const auto agencies, MakeAgencies(agency.host));
      Value tables = Value::List();
      for (const AgencyAt& at : agencies) tables.Add(AgencyTable(at));
      RETURN_IF_FAULT(WriteIn(FolderOf(agency.host) / "append-to-agent.toml",
                              text::ToToml(Value::Map().Set("agency", std::move(tables))),
                              kPublicFile));
      there_[agency.host] = agencies.size();
    }
    return {};
  }

  std::string NextText(const Value& before, const Directory& directory) const {
    Value next = before;
    next.Set("version", directory.version().version + 1)
        .Set("previous", HexEncode(directory.version().hash))
        .Set("host", hosts_)
        .Set("agency", agencies_);
    return text::ToToml(next);
  }

  tool::Answer Told(std::uint64_t version) const {
    const std::string folder = into_.string();
    std::string words = folder + ": directory version " + std::to_string(version) + ", keys of " +
                        tool::Count(addition_.agencies.size(), "agency", "agencies") +
                        "\nNext:\n  havenline directory " + "sign " + folder +
                        "/directory.toml --key … --out " + folder +
                        "/directory.note\n  havenline directory publish " + folder +
                        "/directory.note --operator …\n";
    for (const PlannedHost& host : addition_.hosts) {
      words += "  carry " + FolderOf(host.id).string() +
               " to its machine, with directory.note in it, and start its agent\n";
    }
    for (const auto& [host, count] : there_) {
      words += "  carry " + FolderOf(host).string() + "/keys to " + host.value() +
               ", append append-to-agent.toml to its agent.toml, name the new desks in its "
               "tokens.txt after the logins that work there, and start its agent again\n";
    }
    return {words,
            Value::Map()
                .Set("into", folder)
                .Set("version", version)
                .Set("agencies", addition_.agencies.size())
                .Set("hosts", addition_.hosts.size()),
            ExitCode::kOk};
  }

  Path FolderOf(const HostId& host) const { return into_ / "hosts" / host.value(); }

  const Addition& addition_;
  const AdditionSources& sources_;
  const Path into_;
  seal::SystemRandom random_;
  Value hosts_;
  Value agencies_;
  std::map<HostId, std::size_t> there_;
};

struct Options {
  std::string plan;
  std::string directory;
  std::string policy;
  std::string operator_path;
  std::string into;
  bool json = false;
};

Result<tool::Answer> Add(const Options& options) {
  ASSIGN_OR_RETURN(const LinkConfiguration connection,
                   ReadOperatorConfiguration(options.operator_path));
  ASSIGN_OR_RETURN(const Addition addition, ReadAddition(options.plan));
  return AddAgencies(addition, {options.directory, options.policy, connection}, options.into);
}

}  // namespace

Result<tool::Answer> AddAgencies(const Addition& addition, const AdditionSources& sources,
                                 const Path& into) {
  return Adder(addition, sources, into).Run();
}

void AddAgencyAddCommand(Command& agency) {
  auto options = std::make_shared<Options>();
  agency.Add("add", "Makes keys and configuration of new agencies, and the directory with them.")
      .Text({"--plan", "a TOML file with [[agency]], and [[host]] for new ones, as for init",
             kRequired},
            options->plan)
      .Text({"--directory", "the directory in force, to be followed", kRequired},
            options->directory)
      .Text({"--policy", "a signed policy, where there are new hosts"}, options->policy)
      .Text({"--operator", "operator.toml: where the broker is, and governance's keys", kRequired},
            options->operator_path)
      .Text({"--into", "a new folder", kRequired}, options->into)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example(
          "havenline agency add --plan oakfold.toml --directory directory.note "
          "--policy policy.note --operator operator/operator.toml --into oakfold")
      .Handler([options] { return tool::Finish(Add(*options), options->json); });
}

}  // namespace havenline
