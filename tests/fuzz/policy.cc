// A policy that is taken shares what a rule of it says and no `never` rule forbids, in every cell;
// and it can be shown and compared.

#include "policy/policy.h"

#include <algorithm>

#include "policy/compare.h"
#include "policy/rules.h"
#include "schema/base/check.h"
#include "schema/seal/section.h"
#include "schema/tlog/note.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

using policy::Cell;
using policy::Policy;
using policy::Rule;
using policy::Rules;

// A larger table is taken, but not held against its rules: that would be all that is done.
constexpr std::size_t kCellsMax = 2048;

bool Has(const auto& list, const auto& what) { return std::ranges::find(list, what) != list.end(); }

// Where in the table, and what was claimed there.
struct Place {
  const policy::Exchange& exchange;
  const std::string& profile;
  const Role& from;
  const Role& to;
  std::map<std::string, std::string> claims;
  TimePoint created;
};

bool Applies(const Rule& rule, const Place& place) {
  return rule.exchange == place.exchange.name && Has(rule.from, place.from) &&
         Has(rule.to, place.to) && (!rule.starts || *rule.starts <= place.created) &&
         (!rule.ends || place.created < *rule.ends) &&
         (rule.profiles.empty() || Has(rule.profiles, place.profile)) &&
         std::ranges::all_of(rule.when, [&](const auto& when) {
           return Has(when.second, place.claims.at(when.first));
         });
}

policy::SectionSet Expected(const Rules& rules, const Place& place) {
  policy::SectionSet shared = 0;
  policy::SectionSet never = 0;
  for (const Rule& rule : rules.rules) {
    // What is shared under a condition is no part of what may be sent at once.
    if (rule.held != Condition::Kind::kNone || !Applies(rule, place)) continue;
    for (std::size_t i = 0; i < place.exchange.sections.size(); ++i) {
      if (rule.sections.front() != "*" && !Has(rule.sections, place.exchange.sections[i])) continue;
      (rule.effect == policy::Effect::kNever ? never : shared) |= policy::SectionSet{1} << i;
    }
  }
  const auto exclusions = place.exchange.SetOf({seal::kExclusionsSection});
  CHECK(exclusions.has_value());
  const policy::SectionSet left = shared & ~never & ~*exclusions;
  return left == 0 ? 0 : left | *exclusions;  // Who must never see it travels with everything.
}

// A time in the period of that index.
TimePoint TimeAt(const policy::Exchange& exchange, std::size_t index) {
  const std::size_t period = index / exchange.CombinationsOfClaims();
  return period == 0 ? TimePoint::min() : exchange.turns[period - 1];
}

std::vector<ClaimOpening> ClaimsAt(const policy::Exchange& exchange, std::size_t index) {
  std::vector<ClaimOpening> claims(exchange.claims.size());
  for (std::size_t i = exchange.claims.size(); i-- > 0;) {
    const auto& values = exchange.claims[i].values;
    claims[i] = {{}, exchange.claims[i].name, values[index % values.size()]};
    index /= values.size();
  }
  return claims;
}

void CheckTable(const Policy& policy, const Rules& rules) {
  for (const auto& [key, cells] : policy.table()) {
    const auto& [name, profile, from, to] = key;
    const policy::Exchange* const exchange = policy.Find(name);
    CHECK(exchange != nullptr);
    AgencyId sender("of.no.profile");
    for (const auto& [agency, of] : policy.profiles())
      if (of == profile) sender = agency;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto claims = ClaimsAt(*exchange, i);
      Place place{*exchange, profile, from, to, {}, TimeAt(*exchange, i)};
      for (const ClaimOpening& claim : claims) place.claims.emplace(claim.name, claim.value);
      const Cell& cell = *cells[i];
      CHECK(cell.sections == Expected(rules, place));
      CHECK(cell.held == nullptr || (cell.sections == 0 && cell.held->cell.sections != 0));
      CHECK(cell.held != nullptr || (cell.sections == 0) == cell.rule.value().empty());
      CHECK(cell.sections != 0 || !(cell.required || cell.decision_required));
      if (policy.ProfileOf(sender) == profile)
        CHECK(&policy.Look({name, sender, from, to, claims, place.created}) == &cell);
    }
  }
}

// What cannot be looked up is denied.
void CheckDefaults(const Policy& policy) {
  const AgencyId nobody("nobody");
  const Role none("no-such-role");
  CHECK(policy.Look({ExchangeName("no-such-exchange"), nobody, none, none, {}, {}}).sections == 0);
  for (const auto& [key, cells] : policy.table()) {
    const auto& [name, profile, from, to] = key;
    const policy::Exchange& exchange = *policy.Find(name);
    CHECK(policy.Look({name, nobody, from, none, ClaimsAt(exchange, 0), {}}).sections == 0);
    if (exchange.claims.empty()) continue;
    CHECK(policy.Look({name, nobody, from, to, {}, {}}).sections == 0);
    auto claims = ClaimsAt(exchange, 0);
    claims.back().value = "no such value";
    CHECK(policy.Look({name, nobody, from, to, claims, {}}).sections == 0);
  }
}

}  // namespace

bool TryPolicy(ByteView input) {
  const auto policy = Policy::Parse(AsText(input), "fuzzed");
  if (!policy) {
    CheckFault(policy.error());
    return false;
  }
  CHECK(policy->version().hash == tlog::NoteTextHash(AsText(input)));
  CheckDefaults(*policy);
  std::size_t cells = 0;
  for (const auto& place : policy->table()) cells += place.second.size();
  if (cells > kCellsMax) return true;
  const auto rules = policy::ParseRules(AsText(input), "fuzzed");
  CHECK(rules.has_value());
  CheckTable(*policy, *rules);
  CHECK(policy::Compare(*policy, *policy).empty());
  for (const auto& saying : policy::SayingsOf(*policy))
    CHECK(saying.cell->sections != 0 && !saying.when.empty());
  return true;
}

}  // namespace havenline::fuzz
