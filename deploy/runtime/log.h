// The event log, for the operators of a machine: one line per event on stderr, as JSON or text.
//
//   LogEvent(LogLevel::kInfo, "broker.started", {{"epoch", 3}, {"size", size}});
//   {"time":"2026-11-22T08:15:00.123Z","level":"info","event":"broker.started","epoch":3,"size":12}
//
// No line may carry a name, address, school, agency or kind of case (C5), so none can: an event and
// its field names are literals of our source code, and a value is a number, a truth, a duration, a
// literal or an opaque id. There is no way in for a std::string, an AgencyId, a character or a
// coordinate; the tests say so to the compiler. The one door is OperatorDetail, below.
//
// Thread-safe, all of it. Nothing here throws or fails; a line that cannot be written is lost. A
// line is written before LogEvent() returns, so a stderr that nobody reads makes it wait.

#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <variant>

#include "deploy/runtime/fixed_text.h"
#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/base/strong_id.h"
#include "schema/model/ids.h"

namespace havenline {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };
enum class LogFormat : std::uint8_t { kJson, kText };

// Something that can be matched with the same id elsewhere and says nothing by itself. Not made
// from a KeyId: whoever has the directory knows whose key it is.
class OpaqueId {
 public:
  explicit OpaqueId(const MessageId& id) : hex_(HexEncode(id.value())) {}
  explicit OpaqueId(const SessionId& id) : hex_(HexEncode(id.value())) {}
  explicit OpaqueId(const Digest& digest) : hex_(HexEncode(digest)) {}

  const std::string& hex() const { return hex_; }

 private:
  std::string hex_;
};

// The one door: words of a Fault, which name paths, errno texts and the lines of files that a
// person wrote. For faults of this machine only (its disk, its configuration), never for one that a
// peer's bytes or a person's record brought about. Every use is found by searching for this name.
class OperatorDetail {
 public:
  explicit OperatorDetail(const Fault& fault) : text_(fault.detail) {}

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

template <class T>
concept LoggedInteger =
    std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
    !std::same_as<T, signed char> && !std::same_as<T, unsigned char> && !std::same_as<T, wchar_t> &&
    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

// Implicit from each of its kinds, so that a field reads as one: {"size", 12}, {"kept", true}.
class LogValue {
 public:
  // NOLINTBEGIN(google-explicit-constructor)
  template <std::signed_integral T>
  requires LoggedInteger<T>
  constexpr LogValue(T number) : value_(static_cast<std::int64_t>(number)) {}
  template <std::unsigned_integral T>
  requires LoggedInteger<T>
  constexpr LogValue(T number) : value_(static_cast<std::uint64_t>(number)) {}
  template <class Tag>
  LogValue(const StrongId<Tag, std::uint64_t>& number) : value_(number.value()) {}
  template <std::same_as<bool> T>  // Else every pointer would be one.
  constexpr LogValue(T truth) : value_(truth) {}
  template <class Rep, class Period>
  constexpr LogValue(std::chrono::duration<Rep, Period> duration)
      : value_(std::chrono::duration_cast<Milliseconds>(duration)) {}
  constexpr LogValue(FixedText word) : value_(word) {}
  template <std::size_t kSize>
  consteval LogValue(const char (&literal)[kSize]) : value_(FixedText(literal)) {}
  LogValue(OpaqueId id) : value_(std::move(id)) {}
  LogValue(OperatorDetail detail) : value_(std::move(detail)) {}
  // NOLINTEND(google-explicit-constructor)

  using Variant = std::variant<std::int64_t, std::uint64_t, bool, Milliseconds, FixedText, OpaqueId,
                               OperatorDetail>;
  const Variant& get() const { return value_; }

 private:
  Variant value_;
};

struct LogField {
  FixedText name;  // A duration's gets "_ms" appended.
  LogValue value;
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;  // What is below it is not written.
  LogFormat format = LogFormat::kJson;
  std::ostream* output = nullptr;  // For tests; stderr if null. Both must outlive the log.
  const Clock* clock = nullptr;    // The machine's if null.
};

// Sets where and how to write from now on. Without it: kInfo, JSON, stderr.
void InitLog(const LogOptions& options);

// Writes one line. So that a flood cannot fill a disk, at most kLogLinesMax lines of one event are
// written in kLogWindow; the rest are counted, and a "log.suppressed" line says how many there
// were.
inline constexpr int kLogLinesMax = 100;
inline constexpr auto kLogWindow = std::chrono::seconds(10);
void LogEvent(LogLevel level, FixedText event, std::initializer_list<LogField> fields = {});

// Writes what is still counted and not yet said. Call before the process ends.
void FlushLog();

}  // namespace havenline
