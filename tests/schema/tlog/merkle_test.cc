#include "schema/tlog/merkle.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fakes/vectors.h"

namespace havenline::tlog {
namespace {

// Digests of other lengths occur in the negative cases: then there is none.
std::optional<Digest> DigestFromBase64(const nlohmann::json& text) {
  const auto bytes = Base64Decode(text.get<std::string>());
  return bytes ? ToArray<32>(*bytes) : std::nullopt;
}

std::optional<std::vector<Digest>> ProofFromJson(const nlohmann::json& list) {
  std::vector<Digest> proof;
  if (list.is_null()) return proof;
  for (const auto& item : list) {
    const auto digest = DigestFromBase64(item);
    if (!digest) return std::nullopt;
    proof.push_back(*digest);
  }
  return proof;
}

bool InclusionHolds(const nlohmann::json& test) {
  const auto leaf = DigestFromBase64(test["leafHash"]);
  const auto root = DigestFromBase64(test["root"]);
  const auto proof = ProofFromJson(test["proof"]);
  return leaf && root && proof &&
         VerifyInclusion(*leaf, test["leafIdx"].get<std::uint64_t>(),
                         test["treeSize"].get<std::uint64_t>(), *proof, *root);
}

// Some cases say "don't care" where a root is not looked at: any digest stands for it, the same for
// the same.
std::optional<Digest> RootFromBase64(const nlohmann::json& text) {
  const auto bytes = Base64Decode(text.get<std::string>());
  if (bytes && bytes->size() < 32 && AsText(*bytes).starts_with("don't care"))
    return LeafHash(*bytes);
  return DigestFromBase64(text);
}

bool ConsistencyHolds(const nlohmann::json& test) {
  const auto root1 = RootFromBase64(test["root1"]);
  const auto root2 = RootFromBase64(test["root2"]);
  const auto proof = ProofFromJson(test["proof"]);
  return root1 && root2 && proof &&
         VerifyConsistency({test["size1"].get<std::uint64_t>(), *root1},
                           {test["size2"].get<std::uint64_t>(), *root2}, *proof);
}

template <class Holds>
int CheckFolder(const std::string& name, Holds holds) {
  int checked = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           VectorsFolder() / "merkle_testdata/testdata" / name)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    const auto test = nlohmann::json::parse(file);
    EXPECT_EQ(holds(test), !test["wantErr"].get<bool>()) << entry.path() << ": " << test["desc"];
    ++checked;
  }
  return checked;
}

TEST(MerkleVectorsTest, EveryPublicInclusionAndConsistencyCase) {
  if (!std::filesystem::exists(VectorsFolder() / "merkle_testdata")) {
    GTEST_SKIP() << "VECTORS ABSENT: " << VectorsFolder() / "merkle_testdata";
  }
  const int inclusion = CheckFolder("inclusion", InclusionHolds);
  const int consistency = CheckFolder("consistency", ConsistencyHolds);
  EXPECT_GE(inclusion, 86);
  EXPECT_GE(consistency, 98);
  RecordProperty("cases", inclusion + consistency);
}

class TreeTest : public ::testing::Test {
 protected:
  void Grow(std::uint64_t size) {
    while (edge_.size() < size) {
      const std::string leaf = "entry-" + std::to_string(edge_.size());
      for (const Node& node : edge_.Append(LeafHash(AsBytes(leaf))))
        nodes_.emplace(node.id, node.hash);
      roots_.push_back(edge_.root());
    }
  }
  Digest RootAt(std::uint64_t size) const { return size == 0 ? EmptyRoot() : roots_[size - 1]; }

  TreeEdge edge_;
  std::map<NodeId, Digest> nodes_;
  std::vector<Digest> roots_;
  NodeReader reader_ = [this](const NodeId& id) -> std::optional<Digest> {
    const auto at = nodes_.find(id);
    if (at == nodes_.end()) return std::nullopt;
    return at->second;
  };
};

