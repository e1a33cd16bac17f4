#include "schema/base/thread.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace havenline {
namespace {

std::string NameOfThisThread() {
  std::array<char, 16> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return name.data();
}

sigset_t BlockedHere() {
  sigset_t blocked;
  sigemptyset(&blocked);
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  return blocked;
}

TEST(ThreadTest, HasItsName) {
  std::string name;
  Thread thread("fifteen-letters", [&] { name = NameOfThisThread(); });
  thread.Join();
  EXPECT_EQ(name, "fifteen-letters");
}

TEST(ThreadDeathTest, ANameTooLongForTheKernelIsABug) {
  EXPECT_DEATH(Thread("sixteen-letters!", [] {}), "CHECK failed");
}

TEST(ThreadTest, EverySignalThatCanBeIsBlockedInItFromItsFirstInstruction) {
  sigset_t blocked;
  sigemptyset(&blocked);
  Thread thread("blocked", [&] { blocked = BlockedHere(); });
  thread.Join();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGALRM, SIGPIPE})
    EXPECT_EQ(sigismember(&blocked, signal), 1) << signal;
}

TEST(ThreadTest, TheStartersOwnMaskIsLeftAsItWas) {
  const sigset_t before = BlockedHere();
  const Thread thread("mask", [] {});
  const sigset_t after = BlockedHere();
  for (int signal = 1; signal < NSIG; ++signal)
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
}

std::atomic<pthread_t> handled_by;

// A signal to the process is never handled in one of ours, however many of them there are.
TEST(ThreadTest, ASignalToTheProcessGoesToTheMainThread) {
  struct sigaction ours {};
  struct sigaction before {};
  ours.sa_handler = [](int) { handled_by = pthread_self(); };
  ASSERT_EQ(sigaction(SIGUSR1, &ours, &before), 0);
  std::atomic<bool> stop = false;
  {
    const auto spin = [&] {
      while (!stop) usleep(100);
    };
    const Thread first("spin-1", spin);
    const Thread second("spin-2", spin);
    const Thread third("spin-3", spin);
    for (int i = 0; i < 100; ++i) {
      handled_by = pthread_t{};
      EXPECT_EQ(kill(getpid(), SIGUSR1), 0);
      for (int waited = 0; handled_by == pthread_t{} && waited < 10'000; ++waited) usleep(100);
      EXPECT_TRUE(pthread_equal(handled_by, pthread_self()) != 0);
    }
    stop = true;
  }
  ASSERT_EQ(sigaction(SIGUSR1, &before, nullptr), 0);
}

TEST(ThreadTest, JoinsWhenItGoesAndAsOftenAsAsked) {
  std::atomic<bool> ran = false;
  {
    const Thread thread("joins", [&] {
      usleep(20'000);
      ran = true;
    });
  }
  EXPECT_TRUE(ran);
  Thread nothing;
  nothing.Join();
  nothing.Join();
}

TEST(ThreadTest, MovingKeepsItRunningAndLeavesNothingBehind) {
  std::atomic<int> ran = 0;
  Thread first("moves", [&] { ++ran; });
  Thread second = std::move(first);
  second.Join();
  EXPECT_EQ(ran, 1);
}

// std::thread would end the process here.
TEST(ThreadTest, AssigningToOneThatRunsWaitsForItFirst) {
  std::atomic<int> ran = 0;
  Thread thread("first", [&] {
    usleep(20'000);
    ++ran;
  });
  thread = Thread("second", [&] { ++ran; });
  EXPECT_GE(ran, 1);
  thread.Join();
  EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace havenline
