// What the machine says of itself, for people who look why something does not run. Reads only, and
// takes nothing from anybody: no lock, no port. Thread-safe.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "schema/base/clock.h"
#include "schema/base/result.h"

namespace havenline {

struct PathState {
  uid_t owner = 0;
  mode_t permissions = 0;
  dev_t device = 0;  // The same for what lies on one file system.
  bool is_directory = false;
  TimePoint modified;
};

// Of the path itself, never of what a symbolic link there names. kMissing if there is nothing.
Result<PathState> StateOf(const std::filesystem::path& path);

// The process that holds a record lock on the file (fcntl(2), as RocksDB's LOCK), as far as this
// one can see; nothing if none does or there is no file.
std::optional<pid_t> LockedBy(const std::filesystem::path& file);

struct ClockState {
  bool synchronised = false;  // Something keeps it to the time of others (NTP, the host).
  Milliseconds error_max{0};  // By the kernel's own account; of no meaning if it is not.
};
ClockState ReadClockState();

void Pause(Milliseconds time);

struct MachineLimits {
  // Open descriptors that the process may have; nothing if it does not show its limits to us.
  std::optional<std::uint64_t> descriptors;
  std::uint64_t memory_bytes = 0;  // Of the machine.
};
MachineLimits ReadLimits(pid_t process);

// What comes of asking for a TCP port (without listening there, so that nobody is disturbed).
enum class PortState : std::uint8_t { kFree, kTaken, kForbidden, kNoSuchAddress };
// `address` in numbers, as 127.0.0.1 or ::; "*" is every one.
PortState AskForPort(const std::string& address, std::uint16_t port);

// Whether the process is the one that listens at that port, whatever the address; nothing if it
// cannot be told (another user's).
std::optional<bool> ListensAt(std::uint16_t port, pid_t process);

// Connects and waits for the first bytes of a ZeroMQ greeting. kUnavailable with the reason.
Result<void> GreetAt(const std::string& address, std::uint16_t port, Milliseconds timeout);

}  // namespace havenline
