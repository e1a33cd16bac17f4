#include "deploy/runtime/zones.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

class ZonesTest : public ::testing::Test {
 protected:
  // The UTC of a wall clock in London, as text, and its flags.
  static std::string Utc(Day day, Milliseconds since_midnight, Overlap choice = Overlap::kEarlier) {
    const auto moment = FromLocal(London(), day, since_midnight, choice);
    EXPECT_TRUE(moment);
    return FormatUtc(moment->time) + (moment->ambiguous ? " ambiguous" : "") +
           (moment->nonexistent ? " nonexistent" : "");
  }
  static Zone London() { return Zone::Named("Europe/London").value(); }

  static constexpr Day kWinter = sys_days(2026y / 11 / 22);
  static constexpr Day kSummer = sys_days(2026y / 7 / 1);
  static constexpr Day kForward = sys_days(2026y / 3 / 29);  // 01:00 becomes 02:00.
  static constexpr Day kBack = sys_days(2026y / 10 / 25);    // 02:00 becomes 01:00.
};

TEST_F(ZonesTest, ThisMachineHasItsZones) {
  EXPECT_TRUE(CheckZones());
  EXPECT_TRUE(ZoneExists("Europe/London"));
  EXPECT_TRUE(ZoneExists("UTC"));
}

TEST_F(ZonesTest, AnUnknownZoneIsInvalid) {
  for (const std::string_view name :
       {"", "Europe/Londinium", "london", "../../etc/passwd", "/etc/passwd"}) {
    EXPECT_FALSE(ZoneExists(name)) << name;
    EXPECT_EQ(Zone::Named(name).error().code, FaultCode::kInvalid) << name;
  }
}

TEST_F(ZonesTest, SummerIsAnHourAhead) {
  EXPECT_EQ(Utc(kWinter, 8h + 15min), "2026-11-22T08:15:00Z");
  EXPECT_EQ(Utc(kSummer, 8h + 15min + 7s), "2026-07-01T07:15:07Z");
  EXPECT_EQ(Utc(kSummer, 30min), "2026-06-30T23:30:00Z");
}

TEST_F(ZonesTest, PartsOfASecondAreKept) {
  EXPECT_EQ(FromLocal(London(), kSummer, 8h + 1ms)->time, kSummer + 7h + 1ms);
}

TEST_F(ZonesTest, ATimeThatTheClockSkippedIsTheFirstMomentAfter) {
  EXPECT_EQ(Utc(kForward, 59min + 59s), "2026-03-29T00:59:59Z");
  EXPECT_EQ(Utc(kForward, 1h), "2026-03-29T01:00:00Z nonexistent");
  EXPECT_EQ(Utc(kForward, 1h + 30min), "2026-03-29T01:00:00Z nonexistent");
  EXPECT_EQ(Utc(kForward, 2h - 1ms), "2026-03-29T01:00:00Z nonexistent");
  EXPECT_EQ(Utc(kForward, 2h), "2026-03-29T01:00:00Z");
}

TEST_F(ZonesTest, ATimeThatTheClockShowedTwiceIsTheEarlierUnlessAsked) {
  EXPECT_EQ(Utc(kBack, 1h - 1s), "2026-10-24T23:59:59Z");
  EXPECT_EQ(Utc(kBack, 1h), "2026-10-25T00:00:00Z ambiguous");
  EXPECT_EQ(Utc(kBack, 1h + 30min), "2026-10-25T00:30:00Z ambiguous");
  EXPECT_EQ(Utc(kBack, 1h + 30min, Overlap::kLater), "2026-10-25T01:30:00Z ambiguous");
  EXPECT_EQ(Utc(kBack, 2h), "2026-10-25T02:00:00Z");
}

TEST_F(ZonesTest, ATimeOutsideTheDayIsInvalid) {
  EXPECT_EQ(FromLocal(London(), kWinter, 24h).error().code, FaultCode::kInvalid);
  EXPECT_EQ(FromLocal(London(), kWinter, -1ms).error().code, FaultCode::kInvalid);
}

TEST_F(ZonesTest, LocalTimeIsWhatTheWallClockShows) {
  const LocalTime summer = ToLocal(London(), kSummer - 30min);
  EXPECT_EQ(summer.day, kSummer);
  EXPECT_EQ(summer.since_midnight, 30min);
  EXPECT_EQ(summer.weekday, 2) << "a Wednesday";
  // Noon is 12:00 also on a day of 23 or 25 hours.
  EXPECT_EQ(ToLocal(London(), kForward + 11h).since_midnight, 12h);
  EXPECT_EQ(ToLocal(London(), kBack + 12h).since_midnight, 12h);
  EXPECT_EQ(ToLocal(London(), FromMilliseconds(-1)).day, sys_days(1970y / 1 / 1))
      << "UTC+1 all year then";
}

TEST_F(ZonesTest, AWeekBeginsOnMonday) {
  const Day monday = sys_days(2026y / 11 / 23);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(WeekdayOf(monday + std::chrono::days(i)), i);
}

TEST_F(ZonesTest, LocalTimeIsWrittenToTheMinute) {
  EXPECT_EQ(FormatLocal(London(), kWinter + 8h + 15min + 59s), "2026-11-22 08:15");
  EXPECT_EQ(FormatLocal(London(), kSummer - 30min), "2026-07-01 00:30");
}

// Every quarter of an hour of ten years goes to the wall clock and back; only the hour that comes
// twice needs to be told which one is meant.
TEST_F(ZonesTest, ThereAndBackIsTheSameMoment) {
  const Zone london = London();
  const TimePoint end = sys_days(2034y / 1 / 1);
  int twice = 0;
  for (TimePoint time = sys_days(2024y / 1 / 1); time < end; time += 15min) {
    const LocalTime local = ToLocal(london, time);
    const auto earlier = FromLocal(london, local.day, local.since_midnight);
    const auto later = FromLocal(london, local.day, local.since_midnight, Overlap::kLater);
    ASSERT_FALSE(earlier->nonexistent);
    ASSERT_TRUE(earlier->time == time || later->time == time) << FormatUtc(time);
    ASSERT_EQ(earlier->time != later->time, earlier->ambiguous);
    twice += earlier->ambiguous ? 1 : 0;
  }
  EXPECT_EQ(twice, 10 * 8);
}

}  // namespace
}  // namespace havenline
