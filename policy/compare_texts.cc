// CompareTexts(): what two versions say beside their cells: how each exchange travels, what names
// stand for, whom profiles name, which rules there are, and what is kept from the broker.

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "policy/compare.h"

namespace havenline::policy {
namespace {

using Kind = Change::Kind;

std::string YesOrNo(bool is) { return is ? "yes" : "no"; }

std::string WordFor(Consent consent) {
  switch (consent) {
    case Consent::kRequired:
      return "required";
    case Consent::kNotRequired:
      return "not-required";
    case Consent::kMustNotAsk:
      return "must-not-ask";
  }
  return "";
}

std::string WordFor(Effect effect) {
  switch (effect) {
    case Effect::kShare:
      return "share";
    case Effect::kRequire:
      return "require";
    case Effect::kNever:
      return "never";
  }
  return "";
}

std::string Joined(const std::vector<std::string>& names) {
  std::string words;
  for (const std::string& name : names) words += (words.empty() ? "" : ", ") + name;
  return words;
}

std::vector<std::string> Without(const std::vector<std::string>& names,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::ranges::copy_if(names, std::back_inserter(rest), [&](const std::string& name) {
    return std::ranges::find(others, name) == others.end();
  });
  return rest;
}

class TextComparison {
 public:
  TextComparison(const Rules& before, const Rules& after) : before_(before), after_(after) {}

  std::vector<Change> Run() {
    CompareExchanges();
    CompareTitles("role", before_.roles, after_.roles);
    CompareTitles("purpose", before_.purposes, after_.purposes);
    CompareTitles("label", before_.retentions, after_.retentions);
    CompareProfiles();
    CompareTitles("audit rule", AuditRulesOf(before_), AuditRulesOf(after_));
    CompareBroker();
    CompareRules();
    return std::move(changes_);
  }

 private:
  Change& Add(Kind kind, const std::string& what, const std::string& before,
              const std::string& after) {
    Change change;
    change.kind = kind;
    change.section = what;
    change.before = before;
    change.after = after;
    change.every_sender = true;
    return changes_.emplace_back(std::move(change));
  }

  // A list's items that went and came.
  void AddLists(const ExchangeName& exchange, const std::string& what,
                const std::vector<std::string>& before, const std::vector<std::string>& after) {
    const std::string gone = Joined(Without(before, after));
    const std::string come = Joined(Without(after, before));
    if (!gone.empty()) Add(Kind::kExchange, what, gone, "").exchange = exchange;
    if (!come.empty()) Add(Kind::kExchange, what, "", come).exchange = exchange;
    if (gone.empty() && come.empty() && before != after)
      Add(Kind::kExchange, what, Joined(before), Joined(after)).exchange = exchange;
  }

  void CompareExchanges() {
    std::set<ExchangeName> names;
    for (const Rules* const rules : {&before_, &after_}) {
      for (const Exchange& exchange : rules->exchanges) names.insert(exchange.name);
    }
    for (const ExchangeName& name : names) {
      const auto before = std::ranges::find(before_.exchanges, name, &Exchange::name);
      const auto after = std::ranges::find(after_.exchanges, name, &Exchange::name);
      if (before == before_.exchanges.end()) {
        Add(Kind::kExchange, "", "", name.value()).exchange = name;
      } else if (after == after_.exchanges.end()) {
        Add(Kind::kExchange, "", name.value(), "").exchange = name;
      } else {
        CompareExchange(*before, *after);
      }
    }
  }

  void CompareExchange(const Exchange& before, const Exchange& after) {
    const std::vector<std::tuple<std::string, std::string, std::string>> facts = {
        {"title", before.title, after.title},
        {"version", std::to_string(before.version), std::to_string(after.version)},
        {"slots", std::to_string(before.slots), std::to_string(after.slots)},
        {"urgent", YesOrNo(before.urgent), YesOrNo(after.urgent)},
        {"strict", YesOrNo(before.strict), YesOrNo(after.strict)},
        {"concealed", YesOrNo(before.concealed), YesOrNo(after.concealed)},
        {"consent", WordFor(before.consent), WordFor(after.consent)}};
    for (const auto& [what, was, is] : facts) {
      if (was != is) Add(Kind::kExchange, what, was, is).exchange = before.name;
    }
    AddLists(before.name, "sections", before.sections, after.sections);
    AddLists(before.name, "unshared", before.unshared, after.unshared);
    AddLists(before.name, "hold", before.hold_flags, after.hold_flags);
    AddLists(before.name, "claims", ClaimsOf(before), ClaimsOf(after));
  }

  static std::vector<std::string> ClaimsOf(const Exchange& exchange) {
    std::vector<std::string> claims;
    for (const Claim& claim : exchange.claims) {
      claims.push_back(claim.name + " made of " + claim.section +
                       (claim.field.empty() ? "" : "." + claim.field) + " (" +
                       Joined(claim.values) + (claim.words.empty() ? "" : "; " + claim.words) +
                       ")");
    }
    return claims;
  }

