// What checking a log came to, for people and for programs: one of three verdicts, each with an
// exit code of its own.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "deploy/havenline/tool.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/tlog/verdict.h"

namespace havenline {

// Beside the tool's exit codes, so that a script tells a verdict from a command that failed.
inline constexpr ExitCode kTampered{3};
inline constexpr ExitCode kUnverifiable{4};

struct AuditReport {
  PartnershipId partnership;
  std::optional<LogHead> head;  // Nothing: there was none to speak of.
  std::string checkpoint;       // The note.
  std::uint64_t entries = 0;    // Whose hashes were recomputed, now or by the run gone on from.
  std::uint64_t entries_before = 0;  // Of these, by an earlier run.
  std::size_t documents = 0;
  std::optional<LogHead> remembered;
  tlog::Verdict verdict;
};

// "1/tile/0/000, entry 17: holds another hash"
std::string WordsOf(const tlog::Place& place);
// valid, tampered, unverifiable
std::string_view WordFor(tlog::Verdict::Is is);
// kOk for valid.
ExitCode CodeFor(tlog::Verdict::Is is);

tool::Answer AnswerOf(const AuditReport& report);

}  // namespace havenline
