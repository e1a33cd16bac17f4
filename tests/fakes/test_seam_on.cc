// What tests link instead of test_seam_off.cc. All of them are told by the environment, read once:
//
//   HAVENLINE_FAULT=<place>:<n>    SIGKILL this process when it reaches <place> for the n-th time
//   HAVENLINE_FAULT_COUNT=<file>   write each place reached, a line each, for a test to learn them
//   HAVENLINE_PLANT=<name>,...     the planted faults that are on
//   HAVENLINE_TAP_FILE=<file>      append each frame of the broker's links, its length before it
//   HAVENLINE_CLOCK_FILE=<file>    the shift of the wall clock in milliseconds, read at each call

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "schema/base/bytes.h"
#include "schema/base/mutex.h"
#include "schema/base/test_seam.h"

namespace havenline {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets it.
  return value == nullptr ? "" : value;
}

Mutex mutex;
std::map<std::string, int>& Reached() {
  static std::map<std::string, int> reached;
  return reached;
}

}  // namespace

void FaultPoint(const char* name) {
  static const std::string asked = Environment("HAVENLINE_FAULT");
  static const std::string count_file = Environment("HAVENLINE_FAULT_COUNT");
  if (asked.empty() && count_file.empty()) return;
  MutexLock lock(mutex);
  const int count = ++Reached()[name];
  if (!count_file.empty()) {
    std::ofstream(count_file, std::ios::app) << name << '\n' << std::flush;
  }
  if (asked == std::string(name) + ":" + std::to_string(count)) std::raise(SIGKILL);
}

bool PlantedFault(const char* name) {
  static const std::string planted = "," + Environment("HAVENLINE_PLANT") + ",";
  return planted.find("," + std::string(name) + ",") != std::string::npos;
}

void TapFrame(ByteView frame) {
  static const std::string file = Environment("HAVENLINE_TAP_FILE");
  if (file.empty()) return;
  Bytes record;
  AppendU32(record, static_cast<std::uint32_t>(frame.size()));
  Append(record, frame);
  MutexLock lock(mutex);
  std::ofstream(file, std::ios::app | std::ios::binary) << AsText(record) << std::flush;
}

Milliseconds TestClockShift() {
  static const std::string file = Environment("HAVENLINE_CLOCK_FILE");
  if (file.empty()) return Milliseconds(0);
  std::int64_t shift = 0;
  std::ifstream(file) >> shift;
  return Milliseconds(shift);
}

}  // namespace havenline
