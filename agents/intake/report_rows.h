// The children of a report as rows with the mapping's columns, so that whatever it was written as,
// the same reader reads it. Pure.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agents/intake/file_format.h"
#include "agents/intake/mapping.h"
#include "agents/intake/report.h"
#include "schema/text/csv.h"

namespace havenline::intake {

// Where a row stands in its report; both count from 0.
struct RowSource {
  std::size_t incident = 0;
  std::optional<std::size_t> child;  // None: the row is an incident that names no child.
  std::string words;                 // "incident 1, child 2", for people.
};

struct ReportRows {
  // Its header is the mapping's columns and last that of a file of quarantined rows. A row with a
  // problem has its fields all the same, as far as they are certain, so that it is known again.
  text::CsvTable table;
  std::vector<RowSource> sources;  // Of each row.
};

// A field that the mapping does not name is refused, and so is one that is there twice: a misspelt
// flag of danger must not mean no danger. For the same reason what the mapping reads as a flag or
// an exclusion must be there, be it empty; any other field may be left out.
ReportRows RowsOf(const Report& report, FileFormat format, const Mapping& mapping);

}  // namespace havenline::intake
