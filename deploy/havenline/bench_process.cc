#include "deploy/havenline/bench_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <utility>

#include "deploy/havenline/tool.h"
#include "schema/base/clock.h"

namespace havenline::bench {
namespace {

constexpr auto kStopMax = std::chrono::seconds(10);
constexpr useconds_t kLookAgain = 5'000;  // Microseconds.

// Ends with its parent, however that ends, and takes signals as a program does by itself.
void BeginChild(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

std::string ReadWhole(const std::string& path) {
  const std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The text behind "<name>:" in a file of such lines, as those of /proc are.
std::string LineOf(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(name)) continue;
    const auto colon = line.find(':');
    const auto value = line.find_first_not_of(" \t", colon + 1);
    if (colon != std::string::npos && value != std::string::npos) return line.substr(value);
  }
  return "";
}

// Of a line "<name>:  <number> kB", in bytes; zero if there is none.
std::int64_t BytesOf(const std::string& path, const std::string& name) {
  std::int64_t kibibytes = 0;
  std::istringstream(LineOf(path, name)) >> kibibytes;
  return kibibytes * 1024;
}

}  // namespace

Child::Child(Child&& other) noexcept
    : id_(std::exchange(other.id_, -1)), status_(std::exchange(other.status_, std::nullopt)) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(status_, other.status_);
  return *this;
}

Child::~Child() {
  if (!running()) return;
  ::kill(id_, SIGKILL);
  Reap(0);
}

Result<Child> Child::Fork(const std::function<Result<void>()>& body) {
  const pid_t parent = ::getpid();
  const pid_t id = ::fork();
  if (id < 0) return Fail(FaultCode::kUnavailable, "the system lets us start no process");
  if (id > 0) return Child(id);
  BeginChild(parent);
  const auto done = body();
  if (!done) tool::Tell(done.error().detail);
  ::_exit(done ? 0 : 1);  // What the parent holds is the parent's to give back.
}

Result<Child> Child::Execute(const std::vector<std::string>& command,
                             const std::filesystem::path& log) {
  std::vector<char*> arguments;
  std::vector<std::string> copies = command;
  for (std::string& each : copies) arguments.push_back(each.data());
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t id = ::fork();
  if (id < 0) return Fail(FaultCode::kUnavailable, "the system lets us start no process");
  if (id > 0) return Child(id);
  BeginChild(parent);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file >= 0 && ::dup2(file, STDOUT_FILENO) >= 0 && ::dup2(file, STDERR_FILENO) >= 0)
    ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

bool Child::Reap(int flags) {
  int status = 0;
  pid_t ended = 0;
  do {
    ended = ::waitpid(id_, &status, flags);
  } while (ended < 0 && errno == EINTR);
  if (ended == id_) status_ = status;
  return status_.has_value();
}

bool Child::running() { return id_ > 0 && !status_ && !Reap(WNOHANG); }

void Child::Stop() {
  if (!running()) return;
  ::kill(id_, SIGTERM);
  const auto until = std::chrono::steady_clock::now() + kStopMax;
  while (running() && std::chrono::steady_clock::now() < until) ::usleep(kLookAgain);
  if (running()) ::kill(id_, SIGKILL);
  if (!status_) Reap(0);
}

bool Child::Wait() {
  if (id_ > 0 && !status_) Reap(0);
  return status_ && WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0;
}

void AllowManyFiles() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

std::optional<CpuTime> CpuTimeOf(pid_t process) {
  const std::string stat = ReadWhole("/proc/" + std::to_string(process) + "/stat");
  const auto name_end = stat.rfind(')');  // The name may hold anything.
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  constexpr int kBeforeTimes = 11;  // state … cmajflt; utime and stime follow.
  for (int i = 0; i < kBeforeTimes; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  if (!fields) return std::nullopt;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return CpuTime{user / ticks, system / ticks};
}

std::optional<std::int64_t> PeakMemoryOf(pid_t process) {
  const std::int64_t peak = BytesOf("/proc/" + std::to_string(process) + "/status", "VmHWM");
  return peak > 0 ? std::optional(peak) : std::nullopt;
}

Machine ThisMachine() {
  Machine machine;
  machine.cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  machine.processor = LineOf("/proc/cpuinfo", "model name");
  machine.memory_bytes = BytesOf("/proc/meminfo", "MemTotal");
  utsname names{};
  if (::uname(&names) == 0) machine.kernel = std::string(&names.release[0]);
  return machine;
}

std::string FileSystemOf(const std::filesystem::path& path) {
  constexpr std::array<std::pair<unsigned long, const char*>, 6> kKnown = {{{0xEF53, "ext"},
                                                                            {0x58465342, "xfs"},
                                                                            {0x9123683E, "btrfs"},
                                                                            {0x2FC12FC1, "zfs"},
                                                                            {0x794C7630, "overlay"},
                                                                            {0x01021994, "tmpfs"}}};
  struct statfs found {};
  if (::statfs(path.c_str(), &found) != 0) return "unknown";
  for (const auto& [magic, name] : kKnown) {
    if (static_cast<unsigned long>(found.f_type) == magic) return name;
  }
  return "unknown";
}

}  // namespace havenline::bench
