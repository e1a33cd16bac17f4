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

// One case, as asked.
struct AskedCase {
  const LoadedPolicy& loaded;
  const policy::Exchange& exchange;
  const Role& from;
  const std::string& profile;
  const std::vector<ClaimOpening>& claims;
  TimePoint made;
};

// What keeps a rule that would tell the role something from doing so in this case; empty: nothing.
std::string WhatIsMissing(const policy::Rule& rule, const AskedCase& asked) {
  std::vector<std::string> missing;
  const bool any_profile = rule.profiles.empty();
  if (!any_profile && std::ranges::find(rule.profiles, asked.profile) == rule.profiles.end()) {
    const ProfileSenders senders = SendersOf(asked.loaded.policy);
    std::vector<std::string> from;
    for (const std::string& profile : rule.profiles)
      from.push_back(SenderWords(asked.from, profile, senders));
    missing.push_back("from " + Join(from, " or "));
  }
  for (const ClaimOpening& claim : asked.claims) {
    const auto when = rule.when.find(claim.name);
    if (when == rule.when.end() ||
        std::ranges::find(when->second, claim.value) != when->second.end())
      continue;
    missing.push_back(policy::Words(policy::Case{*when}) + " (here it is " + claim.value + ")");
  }
  if (rule.starts && asked.made < *rule.starts)
    missing.push_back("made from " + policy::TimeText(*rule.starts) + " on");
  if (rule.ends && asked.made >= *rule.ends)
    missing.push_back("made before " + policy::TimeText(*rule.ends));
  return Join(missing, ", and ");
}

// Why a role is told nothing: for each rule that tells it something in some case, why not in this.
std::vector<std::string> WhyNothing(const AskedCase& asked, const Role& to,
                                    const policy::Cell& cell) {
  std::vector<std::string> reasons;
  for (const policy::Rule& rule : asked.loaded.rules.rules) {
    const bool is_about = rule.effect != policy::Effect::kNever &&
                          rule.exchange == asked.exchange.name &&
                          policy::Contains(rule.from, asked.from) && policy::Contains(rule.to, to);
    if (!is_about) continue;
    const std::string missing = WhatIsMissing(rule, asked);
    policy::SectionSet left = policy::SectionsOf(rule, asked.exchange);
    std::vector<std::string> by;
    for (const policy::Forbidden& forbidden : cell.forbidden) {
      if ((left & forbidden.sections) != 0) by.push_back(forbidden.rule.value());
      left &= ~forbidden.sections;
    }
    const std::string& id = rule.id.value();
    if (!missing.empty()) {
      reasons.push_back(id + " shares only " + missing);
    } else if (left == 0) {
      reasons.push_back("all that " + id + " shares is forbidden by " + Join(by, " and "));
    } else {
      reasons.push_back(id + " shares only if " + rule.watches.value() +
                        " is told at once and does not take it on");
    }
  }
  if (reasons.empty())
    reasons.push_back("no rule tells " + to.value() + " anything of it from " + asked.from.value());
  return reasons;
}

// What `never` rules keep from a role that is told nothing.
std::vector<Withheld> OnlyForbidden(std::vector<Withheld> all) {
  std::erase_if(all, [](const Withheld& each) { return each.rule.empty(); });
  return all;
}

Value TermsJson(const policy::Cell& cell, Value card) {
  if (cell.deadline != nullptr) card.Set("acknowledge", cell.deadline->name);
  std::vector<std::string> escalation;
  for (const policy::Duty* const duty : cell.escalation) escalation.push_back(duty->name);
  return std::move(card).Set("escalation", ListOf(escalation)).Set("retention", cell.retention);
}

struct Cards {
  std::string words;
  Value json = Value::List();
};

