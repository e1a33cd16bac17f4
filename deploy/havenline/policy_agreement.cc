#include "deploy/havenline/policy_agreement.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "deploy/havenline/document_check.h"
#include "deploy/havenline/html_page.h"
#include "deploy/havenline/policy_clauses.h"
#include "deploy/havenline/policy_flows.h"
#include "deploy/havenline/policy_fold.h"
#include "deploy/havenline/table.h"

namespace havenline {
namespace {

using text::Value;

// docs/limits.md, "What the broker learns", says it at length.
constexpr std::array<std::string_view, 6> kBrokerSees = {
    "the sending agency and its role, and every agency and role that is told",
    "what kind of message it is, and by which version of the policy",
    "when it was sent, stored, opened and acknowledged, and by which pseudonym",
    "the claims below, with their values",
    "which sections each role gets and does not get, under which rule, and their sizes, rounded up",
    "the directory; each agency's telephone, calendar and public keys; when each host is "
    "connected, and from which address"};

std::string TitleOf(const Agency& agency) { return agency.title + " (" + agency.id.value() + ")"; }

std::vector<std::string> TitlesOf(const std::vector<const Agency*>& agencies) {
  std::vector<std::string> titles;
  for (const Agency* const agency : agencies) titles.push_back(TitleOf(*agency));
  return titles;
}

std::vector<std::string> HostWords(const std::vector<const Host*>& hosts) {
  std::vector<std::string> words;
  for (const Host* const host : hosts)
    words.push_back(host->operated_by + " (" + host->id.value() + ")");
  return words;
}

std::vector<std::string> OrNobody(std::vector<std::string> words) {
  if (words.empty()) words.emplace_back("nobody today");
  return words;
}

std::vector<std::string> RolesOf(const Agency& agency) {
  std::vector<std::string> roles;
  for (const Role& role : agency.roles) roles.push_back(role.value());
  return roles;
}

std::vector<std::string> ClaimNamesOf(const policy::Exchange& exchange) {
  std::vector<std::string> names;
  for (const policy::Claim& claim : exchange.claims) names.push_back(claim.name);
  return names;
}

// Hosts that speak for somebody and are run by who also runs a host that asks the broker for its
// status: there the broker's operator can read after all. Organisations are known by name alone.
std::vector<const Host*> DesksOfTheOperator(const Directory& directory) {
  std::vector<const Host*> desks;
  for (const Host& host : directory.hosts()) {
    const bool is_operators = std::ranges::any_of(directory.hosts(), [&](const Host& each) {
      return each.operator_link && each.operated_by == host.operated_by;
    });
    if (is_operators && !directory.AgenciesOf(host.id).empty()) desks.push_back(&host);
  }
  return desks;
}

// The file itself, or the one of that name in a folder.
Result<std::string> DirectoryFileAt(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return path.string();
  for (const char* const name : {"directory.note", "directory.toml"}) {
    if (std::filesystem::exists(path / name, error)) return (path / name).string();
  }
  return Fail(FaultCode::kInvalid,
              path.string() + ": has neither a directory.note nor a directory.toml");
}

class Agreement {
 public:
  Agreement(const LoadedPolicy& loaded, const Directory& directory)
      : loaded_(loaded),
        policy_(loaded.policy),
        directory_(directory),
        senders_(SendersOf(policy_)),
        sayings_(policy::SayingsOf(policy_)),
        flows_(FlowsOf(policy_, sayings_)) {}

  std::string Page() {
    html_ = PageHead("Information sharing agreement");
    Title();
    for (const policy::Exchange& exchange : policy_.exchanges()) {
      html_ +=
          "<h2>" + HtmlText(exchange.name.value()) + ": " + HtmlText(exchange.title) + "</h2>\n";
      html_ += AboutExchange(exchange);
      Schedule(exchange);
      html_ += NeversTable(loaded_.rules, exchange) + ClaimsTable(policy_, exchange);
    }
    Flows();
    Holders();
    Hosts();
    Broker();
    html_ += SignaturesTable("the schedule and data flows of " + policy_.partnership().value() +
                             " by the policy, version " + VersionWords(policy_.version()) +
                             ", and the directory, version " + VersionWords(directory_.version())) +
             std::string(kPageEnd);
    return std::move(html_);
  }

