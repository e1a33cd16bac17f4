// The formats of fields: each from both sides.

#include "schema/exchange/formats.h"

#include <string>

#include <gtest/gtest.h>

namespace havenline::exchange {
namespace {

TEST(FormatsTest, ADateIsADayThatExists) {
  for (const char* const date :
       {"2026-11-22", "2024-02-29", "2000-02-29", "1900-01-01", "2100-12-31"})
    EXPECT_TRUE(IsDate(date)) << date;
  for (const char* const date :
       {"", "2026-11-31", "2026-02-29", "1900-02-29", "2026-00-10", "2026-13-01", "2026-01-00",
        "1899-12-31", "2101-01-01", "22/11/2026", "2026-1-2", "2026-11-22 ", " 2026-11-22",
        "2026/11/22", "2O26-11-22", "+026-11-22", "2026-11-2\xC2", "2026-11-22T00:00"})
    EXPECT_FALSE(IsDate(date)) << date;
}

TEST(FormatsTest, ALocalTimeIsADateAndAMinuteOfTheDay) {
  for (const char* const time : {"2026-11-22 00:00", "2026-11-22 23:59"})
    EXPECT_TRUE(IsLocalTime(time)) << time;
  for (const char* const time :
       {"2026-11-22", "2026-11-22 24:00", "2026-11-22 23:60", "2026-11-22T23:59",
        "2026-11-22 23.59", "2026-02-30 12:00", "2026-11-22 1:059", "2026-11-22 23:59:00",
        "2026-11-22 -1:00", "2026-11-22 ab:cd"})
    EXPECT_FALSE(IsLocalTime(time)) << time;
}

TEST(FormatsTest, AUrnIsSixDigitsNotStartingWithZero) {
  EXPECT_TRUE(IsUrn("106890"));
  for (const char* const urn : {"", "06890", "006890", "1068901", "10689o", "10 890", "-10689"})
    EXPECT_FALSE(IsUrn(urn)) << urn;
}

TEST(FormatsTest, AUpnHasItsCheckLetter) {
  EXPECT_TRUE(IsUpn("B801200005001"));
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";
  int good = 0;
  for (const char letter : kLetters) good += IsUpn(letter + std::string("801200005001")) ? 1 : 0;
  EXPECT_EQ(good, 1) << "one letter for each number";
  for (const char* const upn : {"", "B80120000500", "B8012000050011", "I801200005001",
                                "b801200005001", "B80120000500I", "B801200005 01", "8801200005001"})
    EXPECT_FALSE(IsUpn(upn)) << upn;
}

// 23 is prime and so are no weights its multiples: one wrong digit always shows.
TEST(FormatsTest, AnyWrongDigitOfAUpnShows) {
  const std::string upn = "B801200005001";
  for (std::size_t at = 1; at < upn.size(); ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = upn;
      wrong[at] = digit;
      EXPECT_EQ(IsUpn(wrong), wrong == upn) << wrong;
    }
  }
}

TEST(FormatsTest, ATemporaryUpnEndsInALetterThatIsCounted) {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";
  for (const char last : kLetters) {
    int good = 0;
    for (const char first : kLetters)
      good += IsUpn(first + std::string("80120000500") + last) ? 1 : 0;
    EXPECT_EQ(good, 1) << last;
  }
}

TEST(FormatsTest, AnNhsNumberHasItsCheckDigit) {
  EXPECT_TRUE(IsNhsNumber("9434765919"));
  const std::string number = "9434765919";
  for (std::size_t at = 0; at < number.size(); ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = number;
      wrong[at] = digit;
      EXPECT_EQ(IsNhsNumber(wrong), wrong == number) << wrong;
    }
  }
  for (const char* const bad : {"", "943476591", "94347659190", "943 476 5919", "94347659l9"})
    EXPECT_FALSE(IsNhsNumber(bad)) << bad;
}

// Where the check digit would be 10 there is no such number.
TEST(FormatsTest, SomeNhsNumbersDoNotExist) {
  int without = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string start = std::to_string(943'476'000 + i);
    int good = 0;
    for (char digit = '0'; digit <= '9'; ++digit) good += IsNhsNumber(start + digit) ? 1 : 0;
    EXPECT_LE(good, 1);
    without += good == 0 ? 1 : 0;
  }
  EXPECT_GT(without, 50);
  EXPECT_LT(without, 150);
}

TEST(FormatsTest, ATimeIsBetween1970And2100) {
  EXPECT_TRUE(HasFormat("utc", std::int64_t{0}));
  EXPECT_TRUE(HasFormat("utc", std::int64_t{4'102'444'799'999}));
  for (const std::int64_t time :
       {std::int64_t{-1}, std::int64_t{4'102'444'800'000}, INT64_MAX, INT64_MIN})
    EXPECT_FALSE(HasFormat("utc", time)) << time;
  EXPECT_TRUE(HasFormat("", INT64_MIN)) << "a number without a format is any";
}

TEST(FormatsTest, AFormatIsFoundByItsName) {
  EXPECT_TRUE(HasFormat("date", "2026-11-22"));
  EXPECT_FALSE(HasFormat("date", "x"));
  EXPECT_FALSE(HasFormat("local-time", "x"));
  EXPECT_FALSE(HasFormat("urn", "x"));
  EXPECT_FALSE(HasFormat("upn", "x"));
  EXPECT_FALSE(HasFormat("nhs-number", "x"));
  EXPECT_TRUE(HasFormat("", "x"));
}

TEST(FormatsTest, WhatIsWrongWithANumberIsSaidAndNothingWithAGoodOne) {
  EXPECT_EQ(WhyNotUpn("B801200005001"), "");
  EXPECT_EQ(WhyNotNhsNumber("9434765919"), "");
  EXPECT_EQ(WhyNotUrn("106890"), "");
  for (const char* const upn : {"", "B80120000500", "b801200005001", "C801200005001", "\xC3\xA9"})
    EXPECT_NE(WhyNotUpn(upn), "") << upn;
  for (const char* const number : {"", "943476591", "943476591x", "9434765918", "1111111111"})
    EXPECT_NE(WhyNotNhsNumber(number), "") << number;
  for (const char* const urn : {"", "10689", "1068901", "10689x", "006890"})
    EXPECT_NE(WhyNotUrn(urn), "") << urn;
}

}  // namespace
}  // namespace havenline::exchange
