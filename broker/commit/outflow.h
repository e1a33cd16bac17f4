// Outflow: the one gate between mailboxes and links, so that a suspension has an exact place (C6).
// Whoever hands a row asks here first; once Close() returned, nothing more goes out. Thread-safe.

#pragma once

#include <array>
#include <cstdint>

#include "schema/model/ids.h"

namespace havenline {

// All from the commit thread.
class Outflow {
 public:
  virtual ~Outflow() = default;

  // When it returns, no row of this agency is handed to a link any more. By lane: the highest
  // sequence that ever was, in this run.
  virtual std::array<std::uint64_t, 2> Close(const AgencyId& agency) = 0;
  virtual void Open(const AgencyId& agency) = 0;
  // By lane, the highest sequence of this agency that ever was handed to a link in this run.
  virtual std::array<std::uint64_t, 2> Handed(const AgencyId& agency) const = 0;
};

}  // namespace havenline
