// Sayings that are one but for who sends, for pages on which each stands once. Pure.

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "deploy/havenline/policy_words.h"
#include "policy/compare.h"
#include "policy/policy.h"

namespace havenline {

// The profiles that each sending role has; "" is whoever no profile names.
using SendersByRole = std::map<Role, std::set<std::string>>;

struct FoldedSaying {
  const policy::Saying* saying;  // The first of them.
  SendersByRole senders;
};
// Of one exchange, in the order of the first.
std::vector<FoldedSaying> Fold(const std::vector<policy::Saying>& sayings,
                               const ExchangeName& exchange);

// "whoever sends it", "whoever sends it but idva", "any police, probation".
std::string AnyWords(const std::vector<Role>& from, const std::vector<Role>& sending);
// Besides "police: police.north (profile full)".
std::string FoldedWords(const SendersByRole& senders, const ProfileSenders& profiles,
                        const std::vector<Role>& sending);

}  // namespace havenline
