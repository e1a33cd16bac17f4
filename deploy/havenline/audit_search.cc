#include "deploy/havenline/audit_search.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/daemon/daemon.h"
#include "agents/desk/people.h"
#include "deploy/havenline/audit_reader.h"
#include "deploy/havenline/port_client.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"
#include "policy/time_text.h"
#include "schema/model/names.h"

namespace havenline {
namespace {

using text::Value;

constexpr std::int64_t kFactsMax = 100'000;

struct Options {
  std::string config;
  std::string token;
  std::string agency;  // The auditor's own.
  std::string as;
  std::string reason = "routine";
  std::int64_t first = 0;
  std::int64_t count = INT64_MAX / 2;
  std::int64_t shown = 1'000;
  std::string act;
  std::string what;
  std::string party;
  std::string role;
  std::string person;
  std::string exchange;
  std::string section;
  std::string rule;
  std::string code;
  std::string message;
  std::string since;
  std::string until;
  bool json = false;
};

template <class Name>
void SetName(const std::string& text, std::optional<Name>& into) {
  if (!text.empty()) into = Name(text);
}

Result<std::optional<TimePoint>> TimeOfOption(const std::string& text, const char* option) {
  if (text.empty()) return std::nullopt;
  const auto time = policy::TimeFrom(text);
  if (!time) {
    return Fail(FaultCode::kInvalid, std::string(option) +
                                         " must be a day or a time in UTC: 2026-11-07 or "
                                         "2026-11-07T08:15:00Z");
  }
  return time;
}

Result<audit::Filter> FilterOf(const Options& options) {
  audit::Filter filter;
  if (!options.act.empty()) filter.act = audit::ActNamed(options.act);
  filter.what = options.what;
  SetName(options.party, filter.party);
  SetName(options.role, filter.role);
  SetName(options.person, filter.person);
  SetName(options.exchange, filter.exchange);
  filter.section = options.section;
  filter.rule = options.rule;
  filter.code = options.code;
  if (!options.message.empty()) {
    filter.message = MessageIdFrom(options.message);
    if (!filter.message)
      return Fail(FaultCode::kInvalid, "--message must be 32 hexadecimal digits");
  }
  ASSIGN_OR_RETURN(filter.since, TimeOfOption(options.since, "--since"));
  ASSIGN_OR_RETURN(filter.until, TimeOfOption(options.until, "--until"));
  return filter;
}

// The one whose token it is: looks are theirs, by the pseudonym that the agency's key makes.
Result<Person> WhoAsks(const Options& options, const AgentConfiguration& agent) {
  ASSIGN_OR_RETURN(const std::string token, ReadToken(options.token));
  ASSIGN_OR_RETURN(const seal::Secret<32> key,
                   ReadKeyFile("pseudonym", agent.keys / "pseudonym.key"));
  ASSIGN_OR_RETURN(
      const People people,
      People::Read(agent.tokens, seal::LockedSecret<32>(key.ExposeSecret()), agent.agencies));
  auto person = people.WhoHas(token);
  if (!person)
    return Fail(FaultCode::kInvalid, "nobody of this agent's tokens file has that token");
  return *std::move(person);
}

struct Seat {
  const OwnAgency* agency = nullptr;
  Role role;
};

Result<Seat> SeatOf(const Options& options, const AgentConfiguration& agent,
                    const Directory& directory) {
  Seat seat;
  for (const OwnAgency& own : agent.agencies) {
    if (options.agency.empty() ? agent.agencies.size() == 1 : own.id == AgencyId(options.agency))
      seat.agency = &own;
  }
  if (seat.agency == nullptr)
    return Fail(FaultCode::kInvalid, "--agency must name one of this agent's agencies");
  const Agency* const listed = directory.Find(seat.agency->id);
  if (listed == nullptr)
    return Fail(FaultCode::kInvalid, "the directory in force does not list that agency");
  if (options.as.empty() && listed->roles.size() != 1)
    return Fail(FaultCode::kInvalid, "--as must say in which of its roles the agency looks");
  seat.role = options.as.empty() ? listed->roles.front() : Role(options.as);
  return seat;
}

Value JsonOf(const AuditFact& fact) {
  const audit::Event& event = fact.event;
  Value json = Value::Map()
                   .Set("entry", fact.index.value())
                   .Set("act", audit::NameOf(event.act))
                   .Set("what", event.what);
  if (event.at != TimePoint()) json.Set("at", ToMilliseconds(event.at));
  if (event.document) json.Set("version", *event.document);
  const auto set = [&](const char* key, const auto& name) {
    if (name) json.Set(key, name->value());
  };
  if (event.message) json.Set("message", ToText(*event.message));
  if (event.origin) json.Set("origin", ToText(*event.origin));
  if (event.grant) json.Set("grant", HexEncode(*event.grant));
  set("exchange", event.exchange);
  set("from", event.from);
  set("to", event.to);
  set("role", event.role);
  set("person", event.person);
  if (event.signed_at) json.Set("signed-at", ToMilliseconds(*event.signed_at));
  if (event.policy) json.Set("policy", *event.policy);
  for (const auto& [key, words] : {std::pair{"rule", &event.rule}, std::pair{"basis", &event.basis},
                                   std::pair{"code", &event.code}}) {
    if (!words->empty()) json.Set(key, *words);
  }
  for (const auto& [key, sections] :
       {std::pair{"released", &event.released}, std::pair{"withheld", &event.withheld}}) {
    if (sections->empty()) continue;
    Value list = Value::List();
    for (const std::string& section : *sections) list.Add(section);
    json.Set(key, std::move(list));
  }
  return json;
}

std::string SectionWords(const audit::Event& event) {
  if (event.released.empty() && event.withheld.empty()) return "";
  return std::to_string(event.released.size()) + " given, " +
         std::to_string(event.withheld.size()) + " not";
}

template <class Name>
std::string NameOrNone(const std::optional<Name>& name) {
  return name ? name->value() : "";
}

std::string TableOf(const std::vector<AuditFact>& facts) {
  tool::Table table({"entry", "time", "act", "what", "from", "to", "role", "exchange", "sections",
                     "rule or reason", "person"});
  for (const AuditFact& fact : facts) {
    const audit::Event& event = fact.event;
    const std::string what =
        event.document ? event.what + " " + std::to_string(*event.document) : event.what;
    const bool by_rule = event.code.empty() || event.document;
    table.Add({std::to_string(fact.index.value()),
               event.at == TimePoint() ? "" : tool::LocalText(event.at),
               std::string(audit::NameOf(event.act)), what, NameOrNone(event.from),
               NameOrNone(event.to), NameOrNone(event.role), NameOrNone(event.exchange),
               SectionWords(event), by_rule ? event.rule : event.code, NameOrNone(event.person)});
  }
  return table.empty() ? "" : table.Text();
}

tool::Answer AnswerFor(const AuditFindings& findings, const LogHead& head) {
  Value facts = Value::List();
  for (const AuditFact& fact : findings.facts) facts.Add(JsonOf(fact));
  Value problems = Value::List();
  for (const std::string& problem : findings.problems) problems.Add(problem);
  std::string words = TableOf(findings.facts) +
                      tool::Count(findings.facts.size(), "fact", "facts") +
                      (findings.more ? ", and more: ask for fewer, or raise --show" : "") + " in " +
                      tool::Count(findings.entries, "entry", "entries");
  if (findings.nothing_read > 0)
    words += "; " + std::to_string(findings.nothing_read) +
             " of them have nothing that this role may read";
  words += "\n";
  for (const std::string& problem : findings.problems) words += problem + "\n";
  if (findings.problems.empty() && !findings.facts.empty())
    words += "Each is proved under the signed checkpoint of " +
             tool::Count(head.size, "entry", "entries") + ".\n";
  Value json = Value::Map()
                   .Set("facts", std::move(facts))
                   .Set("more", findings.more)
                   .Set("entries", findings.entries)
                   .Set("nothing-read", findings.nothing_read)
                   .Set("size", head.size)
                   .Set("problems", std::move(problems));
  return {std::move(words), std::move(json),
          findings.problems.empty() ? ExitCode::kOk : ExitCode::kFailed};
}

Result<tool::Answer> SearchAs(const Options& options) {
  ASSIGN_OR_RETURN(const audit::Filter filter, FilterOf(options));
  ASSIGN_OR_RETURN(const AgentConfiguration agent, ReadAgentConfigurationForTool(options.config));
  ASSIGN_OR_RETURN(const Person person, WhoAsks(options, agent));
  tool::Tell("asking as this agent's host: its own session breaks off and comes back by itself");
  const LinkConfiguration configuration = LinkOf(agent);
  ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
  ASSIGN_OR_RETURN(const SignedLog log, OpenLog(*link, configuration));
  ASSIGN_OR_RETURN(const Seat seat, SeatOf(options, agent, log.directory));
  if (!person.WorksAt(seat.agency->id, seat.role))
    return Fail(FaultCode::kInvalid, "that token is for other desks of this host");
  ASSIGN_OR_RETURN(const seal::Secret<32> seed,
                   ReadKeyFile("receipt", seat.agency->keys / "receipt.key"));
  const seal::SigningKey key = seal::SigningKey::FromSeed(seed.ExposeSecret());
  const Auditor auditor{seat.agency->id, seat.role, person.pseudonym,
                        *LookReasonNamed(options.reason), key};
  const AuditRange range{static_cast<std::uint64_t>(options.first),
                         static_cast<std::uint64_t>(options.count),
                         static_cast<std::size_t>(options.shown)};
  ASSIGN_OR_RETURN(const AuditFindings findings, SearchLog(*link, log, auditor, range, filter));
  return AnswerFor(findings, log.head);
}

}  // namespace

void AddAuditSearch(Command& audit) {
  auto options = std::make_shared<Options>();
  audit
      .Add(
          "search",
          "What the log's entries say, as far as policy's [[audit]] rules let this role read them. "
          "That somebody looked is itself an entry.")
      .Text({"--config", "the auditor's agent.toml", kRequired}, options->config)
      .Text({"--token", "a file with the token of the person who looks, mode 0600", kRequired},
            options->token)
      .Text({"--agency", "the auditor's agency, if this agent speaks for several"}, options->agency)
      .Text({"--as", "the role it looks in, if it holds several"}, options->as)
      .Choice({"--reason", "what for"},
              {"routine", "sample", "complaint", "subject-request", "breach", "inspection"},
              options->reason)
      .Choice({"--act", "only these"},
              {"collect", "alter", "consult", "disclose", "refuse", "combine", "erase", "admin"},
              options->act)
      .Text({"--what", "a kind: accepted, refused, receipt, receipt-opened, overdue, looked …"},
            options->what)
      .Text({"--party", "an agency, as sender, recipient or whoever did it"}, options->party)
      .Text({"--role", "the recipient's role"}, options->role)
      .Text({"--person", "a pseudonym"}, options->person)
      .Text({"--exchange", "a kind of message"}, options->exchange)
      .Text({"--section", "given or withheld"}, options->section)
      .Text({"--rule", "one of those that decided"}, options->rule)
      .Text({"--code", "why not: policy-denies, recipient-suspended …"}, options->code)
      .Text({"--message", "its id, or that of its first sealing"}, options->message)
      .Text({"--since", "a day or a time in UTC, by the broker's clock"}, options->since)
      .Text({"--until", "before then"}, options->until)
      .Integer({"--first", "the first entry to look at"}, {.min = 0, .max = INT64_MAX / 2},
               options->first)
      .Integer({"--count", "how many entries; default: all"}, {.min = 1, .max = INT64_MAX / 2},
               options->count)
      .Integer({"--show", "facts at most"}, {.min = 1, .max = kFactsMax}, options->shown)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example(
          "havenline audit search --config agent.toml --token tokens/auditor "
          "--reason complaint --party school.106890 --act consult")
      .Example(
          "havenline audit search --config agent.toml --token tokens/auditor --act refuse "
          "--since 2026-11-01 --json")
      .Handler([options] { return tool::Finish(SearchAs(*options), options->json); });
}

}  // namespace havenline
