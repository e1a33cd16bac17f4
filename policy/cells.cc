#include "policy/cells.h"

#include <algorithm>

#include "policy/time_text.h"
#include "schema/base/check.h"

namespace havenline::policy {
namespace {

// "graded {}" with the value; without words of its own "with risk = high".
std::string ClaimWords(const Claim& claim, const std::string& value) {
  const auto at = claim.words.find("{}");
  if (at == std::string::npos) return "with " + claim.name + " = " + value;
  return claim.words.substr(0, at) + value + claim.words.substr(at + 2);
}

bool HoldsThroughout(const Rule& rule, const std::vector<TimePoint>& turns, std::size_t period) {
  const bool begun = !rule.starts || (period > 0 && turns[period - 1] >= *rule.starts);
  const bool not_over = !rule.ends || (period < turns.size() && turns[period] <= *rule.ends);
  return begun && not_over;
}

}  // namespace

SectionSet ExclusionsOf(const Exchange& exchange) {
  return *exchange.SetOf({std::string(kExclusions)});
}

SectionSet SectionsOf(const Rule& rule, const Exchange& exchange) {
  const SectionSet all = rule.sections.front() == "*" ? *exchange.SetOf(exchange.sections)
                                                      : *exchange.SetOf(rule.sections);
  return all & ~ExclusionsOf(exchange);
}

bool IsAbout(const Rule& rule, const Place& place) {
  return rule.exchange == place.exchange.name && Contains(rule.from, place.from) &&
         Contains(rule.to, place.to) &&
         (rule.profiles.empty() || Contains(rule.profiles, place.profile));
}

CaseSpace::CaseSpace(const Exchange& exchange)
    : exchange_(exchange),
      periods_(exchange.turns.size() + 1),
      combinations_(exchange.CombinationsOfClaims()),
      strides_(exchange.claims.size()) {
  std::size_t stride = 1;
  for (std::size_t i = strides_.size(); i-- > 0;) {
    strides_[i] = stride;
    stride *= exchange.claims[i].values.size();
  }
}

std::vector<bool> CaseSpace::HeldBy(const Rule& rule) const {
  std::vector<std::vector<bool>> wanted(exchange_.claims.size());  // Empty: any value.
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto when = rule.when.find(exchange_.claims[i].name);
    if (when == rule.when.end()) continue;
    for (const std::string& value : exchange_.claims[i].values)
      wanted[i].push_back(Contains(when->second, value));
  }
  std::vector<bool> holds(count());
  for (std::size_t index = 0; index < holds.size(); ++index) {
    bool fits = HoldsThroughout(rule, exchange_.turns, PeriodAt(index));
    for (std::size_t i = 0; fits && i < wanted.size(); ++i)
      fits = wanted[i].empty() || wanted[i][ValueAt(i, index)];
    holds[index] = fits;
  }
  return holds;
}

std::string CaseSpace::Words(std::size_t index) const {
  std::string words = exchange_.title;
  for (std::size_t i = 0; i < exchange_.claims.size(); ++i)
    words += ", " + ClaimWords(exchange_.claims[i], ValueNameAt(i, index));
  if (!exchange_.turns.empty()) words += ", made " + PeriodWords(exchange_.turns, PeriodAt(index));
  return words;
}

std::string SenderWords(const Place& place) {
  return "from " + place.from.value() +
         (place.profile.empty() ? "" : " (profile " + place.profile + ")");
}

std::string Words(const Place& place, const CaseSpace& cases, std::size_t index) {
  return cases.Words(index) + ", " + SenderWords(place) + " to " + place.to.value();
}

std::string PeriodWords(const std::vector<TimePoint>& turns, std::size_t period) {
  CHECK(period <= turns.size() && !turns.empty());
  if (period == 0) return "before " + TimeText(turns.front());
  const std::string from = "from " + TimeText(turns[period - 1]);
  return period == turns.size() ? from + " on" : from + " until before " + TimeText(turns[period]);
}

HoldingRules::HoldingRules(const Rules& rules, const Exchange& exchange, const CaseSpace& cases) {
  for (const Rule& rule : rules.rules) {
    if (rule.exchange == exchange.name)
      all_.push_back({&rule, SectionsOf(rule, exchange), cases.HeldBy(rule)});
  }
}

std::vector<const HoldingRules::Each*> HoldingRules::At(const Place& place) const {
  std::vector<const Each*> here;
  for (const Each& each : all_) {
    if (IsAbout(*each.rule, place)) here.push_back(&each);
  }
  return here;
}

}  // namespace havenline::policy
