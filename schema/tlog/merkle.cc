#include "schema/tlog/merkle.h"

#include <bit>

#include "schema/base/check.h"
#include "schema/seal/hash.h"

namespace havenline::tlog {
namespace {

constexpr std::uint8_t kLeafPrefix = 0x00;
constexpr std::uint8_t kNodePrefix = 0x01;

// The largest power of two strictly below `size`: where RFC 6962 splits a tree.
std::uint64_t SplitOf(std::uint64_t size) {
  CHECK(size > 1);
  return std::bit_floor(size - 1);
}

// A run of leaves, whose first is a multiple of any perfect subtree it is split into.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

// The hash of a range, folded from the perfect subtrees it consists of.
std::optional<Digest> RangeHash(const Range& range, const NodeReader& nodes) {
  if (std::has_single_bit(range.count)) {
    const auto level = static_cast<std::uint32_t>(std::countr_zero(range.count));
    return nodes({level, range.first >> level});
  }
  const std::uint64_t split = SplitOf(range.count);
  const auto left = RangeHash({range.first, split}, nodes);
  const auto right = RangeHash({range.first + split, range.count - split}, nodes);
  if (!left || !right) return std::nullopt;
  return NodeHash(*left, *right);
}

// Walks from the root towards `target` leaves (a leaf, or the end of an older tree) and collects
// the sibling of every step; the proof is those in reverse.
class ProofBuilder {
 public:
  explicit ProofBuilder(const NodeReader& nodes) : nodes_(nodes) {}

  void Add(const Range& range) { ranges_.push_back(range); }

  std::optional<std::vector<Digest>> Build() const {
    std::vector<Digest> proof;
    for (auto range = ranges_.rbegin(); range != ranges_.rend(); ++range) {
      const auto hash = RangeHash(*range, nodes_);
      if (!hash) return std::nullopt;
      proof.push_back(*hash);
    }
    return proof;
  }

 private:
  const NodeReader& nodes_;
  std::vector<Range> ranges_;
};

// The state of the two verifiers of RFC 9162: where in the last row we are, and how wide the row
// is.
struct Walk {
  std::uint64_t at = 0;
  std::uint64_t last = 0;

