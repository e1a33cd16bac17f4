// Quarantined children of an XML or JSON report, as a report of the same form: each incident with
// those of its children that could not go, each of them with a first field that says why. It can be
// mended and dropped again. Pure.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agents/intake/file_rows.h"

namespace havenline::intake {

struct QuarantinedChild {
  std::size_t row = 0;  // Of the file's.
  std::uint64_t number = 0;
  std::string reason;
};

// `rows`: of XML or JSON. What is given back is what came, but for comments and white space.
std::string QuarantineReport(const FileRows& rows, const std::vector<QuarantinedChild>& children);

}  // namespace havenline::intake
