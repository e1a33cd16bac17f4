#include "policy/compare.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>

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

bool SaysTheSame(const Cell& a, const Cell& b) {
  return a.sections == b.sections && a.rule == b.rule && a.required == b.required &&
         a.thread_party == b.thread_party && a.basis == b.basis && a.why == b.why &&
         a.deadline == b.deadline;
}

// Each different cell that shares something, and where it stands.
std::vector<std::pair<const Cell*, std::vector<std::uint8_t>>> GroupCells(
    const std::vector<Cell>& cells) {
  std::vector<std::pair<const Cell*, std::vector<std::uint8_t>>> groups;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].sections == 0) continue;
    auto group = std::ranges::find_if(
        groups, [&](const auto& each) { return SaysTheSame(*each.first, cells[i]); });
    if (group == groups.end())
      group = groups.emplace(groups.end(), &cells[i], std::vector<std::uint8_t>(cells.size()));
    group->second[i] = 1;
  }
  return groups;
}

// What one cell says, so that cells of two policies can be held against each other.
struct Said {
  std::set<std::string> sections;
  bool required = false;
  std::optional<Deadline> clock;
};

Said SaidBy(const Cell& cell, const Exchange& exchange) {
  const auto names = exchange.NamesOf(cell.sections);
  Said said{{names.begin(), names.end()}, cell.required, std::nullopt};
  if (cell.deadline != nullptr) said.clock = *cell.deadline;
  return said;
}

// All that is said in any case, as one.
Said InAnyCase(const std::vector<Said>& all) {
  Said said;
  for (const Said& each : all) {
    said.sections.insert(each.sections.begin(), each.sections.end());
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

  // One for each combination of the exchange's claims; one that says nothing for an unknown
  // exchange.
  static std::vector<Said> SaidAt(const Policy& policy, const Policy::TableKey& place) {
    const Exchange* const exchange = policy.Find(std::get<0>(place));
    if (exchange == nullptr) return {};
    std::vector<Said> said(CombinationsOf(exchange->claims));
    const auto cells = policy.table().find(place);
    if (cells == policy.table().end()) return said;
    for (std::size_t i = 0; i < said.size(); ++i) said[i] = SaidBy(cells->second[i], *exchange);
    return said;
  }

  void ComparePlace(const Profiles& profiles, const Policy::TableKey& place_before,
                    const Policy::TableKey& place_after) {
    const Exchange* const old_exchange = before_.Find(std::get<0>(place_before));
    const Exchange* const new_exchange = after_.Find(std::get<0>(place_after));
    std::vector<Said> old_said = SaidAt(before_, place_before);
    std::vector<Said> new_said = SaidAt(after_, place_after);
    const Exchange& known = new_exchange != nullptr ? *new_exchange : *old_exchange;
    std::vector<Claim> claims = known.claims;
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
    AddSections(old_said, new_said, add);
    using Kind = Change::Kind;
    add(Kind::kMustBeTold, "", [](auto& a, auto& b) { return !a.required && b.required; });
    add(Kind::kNeedNotBeTold, "", [](auto& a, auto& b) { return a.required && !b.required; });
    add(Kind::kClock, "", [](auto& a, auto& b) {
      return !a.sections.empty() && !b.sections.empty() && a.clock != b.clock;
    });
  }

  template <class Add>
  static void AddSections(const std::vector<Said>& before, const std::vector<Said>& after,
                          const Add& add) {
    std::set<std::string> sections = InAnyCase(before).sections;
    sections.merge(InAnyCase(after).sections);
    for (const std::string& section : sections) {
      add(Change::Kind::kGains, section, [&](const Said& a, const Said& b) {
        return !a.sections.contains(section) && b.sections.contains(section);
      });
      add(Change::Kind::kLoses, section, [&](const Said& a, const Said& b) {
        return a.sections.contains(section) && !b.sections.contains(section);
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
    words += (words.empty() ? "when " : ", and ") + claim + " is ";
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
    for (const auto& [cell, holds] : GroupCells(cells)) {
      sayings.push_back(
          {exchange, profile, from, to, CasesOf(policy.Find(exchange)->claims, holds), cell});
    }
  }
  return sayings;
}

std::vector<Change> Compare(const Policy& before, const Policy& after) {
  return Comparison(before, after).Run();
}

}  // namespace havenline::policy
