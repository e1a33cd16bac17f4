#include "policy/compare.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "policy/cells.h"
#include "schema/base/check.h"

namespace havenline::policy {
namespace {

bool None(std::span<const std::uint8_t> holds) {
  return std::ranges::none_of(holds, [](std::uint8_t each) { return each != 0; });
}
bool All(std::span<const std::uint8_t> holds) {
  return std::ranges::all_of(holds, [](std::uint8_t each) { return each != 0; });
}

std::size_t CombinationsOf(const std::vector<Claim>& claims) {
  std::size_t count = 1;
  for (const Claim& claim : claims) count *= claim.values.size();
  return count;
}

// Values of the first claim under which the same holds of the others, together.
struct Alike {
  std::vector<std::string> values;
  std::span<const std::uint8_t> holds;
};

std::vector<Alike> GroupFirst(const Claim& claim, std::span<const std::uint8_t> holds) {
  const std::size_t stride = holds.size() / claim.values.size();
  std::vector<Alike> groups;
  for (std::size_t i = 0; i < claim.values.size(); ++i) {
    const auto part = holds.subspan(i * stride, stride);
    const auto same = std::ranges::find_if(
        groups, [&](const Alike& group) { return std::ranges::equal(group.holds, part); });
    if (same == groups.end()) {
      groups.push_back({{claim.values[i]}, part});
    } else {
      same->values.push_back(claim.values[i]);
    }
  }
  return groups;
}

std::vector<Case> Cases(std::span<const Claim> claims, std::span<const std::uint8_t> holds) {
  if (None(holds)) return {};
  if (All(holds)) return {Case{}};
  CHECK(!claims.empty());
  std::vector<Case> cases;
  for (const Alike& group : GroupFirst(claims.front(), holds)) {
    const bool any_value = group.values.size() == claims.front().values.size();
    for (Case& rest : Cases(claims.subspan(1), group.holds)) {
      if (!any_value) rest.emplace(rest.begin(), claims.front().name, group.values);
      cases.push_back(std::move(rest));
    }
  }
  return cases;
}

// The claims, and before them when the message was made, as if that were one, if it matters.
std::vector<Claim> ClaimsWithTime(const std::vector<TimePoint>& turns,
                                  const std::vector<Claim>& claims) {
  if (turns.empty()) return claims;
  Claim made;
  made.name = kMade;
  for (std::size_t i = 0; i <= turns.size(); ++i) made.values.push_back(PeriodWords(turns, i));
  std::vector<Claim> all = {std::move(made)};
  all.insert(all.end(), claims.begin(), claims.end());
  return all;
}

std::vector<TimePoint> TurnsOfBoth(const Exchange* before, const Exchange* after) {
  std::set<TimePoint> turns;
  for (const Exchange* const each : {before, after}) {
    if (each != nullptr) turns.insert(each->turns.begin(), each->turns.end());
  }
  return {turns.begin(), turns.end()};
}

bool SaysTheSame(const Cell& a, const Cell& b) {
  return a.sections == b.sections && a.rule == b.rule && a.required == b.required &&
         a.decision_required == b.decision_required && a.thread_party == b.thread_party &&
         a.basis == b.basis && a.purpose == b.purpose && a.why == b.why &&
         a.deadline == b.deadline && a.escalation == b.escalation && a.retention == b.retention &&
         a.visible == b.visible;
}

bool HoldTheSame(const HeldShare* a, const HeldShare* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->kind == b->kind && a->watches == b->watches;
}

// Each different cell that shares something, at once or held, and where it stands.
struct Group {
  const Cell* cell;
  const HeldShare* held;
  std::vector<std::uint8_t> holds;
};

std::vector<Group> GroupCells(const std::vector<const Cell*>& cells) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const HeldShare* const held = cells[i]->held.get();
    const Cell& cell = held != nullptr ? held->cell : *cells[i];
    if (cell.sections == 0) continue;
    auto group = std::ranges::find_if(groups, [&](const Group& each) {
      return SaysTheSame(*each.cell, cell) && HoldTheSame(each.held, held);
    });
    if (group == groups.end())
      group = groups.insert(groups.end(), {&cell, held, std::vector<std::uint8_t>(cells.size())});
    group->holds[i] = 1;
  }
  return groups;
}

// What one cell says, so that cells of two policies can be held against each other.
struct Said {
  std::set<std::string> sections;
  bool required = false;
  std::optional<Deadline> clock;
  std::set<std::string> held;  // Under the condition:
  std::pair<Condition::Kind, Role> condition;
};

Said SaidBy(const Cell& cell, const Exchange& exchange) {
  const auto names = exchange.NamesOf(cell.sections);
  Said said{{names.begin(), names.end()}, cell.required, std::nullopt, {}, {}};
  if (cell.deadline != nullptr) said.clock = *cell.deadline;
  if (cell.held != nullptr) {
    const auto held = exchange.NamesOf(cell.held->cell.sections);
    said.held = {held.begin(), held.end()};
    said.condition = {cell.held->kind, cell.held->watches};
  }
  return said;
}

