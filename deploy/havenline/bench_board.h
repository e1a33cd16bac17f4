// BenchBoard: what the processes of `havenline bench` tell each other: when to begin and to end,
// what each has counted, and when each message was sent, accepted and delivered. Memory that is
// made before they are forked and shared by all; every number has one writer.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "schema/base/gauge.h"
#include "schema/base/result.h"

namespace havenline::bench {

inline constexpr std::size_t kSendersMax = 8;
inline constexpr std::size_t kRecipientsMax = 8;        // Of each message.
inline constexpr std::size_t kMessagesMax = 2'000'000;  // Of all senders.

// How far a process is. They rise.
enum class Stage : std::uint8_t {
  kStarting,
  kReady,  // A sender: sealed, connected; a recipient: connected, its keys stated.
  kSent,   // A sender: all that it will send was answered.
};

struct ProcessCounts {
  Gauge stage;
  // A sender's.
  Gauge sealed;
  Gauge sealed_bytes;
  Gauge accepted;
  Gauge refused;
  Gauge invalid;
  Gauge deferred;
  Gauge returned;  // Receipts that reached it.
  Gauge last_accepted_at;
  Gauge last_returned_at;
  // A recipient's.
  Gauge delivered;
  Gauge delivered_bytes;
  Gauge delivered_again;
  Gauge receipted;  // Receipts that the broker took.
  Gauge receipts_refused;
  Gauge last_delivered_at;
  Gauge last_receipted_at;
  Gauge deaf;  // Not zero, by whoever measures: it takes what comes and signs nothing for it.
  // Both.
  Gauge sessions;  // More than one: a link broke.
};

// One message. Times are nanoseconds of the monotonic clock, which all processes of a machine
// share.
struct MessageTimes {
  Gauge sent;
  Gauge accepted;
  std::array<Gauge, kRecipientsMax> delivered;
};

class BenchBoard {
 public:
  // `hosts` are those of recipients. kUnavailable if the system has not so much memory.
  static Result<std::unique_ptr<BenchBoard>> Make(std::size_t senders, std::size_t hosts,
                                                  std::size_t messages_each);
  ~BenchBoard();
  BenchBoard(const BenchBoard&) = delete;
  BenchBoard& operator=(const BenchBoard&) = delete;

  Gauge& began() { return shared_->began; }  // When; zero before.
  Gauge& ended() { return shared_->ended; }  // Not zero: every process ends.
  Gauge& storm() { return shared_->storm; }  // Not zero: every host makes its link anew, once.
  ProcessCounts& counts_of_sender(std::size_t sender);
  ProcessCounts& counts_of_host(std::size_t host);
  MessageTimes& times_of(std::size_t sender, std::size_t message);

  std::size_t messages_each() const { return messages_each_; }

 private:
  struct Shared {
    Gauge began;
    Gauge ended;
    Gauge storm;
  };

  BenchBoard(void* memory, std::size_t bytes, std::size_t senders, std::size_t hosts,
             std::size_t messages_each);

  void* memory_;
  std::size_t bytes_;
  std::size_t senders_;
  std::size_t hosts_;
  std::size_t messages_each_;
  Shared* shared_;
  ProcessCounts* counts_;
  MessageTimes* times_;
};

// Of the monotonic clock, in nanoseconds.
std::int64_t NanosecondsNow();

}  // namespace havenline::bench