TEST_F(TreeTest, RootsOfTheSyntheticLogAtEveryPublishedSize) {
  VECTORS_OR_SKIP(file, "tlog_vectors.json");
  Grow(70000);
  int checked = 0;
  for (const auto& [size, root] : file["log70000"]["roots"].items()) {
    EXPECT_EQ(Base64Encode(RootAt(std::stoull(size))), root.get<std::string>()) << size;
    ++checked;
  }
  EXPECT_GE(checked, 15);
  EXPECT_EQ(Base64Encode(RootAt(70000)), file["log70000"]["root_hash_b64"].get<std::string>());
}

TEST_F(TreeTest, AnInclusionProofAlsoSaysTheRootThatTheTreeHadThen) {
  Grow(70);
  for (std::uint64_t size = 1; size <= 70; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const Digest leaf = LeafHash(AsBytes("entry-" + std::to_string(index)));
      auto path = *InclusionProof(index, size, reader_);
      EXPECT_EQ(RootOfPrefix(leaf, index, size, path), RootAt(index + 1)) << index << "/" << size;
      path.emplace_back();
      EXPECT_FALSE(RootOfPrefix(leaf, index, size, path).has_value());
    }
  }
  EXPECT_FALSE(RootOfPrefix({}, 3, 3, {}).has_value());
}

TEST_F(TreeTest, ProofsAreThoseOfTheClassicEightLeafTree) {
  VECTORS_OR_SKIP(file, "tlog_vectors.json");
  const auto& tree = file["ct8"];
  for (const auto& leaf : tree["leaves_hex"]) {
    for (const Node& node : edge_.Append(LeafHash(FromHex(leaf))))
      nodes_.emplace(node.id, node.hash);
  }
  const auto hex = [](const std::vector<Digest>& proof) {
    nlohmann::json list = nlohmann::json::array();
    for (const Digest& digest : proof) list.push_back(HexEncode(digest));
    return list;
  };
  for (const auto& test : tree["inclusion"]) {
    const auto proof = InclusionProof(test["index"], test["size"], reader_);
    ASSERT_TRUE(proof.has_value());
    EXPECT_EQ(hex(*proof), test["proof"]);
  }
  for (const auto& test : tree["consistency"]) {
    const auto proof = ConsistencyProof(test["old"], test["new"], reader_);
    ASSERT_TRUE(proof.has_value());
    EXPECT_EQ(hex(*proof), test["proof"]);
  }
}

// Every pair of sizes and every index up to 40: proofs verify, and with one bit flipped they do
// not.
TEST_F(TreeTest, EveryProofOfASmallTreeVerifiesAndNoOtherDoes) {
  constexpr std::uint64_t kSize = 40;
  Grow(kSize);
  for (std::uint64_t size = 1; size <= kSize; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const Digest leaf = nodes_.at({0, index});
      auto proof = InclusionProof(index, size, reader_).value();
      ASSERT_TRUE(VerifyInclusion(leaf, index, size, proof, RootAt(size)));
      if (size < kSize) {
        ASSERT_FALSE(VerifyInclusion(leaf, index, size + 1, proof, RootAt(size + 1)));
      }
      if (!proof.empty()) {
        proof[index % proof.size()][5] ^= 1U;
        ASSERT_FALSE(VerifyInclusion(leaf, index, size, proof, RootAt(size)));
      }
    }
    for (std::uint64_t from = 1; from <= size; ++from) {
      auto proof = ConsistencyProof(from, size, reader_).value();
      ASSERT_TRUE(VerifyConsistency({from, RootAt(from)}, {size, RootAt(size)}, proof))
          << from << " " << size;
      proof.push_back(Digest{});
      ASSERT_FALSE(VerifyConsistency({from, RootAt(from)}, {size, RootAt(size)}, proof));
      proof.pop_back();
      if (!proof.empty()) {
        proof[from % proof.size()][7] ^= 1U;
        ASSERT_FALSE(VerifyConsistency({from, RootAt(from)}, {size, RootAt(size)}, proof));
      }
    }
  }
}

TEST_F(TreeTest, AMissingNodeGivesNoProofRatherThanAWrongOne) {
  Grow(13);
  nodes_.erase({3, 0});
  EXPECT_FALSE(InclusionProof(12, 13, reader_).has_value());
  nodes_.erase({2, 0});
  EXPECT_FALSE(ConsistencyProof(5, 13, reader_).has_value());
}

}  // namespace
}  // namespace havenline::tlog
