// A dropped file, or one that was posted, split into rows that a mapping can read. Pure.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agents/intake/file_format.h"
#include "agents/intake/mapping.h"
#include "agents/intake/report.h"
#include "agents/intake/report_rows.h"
#include "agents/intake/row_reader.h"
#include "schema/base/bytes.h"
#include "schema/model/ids.h"
#include "schema/text/csv.h"

namespace havenline::intake {

struct FileRows {
  FileFormat format = FileFormat::kCsv;
  text::CsvTable table;             // Without rows if the file cannot be used at all.
  std::optional<RowReader> reader;  // There if there are rows.
  // Why the file is a failure, in words: it cannot be used at all, or not to its end, or not in
  // every incident; the rows that are here are good to be taken.
  std::string failed;
  char delimiter = ',';
  // Of XML and JSON: what the rows were made of.
  Report report;
  std::vector<RowSource> sources;

  // Where a row of XML or JSON stands, in front of what is wrong with it: "incident 1, child 2".
  // Empty for CSV, where line and column say it.
  std::string PlaceOf(std::size_t row) const {
    return sources.empty() ? std::string() : sources[row].words;
  }
};

// Bytes in, rows or faults out, for every format; whatever the bytes are. `mapping` must outlive
// it.
FileRows SplitFile(ByteView bytes, FileFormat format, const Mapping& mapping,
                   const LocalZone& zone);

// Tells a row from any other: of its cells, or of its bytes if it could not be split. What says why
// a row was quarantined does not count, so a row that comes back unmended is the same.
Digest DigestOfRow(ByteView file, const FileRows& rows, std::size_t row);

}  // namespace havenline::intake
