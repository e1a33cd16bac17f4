#include "deploy/runtime/log_line.h"

#include <chrono>
#include <string_view>

#include <spdlog/fmt/fmt.h>

namespace havenline {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string_view WordFor(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

std::string FormatTime(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

// A JSON string. What is not printable US-ASCII shows as \xNN, doubly escaped: also who decodes the
// JSON and prints it gets no control character.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text.substr(0, kDetailBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte >= 0x20 && byte < 0x7F) {
      quoted += c;
    } else {
      quoted += "\\\\x";
      quoted += kHexDigits[byte >> 4U];
      quoted += kHexDigits[byte & 15U];
    }
  }
  if (text.size() > kDetailBytesMax) quoted += " ...";
  return quoted + '"';
}

// How a value reads: words and ids are quoted in JSON and bare in text, where they hold no blank.
struct ValueFormatter {
  LogFormat format;

  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(std::uint64_t number) const { return std::to_string(number); }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  std::string operator()(Milliseconds duration) const { return std::to_string(duration.count()); }
  std::string operator()(FixedText word) const { return Word(word.view()); }
  std::string operator()(const OpaqueId& id) const { return Word(id.hex()); }
  std::string operator()(const OperatorDetail& detail) const { return Quoted(detail.text()); }

  std::string Word(std::string_view word) const {
    return format == LogFormat::kJson ? Quoted(word) : std::string(word);
  }
};

std::string NameOf(const LogField& field) {
  const bool duration = std::holds_alternative<Milliseconds>(field.value.get());
  return std::string(field.name.view()) + (duration ? "_ms" : "");
}

}  // namespace

std::string FormatLine(const LogLine& line, LogFormat format) {
  const std::string time = FormatTime(line.time);
  const bool json = format == LogFormat::kJson;
  std::string text = json ? fmt::format(R"({{"time":"{}","level":"{}","event":"{}")", time,
                                        WordFor(line.level), line.event.view())
                          : fmt::format("{} {} {}", time, WordFor(line.level), line.event.view());
  for (const LogField& field : line.fields) {
    const std::string value = std::visit(ValueFormatter{format}, field.value.get());
    text += json ? fmt::format(R"(,"{}":{})", NameOf(field), value)
                 : fmt::format(" {}={}", NameOf(field), value);
  }
  if (json) text += '}';
  return text;
}

}  // namespace havenline
