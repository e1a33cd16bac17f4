#include "agents/link/deadline.h"

#include <gtest/gtest.h>

#include "deploy/runtime/zones.h"

namespace havenline {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

// A moment by the wall clock in London.
TimePoint London(int year, unsigned month, unsigned day, int hour, int minute) {
  const Day date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  return FromLocal(*Zone::Named("Europe/London"), date, hours(hour) + minutes(minute))->time;
}

DayRange Range(int y1, unsigned m1, unsigned d1, int y2, unsigned m2, unsigned d2) {
  return {std::chrono::year(y1) / std::chrono::month(m1) / std::chrono::day(d1),
          std::chrono::year(y2) / std::chrono::month(m2) / std::chrono::day(d2)};
}

class DeadlineTest : public ::testing::Test {
 protected:
  TimePoint Due(TimePoint now) const {
    const auto due = DeadlineFor(deadline_, &calendar_, now);
    EXPECT_TRUE(due.has_value());
    return *due;
  }

  policy::Deadline deadline_{
      .name = "bell", .before_ready = true, .at_least = minutes(20), .move_max = days(60)};
  Calendar calendar_;  // Monday to Friday, 08:15.
};

TEST_F(DeadlineTest, AFridayNightIsDueOnMondayBeforeTheBell) {
  EXPECT_EQ(Due(London(2026, 11, 20, 23, 40)), London(2026, 11, 23, 8, 15));
}

TEST_F(DeadlineTest, AMondayMorningBeforeTheBellIsDueTheSameMorning) {
  EXPECT_EQ(Due(London(2026, 11, 23, 7, 0)), London(2026, 11, 23, 8, 15));
}

TEST_F(DeadlineTest, JustBeforeTheBellThereAreAtLeastTwentyMinutes) {
  EXPECT_EQ(Due(London(2026, 11, 23, 8, 10)), London(2026, 11, 23, 8, 30));
}

// The child is there already: tomorrow's bell would be too late.
TEST_F(DeadlineTest, WhileSchoolIsOnThereIsAnHour) {
  EXPECT_EQ(Due(London(2026, 11, 23, 10, 0)), London(2026, 11, 23, 11, 0));
  EXPECT_EQ(Due(London(2026, 11, 23, 16, 0)), London(2026, 11, 24, 8, 15));
}

TEST_F(DeadlineTest, SixWeeksOfHolidaysMoveItToTheFirstDayOfTerm) {
  calendar_.closures = {Range(2026, 7, 22, 2026, 9, 1)};
  EXPECT_EQ(Due(London(2026, 7, 22, 1, 0)), London(2026, 9, 2, 8, 15));
}

TEST_F(DeadlineTest, TermsAndClosuresBothCount) {
  calendar_.terms = {Range(2026, 9, 1, 2026, 12, 18)};
  calendar_.closures = {Range(2026, 10, 26, 2026, 10, 30)};
  EXPECT_EQ(Due(London(2026, 10, 23, 23, 0)), London(2026, 11, 2, 8, 15));
  EXPECT_EQ(Due(London(2026, 8, 15, 12, 0)), London(2026, 9, 1, 8, 15));
}

TEST_F(DeadlineTest, ACalendarCannotPushItBeyondPolicysLimit) {
  deadline_.move_max = days(7);
  calendar_.closures = {Range(2026, 7, 22, 2026, 12, 31)};
  EXPECT_EQ(Due(London(2026, 7, 22, 1, 0)), London(2026, 7, 29, 8, 15));
}

TEST_F(DeadlineTest, WithoutACalendarTheUsualWeekStands) {
  const auto due = DeadlineFor(deadline_, nullptr, London(2026, 11, 20, 23, 40));
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(*due, London(2026, 11, 23, 8, 15));
}

// 08:15 by the clock on the wall is another moment in UTC on either side of the change.
TEST_F(DeadlineTest, TheBellFollowsTheWallClockOverBothChanges) {
  EXPECT_EQ(Due(London(2027, 3, 26, 23, 0)), London(2027, 3, 29, 8, 15));
  EXPECT_EQ(London(2027, 3, 29, 8, 15).time_since_epoch() % hours(24), hours(7) + minutes(15));
  EXPECT_EQ(Due(London(2026, 10, 23, 23, 0)), London(2026, 10, 26, 8, 15));
  EXPECT_EQ(London(2026, 10, 26, 8, 15).time_since_epoch() % hours(24), hours(8) + minutes(15));
}

TEST_F(DeadlineTest, AnEstablishmentWithOtherWeekdaysHasItsOwn) {
  calendar_.weekdays = 0b1100000;  // Saturday and Sunday: a weekend college.
  EXPECT_EQ(Due(London(2026, 11, 18, 12, 0)), London(2026, 11, 21, 8, 15));
}

TEST_F(DeadlineTest, AZoneThatThisMachineLacksDoesNotStopANotice) {
  calendar_.zone = "Nowhere/Land";
  EXPECT_EQ(Due(London(2026, 11, 20, 23, 40)), London(2026, 11, 23, 8, 15));
}

TEST_F(DeadlineTest, AFixedTimeAfterSendingIgnoresTheCalendar) {
  deadline_.before_ready = false;
  deadline_.after = hours(24);
  calendar_.closures = {Range(2026, 1, 1, 2026, 12, 31)};
  EXPECT_EQ(Due(London(2026, 11, 20, 23, 40)), London(2026, 11, 21, 23, 40));
}

// Whatever a calendar says, the deadline lies ahead and within policy's bound.
TEST_F(DeadlineTest, EveryHourOfAYearHasADeadlineAheadAndWithinBounds) {
  calendar_.closures = {Range(2026, 7, 22, 2026, 9, 1), Range(2026, 12, 19, 2027, 1, 3),
                        Range(2027, 4, 1, 2027, 4, 16)};
  const TimePoint start = London(2026, 6, 1, 0, 30);
  for (int hour = 0; hour < 365 * 24; ++hour) {
    const TimePoint now = start + hours(hour);
    const TimePoint due = Due(now);
    ASSERT_GE(due, now + minutes(20));
    ASSERT_LE(due, now + days(4) + days(60));
  }
}

}  // namespace
}  // namespace havenline
