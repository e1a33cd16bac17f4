#include "deploy/runtime/service.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <string>

#include "schema/base/check.h"

namespace havenline {
namespace {

constexpr mode_t kNothingForOthers = 0077;

timespec ToTimespec(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  timespec time{};
  time.tv_sec = seconds.count();
  time.tv_nsec = (duration - seconds).count();
  return time;
}

}  // namespace

Result<void> HardenProcess() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return Fail(FaultCode::kUnavailable, "the system does not let us switch core files off");
  }
  ::umask(kNothingForOthers);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  CHECK(::sigaction(SIGPIPE, &ignore, nullptr) == 0);
  return {};
}

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals_, signal);
  CHECK(pthread_sigmask(SIG_BLOCK, &signals_, nullptr) == 0);
}

std::optional<Signal> StopSignal::Wait(Milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  int signal = 0;
  do {
    const auto left = deadline - std::chrono::steady_clock::now();
    const timespec wait = ToTimespec(std::max(left, decltype(left)::zero()));
    signal = ::sigtimedwait(&signals_, nullptr, &wait);
  } while (signal < 0 && errno == EINTR);  // A signal that is none of ours, or a debugger.
  if (signal > 0) return signal == SIGHUP ? Signal::kReload : Signal::kStop;
  CHECK(errno == EAGAIN);
  return std::nullopt;
}

void NotifyReady() { ::sd_notify(0, "READY=1"); }
void NotifyStopping() { ::sd_notify(0, "STOPPING=1"); }
void NotifyWatchdog() { ::sd_notify(0, "WATCHDOG=1"); }

void NotifyStatus(StatusText text) {
  ::sd_notify(0, ("STATUS=" + std::string(text.view())).c_str());
}

std::optional<Milliseconds> WatchdogInterval() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::duration_cast<Milliseconds>(std::chrono::microseconds(microseconds)) / 2;
}

}  // namespace havenline
