// Compare(): the cells of two versions held against each other, place by place and case by case.

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "policy/cells.h"
#include "policy/compare.h"

namespace havenline::policy {
namespace {

using Kind = Change::Kind;

// Between a section's name and the rule that forbids it; no name has one.
constexpr char kByRule = '\n';

std::vector<TimePoint> TurnsOfBoth(const Exchange* before, const Exchange* after) {
  std::set<TimePoint> turns;
  for (const Exchange* const each : {before, after}) {
    if (each != nullptr) turns.insert(each->turns.begin(), each->turns.end());
  }
  return {turns.begin(), turns.end()};
}

// What one cell says, so that cells of two policies can be held against each other.
struct Said {
  std::set<std::string> sections;
  bool required = false;
  bool decision_required = false;
  std::set<std::string> held;  // Under the condition:
  std::pair<Condition::Kind, Role> condition;
  std::set<std::string> shows;      // What is withheld, and may be seen to be.
  std::set<std::string> forbidden;  // "section\nrule".
  // On what terms it tells what it tells, at once or held; none where it tells nothing.
  std::map<Kind, std::string> terms;
};

std::string EscalationOf(const Cell& cell) {
  std::string words;
  for (const Duty* const duty : cell.escalation) {
    words += (words.empty() ? "" : ", then ") + duty->title + " (" + duty->at.value() +
             (duty->person ? ", at every hour)" : ")");
  }
  return words.empty() ? "nobody" : words;
}

std::map<Kind, std::string> TermsOf(const Cell& cell) {
  return {{Kind::kBasis, cell.basis},
          {Kind::kPurpose, cell.purpose},
          {Kind::kClock, cell.deadline == nullptr ? "none" : ClockWords(*cell.deadline)},
          {Kind::kEscalation, EscalationOf(cell)},
          {Kind::kRetention, cell.retention.empty() ? "none" : cell.retention},
          {Kind::kThread, cell.thread_party ? "yes" : "no"}};
}

Said SaidBy(const Cell& cell, const Exchange& exchange) {
  Said said;
  const auto names = [&](SectionSet set) {
    const auto list = exchange.NamesOf(set);
    return std::set<std::string>(list.begin(), list.end());
  };
  said.sections = names(cell.sections);
  said.required = cell.required;
  said.decision_required = cell.decision_required;
  const Cell& effective = cell.held == nullptr ? cell : cell.held->cell;
  if (cell.held != nullptr) {
    said.held = names(cell.held->cell.sections);
    said.condition = {cell.held->kind, cell.held->watches};
  }
  said.shows = names(effective.visible);
  for (const Forbidden& each : cell.forbidden) {
    for (const std::string& section : exchange.NamesOf(each.sections))
      said.forbidden.insert(section + kByRule + each.rule.value());
  }
  if (effective.sections != 0) said.terms = TermsOf(effective);
  return said;
}

// All that is said in any case, as one.
Said InAnyCase(const std::vector<Said>& all) {
  Said said;
  std::map<Kind, std::set<std::string>> terms;
  for (const Said& each : all) {
    said.sections.insert(each.sections.begin(), each.sections.end());
    said.held.insert(each.held.begin(), each.held.end());
    said.shows.insert(each.shows.begin(), each.shows.end());
    said.forbidden.insert(each.forbidden.begin(), each.forbidden.end());
    said.required = said.required || each.required;
    said.decision_required = said.decision_required || each.decision_required;
    for (const auto& [kind, words] : each.terms) terms[kind].insert(words);
  }
  for (const auto& [kind, values] : terms) {
    std::string& words = said.terms[kind];
    for (const std::string& value : values) words += (words.empty() ? "" : " or ") + value;
  }
  return said;
}

class Comparison {
 public:
  Comparison(const Policy& before, const Policy& after) : before_(before), after_(after) {}

  std::vector<Change> Run() {
    FindSenders();
    std::set<ExchangeName> exchanges;
    for (const Policy* const policy : {&before_, &after_}) {
      for (const Exchange& exchange : policy->exchanges()) exchanges.insert(exchange.name);
    }
    for (const ExchangeName& exchange : exchanges) CompareExchange(exchange);
    return Changes();
  }

