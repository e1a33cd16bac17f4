// One measurement: the processes, the phases, and what came of it.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "deploy/havenline/bench_board.h"
#include "deploy/havenline/bench_latencies.h"
#include "deploy/havenline/bench_partnership.h"
#include "deploy/havenline/bench_process.h"
#include "deploy/havenline/bench_sender.h"
#include "deploy/runtime/service.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline::bench {

struct RunOptions {
  Shape shape;
  Load load;
  bool away = false;            // Recipients take nothing; their mailboxes fill.
  std::optional<pid_t> broker;  // Whose processor time and memory are read; of this machine.
};

// Rates are over the time from the start to the last of their kind, so that what was only put off
// until after the sending does not count as done within it.
struct Measured {
  std::int64_t sealed_bytes = 0;
  std::int64_t sealed = 0;
  std::int64_t accepted = 0;
  std::int64_t deferred = 0;
  std::int64_t delivered = 0;
  std::int64_t delivered_bytes = 0;
  std::int64_t delivered_again = 0;
  std::int64_t receipted = 0;
  std::int64_t receipts_refused = 0;
  std::int64_t returned = 0;
  std::int64_t sessions_broken = 0;
  double accept_seconds = 0;
  double delivery_seconds = 0;
  double receipt_seconds = 0;
  double return_seconds = 0;
  double seconds = 0;  // Until all of it had settled.
  bool settled = false;
  bool ran_out = false;  // Of sealed messages, before the time was up.
  Latencies accept;
  Latencies delivery;
  std::optional<CpuTime> broker_cpu;  // Within `seconds`.
  std::optional<std::int64_t> broker_peak_bytes;
  double clients_cpu = 0;
  text::Value broker_before;  // Its status.
  text::Value broker_after;
};

// kUnavailable if a process ended, nothing moved for half a minute, or `signals` told to stop; what
// is wrong was told.
Result<Measured> Measure(const LoadedPartnership& partnership, const RunOptions& options,
                         StopSignal& signals);

}  // namespace havenline::bench
