#include "deploy/runtime/machine.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <fstream>
#include <sstream>

#include "deploy/runtime/file_descriptor.h"
#include "deploy/runtime/system_fault.h"

namespace havenline {
namespace {

constexpr mode_t kPermissions = 07777;

}  // namespace

Result<PathState> StateOf(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return SystemFault("look at", path, errno);
  PathState state;
  state.owner = status.st_uid;
  state.permissions = status.st_mode & kPermissions;
  state.device = status.st_dev;
  state.is_directory = S_ISDIR(status.st_mode);
  state.modified = TimePoint(std::chrono::seconds(status.st_mtim.tv_sec));
  return state;
}

std::optional<pid_t> LockedBy(const std::filesystem::path& file) {
  const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!opened.open()) return std::nullopt;
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(opened.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  return lock.l_pid;
}

ClockState ReadClockState() {
  timex asked{};  // No modes: nothing is changed.
  const int state = ::adjtimex(&asked);
  ClockState clock;
  clock.synchronised = state >= 0 && state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0;
  clock.error_max = Milliseconds(asked.maxerror / 1000);
  return clock;
}

void Pause(Milliseconds time) {
  timespec left{.tv_sec = time.count() / 1000, .tv_nsec = time.count() % 1000 * 1'000'000};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

MachineLimits ReadLimits(pid_t process) {
  MachineLimits limits;
  std::ifstream file("/proc/" + std::to_string(process) + "/limits");
  constexpr std::string_view kDescriptors = "Max open files";
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(kDescriptors)) continue;
    std::uint64_t soft = 0;
    if (std::istringstream(line.substr(kDescriptors.size())) >> soft) limits.descriptors = soft;
  }
  struct sysinfo machine {};
  if (::sysinfo(&machine) == 0) limits.memory_bytes = machine.totalram * machine.mem_unit;
  return limits;
}

}  // namespace havenline
