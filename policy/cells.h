// The cells of a policy's table: which rules hold where, and what a case is in words. Private to
// policy; pure.

#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "policy/rules.h"

namespace havenline::policy {

template <class List, class Item>
bool Contains(const List& list, const Item& item) {
  return std::ranges::find(list, item) != list.end();
}

SectionSet ExclusionsOf(const Exchange& exchange);
// Without the exclusions: they alone are no reason to tell anybody anything.
SectionSet SectionsOf(const Rule& rule, const Exchange& exchange);

// Where in the table: whose message to whom.
struct Place {
  const Exchange& exchange;
  const std::string& profile;
  const Role& from;
  const Role& to;
};

// Takes part at this place, in some case.
bool IsAbout(const Rule& rule, const Place& place);

// The cases of an exchange: each period with each combination of the claims' values, by the index
// that the table has.
class CaseSpace {
 public:
  explicit CaseSpace(const Exchange& exchange);

  std::size_t count() const { return periods_ * combinations_; }
  std::size_t PeriodAt(std::size_t index) const { return index / combinations_; }
  std::size_t ValueAt(std::size_t claim, std::size_t index) const {
    return index / strides_[claim] % exchange_.claims[claim].values.size();
  }
  const std::string& ValueNameAt(std::size_t claim, std::size_t index) const {
    return exchange_.claims[claim].values[ValueAt(claim, index)];
  }
  // One for each case: whether the rule's time and claims fit it.
  std::vector<bool> HeldBy(const Rule& rule) const;
  // "a notice about a child, graded high, made before 2026-11-07": without the roles.
  std::string Words(std::size_t index) const;

 private:
  const Exchange& exchange_;
  std::size_t periods_;
  std::size_t combinations_;
  std::vector<std::size_t> strides_;
};

// "…, from police (profile brief) to school".
std::string Words(const Place& place, const CaseSpace& cases, std::size_t index);
std::string SenderWords(const Place& place);

// What one time between turns is called: "before 2026-11-07", "from 2026-11-07 on".
std::string PeriodWords(const std::vector<TimePoint>& turns, std::size_t period);

// The rules of one exchange, each with the cases in which it holds.
class HoldingRules {
 public:
  HoldingRules(const Rules& rules, const Exchange& exchange, const CaseSpace& cases);

  struct Each {
    const Rule* rule;
    SectionSet sections;
    std::vector<bool> holds;  // By case.
  };
  const std::vector<Each>& all() const { return all_; }
  std::vector<const Each*> At(const Place& place) const;

 private:
  std::vector<Each> all_;
};

}  // namespace havenline::policy
