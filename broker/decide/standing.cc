#include "broker/decide/standing.h"

namespace havenline {

void Standing::PutInForce(std::shared_ptr<const policy::Policy> next) {
  if (policy != nullptr) earlier.push_front(std::move(policy));
  if (earlier.size() > kPoliciesKept) earlier.pop_back();
  policy = std::move(next);
}

const policy::Policy* Standing::Named(const DocumentVersion& version) const {
  if (policy != nullptr && policy->version() == version) return policy.get();
  for (const auto& kept : earlier) {
    if (kept->version() == version) return kept.get();
  }
  return nullptr;
}

}  // namespace havenline
