// C6: once the gate is shut for an agency, nothing more of its mailboxes goes to a link.

#include "broker/pipeline/hand_gate.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

const AgencyId kSuspended("school.106890");
const AgencyId kOther("school.106891");

TEST(HandGateTest, NothingPassesOnceItIsShutAndOthersDo) {
  HandGate gate;
  EXPECT_TRUE(gate.Pass({kSuspended, Lane::kUrgent, 7}));
  gate.Close(kSuspended);
  EXPECT_FALSE(gate.Pass({kSuspended, Lane::kUrgent, 7}));
  EXPECT_FALSE(gate.Pass({kSuspended, Lane::kNormal, 1}));
  EXPECT_TRUE(gate.Pass({kOther, Lane::kUrgent, 1}));
  gate.Open(kSuspended);
  EXPECT_TRUE(gate.Pass({kSuspended, Lane::kUrgent, 8}));
}

TEST(HandGateTest, ShuttingSaysHowFarWasHandedByLane) {
  HandGate gate;
  EXPECT_EQ(gate.Close(kSuspended), (std::array<std::uint64_t, 2>{0, 0}));
  gate.Open(kSuspended);
  EXPECT_TRUE(gate.Pass({kSuspended, Lane::kUrgent, 9}));
  EXPECT_TRUE(gate.Pass({kSuspended, Lane::kUrgent, 4}));  // Handed again.
  EXPECT_TRUE(gate.Pass({kSuspended, Lane::kNormal, 2}));
  EXPECT_EQ(gate.Close(kSuspended), (std::array<std::uint64_t, 2>{9, 2}));
}

}  // namespace
}  // namespace havenline