 private:
  // Senders by their profile before and after: those of one pair fare alike.
  using Profiles = std::pair<std::string, std::string>;
  using Roles = std::pair<Role, Role>;
  // …, section, rule, before, after, when.
  using What = std::tuple<ExchangeName, Role, Role, Kind, std::string, std::string, std::string,
                          std::string, std::vector<Case>>;
  // One place of both versions, all its cases.
  struct Pair {
    std::vector<Said> before;
    std::vector<Said> after;
    const Exchange& known;
    std::vector<Claim> claims;
    const Policy::TableKey& place;
    const Profiles& profiles;
  };

  void FindSenders() {
    senders_[{"", ""}];  // Whoever no profile names.
    for (const Policy* const policy : {&before_, &after_}) {
      for (const auto& [sender, profile] : policy->profiles()) {
        senders_[{std::string(before_.ProfileOf(sender)), std::string(after_.ProfileOf(sender))}]
            .insert(sender);
      }
    }
  }

  static std::set<Roles> RolesOf(const Policy& policy, const ExchangeName& exchange) {
    std::set<Roles> roles;
    for (const auto& [key, cells] : policy.table()) {
      if (std::get<0>(key) == exchange) roles.emplace(std::get<2>(key), std::get<3>(key));
    }
    return roles;
  }

  void CompareExchange(const ExchangeName& name) {
    std::set<Roles> roles = RolesOf(before_, name);
    roles.merge(RolesOf(after_, name));
    for (const auto& [profiles, senders] : senders_) {
      for (const Roles& each : roles) {
        ComparePlace(profiles, {name, profiles.first, each.first, each.second},
                     {name, profiles.second, each.first, each.second});
      }
    }
  }

  // One for each time between `turns` and each combination of the exchange's claims; one that says
  // nothing for an unknown exchange.
  static std::vector<Said> SaidAt(const Policy& policy, const Policy::TableKey& place,
                                  const std::vector<TimePoint>& turns) {
    const Exchange* const exchange = policy.Find(std::get<0>(place));
    if (exchange == nullptr) return {};
    const std::size_t combinations = exchange->CombinationsOfClaims();
    std::vector<Said> said(combinations * (turns.size() + 1));
    const auto cells = policy.table().find(place);
    if (cells == policy.table().end()) return said;
    for (std::size_t i = 0; i < said.size(); ++i) {
      const std::size_t turn = i / combinations;
      const std::size_t period = turn == 0 ? 0 : exchange->PeriodOf(turns[turn - 1]);
      said[i] = SaidBy(*cells->second[period * combinations + i % combinations], *exchange);
    }
    return said;
  }

  void ComparePlace(const Profiles& profiles, const Policy::TableKey& place_before,
                    const Policy::TableKey& place_after) {
    const Exchange* const old_exchange = before_.Find(std::get<0>(place_before));
    const Exchange* const new_exchange = after_.Find(std::get<0>(place_after));
    const std::vector<TimePoint> turns = TurnsOfBoth(old_exchange, new_exchange);
    const Exchange& known = new_exchange != nullptr ? *new_exchange : *old_exchange;
    Pair pair{SaidAt(before_, place_before, turns),
              SaidAt(after_, place_after, turns),
              known,
              ClaimsWithTime(turns, known.claims),
              place_after,
              profiles};
    if (old_exchange == nullptr) pair.before.resize(pair.after.size());
    if (new_exchange == nullptr) pair.after.resize(pair.before.size());
    const bool comparable = old_exchange == nullptr || new_exchange == nullptr ||
                            old_exchange->claims == new_exchange->claims;
    if (!comparable) {
      other_claims_.insert(known.name);
      pair.claims.clear();
      pair.before = {InAnyCase(pair.before)};
      pair.after = {InAnyCase(pair.after)};
    }
    CompareWhatIsTold(pair);
    CompareTerms(pair);
  }

  template <class Differs>
  void Add(const Pair& pair, Kind kind, const std::string& item, const Differs& differs) {
    std::vector<std::uint8_t> holds(pair.after.size());
    for (std::size_t i = 0; i < holds.size(); ++i)
      holds[i] = differs(pair.before[i], pair.after[i]) ? 1 : 0;
    const auto by_rule = item.find(kByRule);
    const std::string rule = by_rule == std::string::npos ? "" : item.substr(by_rule + 1);
    Record(pair, {kind, item.substr(0, by_rule), rule, "", ""}, holds);
  }

