// Entry: one committed fact, as a leaf of the log and parts beside it (docs/protocol.md, "The
// log"). Pure but for the salts it is given.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/model/envelope.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/seal/random.h"
#include "schema/tlog/leaf.h"

namespace havenline {

// What one party may know of an entry: canonical JSON of at most limits::kPartBytesMax.
struct Part {
  AgencyId party;
  Salt salt{};
  Bytes json;
  // Of which exchanges it speaks, for whoever may read parts of some exchanges only. Not hashed.
  std::vector<ExchangeName> exchanges = {};

  friend bool operator==(const Part&, const Part&) = default;
};

struct Entry {
  Position position;
  std::string leaf;  // {"d":"…","n":index,"v":1}, with "g" for a governance document.
  std::vector<Part> parts;
  std::vector<Digest> digests;  // Of the parts and of fillers, sorted: what "d" is made of.

  // What the party of parts[i] needs to prove its part.
  PartProof ProofOf(std::size_t i) const;

  friend bool operator==(const Entry&, const Entry&) = default;
};

// Seals the parts into an entry with `slots` digests. CHECKs that the parts fit and are short
// enough.
Entry MakeEntry(const Position& position, std::vector<Part> parts, std::size_t slots,
                const std::optional<tlog::DocumentMark>& document, seal::RandomSource& random);

}  // namespace havenline
