#include "deploy/havenline/policy_seers.h"

#include <algorithm>
#include <set>

#include "deploy/havenline/policy_fold.h"
#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/cells.h"
#include "policy/compare.h"
#include "schema/exchange/exchange_type.h"

namespace havenline {
namespace {

using text::Value;
using tool::Join;
using tool::Plain;

// What is said alike to a role by several kinds of senders stands once.
class Seers {
 public:
  Seers(const policy::Policy& policy, const policy::Exchange& exchange)
      : senders_(SendersOf(policy)), sending_(SendingRoles(policy, exchange.name)) {}

  void Add(const policy::Saying& saying) {
    const std::string when = CasesWords(saying.when);
    const std::string held = saying.held == nullptr ? "" : HeldWords(*saying.held);
    const std::string always = saying.held == nullptr ? "always" : "";
    const std::string words =
        (when.empty() ? always : when) + (held.empty() || when.empty() ? held : ", " + held);
    const std::vector<std::string> what = {saying.to.value(), words, saying.cell->rule.value(),
                                           saying.cell->basis};
    auto row = std::ranges::find(rows_, what, &Row::what);
    if (row == rows_.end()) row = rows_.insert(row, {what, {}});
    row->senders[saying.from].insert(saying.profile);
  }

  std::string Text() const {
    if (rows_.empty()) return "  nobody\n";
    tool::Table table({"role", "from", "when", "rule", "basis"});
    for (const Row& row : rows_)
      table.Add({row.what[0], FoldedWords(row.senders, senders_, sending_), row.what[1],
                 row.what[2], row.what[3]});
    return table.Text();
  }

 private:
  struct Row {
    std::vector<std::string> what;
    SendersByRole senders;
  };

  ProfileSenders senders_;
  std::vector<Role> sending_;
  std::vector<Row> rows_;
};

// Letters and digits alone, all small: "Safe contact" and "safeContact" are one.
std::string Folded(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      folded += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      folded += c;
    }
  }
  return folded;
}

// A section's words for people, from the exchange's own form.
std::string LabelOf(const policy::Exchange& exchange, const std::string& section) {
  const exchange::ExchangeType* const type = exchange::FindExchange(exchange.name);
  const exchange::Field* const field = type == nullptr ? nullptr : type->FindSection(section);
  return field == nullptr ? "" : field->label;
}

// Names before labels; empty: there is none.
std::string FindSection(const policy::Exchange& exchange, const std::string& wanted) {
  if (std::ranges::find(exchange.sections, wanted) != exchange.sections.end()) return wanted;
  const std::string folded = Folded(wanted);
  for (const std::string& section : exchange.sections) {
    if (Folded(section) == folded) return section;
  }
  for (const std::string& section : exchange.sections) {
    if (!folded.empty() && Folded(LabelOf(exchange, section)) == folded) return section;
  }
  return "";
}

// Sections whose name or label has what was asked for in it, or nearly is it.
std::string SectionsLike(const std::vector<const policy::Exchange*>& exchanges,
                         const std::string& wanted) {
  const std::string folded = Folded(wanted);
  std::set<std::string> alike;
  std::set<std::string> names;
  for (const policy::Exchange* const exchange : exchanges) {
    for (const std::string& section : exchange->sections) {
      const std::string label = LabelOf(*exchange, section);
      const bool has = Folded(section).find(folded) != std::string::npos ||
                       Folded(label).find(folded) != std::string::npos;
      if (has && !folded.empty()) alike.insert(section + " (" + label + ")");
      names.insert(section);
    }
  }
  if (!alike.empty()) return "; did you mean " + Join({alike.begin(), alike.end()}, ", or ") + "?";
  return DidYouMean(wanted, {names.begin(), names.end()});
}

// "never school, from police, when …: rule LIN-3".
std::string NeverWords(const policy::Rule& rule, const std::vector<Role>& sending,
                       const ProfileSenders& senders) {
  std::vector<std::string> from;
  if (rule.profiles.empty()) from.push_back(AnyWords(rule.from, sending));
  for (const std::string& profile : rule.profiles) {
    for (const Role& role : rule.from) from.push_back(SenderWords(role, profile, senders));
  }
  const std::string when = RuleWhenWords(rule);
  return "never " + Join(NamesOf(rule.to)) + ", from " + Join(from, "; ") + ", " +
         (when.empty() ? "always" : when) + ": rule " + rule.id.value() + "\n";
}

// Of one exchange.
class SectionAnswer {
 public:
  SectionAnswer(const LoadedPolicy& loaded, const policy::Exchange& exchange, std::string section)
      : loaded_(loaded), exchange_(exchange), section_(std::move(section)) {
    const std::string label = LabelOf(exchange, section_);
    words = section_ + (label.empty() ? "" : " (" + Plain(label) + ")") + " of " +
            exchange.name.value() + ", " + Plain(exchange.title) + "\n";
    json = Value::Map().Set("exchange", exchange.name.value()).Set("section", section_);
  }

