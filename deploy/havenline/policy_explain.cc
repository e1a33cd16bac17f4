#include "deploy/havenline/policy_explain.h"

#include <algorithm>

#include "deploy/havenline/document_words.h"
#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/cells.h"
#include "policy/time_text.h"

namespace havenline {
namespace {

using text::Value;
using tool::Join;
using tool::Plain;

Result<const policy::Exchange*> FindExchange(const policy::Policy& policy,
                                             const std::string& name) {
  const policy::Exchange* const exchange = policy.Find(ExchangeName(name));
  if (exchange != nullptr) return exchange;
  std::vector<std::string> known;
  for (const policy::Exchange& each : policy.exchanges()) known.push_back(each.name.value());
  return Fail(FaultCode::kInvalid, "the policy has no such exchange, only " + Join(known));
}

Result<std::vector<ClaimOpening>> ClaimsOf(const policy::Exchange& exchange,
                                           const std::vector<std::string>& given) {
  std::vector<ClaimOpening> claims;
  for (const policy::Claim& claim : exchange.claims)
    claims.push_back({{}, claim.name, claim.values.front()});
  for (const std::string& each : given) {
    const auto equals = each.find('=');
    const auto claim = std::ranges::find(claims, each.substr(0, equals), &ClaimOpening::name);
    std::vector<std::string> known;
    if (equals == std::string::npos || claim == claims.end()) {
      for (const policy::Claim& of : exchange.claims) known.push_back(of.name);
      return Fail(
          FaultCode::kInvalid,
          "--claim is a claim of the exchange with its value, as risk=high; its claims are " +
              Join(known));
    }
    const auto& values = exchange.claims[static_cast<std::size_t>(claim - claims.begin())].values;
    claim->value = each.substr(equals + 1);
    if (std::ranges::find(values, claim->value) == values.end()) {
      return Fail(FaultCode::kInvalid,
                  "the claim " + claim->name + " has no such value, only " + Join(values));
    }
  }
  return claims;
}

// One line of a card: what it is about, and what there is to say.
std::string Line(const std::string& about, const std::string& words) {
  constexpr std::size_t kWidth = 14;
  return "  " + about + std::string(about.size() < kWidth ? kWidth - about.size() : 1, ' ') +
         Plain(words) + "\n";
}

std::string TermsWords(const policy::Cell& cell, const policy::Policy& policy) {
  std::string words = Line("because", cell.rule.value() + ": " + cell.why);
  for (const std::string& basis : SplitJoined(cell.basis))
    words += Line("basis", basis + ": " + BasisWords(basis));
  for (const std::string& purpose : SplitJoined(cell.purpose))
    words += Line("purpose", purpose + ": " + policy.purposes().at(purpose));
  if (cell.required) words += Line("duty", "must be told");
  if (cell.decision_required) words += Line("duty", "to be told, or a decision not to recorded");
  if (cell.deadline != nullptr) words += Line("acknowledges", WordsOf(*cell.deadline));
  if (!cell.escalation.empty()) words += Line("then asks", EscalationWords(cell));
  if (!cell.retention.empty())
    words += Line("label", cell.retention + ": " + policy.retentions().at(cell.retention));
  return words;
}

// Each withheld section with its reason.
struct Withheld {
  std::string section;
  std::string rule;  // That forbids it; empty: no rule shares it.
  std::string why;
  bool visible = false;
};

std::vector<Withheld> WithheldBy(const policy::Cell& cell, policy::SectionSet told,
                                 const policy::Exchange& exchange) {
  std::vector<Withheld> all;
  for (const std::string& section : exchange.sections) {
    const policy::SectionSet bit = *exchange.SetOf({section});
    if ((told & bit) != 0) continue;
    const auto forbidden = std::ranges::find_if(
        cell.forbidden, [&](const policy::Forbidden& each) { return (each.sections & bit) != 0; });
    const bool is = forbidden != cell.forbidden.end();
    all.push_back({section, is ? forbidden->rule.value() : "", is ? forbidden->why : "",
                   (cell.visible & bit) != 0});
  }
  return all;
}

// Those of one reason together, in the order of the first.
std::string WithheldWords(const std::vector<Withheld>& all) {
  std::vector<std::pair<const Withheld*, std::vector<std::string>>> groups;
  for (const Withheld& each : all) {
    const auto same = std::ranges::find_if(
        groups, [&](const auto& group) { return group.first->rule == each.rule; });
    const std::string name = each.section + (each.visible ? " (shows as withheld)" : "");
    if (same == groups.end()) {
      groups.push_back({&each, {name}});
    } else {
      same->second.push_back(name);
    }
  }
  std::string words;
  for (const auto& [first, names] : groups) {
    const std::string reason = first->rule.empty()
                                   ? "no rule shares it"
                                   : "forbidden by " + first->rule + ": " + first->why;
    words += Line("is not told", Join(names) + " (" + reason + ")");
  }
  return words;
}

Value WithheldJson(const std::vector<Withheld>& all) {
  Value list = Value::List();
  for (const Withheld& each : all) {
    Value item = Value::Map().Set("section", each.section).Set("shows", each.visible);
    if (!each.rule.empty()) item.Set("rule", each.rule).Set("why", each.why);
    list.Add(std::move(item));
  }
  return list;
}

// One role's part of the answer.
void AddCard(const LoadedPolicy& loaded, const policy::Exchange& exchange, const Role& from,
             const policy::Policy::Row& row, tool::Answer& answer) {
  const policy::Policy& policy = loaded.policy;
  const policy::HeldShare* const held = row.cell->held.get();
  const policy::Cell& cell = held != nullptr ? held->cell : *row.cell;
  const auto claims = policy.ClaimsRead(exchange.name, from, row.to);
  const auto withheld = WithheldBy(cell, cell.sections, exchange);
  std::string& words = answer.words;
  words += "\n" + row.to.value() + ": " + Plain(policy.roles().at(row.to.value())) + "\n";
  const bool told = cell.sections != 0;
  words += Line(held != nullptr ? "may be told" : "is told",
                told ? Join(exchange.NamesOf(cell.sections)) : "nothing");
  if (held != nullptr) words += Line("but only", HeldWords(*held));
  if (told) words += TermsWords(cell, policy);
  if (told && !claims.empty()) words += Line("sees claims", Join(claims));
  if (told) words += WithheldWords(withheld);
  Value card = Value::Map()
                   .Set("to", row.to.value())
                   .Set("told", ListOf(exchange.NamesOf(cell.sections)))
                   .Set("held", held != nullptr)
                   .Set("rule", cell.rule.value())
                   .Set("basis", ListOf(SplitJoined(cell.basis)))
                   .Set("purpose", ListOf(SplitJoined(cell.purpose)))
                   .Set("why", cell.why)
                   .Set("required", cell.required)
                   .Set("decision-required", cell.decision_required)
                   .Set("claims", ListOf(told ? claims : std::vector<std::string>{}))
                   .Set("withheld", WithheldJson(withheld));
  if (cell.deadline != nullptr) card.Set("acknowledge", cell.deadline->name);
  std::vector<std::string> escalation;
  for (const policy::Duty* const duty : cell.escalation) escalation.push_back(duty->name);
  card.Set("escalation", ListOf(escalation)).Set("retention", cell.retention);
  Value cards = *answer.json.Find("roles");
  cards.Add(std::move(card));
  answer.json.Set("roles", std::move(cards));
}

// Who sees a section: what is said alike to a role by several kinds of senders stands once.
class Seers {
 public:
  explicit Seers(ProfileSenders senders) : senders_(std::move(senders)) {}

