#include "tests/policy/interpreter.h"

#include <algorithm>

#include "policy/basis.h"

namespace havenline::policy {
namespace {

template <class List, class Item>
bool Has(const List& list, const Item& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// Does the rule say anything in this case, to this role?
bool Applies(const Rule& rule, const OneCase& which, const std::string& to) {
  if (rule.exchange != which.exchange.name) return false;
  if (!Has(rule.from, Role(which.from)) || !Has(rule.to, Role(to))) return false;
  if (!rule.profiles.empty() && !Has(rule.profiles, which.profile)) return false;
  if (rule.starts && which.created < *rule.starts) return false;
  if (rule.ends && which.created >= *rule.ends) return false;
  for (const auto& [claim, values] : rule.when) {
    if (!Has(values, which.claims.at(claim))) return false;
  }
  return true;
}

// What it names, `["*"]` written out, without the exclusions.
NameSet Named(const Rule& rule, const Exchange& exchange) {
  NameSet names(rule.sections.begin(), rule.sections.end());
  if (rule.sections.front() == "*")
    names = NameSet(exchange.sections.begin(), exchange.sections.end());
  names.erase("exclusions");
  return names;
}

NameSet Without(const NameSet& names, const NameSet& others) {
  NameSet left;
  for (const std::string& name : names) {
    if (!others.contains(name)) left.insert(name);
  }
  return left;
}

NameSet NeverIn(const Rules& rules, const OneCase& which, const std::string& to) {
  NameSet never;
  for (const Rule& rule : rules.rules) {
    if (rule.effect == Effect::kNever && Applies(rule, which, to))
      never.merge(Named(rule, which.exchange));
  }
  return never;
}

Telling Told(const Rules& rules, const OneCase& which, const std::string& to,
             Condition::Kind held) {
  const NameSet never = NeverIn(rules, which, to);
  Telling telling;
  for (const Rule& rule : rules.rules) {
    if (rule.effect == Effect::kNever || rule.held != held || !Applies(rule, which, to)) continue;
    if (held != Condition::Kind::kNone) {
      const Telling watched = Told(rules, which, rule.watches.value(), Condition::Kind::kNone);
      if (watched.sections.empty()) continue;
      if (held == Condition::Kind::kUnacknowledged && watched.With(&Rule::deadline) == nullptr)
        continue;
    }
    NameSet left = Without(Named(rule, which.exchange), never);
    if (left.empty()) continue;
    telling.sections.merge(left);
    telling.rules.push_back(&rule);
    telling.visible.insert(rule.visible.begin(), rule.visible.end());
  }
  if (!telling.sections.empty()) telling.sections.insert("exclusions");
  telling.visible = Without(telling.visible, telling.sections);
  return telling;
}

NameSet ClaimsReadBy(const Rules& rules, const Exchange& exchange, const std::string& from,
                     const std::string& to) {
  NameSet read;
  for (const Rule& rule : rules.rules) {
    if (rule.exchange != exchange.name || !Has(rule.from, Role(from)) || !Has(rule.to, Role(to)))
      continue;
    for (const auto& when : rule.when) read.insert(when.first);
  }
  return read;
}

bool SayDifferentThings(const Telling& telling) {
  for (const Rule* const a : telling.rules) {
    for (const Rule* const b : telling.rules) {
      if (a->deadline != b->deadline || a->thread_party != b->thread_party) return true;
      if (!a->escalation.empty() && !b->escalation.empty() && a->escalation != b->escalation)
        return true;
      if (!a->retention.empty() && !b->retention.empty() && a->retention != b->retention)
        return true;
      if (a->held != b->held || a->watches != b->watches) return true;
    }
  }
  return false;
}

bool AgainstConsent(const Telling& telling, const OneCase& which) {
  const auto claim = which.claims.find("consent");
  const std::string consent = claim == which.claims.end() ? "" : claim->second;
  if (consent == "given") return false;
  if (!telling.rules.empty() && which.exchange.consent == Consent::kRequired &&
      (consent == "refused" || consent == "not-asked"))
    return true;
  return std::ranges::any_of(
      telling.rules, [](const Rule* rule) { return FindBasis(rule->basis)->rests_on_consent; });
}

// Everything about one exchange that has to be looked at together.
class Refusals {
 public:
  Refusals(const Rules& rules, const Exchange& exchange) : rules_(rules), exchange_(exchange) {}

  std::optional<std::string> First() {
    for (const std::string& profile : ProfileNames(rules_)) {
      for (const std::string& from : SenderRoles(rules_, exchange_)) {
        for (const std::string& to : RecipientRoles(rules_, exchange_)) {
          seen_.clear();
          Look(profile, from, to);
        }
        for (const OneCase& which : CasesOf(rules_, exchange_, profile, from)) {
          if (!why_) LookAtAll(which);
        }
      }
    }
    if (why_) return why_;
    for (const std::string& section : exchange_.sections) {
      if (section != "exclusions" && told_.contains(section) == Has(exchange_.unshared, section))
        why_ = "unseen";
    }
    for (const Rule& rule : rules_.rules) {
      if (rule.exchange != exchange_.name) continue;
      if (rule.effect != Effect::kNever && !took_part_.contains(&rule)) why_ = "unreachable";
      for (const std::string& section : rule.visible) {
        if (!shown_.contains({&rule, section})) why_ = "visible";
      }
    }
    return why_;
  }

 private:
  using Looks = std::pair<std::map<std::string, std::string>, TimePoint>;
  using Is = std::pair<std::vector<const Rule*>, std::vector<const Rule*>>;

  void Look(const std::string& profile, const std::string& from, const std::string& to) {
    const NameSet read = ClaimsReadBy(rules_, exchange_, from, to);
    for (const OneCase& which : CasesOf(rules_, exchange_, profile, from)) {
      if (why_) return;
      const Ruling ruling = Interpret(rules_, which, to);
      LookAtCell(which, ruling, to, read);
      for (const Telling* const telling : {&ruling.at_once, &ruling.held}) {
        told_.insert(telling->sections.begin(), telling->sections.end());
        took_part_.insert(telling->rules.begin(), telling->rules.end());
        for (const Rule* const rule : telling->rules) {
          for (const std::string& section : rule->visible)
            if (telling->visible.contains(section)) shown_.emplace(rule, section);
        }
        if (SayDifferentThings(*telling)) why_ = "disagree";
        if (AgainstConsent(*telling, which)) why_ = "consent";
      }
    }
  }

  void LookAtCell(const OneCase& which, const Ruling& ruling, const std::string& to,
                  const NameSet& read) {
    for (const Rule& rule : rules_.rules) {
      if (rule.effect == Effect::kRequire && Applies(rule, which, to) &&
          Without(Named(rule, exchange_), ruling.never).empty())
        why_ = "nothing left";
    }
    const bool told = !ruling.at_once.sections.empty() || !ruling.held.sections.empty();
    for (const Claim& claim : exchange_.claims) {
      if (told && read.contains(claim.name) && ruling.never.contains(claim.section))
        why_ = "claim discloses";
    }
    // Two cases that look alike to the role must be alike.
    Looks looks{{}, which.created};
    for (const std::string& claim : read) looks.first[claim] = which.claims.at(claim);
    const std::pair is{ruling.at_once.rules, ruling.held.rules};
    if (seen_.emplace(looks, is).first->second != is) why_ = "undecidable";
  }

  // Who is told at once in this case, all together.
  void LookAtAll(const OneCase& which) {
    NameSet told;
    std::size_t roles = 0;
    for (const std::string& to : RecipientRoles(rules_, exchange_)) {
      const Ruling ruling = Interpret(rules_, which, to);
      told.insert(ruling.at_once.sections.begin(), ruling.at_once.sections.end());
      if (!ruling.at_once.sections.empty() || !ruling.held.sections.empty()) ++roles;
    }
    if (roles >= exchange_.slots) why_ = "slots";
    if (told.empty()) return;
    const NameSet kept_from_broker = NeverIn(rules_, which, "broker");
    for (const Claim& claim : exchange_.claims) {
      if (kept_from_broker.contains(claim.section)) why_ = "broker";
      const bool matters = std::ranges::any_of(rules_.rules, [&](const Rule& rule) {
        return rule.exchange == exchange_.name && rule.when.contains(claim.name) &&
               Has(rule.from, Role(which.from)) &&
               (rule.profiles.empty() || Has(rule.profiles, which.profile));
      });
      if (matters && !told.contains(claim.section)) why_ = "uncheckable";
    }
  }

  const Rules& rules_;
  const Exchange& exchange_;
  std::optional<std::string> why_;
  NameSet told_;
  std::set<const Rule*> took_part_;
  std::set<std::pair<const Rule*, std::string>> shown_;
  std::map<Looks, Is> seen_;  // Of one place.
};

}  // namespace

std::string Telling::Joined(std::string Rule::*what) const {
  std::vector<std::string> words;
  for (const Rule* const rule : rules) {
    if (!Has(words, rule->*what)) words.push_back(rule->*what);
  }
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : "+") + word;
  return joined;
}

std::string Telling::RuleIds() const {
  std::string joined;
  for (const Rule* const rule : rules) joined += (joined.empty() ? "" : "+") + rule->id.value();
  return joined;
}

bool Telling::MustTell(const Exchange& exchange) const {
  return exchange.consent != Consent::kRequired && std::ranges::any_of(rules, [](const Rule* rule) {
           return rule->effect == Effect::kRequire;
         });
}

bool Telling::MustDecide(const Exchange& exchange) const {
  return exchange.consent == Consent::kRequired && std::ranges::any_of(rules, [](const Rule* rule) {
           return rule->effect == Effect::kRequire;
         });
}

const Rule* Telling::With(std::string Rule::*what) const {
  const Rule* last = nullptr;
  for (const Rule* const rule : rules) {
    if (!(rule->*what).empty()) last = rule;
  }
  return last;
}

Ruling Interpret(const Rules& rules, const OneCase& which, const std::string& to) {
  Ruling ruling;
  ruling.never = NeverIn(rules, which, to);
  ruling.at_once = Told(rules, which, to, Condition::Kind::kNone);
  if (!ruling.at_once.sections.empty()) return ruling;
  const Telling one = Told(rules, which, to, Condition::Kind::kUnacknowledged);
  const Telling other = Told(rules, which, to, Condition::Kind::kUnable);
  ruling.held = one.rules.empty() ? other : one;
  if (!one.rules.empty())  // Not both: WhyRefused() sees to that.
    ruling.held.rules.insert(ruling.held.rules.end(), other.rules.begin(), other.rules.end());
  return ruling;
}

std::vector<OneCase> CasesOf(const Rules& rules, const Exchange& exchange,
                             const std::string& profile, const std::string& from) {
  std::set<TimePoint> times = {TimePoint::min()};
  for (const Rule& rule : rules.rules) {
    if (rule.exchange != exchange.name) continue;
    if (rule.starts) times.insert(*rule.starts);
    if (rule.ends) times.insert(*rule.ends);
  }
  std::vector<OneCase> cases;
  for (const TimePoint time : times) {
    std::vector<std::map<std::string, std::string>> all = {{}};
    for (const Claim& claim : exchange.claims) {
      std::vector<std::map<std::string, std::string>> longer;
      for (const auto& some : all) {
        for (const std::string& value : claim.values) {
          longer.push_back(some);
          longer.back()[claim.name] = value;
        }
      }
      all = std::move(longer);
    }
    for (auto& claims : all) cases.push_back({exchange, profile, from, std::move(claims), time});
  }
  return cases;
}

NameSet SenderRoles(const Rules& rules, const Exchange& exchange) {
  NameSet roles;
  for (const Rule& rule : rules.rules) {
    for (const Role& role : rule.from)
      if (rule.exchange == exchange.name) roles.insert(role.value());
  }
  return roles;
}

NameSet RecipientRoles(const Rules& rules, const Exchange& exchange) {
  NameSet roles;
  for (const Rule& rule : rules.rules) {
    for (const Role& role : rule.to)
      if (rule.exchange == exchange.name && role.value() != "broker") roles.insert(role.value());
  }
  return roles;
}

std::vector<std::string> ProfileNames(const Rules& rules) {
  std::vector<std::string> names = {""};
  for (const Profile& profile : rules.profiles) names.push_back(profile.name);
  return names;
}

std::optional<std::string> WhyRefused(const Rules& rules) {
  for (const Exchange& exchange : rules.exchanges) {
    if (auto why = Refusals(rules, exchange).First()) return why;
  }
  return std::nullopt;
}

}  // namespace havenline::policy
