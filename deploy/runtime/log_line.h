// One event as one line. Pure. Private to this folder.

#pragma once

#include <initializer_list>
#include <string>

#include "deploy/runtime/log.h"

namespace havenline {

struct LogLine {
  TimePoint time;
  LogLevel level;
  FixedText event;
  std::initializer_list<LogField> fields;
};

// Without the newline. Printable US-ASCII whatever is in an OperatorDetail, which is cut after
// kDetailBytesMax bytes: no byte of it can end the line, start another, or move a terminal's
// cursor.
inline constexpr std::size_t kDetailBytesMax = 1024;
std::string FormatLine(const LogLine& line, LogFormat format);

}  // namespace havenline
