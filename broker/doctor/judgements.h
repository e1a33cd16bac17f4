// The doctor's judgements: what facts of the machine and the store mean for a broker. Pure.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "broker/configuration.h"
#include "broker/doctor/finding.h"
#include "deploy/runtime/machine.h"
#include "schema/base/clock.h"
#include "schema/model/position.h"

namespace havenline::doctor {

// What a store that is lost, older than its mark or another's takes to get back.
extern const std::string kWayBack;

// Whether the configuration's folders can be what they are for, by their names alone.
Findings JudgePaths(const BrokerConfiguration& configuration);

// `permissions` of a folder or file that must be its owner's alone, and of the broker's user.
Finding JudgePrivate(const std::string& check, const std::string& path, const PathState& state,
                     uid_t user);

struct StoreFacts {
  LogHead head;                 // Of the store.
  std::optional<LogHead> mark;  // Nothing if there is no mark.
  // The root of the store's first entries; nothing if it does not hold so many.
  std::function<std::optional<Digest>(std::uint64_t epoch, std::uint64_t size)> root_of;
};
Finding JudgeMark(const StoreFacts& facts);

Finding JudgeRoom(std::uint64_t free_bytes, std::uint64_t reserve_bytes);

struct ClockFacts {
  ClockState state;
  TimePoint now;
  std::optional<TimePoint> last_written;  // When the mark last was, by its file.
  Milliseconds drift{0};                  // Of the wall clock from the monotonic, while we watched.
};
Findings JudgeClock(const ClockFacts& facts);

Findings JudgeLimits(const MachineLimits& limits);

struct Endpoint {
  std::string address;  // Numbers, a name, or "*"; without brackets.
  std::uint16_t port = 0;
};
// tcp://address:port
std::optional<Endpoint> ParseEndpoint(const std::string& endpoint);

struct PortFacts {
  std::string listen;
  PortState state = PortState::kFree;
  std::optional<pid_t> broker;         // That runs on this store.
  std::optional<bool> broker_listens;  // At that port; nothing if it cannot be told.
  std::optional<bool> systemd_listens;
};
Finding JudgePort(const PortFacts& facts);

}  // namespace havenline::doctor
