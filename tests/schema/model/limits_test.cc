// How the limits hang together: each relation is one that other code relies on without looking.

#include "schema/model/limits.h"

#include <gtest/gtest.h>

#include "schema/model/position.h"
#include "schema/model/statement.h"

namespace havenline {
namespace {

TEST(LimitsTest, ThePartsFitTheWhole) {
  EXPECT_LT(limits::kMessageBytesMax, limits::kFrameBytesMax);
  EXPECT_LT(limits::kDocumentBytesMax, limits::kFrameBytesMax);
  EXPECT_LT(limits::kSectionBytesMax, limits::kMessageBytesMax);
  EXPECT_LE(limits::kPaddingMin, limits::kPaddingStep);
  EXPECT_EQ(limits::kSectionBytesMax % limits::kPaddingStep, 0U);
  EXPECT_LE(limits::kClearPartBytesMax, limits::kHeaderBytesMax);
}

// What may be sent ahead of credit, or be in flight on a link, is never less than one item: else
// that item would wait for ever.
TEST(LimitsTest, OneMessageOfTheLargestSizeFitsTheWindows) {
  EXPECT_GE(limits::kCreditBytes, limits::kMessageBytesMax);
  EXPECT_GE(limits::kAdmissionBytes, limits::kFrameBytesMax);
  EXPECT_GE(limits::kAdmissionWindow, limits::kItemsMax);
  EXPECT_GE(limits::kInFlightTotal, limits::kMessageBytesMax);
}

// A repeat is recognised for as long as the message itself could still be accepted.
TEST(LimitsTest, OutcomesOutliveTheOldestMessageThatIsTaken) {
  EXPECT_GE(limits::kOutcomeKept, limits::kAgeRefused + limits::kFutureRefused);
  EXPECT_LT(limits::kFutureMarked, limits::kFutureRefused);
  EXPECT_LT(limits::kHeartbeat * 2, limits::kSilenceMax);
}

TEST(PositionTest, EpochsComeBeforeIndices) {
  EXPECT_LT((Position{1, LogIndex(9)}), (Position{2, LogIndex(0)}));
  EXPECT_LT((Position{1, LogIndex(8)}), (Position{1, LogIndex(9)}));
}

TEST(CalendarTest, TheUsualOneIsMondayToFridayQuarterPastEight) {
  const Calendar usual;
  EXPECT_EQ(usual.weekdays, 0b0011111);
  EXPECT_EQ(usual.ready_by, std::chrono::hours(8) + std::chrono::minutes(15));
  EXPECT_TRUE(usual.terms.empty());
}

}  // namespace
}  // namespace havenline
