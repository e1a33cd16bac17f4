// CheckNames(): rules against what the text declares. Whatever is not there is named with its place
// and the name that was probably meant.

#include <algorithm>
#include <map>
#include <set>

#include "policy/basis.h"
#include "policy/cells.h"
#include "schema/model/limits.h"
#include "schema/text/nearest.h"

namespace havenline::policy {
namespace {

constexpr std::size_t kProblemsMax = 20;

// "; did you mean \"school\"?", or nothing.
template <class Names, class NameOf>
std::string DidYouMean(const std::string& wanted, const Names& names, const NameOf& name_of) {
  text::Nearest nearest(wanted);
  for (const auto& name : names) nearest.Offer(name_of(name));
  return nearest.Found() ? "; did you mean \"" + *nearest.Found() + "\"?" : "";
}
std::string DidYouMean(const std::string& wanted, const std::vector<std::string>& names) {
  return DidYouMean(wanted, names, [](const std::string& name) { return name; });
}
std::string DidYouMean(const std::string& wanted, const std::map<std::string, std::string>& names) {
  return DidYouMean(wanted, names, [](const auto& name) { return name.first; });
}

class Checker {
 public:
  Checker(const Rules& rules, Problems& problems) : rules_(rules), problems_(problems) {}

  void Run() {
    CheckProfiles();
    if (rules_.roles.contains(std::string(kBrokerRole)))
      problems_.Add(text::Mark(), "[roles] names \"broker\", which is the broker's own");
    for (const Duty& duty : rules_.duties) CheckDuty(duty);
    for (const Exchange& exchange : rules_.exchanges) CheckExchange(exchange);
    std::set<RuleId> ids;
    for (const Rule& rule : rules_.rules) {
      if (!ids.insert(rule.id).second) problems_.Add(rule, "another rule has the same id", "rule");
      CheckRule(rule);
    }
    for (std::size_t i = 0; i < rules_.audit_rules.size(); ++i) {
      const AuditRule& rule = rules_.audit_rules[i];
      if (!ids.insert(rule.id).second)
        problems_.Add(rules_.audit_marks[i],
                      "rule " + rule.id.value() + ": another rule has the same id");
      CheckAudit(rule, rules_.audit_marks[i]);
    }
    CheckAuditTogether();
  }

 private:
  void CheckProfiles() {
    std::set<AgencyId> senders;
    for (const Profile& profile : rules_.profiles) {
      if (Contains(profiles_, profile.name))
        problems_.Add(text::Mark(), "profile " + profile.name + " stands twice");
      profiles_.push_back(profile.name);
      for (const AgencyId& sender : profile.senders) {
        if (!senders.insert(sender).second)
          problems_.Add(text::Mark(),
                        "profile " + profile.name + " names a sender that another profile names");
      }
    }
  }

  void CheckDuty(const Duty& duty) {
    if (rules_.roles.contains(duty.at.value())) return;
    problems_.Add(rules_.duty_marks.at(duty.name), "duty " + duty.name + ": there is no role " +
                                                       duty.at.value() +
                                                       DidYouMean(duty.at.value(), rules_.roles));
  }

  void CheckExchange(const Exchange& exchange) {
    const auto check = [&](const std::string& section, const std::string& where) {
      if (Contains(exchange.sections, section)) return;
      problems_.Add(rules_.exchange_marks.at(exchange.name),
                    "exchange " + exchange.name.value() + ": " + where + " names section " +
                        section + ", which it has not" + DidYouMean(section, exchange.sections));
    };
    for (const Claim& claim : exchange.claims) check(claim.section, "`source` of " + claim.name);
    for (const std::string& section : exchange.unshared) check(section, "`unshared`");
  }

  // An entry names all rules by which somebody looked as one name.
  void CheckAuditTogether() {
    std::map<Role, std::size_t> bytes;
    for (std::size_t i = 0; i < rules_.audit_rules.size(); ++i) {
      for (const Role& role : rules_.audit_rules[i].by) {
        std::size_t& of_role = bytes[role];
        of_role += rules_.audit_rules[i].id.value().size() + (of_role == 0 ? 0 : 1);
        if (of_role <= limits::kNameBytesMax) continue;
        problems_.Add(rules_.audit_marks[i], "rule " + rules_.audit_rules[i].id.value() +
                                                 ": all [[audit]] rules of " + role.value() +
                                                 " have more than 96 letters together");
        return;
      }
    }
  }