  Value Json() const {
    Value exchanges = Value::List();
    for (const policy::Exchange& exchange : policy_.exchanges()) exchanges.Add(JsonOf(exchange));
    Value flows = Value::List();
    for (const Flow& flow : flows_) flows.Add(JsonOf(flow));
    Value agencies = Value::List();
    for (const Agency& agency : directory_.agencies()) {
      const Host* const host = directory_.Find(agency.host);
      agencies.Add(Value::Map()
                       .Set("agency", agency.id.value())
                       .Set("title", agency.title)
                       .Set("roles", ListOf(RolesOf(agency)))
                       .Set("host", agency.host.value())
                       .Set("operated-by", host == nullptr ? "" : host->operated_by));
    }
    Value sees = Value::List();
    for (const std::string_view each : kBrokerSees) sees.Add(each);
    Value desks = Value::List();
    for (const Host* const host : DesksOfTheOperator(directory_)) desks.Add(host->id.value());
    return Value::Map()
        .Set("partnership", policy_.partnership().value())
        .Set("policy", VersionJson(policy_.version()))
        .Set("directory", VersionJson(directory_.version()))
        .Set("exchanges", std::move(exchanges))
        .Set("flows", std::move(flows))
        .Set("agencies", std::move(agencies))
        .Set("broker", Value::Map()
                           .Set("reads-sections", false)
                           .Set("sees", std::move(sees))
                           .Set("operator-also-runs", std::move(desks)));
  }

 private:
  // "2, whose hash is 5e…".
  static std::string VersionWords(const DocumentVersion& version) {
    return std::to_string(version.version) + ", whose hash is " + HexEncode(version.hash);
  }

  void Title() {
    html_ += "<h1>Information sharing agreement of " + HtmlText(policy_.partnership().value()) +
             ": schedule and data flows</h1>\n<p>Made of the policy, version " +
             std::to_string(policy_.version().version) + " (hash <code>" +
             HexEncode(policy_.version().hash) + "</code>), and the directory, version " +
             std::to_string(directory_.version().version) + " (hash <code>" +
             HexEncode(directory_.version().hash) +
             "</code>).</p>\n<p>What is not in it is not shared: each program that carries "
             "messages refuses it. Each agency is the controller of what it sends and of what it "
             "was told; whoever runs the broker carries sealed messages and is a processor.</p>\n";
  }

  void Schedule(const policy::Exchange& exchange) {
    html_ += TableHead("Schedule: who tells whom what",
                       {"From", "To", "Sections", "When", "Purpose", "Lawful basis",
                        "Duty, clock and escalation", "Label", "Rule"});
    const auto sending = SendingRoles(policy_, exchange.name);
    for (const FoldedSaying& folded : Fold(sayings_, exchange.name)) {
      const policy::Saying& saying = *folded.saying;
      const policy::Cell& cell = *saying.cell;
      const std::string when = CasesWords(saying.when);
      html_ += "<tr>" + RowHead(FoldedWords(folded.senders, senders_, sending)) +
               Cell(saying.to.value()) + Cell(tool::Join(exchange.NamesOf(cell.sections))) +
               Cell(when.empty() ? "always" : when) + Cell(PurposesOf(policy_, cell)) +
               Cell(BasesOf(cell)) + Cell(DutyWords(saying)) + Cell(LabelOf(policy_, cell)) +
               Cell(cell.rule.value() + ": " + cell.why) + "</tr>\n";
    }
    html_ += kTableEnd;
  }

