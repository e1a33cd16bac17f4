// Processes of `havenline bench`, and what the system says of one.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "schema/base/result.h"

namespace havenline::bench {

// A child of ours; killed, if it still runs, when this goes. Owned by one thread.
class Child {
 public:
  // Runs `body` in a process of its own, which ends with it: no thread may have been started
  // before. What goes wrong there is told on stderr.
  static Result<Child> Fork(const std::function<Result<void>()>& body);
  // Runs a program, its output into `log`.
  static Result<Child> Execute(const std::vector<std::string>& command,
                               const std::filesystem::path& log);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  pid_t id() const { return id_; }
  bool running();
  // Asks it to end and waits; kills it where that takes over ten seconds.
  void Stop();
  // Waits until it ended by itself; false if that was with a fault.
  bool Wait();

 private:
  explicit Child(pid_t id) : id_(id) {}
  bool Reap(int flags);

  pid_t id_ = -1;
  std::optional<int> status_;
};

// As many open files as the system lets this process and its children have: a link takes several.
void AllowManyFiles();

struct CpuTime {
  double user = 0;  // Seconds.
  double system = 0;
  double all() const { return user + system; }
};

// Since it was started; nothing if there is no such process.
std::optional<CpuTime> CpuTimeOf(pid_t process);
// The most memory it has held at once (VmHWM), in bytes.
std::optional<std::int64_t> PeakMemoryOf(pid_t process);

struct Machine {
  std::int64_t cores = 0;
  std::string processor;
  std::string kernel;
  std::int64_t memory_bytes = 0;
};
Machine ThisMachine();
// "ext", "xfs", "tmpfs" …: what a sync costs there, or does not.
std::string FileSystemOf(const std::filesystem::path& path);

}  // namespace havenline::bench
