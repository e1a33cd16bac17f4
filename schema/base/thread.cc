#include "schema/base/thread.h"

#include <pthread.h>

#include <csignal>
#include <utility>

#include "schema/base/check.h"

namespace havenline {

Thread::Thread(std::string name, std::function<void()> body) {
  CHECK(name.size() <= 15);
  // The mask is inherited, so it is set around the start: the body cannot see a signal before it
  // runs.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  CHECK(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
  thread_ = std::thread([name = std::move(name), body = std::move(body)] {
    pthread_setname_np(pthread_self(), name.c_str());
    body();
  });
  CHECK(pthread_sigmask(SIG_SETMASK, &before, nullptr) == 0);
}

Thread& Thread::operator=(Thread&& other) noexcept {
  if (this != &other) {
    Join();
    thread_ = std::move(other.thread_);
  }
  return *this;
}

void Thread::Join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace havenline
