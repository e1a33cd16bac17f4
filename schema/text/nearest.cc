#include "schema/text/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace havenline::text {
namespace {

constexpr std::size_t kTyposMax = 2;  // Further apart than this, two names are not one misspelt.

// How many letters must be added, left out or replaced to make `a` into `b` (Levenshtein).
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

void Nearest::Offer(std::string_view name) {
  if (name.size() > wanted_.size() + kTyposMax || wanted_.size() > name.size() + kTyposMax) return;
  const std::size_t distance = EditDistance(wanted_, name);
  if (distance > kTyposMax || distance >= wanted_.size()) return;
  if (found_ && distance >= distance_) return;
  found_ = std::string(name);
  distance_ = distance;
}

}  // namespace havenline::text