  struct Fact {
    Kind kind;
    std::string section;
    std::string rule;
    std::string before;
    std::string after;
  };
  void Record(const Pair& pair, const Fact& fact, const std::vector<std::uint8_t>& holds) {
    if (std::ranges::find(holds, 1) == holds.end()) return;
    changed_[{pair.known.name, std::get<2>(pair.place), std::get<3>(pair.place), fact.kind,
              fact.section, fact.rule, fact.before, fact.after, CasesOf(pair.claims, holds)}]
        .insert(pair.profiles);
  }

  void CompareWhatIsTold(const Pair& pair) {
    AddItems(pair, &Said::sections, {Kind::kGains, Kind::kLoses});
    AddItems(pair, &Said::held, {Kind::kGainsHeld, Kind::kLosesHeld});
    AddItems(pair, &Said::shows, {Kind::kShows, Kind::kNoLongerShows});
    AddItems(pair, &Said::forbidden, {Kind::kForbids, Kind::kNoLongerForbids});
    Add(pair, Kind::kCondition, "", [](auto& a, auto& b) {
      return !a.held.empty() && !b.held.empty() && a.condition != b.condition;
    });
    Add(pair, Kind::kMustBeTold, "", [](auto& a, auto& b) { return !a.required && b.required; });
    Add(pair, Kind::kNeedNotBeTold, "", [](auto& a, auto& b) { return a.required && !b.required; });
    Add(pair, Kind::kMustBeDecided, "",
        [](auto& a, auto& b) { return !a.decision_required && b.decision_required; });
    Add(pair, Kind::kNeedNotBeDecided, "",
        [](auto& a, auto& b) { return a.decision_required && !b.decision_required; });
  }

  // Where something is told before and after: each term that differs, with the cases in which it
  // was one and is the other.
  void CompareTerms(const Pair& pair) {
    std::map<std::tuple<Kind, std::string, std::string>, std::vector<std::uint8_t>> differ;
    for (std::size_t i = 0; i < pair.after.size(); ++i) {
      for (const auto& [kind, after] : pair.after[i].terms) {
        const auto before = pair.before[i].terms.find(kind);
        if (before == pair.before[i].terms.end() || before->second == after) continue;
        auto& holds = differ[{kind, before->second, after}];
        holds.resize(pair.after.size());
        holds[i] = 1;
      }
    }
    for (const auto& [term, holds] : differ) {
      const auto& [kind, before, after] = term;
      Record(pair, {kind, "", "", before, after}, holds);
    }
  }

  void AddItems(const Pair& pair, std::set<std::string> Said::*of,
                const std::pair<Kind, Kind>& gains_and_loses) {
    std::set<std::string> items = InAnyCase(pair.before).*of;
    items.merge(InAnyCase(pair.after).*of);
    for (const std::string& item : items) {
      Add(pair, gains_and_loses.first, item, [&](const Said& a, const Said& b) {
        return !(a.*of).contains(item) && (b.*of).contains(item);
      });
      Add(pair, gains_and_loses.second, item, [&](const Said& a, const Said& b) {
        return (a.*of).contains(item) && !(b.*of).contains(item);
      });
    }
  }

  std::vector<Change> Changes() const {
    std::vector<Change> changes;
    for (const auto& [what, profiles] : changed_) {
      Change change;
      std::tie(change.exchange, change.from, change.to, change.kind, change.section, change.rule,
               change.before, change.after, change.when) = what;
      change.every_sender = profiles.size() == senders_.size();
      change.in_some_case = other_claims_.contains(change.exchange);
      if (!change.every_sender) NameSenders(profiles, change);
      changes.push_back(std::move(change));
    }
    return changes;
  }

  void NameSenders(const std::set<Profiles>& profiles, Change& change) const {
    for (const Profiles& pair : profiles) {
      std::ranges::copy(senders_.at(pair), std::back_inserter(change.senders));
      change.other_senders = change.other_senders || pair == Profiles();
    }
    std::ranges::sort(change.senders);
  }

  const Policy& before_;
  const Policy& after_;
  std::map<Profiles, std::set<AgencyId>> senders_;
  std::map<What, std::set<Profiles>> changed_;
  std::set<ExchangeName> other_claims_;
};

}  // namespace

std::vector<Change> Compare(const Policy& before, const Policy& after) {
  return Comparison(before, after).Run();
}

}  // namespace havenline::policy
