// A log to prove heads from: leaves by number, checkpoints signed by the test partnership's log
// key. Two with different `salt` from some size on are two histories of one log.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "schema/base/check.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/merkle.h"
#include "tests/fakes/partnership.h"

namespace havenline {

class TestLog {
 public:
  // Leaves from `fork` on are those of another history, if `salt` is not 0.
  explicit TestLog(std::uint8_t salt = 0, std::uint64_t fork = 0) {
    for (std::uint64_t i = 0; i < kSize; ++i) {
      const std::string leaf = LeafTextAt(i, salt != 0 && i >= fork ? salt : std::uint8_t{0});
      leaves_.push_back(tlog::LeafHash(AsBytes(leaf)));
      for (const tlog::Node& node : edge_.Append(leaves_.back())) nodes_[node.id] = node.hash;
    }
  }

  static std::string LeafTextAt(std::uint64_t index, std::uint8_t salt = 0) {
    return "leaf " + std::to_string(index) + "/" + std::to_string(salt);
  }
  LogHead HeadAt(std::uint64_t size) const {
    const auto root = tlog::RootOf(size, Reader());
    CHECK(root.has_value() && size <= kSize);
    return {1, size, *root};
  }
  std::string Checkpoint(const TestPartnership& partnership, std::uint64_t size) const {
    return tlog::MakeCheckpoint(kTestPartnership, HeadAt(size), partnership.log_signer());
  }
  std::vector<Digest> Proof(std::uint64_t from, std::uint64_t to) const {
    return tlog::ConsistencyProof(from, to, Reader()).value_or(std::vector<Digest>());
  }

  const Digest& Leaf(std::uint64_t index) const { return leaves_.at(index); }
  std::vector<Digest> Inclusion(std::uint64_t index, std::uint64_t size) const {
    return tlog::InclusionProof(index, size, Reader()).value_or(std::vector<Digest>());
  }

 private:
  static constexpr std::uint64_t kSize = 64;

  tlog::NodeReader Reader() const {
    return [this](const tlog::NodeId& id) -> std::optional<Digest> {
      const auto at = nodes_.find(id);
      if (at == nodes_.end()) return std::nullopt;
      return at->second;
    };
  }

  tlog::TreeEdge edge_;
  std::vector<Digest> leaves_;
  std::map<tlog::NodeId, Digest> nodes_;
};

}  // namespace havenline