// One role's part of the answer.
void AddCard(const AskedCase& asked, const Role& to, const policy::Cell& at, Cards& cards) {
  const policy::Policy& policy = asked.loaded.policy;
  const policy::HeldShare* const held = at.held.get();
  const policy::Cell& cell = held != nullptr ? held->cell : at;
  const auto claims = policy.ClaimsRead(asked.exchange.name, asked.from, to);
  const auto withheld = WithheldBy(cell, cell.sections, asked.exchange);
  const bool told = cell.sections != 0;
  const auto reasons = told ? std::vector<std::string>{} : WhyNothing(asked, to, cell);
  std::string& words = cards.words;
  words += "\n" + to.value() + ": " + Plain(policy.roles().at(to.value())) + "\n";
  words += Line(held != nullptr ? "may be told" : "is told",
                told ? Join(asked.exchange.NamesOf(cell.sections)) : "nothing");
  for (const std::string& reason : reasons) words += Line("because", reason);
  if (held != nullptr) words += Line("but only", HeldWords(*held));
  if (told) words += TermsWords(cell, policy);
  if (told && !claims.empty()) words += Line("sees claims", Join(claims));
  words += WithheldWords(told ? withheld : OnlyForbidden(withheld));
  cards.json.Add(
      TermsJson(cell, Value::Map()
                          .Set("to", to.value())
                          .Set("told", ListOf(asked.exchange.NamesOf(cell.sections)))
                          .Set("held", held != nullptr)
                          .Set("rule", cell.rule.value())
                          .Set("basis", ListOf(SplitJoined(cell.basis)))
                          .Set("purpose", ListOf(SplitJoined(cell.purpose)))
                          .Set("why", cell.why)
                          .Set("why-nothing", ListOf(reasons))
                          .Set("required", cell.required)
                          .Set("decision-required", cell.decision_required)
                          .Set("claims", ListOf(told ? claims : std::vector<std::string>{}))
                          .Set("withheld", WithheldJson(withheld))));
}

// The cards of all roles, or of `to`; none of them for a role that no rule names.
Cards CardsFor(const AskedCase& asked, const AgencyId& sender, const std::string& to) {
  static const policy::Cell kNothing{};
  Cards cards;
  bool found = false;
  for (const auto& [role, cell] : asked.loaded.policy.RowsFor(
           {asked.exchange.name, sender, asked.from, asked.claims, asked.made})) {
    if (!to.empty() && role.value() != to) continue;
    AddCard(asked, role, *cell, cards);
    found = true;
  }
  if (!found && !to.empty()) AddCard(asked, Role(to), kNothing, cards);
  return cards;
}

// Senders that are answered alike.
struct Answered {
  std::vector<std::string> profiles;
  std::vector<std::string> senders;  // In words.
  Cards cards;
};

std::vector<Answered> AnswersByProfile(const LoadedPolicy& loaded, const CaseAsked& asked,
                                       const AskedCase& of_none) {
  const ProfileSenders senders = SendersOf(loaded.policy);
  std::vector<std::string> profiles;
  for (const auto& [profile, named] : senders) profiles.push_back(profile);
  profiles.emplace_back();  // Whoever no profile names stands last.
  std::vector<Answered> answers;
  for (const std::string& profile : profiles) {
    const AskedCase of{loaded,  of_none.exchange, of_none.from,
                       profile, of_none.claims,   of_none.made};
    const AgencyId sender(profile.empty() ? "" : senders.at(profile).front());
    Cards cards = CardsFor(of, sender, asked.to);
    auto same = std::ranges::find_if(
        answers, [&](const Answered& each) { return each.cards.words == cards.words; });
    if (same == answers.end()) same = answers.insert(same, {{}, {}, std::move(cards)});
    same->profiles.push_back(profile);
    same->senders.push_back(SenderWords(of.from, profile, senders));
  }
  return answers;
}