  void CheckAudit(const AuditRule& rule, text::Mark mark) {
    const auto problem = [&](const std::string& what) {
      problems_.Add(mark, "rule " + rule.id.value() + ": " + what);
    };
    if (rule.by.empty()) problem("names no role in `by`");
    if (!rule.unconcealed && rule.exchanges.empty()) problem("names no exchange");
    for (const Role& role : rule.by) {
      if (rules_.roles.contains(role.value())) continue;
      problem("there is no role " + role.value() + DidYouMean(role.value(), rules_.roles));
    }
    for (const ExchangeName& exchange : rule.exchanges) {
      if (rules_.exchange_marks.contains(exchange)) continue;
      problem("there is no [exchange." + exchange.value() + "]" +
              DidYouMean(exchange.value(), rules_.exchanges,
                         [](const Exchange& each) { return each.name.value(); }));
    }
  }

  void CheckRule(const Rule& rule) {
    CheckRoles(rule);
    for (const std::string& profile : rule.profiles) {
      if (!Contains(profiles_, profile)) {
        problems_.Add(rule, "there is no profile " + profile + DidYouMean(profile, profiles_),
                      "profile/" + profile);
      }
    }
    const auto exchange = std::ranges::find(rules_.exchanges, rule.exchange, &Exchange::name);
    if (exchange == rules_.exchanges.end()) {
      const std::string& name = rule.exchange.value();
      problems_.Add(rule,
                    "there is no [exchange." + name + "]" +
                        DidYouMean(name, rules_.exchanges,
                                   [](const Exchange& each) { return each.name.value(); }),
                    "exchange");
    } else {
      CheckSections(rule, *exchange);
      CheckWhen(rule, *exchange);
    }
    if (rule.effect != Effect::kNever) CheckTerms(rule);
  }

  void CheckRoles(const Rule& rule) {
    if (rule.from.empty() || rule.to.empty())
      problems_.Add(rule, "needs at least one role in `from` and in `to`");
    for (const Role& role : rule.from) CheckRole(rule, role, "from/" + role.value());
    for (const Role& role : rule.to) {
      if (role.value() != kBrokerRole) {
        CheckRole(rule, role, "to/" + role.value());
      } else if (rule.effect != Effect::kNever) {
        problems_.Add(rule, "shares with the broker, which opens nothing", "to/broker");
      }
    }
    if (rule.held != Condition::Kind::kNone) CheckRole(rule, rule.watches, "watches");
  }
  void CheckRole(const Rule& rule, const Role& role, const std::string& named) {
    if (rules_.roles.contains(role.value())) return;
    problems_.Add(rule, "there is no role " + role.value() + DidYouMean(role.value(), rules_.roles),
                  named);
  }

  void CheckSections(const Rule& rule, const Exchange& exchange) {
    if (rule.sections.empty()) problems_.Add(rule, "names no section", "sections");
    for (const std::string& section : rule.sections) {
      if (section == "*" ? rule.sections.size() > 1 : !Contains(exchange.sections, section)) {
        problems_.Add(
            rule, "the exchange has no section " + section + DidYouMean(section, exchange.sections),
            "sections/" + section);
      }
      if (section == kExclusions && rule.effect == Effect::kNever) {
        problems_.Add(rule, "cannot forbid exclusions: whoever is told anything is told them too",
                      "sections/" + section);
      }
    }
    for (const std::string& section : rule.visible) {
      const std::string named = "visible-when-withheld/" + section;
      if (!Contains(exchange.sections, section)) {
        problems_.Add(
            rule, "the exchange has no section " + section + DidYouMean(section, exchange.sections),
            named);
      } else if (exchange.concealed) {
        problems_.Add(rule, "nothing of a concealed exchange may show where it is withheld", named);
      }
    }
  }

  void CheckWhen(const Rule& rule, const Exchange& exchange) {
    for (const auto& [name, values] : rule.when) {
      const auto claim = std::ranges::find(exchange.claims, name, &Claim::name);
      if (claim == exchange.claims.end()) {
        problems_.Add(
            rule,
            "the exchange has no claim " + name +
                DidYouMean(name, exchange.claims, [](const Claim& each) { return each.name; }),
            "when." + name);
        continue;
      }
      if (values.empty())
        problems_.Add(rule, "claim " + name + " needs at least one value", "when." + name);
      for (const std::string& value : values) {
        if (Contains(claim->values, value)) continue;
        problems_.Add(rule,
                      "claim " + name + " has no value " + value + DidYouMean(value, claim->values),
                      "when." + name + "/" + value);
      }
    }
  }