  bool left_sibling() const { return (at & 1U) != 0 || at == last; }
  // After a left sibling was taken, climbs past the rows in which this node has none.
  void SkipLevels() {
    while ((at & 1U) == 0 && at != 0) Climb();
  }
  void Climb() {
    at >>= 1U;
    last >>= 1U;
  }
};

}  // namespace

Digest EmptyRoot() { return seal::Sha256({}); }

Digest LeafHash(ByteView leaf) { return seal::Sha256(ByteView(&kLeafPrefix, 1), leaf); }

Digest NodeHash(const Digest& left, const Digest& right) {
  return seal::Sha256(ByteView(&kNodePrefix, 1), left, right);
}

std::vector<Node> TreeEdge::Append(const Digest& leaf_hash) {
  std::vector<Node> completed = {{{0, size_}, leaf_hash}};
  Digest hash = leaf_hash;
  std::uint32_t level = 0;
  for (std::uint64_t rest = size_; (rest & 1U) != 0; rest >>= 1U) {
    hash = NodeHash(edge_.back(), hash);
    edge_.pop_back();
    ++level;
    completed.push_back({{level, size_ >> level}, hash});
  }
  edge_.push_back(hash);
  ++size_;
  CHECK(edge_.size() == static_cast<std::size_t>(std::popcount(size_)));
  return completed;
}

Digest TreeEdge::root() const {
  if (edge_.empty()) return EmptyRoot();
  Digest root = edge_.back();
  for (std::size_t i = edge_.size() - 1; i-- > 0;) root = NodeHash(edge_[i], root);
  return root;
}

std::optional<Digest> RootOf(std::uint64_t size, const NodeReader& nodes) {
  return size == 0 ? EmptyRoot() : RangeHash({0, size}, nodes);
}

std::optional<std::vector<Digest>> InclusionProof(std::uint64_t index, std::uint64_t size,
                                                  const NodeReader& nodes) {
  CHECK(index < size);
  ProofBuilder proof(nodes);
  Range range{0, size};
  while (range.count > 1) {
    const std::uint64_t split = SplitOf(range.count);
    const Range left{range.first, split};
    const Range right{range.first + split, range.count - split};
    const bool go_left = index < right.first;
    proof.Add(go_left ? right : left);
    range = go_left ? left : right;
  }
  return proof.Build();
}

std::optional<std::vector<Digest>> ConsistencyProof(std::uint64_t from, std::uint64_t to,
                                                    const NodeReader& nodes) {
  CHECK(from <= to);
  if (from == 0 || from == to) return std::vector<Digest>{};
  ProofBuilder proof(nodes);
  Range range{0, to};
  std::uint64_t old_count = from;  // How many leaves of `range` the old tree had.
  while (old_count != range.count) {
    const std::uint64_t split = SplitOf(range.count);
    const Range left{range.first, split};
    const Range right{range.first + split, range.count - split};
    if (old_count <= split) {
      proof.Add(right);
      range = left;
    } else {
      proof.Add(left);
      range = right;
      old_count -= split;
    }
  }
  // The subtree in which the old tree ends is known to whoever knows the old root, if it is the old
  // tree.
  if (range.first != 0) proof.Add(range);
  return proof.Build();
}

std::optional<Digest> RootFromPath(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                                   std::span<const Digest> path) {
  if (index >= size) return std::nullopt;
  Walk walk{index, size - 1};
  Digest hash = leaf_hash;
  for (const Digest& sibling : path) {
    if (walk.last == 0) return std::nullopt;
    if (walk.left_sibling()) {
      hash = NodeHash(sibling, hash);
      walk.SkipLevels();
    } else {
      hash = NodeHash(hash, sibling);
    }
    walk.Climb();
  }
  if (walk.last != 0) return std::nullopt;
  return hash;
}

bool VerifyInclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                     std::span<const Digest> path, const Digest& root) {
  const auto led_to = RootFromPath(leaf_hash, index, size, path);
  return led_to && *led_to == root;
}

std::optional<Digest> RootOfPrefix(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                                   std::span<const Digest> path) {
  if (index >= size) return std::nullopt;
  Walk walk{index, size - 1};
  Digest hash = leaf_hash;
  for (const Digest& sibling : path) {
    if (walk.last == 0) return std::nullopt;
    if (walk.left_sibling()) {
      hash = NodeHash(sibling, hash);
      walk.SkipLevels();
    }
    walk.Climb();
  }
  if (walk.last != 0) return std::nullopt;
  return hash;
}

bool VerifyConsistency(const TreeHead& from, const TreeHead& to, std::span<const Digest> proof) {
  if (from.size > to.size || from.size == 0) return false;
  if (from.size == to.size) return proof.empty() && from.root == to.root;
  if (proof.empty()) return false;
  // An old tree that is one perfect subtree is its own first hash, and the proof leaves it out.
  const bool leaves_out_first = std::has_single_bit(from.size);
  Walk walk{from.size - 1, to.size - 1};
  while ((walk.at & 1U) != 0) walk.Climb();
  Digest old_root = leaves_out_first ? from.root : proof.front();
  Digest new_root = old_root;
  for (const Digest& sibling : leaves_out_first ? proof : proof.subspan(1)) {
    if (walk.last == 0) return false;
    if (walk.left_sibling()) {
      old_root = NodeHash(sibling, old_root);
      new_root = NodeHash(sibling, new_root);
      walk.SkipLevels();
    } else {
      new_root = NodeHash(new_root, sibling);
    }
    walk.Climb();
  }
  return walk.last == 0 && old_root == from.root && new_root == to.root;
}

}  // namespace havenline::tlog