// All that is said in any case, as one.
Said InAnyCase(const std::vector<Said>& all) {
  Said said;
  for (const Said& each : all) {
    said.sections.insert(each.sections.begin(), each.sections.end());
    said.held.insert(each.held.begin(), each.held.end());
    said.required = said.required || each.required;
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
  using What = std::tuple<ExchangeName, Role, Role, Change::Kind, std::string, std::vector<Case>>;

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
    std::vector<Said> old_said = SaidAt(before_, place_before, turns);
    std::vector<Said> new_said = SaidAt(after_, place_after, turns);
    const Exchange& known = new_exchange != nullptr ? *new_exchange : *old_exchange;
    std::vector<Claim> claims = ClaimsWithTime(turns, known.claims);
    if (old_exchange == nullptr) old_said.resize(new_said.size());
    if (new_exchange == nullptr) new_said.resize(old_said.size());
    const bool comparable = old_exchange == nullptr || new_exchange == nullptr ||
                            old_exchange->claims == new_exchange->claims;
    if (!comparable) {
      other_claims_.insert(known.name);
      claims.clear();
      old_said = {InAnyCase(old_said)};
      new_said = {InAnyCase(new_said)};
    }
    const auto add = [&](Change::Kind kind, const std::string& section, auto differs) {
      std::vector<std::uint8_t> holds(new_said.size());
      for (std::size_t i = 0; i < holds.size(); ++i)
        holds[i] = differs(old_said[i], new_said[i]) ? 1 : 0;
      if (None(holds)) return;
      changed_[{known.name, std::get<2>(place_after), std::get<3>(place_after), kind, section,
                CasesOf(claims, holds)}]
          .insert(profiles);
    };
    using Kind = Change::Kind;
    AddSections(old_said, new_said, &Said::sections, {Kind::kGains, Kind::kLoses}, add);
    AddSections(old_said, new_said, &Said::held, {Kind::kGainsHeld, Kind::kLosesHeld}, add);
    add(Kind::kCondition, "", [](auto& a, auto& b) {
      return !a.held.empty() && !b.held.empty() && a.condition != b.condition;
    });
    add(Kind::kMustBeTold, "", [](auto& a, auto& b) { return !a.required && b.required; });
    add(Kind::kNeedNotBeTold, "", [](auto& a, auto& b) { return a.required && !b.required; });
    add(Kind::kClock, "", [](auto& a, auto& b) {
      return !a.sections.empty() && !b.sections.empty() && a.clock != b.clock;
    });
  }

  template <class Add>
  static void AddSections(const std::vector<Said>& before, const std::vector<Said>& after,
                          std::set<std::string> Said::*of,
                          std::pair<Change::Kind, Change::Kind> gains_and_loses, const Add& add) {
    std::set<std::string> sections = InAnyCase(before).*of;
    sections.merge(InAnyCase(after).*of);
    for (const std::string& section : sections) {
      add(gains_and_loses.first, section, [&](const Said& a, const Said& b) {
        return !(a.*of).contains(section) && (b.*of).contains(section);
      });
      add(gains_and_loses.second, section, [&](const Said& a, const Said& b) {
        return (a.*of).contains(section) && !(b.*of).contains(section);
      });
    }
  }

  std::vector<Change> Changes() const {
    std::vector<Change> changes;
    for (const auto& [what, profiles] : changed_) {
      Change change;
      std::tie(change.exchange, change.from, change.to, change.kind, change.section, change.when) =
          what;
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

std::vector<Case> CasesOf(const std::vector<Claim>& claims, std::span<const std::uint8_t> holds) {
  CHECK(holds.size() == CombinationsOf(claims));
  return Cases(claims, holds);
}

std::string Words(const Case& when) {
  std::string words;
  for (const auto& [claim, values] : when) {
    words += words.empty() ? "when " : ", and ";
    words += claim == kMade ? "made " : claim + " is ";
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) words += i + 1 == values.size() ? " or " : ", ";
      words += values[i];
    }
  }
  return words;
}

std::vector<Saying> SayingsOf(const Policy& policy) {
  std::vector<Saying> sayings;
  for (const auto& [key, cells] : policy.table()) {
    const auto& [exchange, profile, from, to] = key;
    const Exchange& known = *policy.Find(exchange);
    const std::vector<Claim> claims = ClaimsWithTime(known.turns, known.claims);
    for (const auto& [cell, held, holds] : GroupCells(cells))
      sayings.push_back({exchange, profile, from, to, CasesOf(claims, holds), cell, held});
  }
  return sayings;
}

std::vector<Change> Compare(const Policy& before, const Policy& after) {
  return Comparison(before, after).Run();
}

}  // namespace havenline::policy
