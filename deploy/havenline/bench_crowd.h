// Thousands of links on one broker: a measurement of how little those that are dead, slow or busy
// with normal mail delay the others.
//
// One sender sends urgent messages at an even rate through all phases, each to the next host of the
// crowd. Latencies are of these alone, and of deliveries to hosts that never stall:
//
//   steady    nothing else happens
//   beside    another sender sends so many times as many in the normal lane
//   stalled   some of the hosts no longer answer: one half of them is stopped as a whole (SIGSTOP),
//             the other half takes what comes and signs no receipts; and they are sent more than
//             the broker hands to such a link. Twice as long as the others, so that the broker
//             gives the dead up within it
//
// At the end all work again, and everything must arrive. Then all links are given up at once and
// made anew, as after a restart of the broker.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "deploy/havenline/bench_latencies.h"
#include "deploy/havenline/bench_partnership.h"
#include "deploy/runtime/service.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline::bench {

struct CrowdOptions {
  Shape shape;  // With a crowd; its senders are ForCrowd()'s to say.
  std::size_t stalled = 0;
  std::int64_t rate = 100;  // Urgent messages a second.
  std::int64_t beside = 0;  // 0: no such phase.
  std::int64_t seconds = 5;
  std::size_t section_bytes = 2'048;
  std::optional<pid_t> broker;
};

// The shape that such a measurement needs: a sender for each kind of mail.
Shape ForCrowd(const CrowdOptions& options);

struct CrowdPhase {
  std::string name;
  std::int64_t messages = 0;  // Urgent, to hosts that never stall.
  Latencies accept;
  Latencies delivery;
};

struct CrowdMeasured {
  double up_seconds = 0;  // From the start of the hosts until each had a session and a key.
  std::vector<CrowdPhase> phases;
  double seconds = 0;         // Of all phases.
  double settle_seconds = 0;  // From when all worked again until everything had arrived.
  double back_seconds = 0;    // From when all links were given up until all had a session again.
  bool settled = false;
  std::int64_t accepted = 0;
  std::int64_t deferred = 0;
  std::int64_t delivered = 0;
  std::int64_t delivered_again = 0;  // What was on its way to a host when it stopped.
  std::int64_t receipted = 0;
  std::int64_t sessions_broken = 0;
  std::int64_t living_sessions_broken = 0;        // Of those, of hosts that never stall.
  std::optional<std::int64_t> broker_idle_bytes;  // Its most memory before the first message.
  std::optional<std::int64_t> broker_peak_bytes;
};

// kUnavailable as Measure() says.
Result<CrowdMeasured> MeasureCrowd(const LoadedPartnership& partnership,
                                   const CrowdOptions& options, StopSignal& signals);

text::Value CrowdReport(const CrowdOptions& options, const CrowdMeasured& measured,
                        const std::filesystem::path& store);

// Every message accepted, delivered and receipted, and no link lost but those that stalled.
bool IsComplete(const CrowdMeasured& measured);

}  // namespace havenline::bench