  void Add(const policy::Saying& saying) {
    const std::string when = CasesWords(saying.when);
    const std::string held = saying.held == nullptr ? "" : HeldWords(*saying.held);
    const std::string always = saying.held == nullptr ? "always" : "";
    const std::string words =
        (when.empty() ? always : when) + (held.empty() || when.empty() ? held : ", " + held);
    const std::vector<std::string> what = {saying.to.value(), saying.from.value(), words,
                                           saying.cell->rule.value(), saying.cell->basis};
    const auto same = std::ranges::find(rows_, what, &Row::what);
    if (same == rows_.end()) {
      rows_.push_back({what, {SenderWords(saying, senders_)}});
    } else {
      same->senders.push_back(SenderWords(saying, senders_));
    }
  }

  std::string Text() const {
    if (rows_.empty()) return "  nobody\n";
    tool::Table table({"role", "from", "when", "rule", "basis"});
    for (const Row& row : rows_) {
      // Those of each profile and those of none.
      const bool everybody = row.senders.size() == senders_.size() + 1;
      table.Add({row.what[0], everybody ? "any " + row.what[1] : Join(row.senders, "; "),
                 row.what[2], row.what[3], row.what[4]});
    }
    return table.Text();
  }

 private:
  struct Row {
    std::vector<std::string> what;
    std::vector<std::string> senders;
  };
  ProfileSenders senders_;
  std::vector<Row> rows_;
};

}  // namespace

Result<tool::Answer> Explain(const LoadedPolicy& loaded, const CaseAsked& asked) {
  const policy::Policy& policy = loaded.policy;
  ASSIGN_OR_RETURN(const policy::Exchange* const exchange, FindExchange(policy, asked.exchange));
  ASSIGN_OR_RETURN(const auto claims, ClaimsOf(*exchange, asked.claims));
  const AgencyId sender(asked.sender);
  const Role from(asked.from);
  const auto rows = policy.RowsFor({exchange->name, sender, from, claims, asked.made});
  if (rows.empty()) {
    return Fail(FaultCode::kInvalid, "no rule of " + exchange->name.value() +
                                         " is about a sender in that role (--from)");
  }
  const std::string profile(policy.ProfileOf(sender));
  std::string claim_words;
  Value claim_json = Value::Map();
  for (const ClaimOpening& claim : claims) {
    claim_words += ", " + claim.name + " = " + claim.value;
    claim_json.Set(claim.name, claim.value);
  }
  tool::Answer answer;
  answer.words = Plain(exchange->title) + claim_words + "\nfrom " +
                 (asked.sender.empty() ? "any " + asked.from : asked.sender) +
                 (profile.empty() ? " (no profile)" : " (profile " + profile + ")") + ", made " +
                 policy::TimeText(asked.made) + ", under version " +
                 std::to_string(policy.version().version) + "\n";
  answer.json = Value::Map()
                    .Set("exchange", exchange->name.value())
                    .Set("sender", asked.sender)
                    .Set("profile", profile)
                    .Set("from", asked.from)
                    .Set("claims", std::move(claim_json))
                    .Set("made", policy::TimeText(asked.made))
                    .Set("version", policy.version().version)
                    .Set("roles", Value::List());
  bool found = false;
  for (const policy::Policy::Row& row : rows) {
    if (!asked.to.empty() && row.to.value() != asked.to) continue;
    AddCard(loaded, *exchange, from, row, answer);
    found = true;
  }
  if (found) return answer;
  return Fail(FaultCode::kInvalid, "no rule tells that role anything (--to)");
}

Result<tool::Answer> WhoCanSee(const LoadedPolicy& loaded, const std::string& name,
                               const std::string& section) {
  const policy::Policy& policy = loaded.policy;
  ASSIGN_OR_RETURN(const policy::Exchange* const exchange, FindExchange(policy, name));
  const auto bit = exchange->SetOf({section});
  if (!bit) {
    return Fail(FaultCode::kInvalid,
                "the exchange has no such section, only " + Join(exchange->sections));
  }
  Seers seers(SendersOf(policy));
  Value shares = Value::List();
  for (const policy::Saying& saying : policy::SayingsOf(policy)) {
    if (saying.exchange != exchange->name || (saying.cell->sections & *bit) == 0) continue;
    seers.Add(saying);
    shares.Add(Value::Map()
                   .Set("to", saying.to.value())
                   .Set("from", saying.from.value())
                   .Set("profile", saying.profile)
                   .Set("when", CasesJson(saying.when))
                   .Set("held", saying.held != nullptr)
                   .Set("rule", saying.cell->rule.value())
                   .Set("basis", saying.cell->basis));
  }
  tool::Answer answer;
  answer.words = section + " of " + Plain(exchange->title) + "\n" + seers.Text();
  Value nevers = Value::List();
  for (const policy::Rule& rule : loaded.rules.rules) {
    const bool forbids = rule.effect == policy::Effect::kNever && rule.exchange == exchange->name &&
                         (*bit & policy::SectionsOf(rule, *exchange)) != 0;
    if (!forbids) continue;
    std::vector<std::string> roles;
    for (const Role& role : rule.to) roles.push_back(role.value());
    const std::string when = policy::Words({rule.when.begin(), rule.when.end()});
    answer.words += "never " + Join(roles) + (when.empty() ? "" : ", " + when) + ": rule " +
                    rule.id.value() + "\n";
    nevers.Add(Value::Map().Set("rule", rule.id.value()).Set("to", ListOf(roles)));
  }
  Value claims = Value::List();
  for (const policy::Claim& claim : exchange->claims) {
    if (claim.section != section) continue;
    const auto roles = RolesThatSee(policy, exchange->name, claim.name);
    answer.words += "the claim " + claim.name + ", which is made of it: the broker" +
                    (roles.empty() ? "" : ", " + Join(roles)) + "\n";
    claims.Add(
        Value::Map().Set("claim", claim.name).Set("broker", true).Set("roles", ListOf(roles)));
  }
  answer.json = Value::Map()
                    .Set("exchange", exchange->name.value())
                    .Set("section", section)
                    .Set("shares", std::move(shares))
                    .Set("never", std::move(nevers))
                    .Set("claims", std::move(claims));
  return answer;
}

}  // namespace havenline
