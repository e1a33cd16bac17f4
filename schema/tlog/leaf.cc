#include "schema/tlog/leaf.h"

#include <algorithm>
#include <charconv>

#include "schema/base/check.h"
#include "schema/model/names.h"
#include "schema/seal/digests.h"
#include "schema/tlog/merkle.h"

namespace havenline::tlog {
namespace {

// Takes `literal` off the front of `text`.
bool Take(std::string_view& text, std::string_view literal) {
  if (!text.starts_with(literal)) return false;
  text.remove_prefix(literal.size());
  return true;
}

std::optional<Digest> TakeDigest(std::string_view& text) {
  if (text.size() < 64) return std::nullopt;
  const auto bytes = HexDecode(text.substr(0, 64));
  text.remove_prefix(64);
  return bytes ? ToArray<32>(*bytes) : std::nullopt;
}

std::optional<std::uint64_t> TakeNumber(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<DocumentMark> TakeDocument(std::string_view& text) {
  DocumentMark mark;
  if (!Take(text, R"("g":{"document":")")) return std::nullopt;
  const auto quote = text.find('"');
  if (quote == std::string_view::npos || !IsName(text.substr(0, quote))) return std::nullopt;
  mark.document = text.substr(0, quote);
  text.remove_prefix(quote);
  if (!Take(text, R"(","hash":")")) return std::nullopt;
  const auto hash = TakeDigest(text);
  if (!hash || !Take(text, R"(","version":)")) return std::nullopt;
  const auto version = TakeNumber(text);
  if (!version || !Take(text, "},")) return std::nullopt;
  mark.hash = *hash;
  mark.version = *version;
  return mark;
}

std::optional<Leaf> TakeLeaf(std::string_view text) {
  Leaf leaf;
  if (!Take(text, R"({"d":")")) return std::nullopt;
  const auto digest = TakeDigest(text);
  if (!digest || !Take(text, R"(",)")) return std::nullopt;
  leaf.digest = *digest;
  if (text.starts_with(R"("g")")) {
    leaf.document = TakeDocument(text);
    if (!leaf.document) return std::nullopt;
  }
  if (!Take(text, R"("n":)")) return std::nullopt;
  const auto index = TakeNumber(text);
  if (!index || text != R"(,"v":1})") return std::nullopt;
  leaf.index = LogIndex(*index);
  return leaf;
}

}  // namespace

std::string LeafText(const Leaf& leaf) {
  std::string text = R"({"d":")" + HexEncode(leaf.digest) + R"(",)";
  if (leaf.document) {
    CHECK(IsName(leaf.document->document));  // So that it needs no escaping.
    text += R"("g":{"document":")" + leaf.document->document + R"(","hash":")" +
            HexEncode(leaf.document->hash) + R"(","version":)" +
            std::to_string(leaf.document->version) + "},";
  }
  return text + R"("n":)" + std::to_string(leaf.index.value()) + R"(,"v":1})";
}

std::optional<Leaf> ParseLeaf(std::string_view text) {
  auto leaf = TakeLeaf(text);
  // One spelling only: what was hashed is what would be written again.
  if (!leaf || LeafText(*leaf) != text) return std::nullopt;
  return leaf;
}

std::optional<Digest> LeafHashOf(const PartProof& proof) {
  const Digest part = seal::PartDigest(proof.salt, proof.part);
  if (!std::ranges::is_sorted(proof.digests) || !std::ranges::binary_search(proof.digests, part))
    return std::nullopt;
  const Leaf leaf{seal::EntryDigest(proof.digests), proof.position.index, std::nullopt};
  return LeafHash(AsBytes(LeafText(leaf)));
}

}  // namespace havenline::tlog