  void CompareTitles(const std::string& what, const std::map<std::string, std::string>& before,
                     const std::map<std::string, std::string>& after) {
    std::map<std::string, std::string> all = before;
    all.insert(after.begin(), after.end());
    for (const auto& entry : all) {
      const std::string& name = entry.first;
      const auto was = before.find(name);
      const auto is = after.find(name);
      if (was == before.end() || is == after.end() || was->second != is->second) {
        Add(Kind::kDeclared, what + " " + name, was == before.end() ? "" : was->second,
            is == after.end() ? "" : is->second);
      }
    }
  }

  static std::map<std::string, std::string> ProfilesOf(const Rules& rules) {
    std::map<std::string, std::string> profiles;
    for (const Profile& profile : rules.profiles) {
      std::set<std::string> senders;
      for (const AgencyId& sender : profile.senders) senders.insert(sender.value());
      profiles[profile.name] = Joined({senders.begin(), senders.end()});
    }
    return profiles;
  }
  void CompareProfiles() { CompareTitles("profile", ProfilesOf(before_), ProfilesOf(after_)); }

  static std::map<std::string, std::string> AuditRulesOf(const Rules& rules) {
    std::map<std::string, std::string> all;
    for (const AuditRule& rule : rules.audit_rules) {
      std::vector<std::string> by;
      for (const Role& role : rule.by) by.push_back(role.value());
      std::vector<std::string> exchanges;
      if (rule.unconcealed) exchanges.emplace_back("all exchanges that are not concealed");
      for (const ExchangeName& exchange : rule.exchanges) exchanges.push_back(exchange.value());
      all[rule.id.value()] = Joined(by) + " may read of " + Joined(exchanges) + ": " + rule.why;
    }
    return all;
  }

  // The broker has no cells: what `never` rules keep from it, section by section.
  using Kept = std::map<std::tuple<std::string, std::string, std::string, std::string>, Change>;
  static Kept KeptFromBroker(const Rules& rules) {
    const Role broker{std::string(kBrokerRole)};
    Kept kept;
    for (const Rule& rule : rules.rules) {
      if (std::ranges::find(rule.to, broker) == rule.to.end()) continue;
      Change change;
      change.exchange = rule.exchange;
      change.to = broker;
      change.rule = rule.id.value();
      change.every_sender = rule.profiles.empty();
      for (const Profile& profile : rules.profiles) {
        const bool named = std::ranges::find(rule.profiles, profile.name) != rule.profiles.end();
        if (named)
          change.senders.insert(change.senders.end(), profile.senders.begin(),
                                profile.senders.end());
      }
      change.when = {Case(rule.when.begin(), rule.when.end())};
      const std::string terms = Words(change.when.front()) + Joined(rule.profiles) +
                                std::to_string(Ticks(rule.starts)) + " " +
                                std::to_string(Ticks(rule.ends));
      for (const Role& from : rule.from) {
        change.from = from;
        for (const std::string& section : rule.sections) {
          change.section = section;
          kept.emplace(std::tuple(rule.id.value(), from.value(), section, terms), change);
        }
      }
    }
    return kept;
  }
  static std::int64_t Ticks(const std::optional<TimePoint>& time) {
    return time ? time->time_since_epoch().count() : -1;
  }

  void CompareBroker() {
    const Kept before = KeptFromBroker(before_);
    const Kept after = KeptFromBroker(after_);
    for (const auto& [key, change] : before) {
      if (after.contains(key)) continue;
      changes_.push_back(change);
      changes_.back().kind = Kind::kNoLongerForbids;
    }
    for (const auto& [key, change] : after) {
      if (before.contains(key)) continue;
      changes_.push_back(change);
      changes_.back().kind = Kind::kForbids;
    }
  }

  void CompareRules() {
    std::set<RuleId> ids;
    for (const Rules* const rules : {&before_, &after_}) {
      for (const Rule& rule : rules->rules) ids.insert(rule.id);
    }
    for (const RuleId& id : ids) {
      const auto was = std::ranges::find(before_.rules, id, &Rule::id);
      const auto is = std::ranges::find(after_.rules, id, &Rule::id);
      const bool had = was != before_.rules.end();
      const bool has = is != after_.rules.end();
      if (!had || !has || was->effect != is->effect) {
        Add(Kind::kRule, "", had ? WordFor(was->effect) : "", has ? WordFor(is->effect) : "").rule =
            id.value();
      }
      if (had && has && was->why != is->why)
        Add(Kind::kRule, "why", was->why, is->why).rule = id.value();
    }
  }

  const Rules& before_;
  const Rules& after_;
  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> CompareTexts(const Rules& before, const Rules& after) {
  return TextComparison(before, after).Run();
}

}  // namespace havenline::policy
