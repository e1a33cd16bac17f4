// A dropped file, split into rows that a mapping can read. Pure.

#pragma once

#include <optional>
#include <string>

#include "agents/intake/mapping.h"
#include "agents/intake/row_reader.h"
#include "schema/base/bytes.h"
#include "schema/model/ids.h"
#include "schema/text/csv.h"

namespace havenline::intake {

struct FileRows {
  text::CsvTable table;             // Without rows if the file cannot be used at all.
  std::optional<RowReader> reader;  // There if there are rows.
  // Why the file is a failure, in words: it cannot be used at all, or it was cut short and the rows
  // before the cut are good.
  std::string failed;
  char delimiter = ',';
};

// `mapping` must outlive it.
FileRows SplitFile(ByteView bytes, const Mapping& mapping, const LocalZone& zone);

// Tells a row from any other: of its cells, or of its bytes if it could not be split. The column
// that says why a row was quarantined does not count, so a row that comes back unmended is the
// same.
Digest DigestOfRow(ByteView file, const FileRows& rows, std::size_t row);

}  // namespace havenline::intake
