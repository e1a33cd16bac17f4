// Where something stands in the audit log, and what the log was at a moment.

#pragma once

#include <compare>
#include <cstdint>

#include "schema/model/ids.h"

namespace havenline {

// A place in the log: what answers, keys and suspensions name. Epochs only rise.
struct Position {
  std::uint64_t epoch = 0;
  LogIndex index{0};

  friend auto operator<=>(const Position&, const Position&) = default;
};

// The first `size` entries of an epoch, by their RFC 6962 root.
struct LogHead {
  std::uint64_t epoch = 0;
  std::uint64_t size = 0;
  Digest root{};

  friend bool operator==(const LogHead&, const LogHead&) = default;
};

// A governance document as others refer to it.
struct DocumentVersion {
  std::uint64_t version = 0;
  Digest hash{};  // SHA-256 of the note's text without signatures.

  friend bool operator==(const DocumentVersion&, const DocumentVersion&) = default;
};

}  // namespace havenline
