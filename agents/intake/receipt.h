// The receipt of a file: what became of each of its rows, beside the file in SENT or FAILED. It
// names rows, columns and establishments, never a person. Pure.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agents/intake/ledger.h"
#include "schema/text/value.h"

namespace havenline::intake {

inline constexpr const char* kReceiptSuffix = ".receipt.json";
inline constexpr const char* kQuarantineInfix = ".quarantine";  // And ".csv", ".xml" or ".json".

struct ReceiptFacts {
  const FileRecord& file;
  const std::vector<RowOutcome>& outcomes;
  // Of a notice, by its number; nothing if it waits for a supervisor or was rejected.
  std::function<std::optional<MessageId>(std::uint64_t notice)> origin_of;
  std::vector<std::string> unused_columns;
  std::string quarantine_file;             // Its name in FAILED; empty if there is none.
  const FileRecord* same_bytes = nullptr;  // A file with the same bytes that came before.
};

text::Value ReceiptOf(const ReceiptFacts& facts);
// Indented JSON with a last line end.
std::string ReceiptText(const ReceiptFacts& facts);

// A name for the file of rows quarantined in the file that is moved to `target`: those of a file
// that is one itself get a number in place of another suffix.
std::string QuarantineFileName(const std::string& target, std::uint64_t number);

}  // namespace havenline::intake
