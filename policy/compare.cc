#include "policy/compare.h"

#include <algorithm>

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

}  // namespace

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

std::string ClockWords(const Deadline& deadline) {
  const auto minutes = [](std::chrono::minutes time) {
    return std::to_string(time.count()) + " minutes";
  };
  std::string words = deadline.before_ready ? "by the recipient's ready-by time"
                                            : "within " + minutes(deadline.after);
  if (deadline.at_least.count() > 0) words += ", never sooner than " + minutes(deadline.at_least);
  words += ", warned " + minutes(deadline.warn) + " before";
  if (deadline.before_ready) {
    const auto ready = std::chrono::hh_mm_ss(deadline.default_ready);
    const auto two = [](auto count) { return (count < 10 ? "0" : "") + std::to_string(count); };
    words += ", moved at most " + std::to_string(deadline.move_max.count()) + " days, and by " +
             two(ready.hours().count()) + ":" + two(ready.minutes().count()) +
             " where no calendar is stated";
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

bool SayTheSame(const Saying& a, const Saying& b) {
  return a.exchange == b.exchange && a.to == b.to && a.when == b.when &&
         SaysTheSame(*a.cell, *b.cell) && HoldTheSame(a.held, b.held);
}

}  // namespace havenline::policy
