#include "deploy/runtime/service.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "deploy/runtime/file_descriptor.h"
#include "schema/base/check.h"
#include "schema/base/thread.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using namespace std::chrono_literals;

// Hardening and signal masks are for ever, so each test does its work in a process of its own; it
// ends with 0 if all went well.
template <class Body>
void ExpectInOwnProcess(const Body& body) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // A fork would carry half of RocksDB's threads.
  EXPECT_EXIT(
      {
        body();
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(ServiceDeathTest, AHardenedProcessLeavesNoCoreAndItsFilesAreItsOwn) {
  ExpectInOwnProcess([] {
    CHECK(HardenProcess());
    rlimit core{};
    CHECK(::getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0);
    CHECK(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
    CHECK(::umask(0) == 0077);
  });
}

TEST(ServiceDeathTest, AClosedPipeIsAnErrorAndNotTheEnd) {
  ExpectInOwnProcess([] {
    CHECK(HardenProcess());
    std::array<int, 2> ends{};
    CHECK(::pipe(ends.data()) == 0);
    ::close(ends[0]);
    CHECK(::write(ends[1], "x", 1) == -1 && errno == EPIPE);
  });
}

TEST(ServiceDeathTest, AStopSignalIsWaitedForAndDoesNotKill) {
  ExpectInOwnProcess([] {
    StopSignal stop;
    CHECK(stop.Wait(0ms) == std::nullopt);
    for (const int signal : {SIGTERM, SIGINT}) {
      ::kill(::getpid(), signal);
      CHECK(stop.Wait(0ms) == Signal::kStop);
    }
    ::kill(::getpid(), SIGHUP);
    CHECK(stop.Wait(0ms) == Signal::kReload);
    CHECK(stop.Wait(0ms) == std::nullopt);
  });
}

TEST(ServiceDeathTest, AThreadStartedBeforeDoesNotEatTheSignal) {
  ExpectInOwnProcess([] {
    StopSignal stop;
    Thread busy("busy", [] { ::usleep(50'000); });
    ::kill(::getpid(), SIGTERM);
    CHECK(stop.Wait(5s) == Signal::kStop);
    busy.Join();
  });
}

TEST(ServiceDeathTest, WaitingTakesAsLongAsAskedAlsoIfInterrupted) {
  ExpectInOwnProcess([] {
    StopSignal stop;
    struct sigaction nothing {};
    nothing.sa_handler = [](int) {};
    CHECK(::sigaction(SIGALRM, &nothing, nullptr) == 0);
    ::ualarm(20'000, 0);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(stop.Wait(100ms) == std::nullopt);
    CHECK(std::chrono::steady_clock::now() - begin >= 100ms);
  });
}

// NOLINTBEGIN(concurrency-mt-unsafe): no other thread runs here.

// A socket in place of systemd's.
class Notified {
 public:
  Notified() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    CHECK(socket_.open());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (scratch_ / "notify").string();
    CHECK(path.size() < sizeof(address.sun_path));
    std::memcpy(address.sun_path, path.data(), path.size());
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    CHECK(::bind(socket_.get(), generic, sizeof(address)) == 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Notified() { ::unsetenv("NOTIFY_SOCKET"); }
  Notified(const Notified&) = delete;
  Notified& operator=(const Notified&) = delete;

  // What came next; empty if nothing did.
  std::string Next() const {
    std::array<char, 256> text{};
    const ssize_t size = ::recv(socket_.get(), text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  const ScratchDirectory scratch_;
  const FileDescriptor socket_;
};

TEST(ServiceTest, SystemdIsTold) {
  const Notified notified;
  NotifyReady();
  EXPECT_EQ(notified.Next(), "READY=1");
  NotifyStatus("Recovery mode: sends nothing");
  EXPECT_EQ(notified.Next(), "STATUS=Recovery mode: sends nothing");
  NotifyWatchdog();
  EXPECT_EQ(notified.Next(), "WATCHDOG=1");
  NotifyStopping();
  EXPECT_EQ(notified.Next(), "STOPPING=1");
  EXPECT_EQ(notified.Next(), "");
}

TEST(ServiceTest, WithoutSystemdNothingHappens) {
  NotifyReady();
  NotifyStatus("Alone");
  EXPECT_EQ(WatchdogInterval(), std::nullopt);
}

TEST(ServiceTest, TheWatchdogIsFedTwiceAsOftenAsItAsks) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(WatchdogInterval(), 15s);
  ::unsetenv("WATCHDOG_USEC");
}

// NOLINTEND(concurrency-mt-unsafe)

static_assert(!std::is_constructible_v<StatusText, std::string>);
static_assert(!std::is_constructible_v<StatusText, const char*>);

}  // namespace
}  // namespace havenline
