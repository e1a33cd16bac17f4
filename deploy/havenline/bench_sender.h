// The processes of `havenline bench` that play agents: a sender, and the host of recipients. Each
// is forked for it, works until the board says that it is over, and returns.
//
// Both speak to the broker as agents do (sessions, credit, signed receipts), and keep nothing on a
// disk: what an agent's own store costs is not measured.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "deploy/havenline/bench_board.h"
#include "deploy/havenline/bench_notice.h"
#include "deploy/havenline/bench_partnership.h"
#include "schema/base/result.h"

namespace havenline::bench {

struct Load {
  std::size_t messages = 0;  // Of each sender, at most.
  std::size_t window = 256;  // Sent by one sender and not yet answered, at most.
  std::int64_t seconds = 5;  // For so long new ones are sent.
  Messages kind;
  // Not zero: so many a second, evenly, however fast answers come, from so long after the start
  // on, and until all are sent. Each counts as sent when it was due, so that one that had to wait
  // for others counts its wait.
  std::int64_t rate = 0;
  std::chrono::nanoseconds from{0};
};

// Seals, connects, waits for the start, sends, and then takes receipts until the end.
Result<void> RunSender(const LoadedPartnership& partnership, std::size_t sender, const Load& load,
                       BenchBoard& board);

// Connects, states its agencies' keys, and then takes deliveries and answers each with a signed
// receipt until the end. `away`: it states its keys and leaves the mailboxes to fill.
Result<void> RunRecipients(const LoadedPartnership& partnership, std::size_t host, bool away,
                           BenchBoard& board);

// The same for each of `count` hosts from `first` on, on links of their own, in this one process.
Result<void> RunCrowd(const LoadedPartnership& partnership, std::size_t first, std::size_t count,
                      BenchBoard& board);

}  // namespace havenline::bench
