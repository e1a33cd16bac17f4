// Leaves of the audit log: one canonical JSON line each (docs/protocol.md, "The log"). Pure; any
// thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/model/envelope.h"
#include "schema/model/ids.h"

namespace havenline::tlog {

// A governance document that an entry puts in force: said in clear in the leaf.
struct DocumentMark {
  std::string document;  // directory, policy, suspension, opening.
  std::uint64_t version = 0;
  Digest hash{};

  friend bool operator==(const DocumentMark&, const DocumentMark&) = default;
};

struct Leaf {
  Digest digest{};  // Of the entry's parts.
  LogIndex index{0};
  std::optional<DocumentMark> document;

  friend bool operator==(const Leaf&, const Leaf&) = default;
};

// {"d":"…","n":0,"v":1}, with "g":{"document":…,"hash":…,"version":…} between for a document.
std::string LeafText(const Leaf& leaf);
// Nothing for any text that LeafText() would not have written.
std::optional<Leaf> ParseLeaf(std::string_view text);

// The leaf hash to which a part's proof leads, or nothing if the part's digest is not among its
// digests or these are not sorted.
std::optional<Digest> LeafHashOf(const PartProof& proof);

}  // namespace havenline::tlog