  void Flows() {
    html_ +=
        "<h2>Data flows</h2>\n<p>Who can technically read what is told: whoever runs a host "
        "that speaks for an agency in the role, since the keys lie there. Everybody else, the "
        "broker too, carries it sealed.</p>\n" +
        TableHead(
            "In any case, by the policy and the directory of today",
            {"Exchange", "From", "To", "Sections", "Claims it sees", "Sent by", "Readable at"});
    for (const Flow& flow : flows_) {
      std::vector<std::string> sections = {
          tool::Join(flow.exchange->NamesOf(flow.sections & ~flow.held))};
      if (flow.held != 0) {
        sections.push_back("only if somebody else does not take it on: " +
                           tool::Join(flow.exchange->NamesOf(flow.held)));
      }
      html_ += "<tr>" + RowHead(flow.exchange->name.value()) + Cell(flow.from.value()) +
               Cell(flow.to.value()) + Lines(sections) + Cell(tool::Join(flow.claims)) +
               Lines(OrNobody(HostWords(HostsFor(flow.from)))) +
               Lines(OrNobody(HostWords(HostsFor(flow.to)))) + "</tr>\n";
    }
    html_ += kTableEnd;
  }

  std::vector<const Host*> HostsFor(const Role& role) const {
    return HostsOf(directory_, HoldersOf(directory_, role));
  }

  void Holders() {
    html_ += "<h2>Who holds each role today</h2>\n" +
             TableHead("Roles", {"Role", "What it is", "Held by"});
    for (const auto& [name, title] : policy_.roles()) {
      html_ += "<tr>" + RowHead(name) + Cell(title) +
               Lines(OrNobody(TitlesOf(HoldersOf(directory_, Role(name))))) + "</tr>\n";
    }
    html_ += kTableEnd;
  }

  void Hosts() {
    html_ += "<h2>Hosts, and who runs them</h2>\n" +
             TableHead("Each can read everything that its agencies are told or tell",
                       {"Host", "Operated by", "Speaks for", "In the roles"});
    for (const Host& host : directory_.hosts()) {
      const auto agencies = directory_.AgenciesOf(host.id);
      std::vector<std::string> roles;
      for (const Agency* const agency : agencies) {
        for (std::string& role : RolesOf(*agency)) {
          if (std::ranges::find(roles, role) == roles.end()) roles.push_back(std::move(role));
        }
      }
      auto titles = TitlesOf(agencies);
      if (titles.empty()) titles.emplace_back("no agency");
      if (host.operator_link) titles.emplace_back("asks the broker for its status");
      html_ += "<tr>" + RowHead(host.id.value()) + Cell(host.operated_by) + Lines(titles) +
               Cell(tool::Join(roles)) + "</tr>\n";
    }
    html_ += kTableEnd;
  }

  void Broker() {
    html_ +=
        "<h2>The broker</h2>\n<p>It holds no key that opens a section, and so whoever runs it "
        "reads none. It does see:</p>\n<ul>\n";
    for (const std::string_view each : kBrokerSees) html_ += "<li>" + HtmlText(each) + "</li>\n";
    html_ +=
        "</ul>\n<p>Together with a recipient for whom something is held it could open that "
        "before its time.</p>\n";
    for (const Host* const host : DesksOfTheOperator(directory_)) {
      html_ += "<p><strong>" + HtmlText(host->operated_by) +
               " asks the broker for its status and also runs " + HtmlText(host->id.value()) +
               ": there it can read what is told to " +
               HtmlText(tool::Join(TitlesOf(directory_.AgenciesOf(host->id)))) + ".</strong></p>\n";
    }
    html_ += TableHead("Claims that it sees", {"Exchange", "Claims"});
    for (const policy::Exchange& exchange : policy_.exchanges()) {
      html_ += "<tr>" + RowHead(exchange.name.value()) +
               Cell(exchange.claims.empty() ? "none" : tool::Join(ClaimNamesOf(exchange))) +
               "</tr>\n";
    }
    html_ += kTableEnd;
  }

