#include "deploy/runtime/activation.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "schema/base/check.h"

namespace havenline {
namespace {

// What is asked has its place among the descriptors, so each test asks in a process of its own,
// which does nothing else. True if the body returned true there.
bool InOwnProcess(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  CHECK(child >= 0);
  if (child == 0) std::_Exit(body() ? 0 : 1);
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Out of the way of the descriptors that are handed over.
FileDescriptor Elsewhere(FileDescriptor file) {
  return FileDescriptor(::fcntl(file.get(), F_DUPFD, 20));
}

FileDescriptor Socket(int type, bool listens) {
  FileDescriptor socket(::socket(AF_INET, type, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  CHECK(::bind(socket.get(), generic, sizeof(address)) == 0);
  CHECK(!listens || ::listen(socket.get(), 1) == 0);
  return socket;
}

// NOLINTBEGIN(concurrency-mt-unsafe): no other thread runs in these processes.
void HandOver(FileDescriptor given, int count, pid_t to = ::getpid()) {
  const FileDescriptor socket = Elsewhere(std::move(given));
  for (int i = 0; i < count; ++i) CHECK(::dup2(socket.get(), 3 + i) == 3 + i);
  ::setenv("LISTEN_PID", std::to_string(to).c_str(), 1);
  ::setenv("LISTEN_FDS", std::to_string(count).c_str(), 1);
}

bool IsRefusedWith(std::string_view words) {
  const auto taken = TakeListeningSocket();
  return !taken && taken.error().code == FaultCode::kInvalid &&
         taken.error().detail.find(words) != std::string::npos;
}

TEST(ActivationTest, WithoutAWordOfItThereIsNone) {
  EXPECT_TRUE(InOwnProcess([] {
    ::unsetenv("LISTEN_FDS");
    const auto taken = TakeListeningSocket();
    return taken && !taken->open();
  }));
}

TEST(ActivationTest, AListeningSocketIsTakenAndNeverBlocksNorIsInherited) {
  EXPECT_TRUE(InOwnProcess([] {
    HandOver(Socket(SOCK_STREAM, true), 1);
    const auto taken = TakeListeningSocket();
    return taken && taken->get() == 3 && (::fcntl(3, F_GETFL) & O_NONBLOCK) != 0 &&
           (::fcntl(3, F_GETFD) & FD_CLOEXEC) != 0 && ::getenv("LISTEN_FDS") == nullptr;
  }));
}

TEST(ActivationTest, WhatIsMeantForAnotherProcessIsNotOurs) {
  EXPECT_TRUE(InOwnProcess([] {
    HandOver(Socket(SOCK_STREAM, true), 1, ::getppid());
    const auto taken = TakeListeningSocket();
    return taken && !taken->open();
  }));
}

TEST(ActivationTest, TwoSocketsAreRefusedAndNotOneOfThemChosen) {
  EXPECT_TRUE(InOwnProcess([] {
    HandOver(Socket(SOCK_STREAM, true), 2);
    return IsRefusedWith("one ListenStream=");
  }));
}

TEST(ActivationTest, ASocketThatDoesNotListenOrIsNoTcpIsRefused) {
  EXPECT_TRUE(InOwnProcess([] {
    HandOver(Socket(SOCK_STREAM, false), 1);
    return IsRefusedWith("no listening TCP socket");
  }));
  EXPECT_TRUE(InOwnProcess([] {
    HandOver(Socket(SOCK_DGRAM, false), 1);
    return IsRefusedWith("no listening TCP socket");
  }));
  EXPECT_TRUE(InOwnProcess([] {
    HandOver(FileDescriptor(::open("/dev/null", O_RDONLY)), 1);
    return IsRefusedWith("no listening TCP socket");
  }));
}

TEST(ActivationTest, AMalformedWordIsAFault) {
  EXPECT_TRUE(InOwnProcess([] {
    HandOver(Socket(SOCK_STREAM, true), 1);
    ::setenv("LISTEN_FDS", "many", 1);
    return IsRefusedWith("malformed");
  }));
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace
}  // namespace havenline