// Where who sends decides what is told, each kind of sender has its answer.
void AddAnswers(const std::vector<Answered>& answers, const Role& from, tool::Answer& answer) {
  if (answers.size() == 1) {
    answer.words += answers.front().cards.words;
    answer.json.Set("roles", answers.front().cards.json);
    return;
  }
  answer.words += "what is told depends on who sends it; --sender asks for one agency alone\n";
  Value list = Value::List();
  for (const Answered& each : answers) {
    answer.words += "\nFROM " + Join(each.senders, "; ") + "\n" + each.cards.words;
    list.Add(Value::Map()
                 .Set("from", from.value())
                 .Set("profiles", ListOf(each.profiles))
                 .Set("roles", each.cards.json));
  }
  answer.json.Set("by-sender", std::move(list));
}

std::string FromWords(const CaseAsked& asked, const policy::Policy& policy) {
  if (asked.sender.empty()) return "any " + asked.from;
  const std::string profile(policy.ProfileOf(AgencyId(asked.sender)));
  if (!profile.empty()) return asked.sender + " (profile " + profile + ")";
  const ProfileSenders named = SendersOf(policy);
  if (named.empty()) return asked.sender;
  std::vector<std::string> words;
  for (const auto& [name, senders] : named)
    words.push_back(Join(senders) + " (profile " + name + ")");
  return asked.sender + ", which no profile names; named are " + Join(words, "; ");
}

Result<void> CheckRoles(const policy::Policy& policy, const policy::Exchange& exchange,
                        const CaseAsked& asked) {
  std::vector<std::string> roles;
  for (const auto& [role, title] : policy.roles()) roles.push_back(role);
  if (!asked.to.empty() && !policy.roles().contains(asked.to)) {
    return Fail(FaultCode::kInvalid, "--to: the policy has no role " + asked.to +
                                         DidYouMean(asked.to, roles) + "; its roles are " +
                                         Join(roles));
  }
  const auto from = NamesOf(SendingRoles(policy, exchange.name));
  if (std::ranges::find(from, asked.from) != from.end()) return {};
  return Fail(FaultCode::kInvalid, "--from: no rule lets a " + asked.from + " send " +
                                       exchange.name.value() + DidYouMean(asked.from, from) +
                                       "; who sends it is " + Join(from));
}

}  // namespace

Result<tool::Answer> Explain(const LoadedPolicy& loaded, const CaseAsked& asked) {
  const policy::Policy& policy = loaded.policy;
  ASSIGN_OR_RETURN(const policy::Exchange* const exchange, FindExchange(policy, asked.exchange));
  ASSIGN_OR_RETURN(const auto claims, ClaimsOf(*exchange, asked.claims));
  RETURN_IF_FAULT(CheckRoles(policy, *exchange, asked));
  const Role from(asked.from);
  const AgencyId sender(asked.sender);
  const std::string profile(policy.ProfileOf(sender));
  std::string claim_words;
  Value claim_json = Value::Map();
  for (const ClaimOpening& claim : claims) {
    claim_words += ", " + claim.name + " = " + claim.value;
    claim_json.Set(claim.name, claim.value);
  }
  tool::Answer answer;
  answer.words = Plain(exchange->title) + claim_words + "\nfrom " + FromWords(asked, policy) +
                 ", made " + policy::TimeText(asked.made) + ", under version " +
                 std::to_string(policy.version().version) + "\n";
  answer.json = Value::Map()
                    .Set("exchange", exchange->name.value())
                    .Set("sender", asked.sender)
                    .Set("profile", profile)
                    .Set("from", asked.from)
                    .Set("claims", std::move(claim_json))
                    .Set("made", policy::TimeText(asked.made))
                    .Set("version", policy.version().version);
  const AskedCase of{loaded, *exchange, from, profile, claims, asked.made};
  if (asked.sender.empty()) {
    AddAnswers(AnswersByProfile(loaded, asked, of), from, answer);
  } else {
    AddAnswers({{{profile}, {asked.sender}, CardsFor(of, sender, asked.to)}}, from, answer);
  }
  return answer;
}

}  // namespace havenline
