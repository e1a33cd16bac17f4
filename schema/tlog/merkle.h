// The Merkle tree of RFC 6962 section 2.1 with SHA-256: hashing, appending, proving, verifying.
// Pure; callable from any thread.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/model/ids.h"

namespace havenline::tlog {

Digest EmptyRoot();
Digest LeafHash(ByteView leaf);
Digest NodeHash(const Digest& left, const Digest& right);

// A perfect subtree of 2^level leaves, the index-th from the left.
struct NodeId {
  std::uint32_t level = 0;
  std::uint64_t index = 0;

  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};

struct Node {
  NodeId id;
  Digest hash{};
};

// The right edge of a growing tree: one hash for each set bit of the size, largest subtree first.
class TreeEdge {
 public:
  TreeEdge() = default;

  // Appends a leaf and returns every perfect subtree that it completes, its own leaf hash first:
  // what a store keeps so that proofs can be made later.
  std::vector<Node> Append(const Digest& leaf_hash);

  std::uint64_t size() const { return size_; }
  Digest root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> edge_;
};

// Where proofs find the perfect subtrees they need: the store's rows, or a cache.
using NodeReader = std::function<std::optional<Digest>(const NodeId&)>;

// The root of the first `size` leaves, or nothing if a node is missing.
std::optional<Digest> RootOf(std::uint64_t size, const NodeReader& nodes);

// The proofs, or nothing if a node is missing. `index` < `size`; `from` <= `to`.
std::optional<std::vector<Digest>> InclusionProof(std::uint64_t index, std::uint64_t size,
                                                  const NodeReader& nodes);
std::optional<std::vector<Digest>> ConsistencyProof(std::uint64_t from, std::uint64_t to,
                                                    const NodeReader& nodes);

// The root that a path leads to, or nothing if the path has not the one length it can have. RFC
// 9162, 2.1.3.2.
std::optional<Digest> RootFromPath(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                                   std::span<const Digest> path);
bool VerifyInclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                     std::span<const Digest> path, const Digest& root);

// The root that the tree had when this leaf was its last: what an inclusion proof also says, since
// the siblings to the left of a leaf are all that was before it. Only as good as the proof:
// VerifyInclusion() first. Nothing if the path has not the one length it can have.
std::optional<Digest> RootOfPrefix(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                                   std::span<const Digest> path);

// RFC 9162, 2.1.4.2. An empty old tree is consistent with every tree and proves nothing: whoever
// holds none has nothing to compare and does not ask; asked, this says no.
struct TreeHead {
  std::uint64_t size = 0;
  Digest root{};
};
bool VerifyConsistency(const TreeHead& from, const TreeHead& to, std::span<const Digest> proof);

}  // namespace havenline::tlog
