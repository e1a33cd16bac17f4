// What a daemon owes the machine it runs on: no core files, an orderly end, and word to systemd.

#pragma once

#include <csignal>
#include <cstdint>
#include <optional>
#include <string_view>

#include "schema/base/clock.h"
#include "schema/base/result.h"

namespace havenline {

// First thing in main(), before any file is made, key read or thread started: no core file and no
// debugger's look at our memory (C5), new files for us alone, and a closed pipe is an error of the
// write instead of our death. kUnavailable if the system refuses; then do not go on.
Result<void> HardenProcess();

enum class Signal : std::uint8_t {
  kStop,    // SIGTERM or SIGINT.
  kReload,  // SIGHUP.
};

// Takes SIGTERM, SIGINT and SIGHUP out of the signals that interrupt, and into Wait(). Make it in
// main's thread before any other thread starts (RocksDB and libzmq start some): they inherit the
// mask. Only main's thread waits. The signals stay blocked for the rest of the process, so one that
// comes after the loop is over does not cut short what is being written.
class StopSignal {
 public:
  StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // The next signal, also one that came before the call; nothing after `timeout`.
  std::optional<Signal> Wait(Milliseconds timeout);

 private:
  sigset_t signals_{};
};

// Word to systemd, for units with Type=notify. Without NOTIFY_SOCKET, as from a shell, these do
// nothing. Thread-safe. A lost notification is no fault of ours: systemd acts on its own timeouts.
void NotifyReady();
void NotifyStopping();
void NotifyWatchdog();  // Still alive: at least once in WatchdogInterval().

// Shown by `systemctl status`, which is outside (C5): so a text of our source code.
class StatusText {
 public:
  template <std::size_t kSize>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal reads as one.
  consteval StatusText(const char (&literal)[kSize]) : text_(literal, kSize - 1) {}

  constexpr std::string_view view() const { return text_; }

 private:
  std::string_view text_;
};
void NotifyStatus(StatusText text);

// How often systemd wants NotifyWatchdog(), already halved for safety; nothing if it does not.
std::optional<Milliseconds> WatchdogInterval();

}  // namespace havenline
