// Thread: a joined thread with a name, in which no signal is ever delivered.
//
// Signals are for main's thread alone: one that lands in a thread that waits on a ZeroMQ socket can
// lose a wake-up (libzmq does not restart its polls).

#pragma once

#include <functional>
#include <string>
#include <thread>

namespace havenline {

class Thread {
 public:
  Thread() = default;
  // `name` shows in ps and gdb; at most 15 bytes.
  Thread(std::string name, std::function<void()> body);

  Thread(Thread&&) = default;
  Thread& operator=(Thread&& other) noexcept;  // Waits for the body that was here first.

  // Waits for the body to return. Idempotent.
  void Join();
  ~Thread() { Join(); }

 private:
  std::thread thread_;
};

}  // namespace havenline
