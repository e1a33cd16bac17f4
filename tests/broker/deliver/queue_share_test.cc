// What libzmq may hold for hosts that do not read: a known size in all, never the others' share.

#include "broker/deliver/queue_share.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "schema/model/limits.h"

namespace havenline {
namespace {

// Hosts that read nothing, sent frames of one size in turn for as long as they are taken.
class Queues {
 public:
  explicit Queues(std::size_t hosts) : of_host_(hosts) {}

  bool Send(std::size_t host, std::size_t bytes) {
    if (!MayQueue({of_host_[host], pooled_}, bytes)) return false;
    pooled_ -= PooledOf(of_host_[host]);
    of_host_[host] += bytes;
    pooled_ += PooledOf(of_host_[host]);
    total_ += bytes;
    return true;
  }
  void Fill(std::size_t bytes) {
    for (bool more = true; more;) {
      more = false;
      for (std::size_t host = 0; host < of_host_.size(); ++host) more = Send(host, bytes) || more;
    }
  }
  std::size_t of(std::size_t host) const { return of_host_[host]; }
  std::size_t total() const { return total_; }
  std::size_t pooled() const { return pooled_; }

 private:
  std::vector<std::size_t> of_host_;
  std::size_t pooled_ = 0;
  std::size_t total_ = 0;
};

TEST(QueueShareTest, OneHostThatReadsNothingHoldsItsMostAndNoMore) {
  Queues queues(1);
  queues.Fill(64U << 10U);
  EXPECT_EQ(queues.of(0), limits::kQueuedHostMax);
}

TEST(QueueShareTest, AFrameOfTheLargestSizeGoesAloneAndNothingWithIt) {
  Queues queues(1);
  EXPECT_TRUE(queues.Send(0, limits::kFrameBytesMax));
  EXPECT_TRUE(queues.Send(0, limits::kFrameBytesMax));
  EXPECT_FALSE(queues.Send(0, 1));
}

RC_GTEST_PROP(QueueShareTest, AnyNumberOfHostsThatReadNothingLeavesEachOfTheOthersItsShare, ()) {
  const auto stalled = *rc::gen::inRange<std::size_t>(0, limits::kSessionsMax);
  const auto size = *rc::gen::element<std::size_t>(9U << 10U, 64U << 10U, 1U << 20U, 4U << 20U);
  Queues queues(stalled + 1);
  for (bool more = true; more;) {
    more = false;
    for (std::size_t host = 0; host < stalled; ++host) more = queues.Send(host, size) || more;
  }
  RC_ASSERT(queues.total() <= limits::kQueuedTotal);
  RC_ASSERT(queues.pooled() <= limits::kQueuedPool);
  for (std::size_t sent = 0; sent < limits::kQueuedShare; sent += 16U << 10U)
    RC_ASSERT(queues.Send(stalled, 16U << 10U));
  RC_ASSERT(queues.total() <= limits::kQueuedTotal);
}

// A frame of deliveries, not only a small one, gets through beside many that read nothing.
TEST(QueueShareTest, ThousandStalledHostsLeaveRoomForFramesOfTheUsualSize) {
  Queues queues(1'001);
  for (bool more = true; more;) {
    more = false;
    for (std::size_t host = 0; host < 1'000; ++host) more = queues.Send(host, 64U << 10U) || more;
  }
  EXPECT_TRUE(queues.Send(1'000, 256U << 10U));
  EXPECT_TRUE(queues.Send(1'000, 8U << 10U));
}

}  // namespace
}  // namespace havenline
