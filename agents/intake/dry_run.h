// DryRun: what would become of a file if it were dropped, by the same code, and nothing done about
// it: nothing is sealed, stored, alarmed or moved.
//
// For one thread.

#pragma once

#include <string>

#include "agents/intake/draft.h"
#include "agents/intake/file_format.h"
#include "agents/intake/file_rows.h"
#include "agents/intake/ledger.h"
#include "agents/intake/setup.h"
#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/text/value.h"

namespace havenline::intake {

class DryRun {
 public:
  // All must outlive it. `ledger` is loaded; what would go is noted in its memory alone, so that a
  // row that comes twice is seen.
  DryRun(const Setup& setup, RouteView route, Ledger& ledger, TimePoint now);

  // As a receipt has it, without origins and numbers.
  text::Value Read(const std::string& name, FileFormat format, ByteView bytes);

 private:
  RowOutcome Look(const FileRows& rows, std::size_t row);

  const Setup& setup_;
  const RouteView route_;
  Ledger& ledger_;
  const TimePoint now_;
  const std::vector<std::string> hold_flags_;
};

}  // namespace havenline::intake
