#include "deploy/runtime/calendar_text.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

using namespace std::chrono_literals;

constexpr Day kDay = std::chrono::sys_days(2026y / 11 / 22);

TEST(CalendarTextTest, ADayIsReadInEitherForm) {
  EXPECT_EQ(ParseDay("2026-11-22", DayForm::kIso).value(), kDay);
  EXPECT_EQ(ParseDay("22/11/2026", DayForm::kDayMonthYear).value(), kDay);
  EXPECT_EQ(ParseDay("29/02/2024", DayForm::kDayMonthYear).value(),
            Day(std::chrono::sys_days(2024y / 2 / 29)));
}

TEST(CalendarTextTest, OnlyTheFormAskedForIsRead) {
  EXPECT_FALSE(ParseDay("22/11/2026", DayForm::kIso));
  EXPECT_FALSE(ParseDay("2026-11-22", DayForm::kDayMonthYear));
}

TEST(CalendarTextTest, WhatIsNoDayIsRefused) {
  for (const std::string_view text : {"31/02/2026", "29/02/2026", "29/02/1900", "31/04/2026",
                                      "00/01/2026", "01/00/2026", "01/13/2026", "32/01/2026"}) {
    const auto day = ParseDay(text, DayForm::kDayMonthYear);
    ASSERT_FALSE(day) << text;
    EXPECT_EQ(day.error().code, FaultCode::kInvalid);
    EXPECT_EQ(day.error().detail, "no such day in the calendar");
  }
}

TEST(CalendarTextTest, NothingButTheExactFormIsRead) {
  for (const std::string_view text :
       {"", "1/2/2026", "22/11/26", "22-11-2026", " 22/11/2026", "22/11/2026 ", "2a/11/2026",
        "22/11/+026", "-2/11/2026", "22/11 2026", "٢٢/11/2026"}) {
    EXPECT_FALSE(ParseDay(text, DayForm::kDayMonthYear)) << text;
  }
}

TEST(CalendarTextTest, EveryDayOf400YearsIsReadAsItIsWritten) {
  const Day end = std::chrono::sys_days(2300y / 1 / 1);
  for (Day day = std::chrono::sys_days(1900y / 1 / 1); day < end; day += std::chrono::days(1)) {
    const std::string iso = FormatDay(day);
    ASSERT_EQ(ParseDay(iso, DayForm::kIso).value(), day) << iso;
    const std::string british = iso.substr(8) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
    ASSERT_EQ(ParseDay(british, DayForm::kDayMonthYear).value(), day) << british;
  }
}

TEST(CalendarTextTest, ATimeOfDayIsReadAndChecked) {
  EXPECT_EQ(ParseTimeOfDay("00:00").value(), 0ms);
  EXPECT_EQ(ParseTimeOfDay("08:15").value(), 8h + 15min);
  EXPECT_EQ(ParseTimeOfDay("23:59:59").value(), 24h - 1s);
  for (const std::string_view text :
       {"", "8:15", "24:00", "23:60", "23:59:60", "08.15", "08:15:", "08:15:1", "08:15-30", "ab:cd",
        "08:15 ", "-8:15", "08:15:3x"}) {
    EXPECT_FALSE(ParseTimeOfDay(text)) << text;
  }
}

TEST(CalendarTextTest, UtcIsWrittenWithoutPartsOfASecond) {
  EXPECT_EQ(FormatUtc(kDay + 8h + 15min), "2026-11-22T08:15:00Z");
  EXPECT_EQ(FormatUtc(kDay + 8h + 15min + 999ms), "2026-11-22T08:15:00Z");
  EXPECT_EQ(FormatUtc(FromMilliseconds(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatUtc(FromMilliseconds(-1)), "1969-12-31T23:59:59Z");
}

}  // namespace
}  // namespace havenline