  // What sharing needs: on what ground, to what end, by when, and who sees to that.
  void CheckTerms(const Rule& rule) {
    if (FindBasis(rule.basis) == nullptr) {
      problems_.Add(rule,
                    "there is no lawful basis " + rule.basis +
                        DidYouMean(rule.basis, AllBases(),
                                   [](const Basis& basis) { return std::string(basis.code); }) +
                        "; `havenline policy bases` lists them",
                    "basis");
    }
    if (!rules_.purposes.contains(rule.purpose)) {
      problems_.Add(
          rule, "there is no purpose " + rule.purpose + DidYouMean(rule.purpose, rules_.purposes),
          "purpose");
    }
    if (!rule.retention.empty() && !rules_.retentions.contains(rule.retention)) {
      problems_.Add(rule,
                    "there is no retention label " + rule.retention +
                        DidYouMean(rule.retention, rules_.retentions),
                    "retention");
    }
    const auto deadline = std::ranges::find(rules_.deadlines, rule.deadline, &Deadline::name);
    if (!rule.deadline.empty() && deadline == rules_.deadlines.end()) {
      problems_.Add(rule,
                    "there is no [deadline." + rule.deadline + "]" +
                        DidYouMean(rule.deadline, rules_.deadlines,
                                   [](const Deadline& each) { return each.name; }),
                    "acknowledge");
    }
    CheckEscalation(rule);
  }

  void CheckEscalation(const Rule& rule) {
    std::string chain;
    const Duty* last = nullptr;
    std::set<std::string> seen;
    if (rule.escalation.size() > kEscalationMax)
      problems_.Add(rule, "escalates to more than " + std::to_string(kEscalationMax) + " duties",
                    "escalation");
    for (const std::string& name : rule.escalation) {
      const std::string named = "escalation/" + name;
      const auto duty = std::ranges::find(rules_.duties, name, &Duty::name);
      if (duty == rules_.duties.end()) {
        problems_.Add(
            rule,
            "there is no [duty." + name + "]" +
                DidYouMean(name, rules_.duties, [](const Duty& each) { return each.name; }),
            named);
        return;
      }
      chain += (chain.empty() ? "" : " -> ") + name;
      if (!seen.insert(name).second) {
        problems_.Add(rule, "escalates in a circle: " + chain, named);
        return;
      }
      CheckParty(rule, *duty, named);
      last = &*duty;
    }
    if (last != nullptr && !last->person) {
      problems_.Add(rule,
                    "escalates to nobody: " + chain + " ends at " + last->title +
                        ", and no person holds that duty at every hour (`person = true`)",
                    "escalation/" + last->name);
    }
  }

  // Whoever is asked must be of an agency that knows of the message anyway.
  void CheckParty(const Rule& rule, const Duty& duty, const std::string& named) {
    for (const Role& from : rule.from) {
      for (const Role& to : rule.to) {
        const bool known = rules_.roles.contains(from.value()) && rules_.roles.contains(to.value());
        if (!known || duty.at == from || duty.at == to) continue;
        problems_.Add(rule,
                      "escalates to " + duty.title + " at a " + duty.at.value() +
                          ", which is no party to what " + from.value() + " tells " + to.value(),
                      named);
        return;
      }
    }
  }

  const Rules& rules_;
  Problems& problems_;
  std::vector<std::string> profiles_;
};

}  // namespace

void Problems::Add(const Rule& rule, const std::string& what, const std::string& named) {
  const auto mark = rule.marks.find(named);
  Add(mark == rule.marks.end() ? rule.mark : mark->second, "rule " + rule.id.value() + ": " + what);
}

std::string Problems::Text() const {
  std::string text;
  for (std::size_t i = 0; i < std::min(problems_.size(), kProblemsMax); ++i)
    text += problems_[i] + "\n";
  if (problems_.size() > kProblemsMax)
    text += "and " + std::to_string(problems_.size() - kProblemsMax) + " more\n";
  if (!text.empty()) text.pop_back();
  return text;
}

void CheckNames(const Rules& rules, Problems& problems) { Checker(rules, problems).Run(); }

}  // namespace havenline::policy
