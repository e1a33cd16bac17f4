// Mapping: which column of a force's export says what. One TOML file for each force;
// docs/integration.md explains it, deploy/examples has two.
//
// Immutable once read; any thread. Pure.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agents/intake/notice.h"
#include "agents/intake/notice_field.h"
#include "deploy/runtime/calendar_text.h"
#include "schema/base/result.h"
#include "schema/text/csv.h"

namespace havenline::intake {

enum class ClockForm : std::uint8_t {
  kColon,   // 23:40 or 23:40:15
  kDigits,  // 2340
};

// What one or more columns feed.
struct ColumnRule {
  std::vector<std::string> columns;
  std::string join;  // Between several.
  NoticeField to;
  std::map<std::string, std::string> codes;  // In small letters; none: the text itself.
  bool required = false;
  bool leave_out_if_wrong = false;  // Instead of quarantining the row; the receipt says so.
};

// What raises a flag of danger.
struct FlagRule {
  std::string flag;
  std::vector<std::string> columns;
  std::set<std::string> raised;       // Whole cells, in small letters.
  std::set<std::string> clear;        // Likewise; an empty cell is clear.
  std::vector<std::string> contains;  // Parts of a cell, in small letters.
};

struct Mapping {
  // kInvalid lists every problem with line and column. `hold_flags` is the policy's list: each must
  // have a rule, be computed, or stand in flags-not-recorded, since a forgotten flag must not mean
  // no danger.
  static Result<Mapping> Parse(std::string_view text, const std::string& source_name,
                               const std::vector<std::string>& hold_flags);

  // Flags of a policy's list that nothing here raises or says not to be recorded.
  std::vector<std::string> Uncovered(const std::vector<std::string>& hold_flags) const;

  // Every column that a file must have, each once.
  std::vector<std::string> Columns() const;

  std::string force;       // In every reference; must never change.
  std::string force_name;  // For the reader of the notice.

  text::CsvEncoding encoding = text::CsvEncoding::kDetect;
  char delimiter = ',';
  bool last_line_end_required = false;  // Without it the last row counts as cut short.

  std::vector<DayForm> days;
  std::vector<ClockForm> clocks;

  std::string incident;  // Column of the incident's reference.
  std::string at;        // Day and time in one column …
  std::string day;       // … or in two.
  std::string time;
  std::vector<std::string> child;  // Columns that together say which child.

  std::string urn;  // Columns that name the school; each may be empty.
  std::string laestab;
  std::string school_name;
  std::set<std::string> school_not_known;  // In small letters.
  std::string home_educated;               // Column; may be empty.
  std::set<std::string> home_educated_values;

  std::vector<std::string>
      exclusions;  // Columns that must be empty: what they say cannot be sent yet.
  std::vector<ColumnRule> rules;
  std::vector<std::pair<NoticeField, text::Value>> constants;
  std::vector<FlagRule> flags;
  std::set<std::string> flags_not_recorded;
};

}  // namespace havenline::intake
