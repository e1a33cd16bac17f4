// Documents held to everything they will be held to, before anybody signs or publishes them: form,
// keys, contradictions, the exchanges that this program knows, signatures, succession. Pure.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "deploy/havenline/document_file.h"
#include "policy/policy.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/model/position.h"

namespace havenline {

// What is wrong with a policy's exchanges, measured by those of schema/exchange: their sections and
// claims must be the same, in the same order. Each with line and column.
std::vector<std::string> ExchangeProblems(const DocumentFile& file, const policy::Policy& policy);

// A directory or policy that was looked at. `problems` is empty if it may be signed and published.
struct CheckedDocument {
  DocumentKind kind = DocumentKind::kDirectory;
  std::vector<std::string> problems;   // One line each.
  std::size_t problems_left_out = 0;   // That there are besides.
  std::optional<Directory> directory;  // If it parses; one of the two.
  std::optional<policy::Policy> policy;
  std::vector<std::string> signed_by;  // Of a note: the governance keys whose signatures hold.
  // How many it needs; nothing if there is no governance to hold it to.
  std::optional<std::size_t> signatures_needed;

  const PartnershipId* partnership() const;
  const DocumentVersion* version() const;
  Digest previous() const;
};

// `governance` is what a policy's signatures are held to; a directory names its own, and if both
// are there they must be the same. A fault only if the file is neither directory nor policy.
CheckedDocument CheckDocument(const DocumentFile& file, DocumentKind kind,
                              const Governance* governance);

// What whoever writes the next version writes at its top, with the hash of `before`, which must
// have parsed.
std::string HowToFollow(const CheckedDocument& before);

// Adds what keeps `checked` from being published after `before`.
void CheckSuccession(CheckedDocument& checked, const CheckedDocument& before);

}  // namespace havenline
