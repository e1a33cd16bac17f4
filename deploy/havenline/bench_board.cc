#include "deploy/havenline/bench_board.h"

#include <sys/mman.h>

#include <chrono>
#include <new>

#include "schema/base/check.h"

namespace havenline::bench {

Result<std::unique_ptr<BenchBoard>> BenchBoard::Make(std::size_t senders, std::size_t hosts,
                                                     std::size_t messages_each) {
  CHECK(senders <= kSendersMax && messages_each <= kMessagesMax);
  const std::size_t bytes = sizeof(Shared) + sizeof(ProcessCounts) * (senders + hosts) +
                            sizeof(MessageTimes) * senders * messages_each;
  void* const memory =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return Fail(FaultCode::kUnavailable,
                "there is no memory for the times of so many messages: give fewer");
  }
  return std::unique_ptr<BenchBoard>(new BenchBoard(memory, bytes, senders, hosts, messages_each));
}

BenchBoard::BenchBoard(void* memory, std::size_t bytes, std::size_t senders, std::size_t hosts,
                       std::size_t messages_each)
    : memory_(memory),
      bytes_(bytes),
      senders_(senders),
      hosts_(hosts),
      messages_each_(messages_each),
      shared_(new (memory) Shared) {
  // Zeros, as the system gives them, are what each begins with: they are made in place.
  std::uint8_t* at = static_cast<std::uint8_t*>(memory) + sizeof(Shared);
  counts_ = new (at) ProcessCounts[senders + hosts];
  at += sizeof(ProcessCounts) * (senders + hosts);
  times_ = new (at) MessageTimes[senders * messages_each];
}

BenchBoard::~BenchBoard() { CHECK(::munmap(memory_, bytes_) == 0); }

ProcessCounts& BenchBoard::counts_of_sender(std::size_t sender) {
  CHECK(sender < senders_);
  return counts_[sender];
}

ProcessCounts& BenchBoard::counts_of_host(std::size_t host) {
  CHECK(host < hosts_);
  return counts_[senders_ + host];
}

MessageTimes& BenchBoard::times_of(std::size_t sender, std::size_t message) {
  CHECK(sender < senders_ && message < messages_each_);
  return times_[sender * messages_each_ + message];
}

std::int64_t NanosecondsNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace havenline::bench