  void AddSeers(const std::vector<policy::Saying>& sayings) {
    const policy::SectionSet bit = *exchange_.SetOf({section_});
    Seers seers(loaded_.policy, exchange_);
    Value shares = Value::List();
    for (const policy::Saying& saying : sayings) {
      if (saying.exchange != exchange_.name || (saying.cell->sections & bit) == 0) continue;
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
    words += seers.Text();
    json.Set("shares", std::move(shares));
  }

  void AddNevers() {
    const policy::SectionSet bit = *exchange_.SetOf({section_});
    const auto sending = SendingRoles(loaded_.policy, exchange_.name);
    const auto senders = SendersOf(loaded_.policy);
    Value nevers = Value::List();
    for (const policy::Rule& rule : loaded_.rules.rules) {
      const bool forbids = rule.effect == policy::Effect::kNever &&
                           rule.exchange == exchange_.name &&
                           (bit & policy::SectionsOf(rule, exchange_)) != 0;
      if (!forbids) continue;
      words += NeverWords(rule, sending, senders);
      nevers.Add(Value::Map()
                     .Set("rule", rule.id.value())
                     .Set("to", ListOf(NamesOf(rule.to)))
                     .Set("from", ListOf(NamesOf(rule.from)))
                     .Set("when", RuleWhenWords(rule)));
    }
    json.Set("never", std::move(nevers));
  }

  void AddClaims() {
    Value claims = Value::List();
    for (const policy::Claim& claim : exchange_.claims) {
      if (claim.section != section_) continue;
      const auto roles = RolesThatSee(loaded_.policy, exchange_.name, claim.name);
      words += "the claim " + claim.name + ", which is made of it: the broker" +
               (roles.empty() ? "" : ", " + Join(roles)) + "\n";
      claims.Add(
          Value::Map().Set("claim", claim.name).Set("broker", true).Set("roles", ListOf(roles)));
    }
    json.Set("claims", std::move(claims));
  }

  std::string words;
  Value json;

 private:
  const LoadedPolicy& loaded_;
  const policy::Exchange& exchange_;
  std::string section_;
};

}  // namespace

Result<tool::Answer> WhoCanSee(const LoadedPolicy& loaded, const std::string& name,
                               const std::string& section) {
  const bool every = name == kEveryExchange;
  std::vector<const policy::Exchange*> exchanges;
  if (every) {
    for (const policy::Exchange& exchange : loaded.policy.exchanges())
      exchanges.push_back(&exchange);
  } else {
    ASSIGN_OR_RETURN(const policy::Exchange* const exchange, FindExchange(loaded.policy, name));
    exchanges.push_back(exchange);
  }
  const auto sayings = policy::SayingsOf(loaded.policy);
  std::vector<std::string> words;
  Value list = Value::List();
  Value one;
  for (const policy::Exchange* const exchange : exchanges) {
    const std::string found = FindSection(*exchange, section);
    if (found.empty()) continue;
    SectionAnswer answer(loaded, *exchange, found);
    answer.AddSeers(sayings);
    answer.AddNevers();
    answer.AddClaims();
    words.push_back(std::move(answer.words));
    one = answer.json;
    list.Add(std::move(answer.json));
  }
  if (!words.empty()) {
    return tool::Answer{Join(words, "\n"),
                        every ? Value::Map().Set("exchanges", std::move(list)) : std::move(one),
                        ExitCode::kOk};
  }
  return Fail(FaultCode::kInvalid,
              (every ? "no exchange has a section " : "the exchange has no section ") + section +
                  SectionsLike(exchanges, section) +
                  (every ? "; `havenline policy sections` lists an exchange's"
                         : "; it has only " + Join(exchanges.front()->sections)));
}

Result<tool::Answer> ShowSections(const LoadedPolicy& loaded, const std::string& name) {
  ASSIGN_OR_RETURN(const policy::Exchange* const exchange, FindExchange(loaded.policy, name));
  tool::Table sections({"section", "what it is"});
  Value section_json = Value::List();
  for (const std::string& section : exchange->sections) {
    const std::string label = LabelOf(*exchange, section);
    sections.Add({section, label});
    section_json.Add(Value::Map().Set("section", section).Set("label", label));
  }
  std::string words = name + ": " + Plain(exchange->title) + "\n" + sections.Text();
  Value claim_json = Value::List();
  if (!exchange->claims.empty()) {
    tool::Table claims({"claim", "made of", "values"});
    for (const policy::Claim& claim : exchange->claims) {
      const std::string source = claim.section + (claim.field.empty() ? "" : "." + claim.field);
      claims.Add({claim.name, source, Join(claim.values)});
      claim_json.Add(Value::Map()
                         .Set("claim", claim.name)
                         .Set("source", source)
                         .Set("values", ListOf(claim.values)));
    }
    words += claims.Text();
  }
  return tool::Answer{std::move(words),
                      Value::Map()
                          .Set("exchange", name)
                          .Set("sections", std::move(section_json))
                          .Set("claims", std::move(claim_json)),
                      ExitCode::kOk};
}

}  // namespace havenline
