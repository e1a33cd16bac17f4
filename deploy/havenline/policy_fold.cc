#include "deploy/havenline/policy_fold.h"

#include <algorithm>
#include <iterator>

#include "deploy/havenline/table.h"

namespace havenline {

std::vector<FoldedSaying> Fold(const std::vector<policy::Saying>& sayings,
                               const ExchangeName& exchange) {
  std::vector<FoldedSaying> folded;
  for (const policy::Saying& saying : sayings) {
    if (saying.exchange != exchange) continue;
    auto same = std::ranges::find_if(
        folded, [&](const FoldedSaying& each) { return policy::SayTheSame(*each.saying, saying); });
    if (same == folded.end()) same = folded.insert(same, {&saying, {}});
    same->senders[saying.from].insert(saying.profile);
  }
  return folded;
}

std::string AnyWords(const std::vector<Role>& from, const std::vector<Role>& sending) {
  constexpr std::size_t kButMax = 3;
  std::vector<Role> others;
  std::ranges::copy_if(sending, std::back_inserter(others), [&](const Role& role) {
    return std::ranges::find(from, role) == from.end();
  });
  if (sending.size() > 1 && others.empty()) return "whoever sends it";
  const bool few = others.size() <= kButMax && from.size() > kButMax;
  return few ? "whoever sends it but " + tool::Join(NamesOf(others))
             : "any " + tool::Join(NamesOf(from));
}

std::string FoldedWords(const SendersByRole& senders, const ProfileSenders& profiles,
                        const std::vector<Role>& sending) {
  std::vector<Role> any;
  std::vector<std::string> some;
  for (const auto& [from, of] : senders) {
    // Those of each profile and those of none.
    if (of.size() == profiles.size() + 1) {
      any.push_back(from);
      continue;
    }
    for (const std::string& profile : of) some.push_back(SenderWords(from, profile, profiles));
  }
  if (!any.empty()) some.insert(some.begin(), AnyWords(any, sending));
  return tool::Join(some, "; ");
}

}  // namespace havenline