  Value JsonOf(const policy::Exchange& exchange) const {
    Value shares = Value::List();
    for (const policy::Saying& saying : sayings_) {
      if (saying.exchange == exchange.name) shares.Add(JsonOf(saying, exchange));
    }
    Value nevers = Value::List();
    for (const policy::Rule& rule : loaded_.rules.rules) {
      if (rule.effect != policy::Effect::kNever || rule.exchange != exchange.name) continue;
      nevers.Add(Value::Map()
                     .Set("rule", rule.id.value())
                     .Set("to", NamesOf(rule.to))
                     .Set("from", NamesOf(rule.from))
                     .Set("sections", ListOf(rule.sections))
                     .Set("why", rule.why));
    }
    return Value::Map()
        .Set("exchange", exchange.name.value())
        .Set("title", exchange.title)
        .Set("version", exchange.version)
        .Set("consent", StanceWords(exchange.consent))
        .Set("shares", std::move(shares))
        .Set("never", std::move(nevers))
        .Set("broker-sees-claims", ListOf(ClaimNamesOf(exchange)));
  }

  Value JsonOf(const policy::Saying& saying, const policy::Exchange& exchange) const {
    const policy::Cell& cell = *saying.cell;
    Value bases = Value::List();
    for (const std::string& code : SplitJoined(cell.basis))
      bases.Add(Value::Map().Set("basis", code).Set("words", BasisWords(code)));
    return Value::Map()
        .Set("from", saying.from.value())
        .Set("profile", saying.profile)
        .Set("to", saying.to.value())
        .Set("when", CasesJson(saying.when))
        .Set("held", saying.held != nullptr)
        .Set("sections", ListOf(exchange.NamesOf(cell.sections)))
        .Set("purpose", PurposesOf(policy_, cell))
        .Set("basis", std::move(bases))
        .Set("duty", DutyWords(saying))
        .Set("retention", LabelOf(policy_, cell))
        .Set("rule", cell.rule.value())
        .Set("why", cell.why);
  }

  Value JsonOf(const Flow& flow) const {
    Value readable = Value::List();
    for (const Host* const host : HostsFor(flow.to)) {
      readable.Add(
          Value::Map().Set("host", host->id.value()).Set("operated-by", host->operated_by));
    }
    Value agencies = Value::List();
    for (const Agency* const agency : HoldersOf(directory_, flow.to))
      agencies.Add(agency->id.value());
    return Value::Map()
        .Set("exchange", flow.exchange->name.value())
        .Set("from", flow.from.value())
        .Set("to", flow.to.value())
        .Set("sections", ListOf(flow.exchange->NamesOf(flow.sections)))
        .Set("held", ListOf(flow.exchange->NamesOf(flow.held)))
        .Set("claims", ListOf(flow.claims))
        .Set("agencies", std::move(agencies))
        .Set("readable-at", std::move(readable));
  }

  static Value NamesOf(const std::vector<Role>& roles) {
    Value names = Value::List();
    for (const Role& role : roles) names.Add(role.value());
    return names;
  }
  static Value VersionJson(const DocumentVersion& version) {
    return Value::Map().Set("version", version.version).Set("hash", HexEncode(version.hash));
  }

  const LoadedPolicy& loaded_;
  const policy::Policy& policy_;
  const Directory& directory_;
  ProfileSenders senders_;
  std::vector<policy::Saying> sayings_;
  std::vector<Flow> flows_;
  std::string html_;
};

}  // namespace

std::string AgreementPage(const LoadedPolicy& loaded, const Directory& directory) {
  return Agreement(loaded, directory).Page();
}

Value AgreementJson(const LoadedPolicy& loaded, const Directory& directory) {
  return Agreement(loaded, directory).Json();
}

Result<Directory> LoadDirectory(const std::string& path, const PartnershipId& partnership) {
  ASSIGN_OR_RETURN(const std::string found, DirectoryFileAt(path));
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(found));
  CheckedDocument checked = CheckDocument(file, DocumentKind::kDirectory, nullptr);
  if (!checked.directory || !checked.problems.empty())
    return Fail(FaultCode::kInvalid, tool::Join(checked.problems, "\n"));
  if (checked.directory->partnership() != partnership) {
    return Fail(FaultCode::kInvalid, path + ": is the directory of " +
                                         checked.directory->partnership().value() +
                                         ", and the policy is that of " + partnership.value());
  }
  return *std::move(checked.directory);
}

}  // namespace havenline
