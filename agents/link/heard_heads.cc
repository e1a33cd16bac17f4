#include "agents/link/heard_heads.h"

#include <algorithm>

#include "schema/seal/digests.h"
#include "schema/tlog/merkle.h"

namespace havenline {
namespace {

// Longer than a broker's restart; a head can wait, a message does not.
constexpr auto kProofMax = std::chrono::minutes(15);

}  // namespace

void HeardHeads::Hear(const Delivery& delivery) {
  const LogHead& head = delivery.header.checkpoint;
  if (head.size == 0 || waiting_.size() >= kWaitingMax) return;
  const auto good = good_.find(PlaceOf(head));
  if (good != good_.end() && good->second == head.root) return;
  const auto [first, last] = waiting_.equal_range(PlaceOf(head));
  const bool known = std::any_of(
      first, last, [&](const auto& each) { return each.second.head.root == head.root; });
  if (known) return;
  waiting_.emplace(PlaceOf(head), Heard{.head = head,
                                        .message = delivery.header.id,
                                        .sender = delivery.header.sender,
                                        .grant = seal::GrantDigest(delivery.grant),
                                        .header = delivery.header_bytes,
                                        .signature = delivery.signature,
                                        .asked_since = std::nullopt,
                                        .leaf = std::nullopt});
}

// Ahead of us: we shall get there. Of an earlier epoch: that log is closed, its end in our first
// entry, and its proofs may be gone.
bool HeardHeads::Due(const Heard& heard, const LogHead& ours) const {
  return heard.head.epoch == ours.epoch && heard.head.size <= ours.size &&
         !good_.contains(PlaceOf(heard.head));
}

std::vector<HeardHeads::Heard> HeardHeads::Judge(const LogHead& ours, const RootAt& root_at,
                                                 TimePoint now) {
  std::vector<Heard> contradict;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    Heard& heard = at->second;
    std::optional<Digest> root = root_at(heard.head.epoch, heard.head.size);
    const auto good = good_.find(at->first);
    if (!root && good != good_.end()) root = good->second;
    const bool due = Due(heard, ours);
    if (due && !heard.asked_since) heard.asked_since = now;
    const bool unproved = due && !root && now - *heard.asked_since > kProofMax;
    const bool other = unproved || (root && *root != heard.head.root);
    const bool closed = heard.head.epoch < ours.epoch && !root;
    if (!root && !unproved && !closed) {
      ++at;
      continue;
    }
    if (other) contradict.push_back(std::move(heard));
    at = waiting_.erase(at);
  }
  return contradict;
}

std::vector<LogIndex> HeardHeads::ToProve(const LogHead& ours, std::size_t most) const {
  std::vector<LogIndex> indices;
  for (const auto& [place, heard] : waiting_) {
    const LogIndex index(heard.head.size - 1);
    const bool listed = !indices.empty() && indices.back() == index;
    if (indices.size() < most && heard.leaf && Due(heard, ours) && !listed)
      indices.push_back(index);
  }
  return indices;
}

std::vector<LogIndex> HeardHeads::ToFetch(const LogHead& ours, std::size_t most) const {
  std::vector<LogIndex> indices;
  for (const auto& [place, heard] : waiting_) {
    const LogIndex index(heard.head.size - 1);
    const bool listed = !indices.empty() && indices.back() == index;
    if (indices.size() < most && !heard.leaf && Due(heard, ours) && !listed)
      indices.push_back(index);
  }
  return indices;
}

void HeardHeads::OnLeaf(LogIndex index, const Digest& leaf_hash) {
  for (auto& [place, heard] : waiting_) {
    if (heard.head.size == index.value() + 1) heard.leaf = leaf_hash;
  }
}

void HeardHeads::OnProof(LogIndex index, const LogHead& ours, std::span<const Digest> path) {
  const Place place{ours.epoch, index.value() + 1};
  const auto heard = waiting_.find(place);
  if (heard == waiting_.end() || !heard->second.leaf) return;
  const Digest& leaf = *heard->second.leaf;
  const std::uint64_t size = ours.size;
  // One that does not hold proves nothing; it is asked for again until its time is over.
  if (!tlog::VerifyInclusion(leaf, index.value(), size, path, ours.root)) return;
  const auto root = tlog::RootOfPrefix(leaf, index.value(), size, path);
  if (root) good_.insert_or_assign(place, *root);
  if (good_.size() > kGoodMax) good_.erase(good_.begin());
}

}  // namespace havenline
