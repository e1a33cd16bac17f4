#include "schema/tlog/signed_tree.h"

#include <map>

#include "schema/base/check.h"
#include "schema/seal/joined.h"
#include "schema/tlog/merkle.h"

namespace havenline::tlog {
namespace {

Bytes TextOf(seal::Purpose purpose, std::uint64_t size, const Digest& root) {
  return ToBytes(seal::Joined(seal::LabelOf(purpose)).Add(size).Add(ByteView(root)).bytes());
}

}  // namespace

std::vector<TreeSignature> SignTogether(const seal::SigningKey& key, seal::Purpose purpose,
                                        std::span<const Bytes> texts) {
  CHECK(!texts.empty());
  TreeEdge tree;
  std::map<NodeId, Digest> nodes;
  for (const Bytes& text : texts) {
    for (const Node& node : tree.Append(LeafHash(text))) nodes.emplace(node.id, node.hash);
  }
  const Signature signature = key.Sign(TextOf(purpose, tree.size(), tree.root()));
  const NodeReader reader = [&](const NodeId& id) -> std::optional<Digest> {
    const auto at = nodes.find(id);
    if (at == nodes.end()) return std::nullopt;
    return at->second;
  };
  std::vector<TreeSignature> signatures;
  for (std::uint64_t index = 0; index < tree.size(); ++index) {
    auto path = InclusionProof(index, tree.size(), reader);
    CHECK(path.has_value());
    signatures.push_back({tree.size(), index, *std::move(path), signature});
  }
  return signatures;
}

std::optional<Bytes> SignedText(seal::Purpose purpose, ByteView text,
                                const TreeSignature& signature) {
  const auto root = RootFromPath(LeafHash(text), signature.index, signature.size, signature.path);
  if (!root) return std::nullopt;
  return TextOf(purpose, signature.size, *root);
}

bool VerifyOneOf(const seal::VerifyKey& key, seal::Purpose purpose, ByteView text,
                 const TreeSignature& signature) {
  const auto signed_text = SignedText(purpose, text, signature);
  return signed_text && seal::Verify(key, *signed_text, signature.signature);
}

}  // namespace havenline::tlog
