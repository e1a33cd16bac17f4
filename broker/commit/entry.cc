#include "broker/commit/entry.h"

#include <algorithm>

#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/seal/digests.h"

namespace havenline {

PartProof Entry::ProofOf(std::size_t i) const {
  CHECK(i < parts.size());
  return {.position = position, .salt = parts[i].salt, .part = parts[i].json, .digests = digests};
}

Entry MakeEntry(const Position& position, std::vector<Part> parts, std::size_t slots,
                const std::optional<tlog::DocumentMark>& document, seal::RandomSource& random) {
  CHECK(parts.size() <= slots);
  Entry entry{.position = position, .leaf = {}, .parts = std::move(parts), .digests = {}};
  // Salts of the parts, then the fillers: drawn at once, since each call costs as much as a hash.
  static_assert(sizeof(Digest) == sizeof(Salt));
  std::vector<std::uint8_t> drawn(slots * sizeof(Salt));
  random.Fill(drawn);
  auto draw = [left = ByteView(drawn)]() mutable {
    const auto next = *ToArray<sizeof(Salt)>(left.first(sizeof(Salt)));
    left = left.subspan(sizeof(Salt));
    return next;
  };
  for (Part& part : entry.parts) {
    CHECK(part.json.size() <= limits::kPartBytesMax);
    part.salt = draw();
    entry.digests.push_back(seal::PartDigest(part.salt, part.json));
  }
  while (entry.digests.size() < slots) entry.digests.push_back(draw());
  std::ranges::sort(entry.digests);
  entry.leaf = tlog::LeafText({seal::EntryDigest(entry.digests), position.index, document});
  return entry;
}

}  // namespace havenline
