#include "deploy/runtime/log.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "deploy/runtime/log_line.h"
#include "schema/base/mutex.h"

namespace havenline {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

std::unique_ptr<spdlog::logger> MakeLogger(const LogOptions& options) {
  spdlog::sink_ptr sink;
  if (options.output != nullptr) {
    sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(*options.output);
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  auto logger = std::make_unique<spdlog::logger>("", std::move(sink));
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  // What spdlog says by itself about a failed write would be a line that is not ours.
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

// The process's one log. Locked as a whole: lines of one window are counted in the order written.
class Log {
 public:
  void Init(const LogOptions& options) {
    const MutexLock lock(mutex_);
    options_ = options;
    logger_ = MakeLogger(options);
    windows_.clear();
  }

  void Write(LogLevel level, FixedText event, std::initializer_list<LogField> fields) {
    const MutexLock lock(mutex_);
    if (level < options_.level) return;
    const SteadyTime now = clock().Monotonic();
    if (suppressing_) SayWhatEnded(now);
    if (Admit(event, now)) Put(level, event, fields);
  }

  void Flush() {
    const MutexLock lock(mutex_);
    SayWhatEnded(SteadyTime::max());
  }

 private:
  struct Window {
    FixedText event;
    SteadyTime begin;
    int lines = 0;
    std::uint64_t suppressed = 0;
  };

  const Clock& clock() const REQUIRES(mutex_) {
    return options_.clock != nullptr ? *options_.clock : machine_clock_;
  }

  void Put(LogLevel level, FixedText event, std::initializer_list<LogField> fields)
      REQUIRES(mutex_) {
    if (!logger_) logger_ = MakeLogger(options_);
    const LogLine line{.time = clock().Now(), .level = level, .event = event, .fields = fields};
    logger_->log(spdlog::level::info, std::string_view(FormatLine(line, options_.format)));
  }

  // One window per event name, of which there are as many as our source has literals.
  bool Admit(FixedText event, SteadyTime now) REQUIRES(mutex_) {
    Window& window =
        windows_.try_emplace(event.view(), Window{.event = event, .begin = now}).first->second;
    if (now - window.begin >= kLogWindow) {
      window.begin = now;
      window.lines = 0;
    }
    if (window.lines < kLogLinesMax) {
      ++window.lines;
      return true;
    }
    ++window.suppressed;
    suppressing_ = true;
    return false;
  }

  void SayWhatEnded(SteadyTime now) REQUIRES(mutex_) {
    suppressing_ = false;
    for (auto& [name, window] : windows_) {
      if (window.suppressed == 0) continue;
      if (now - window.begin < kLogWindow) {
        suppressing_ = true;
        continue;
      }
      Put(LogLevel::kWarning, "log.suppressed",
          {{"of", window.event}, {"lines", window.suppressed}});
      window.suppressed = 0;
    }
  }

  Mutex mutex_;
  const SystemClock machine_clock_;
  LogOptions options_ GUARDED_BY(mutex_);
  std::unique_ptr<spdlog::logger> logger_ GUARDED_BY(mutex_);
  std::map<std::string_view, Window> windows_ GUARDED_BY(mutex_);
  bool suppressing_ GUARDED_BY(mutex_) = false;  // Some window has lines to tell of.
};

// Never destroyed: threads may log until the process is gone.
Log& TheLog() {
  static Log& log = *new Log;
  return log;
}

}  // namespace

void InitLog(const LogOptions& options) { TheLog().Init(options); }

void LogEvent(LogLevel level, FixedText event, std::initializer_list<LogField> fields) {
  TheLog().Write(level, event, fields);
}

void FlushLog() { TheLog().Flush(); }

}  // namespace havenline
