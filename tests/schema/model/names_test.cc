#include "schema/model/names.h"

#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "schema/model/limits.h"

namespace havenline {
namespace {

// --- names

TEST(NameTest, WhatOurNamesLookLike) {
  for (const char* name :
       {"police.south-yorkshire", "school.106890", "encompass-notice", "childName", "ENC-1+ENC-2",
        "rotherham/log/1", "Europe/London", "Etc/GMT+1", "a", "7", "a_b", "staff.0042"})
    EXPECT_TRUE(IsName(name)) << name;
}

TEST(NameTest, EveryCharacterIsJudgedAtTheFrontAndBehindIt) {
  const std::string letters_and_digits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::string marks = "._-+";
  for (int c = 0; c < 256; ++c) {
    const char character = static_cast<char>(c);
    const bool alphanumeric = letters_and_digits.find(character) != std::string::npos;
    const bool mark = marks.find(character) != std::string::npos;
    EXPECT_EQ(IsName(std::string(1, character)), alphanumeric) << c;
    EXPECT_EQ(IsName(std::string("a") + character), alphanumeric || mark) << c;
    EXPECT_EQ(IsName(std::string("a") + character + "b"), alphanumeric || mark || c == '/') << c;
  }
}

TEST(NameTest, TheLengthIsLimited) {
  EXPECT_FALSE(IsName(""));
  EXPECT_TRUE(IsName(std::string(limits::kNameBytesMax, 'a')));
  EXPECT_FALSE(IsName(std::string(limits::kNameBytesMax + 1, 'a')));
}

// Key files lie in folders named after agencies: no name leads out of one.
TEST(NameTest, NoNameIsAPathThatLeadsElsewhere) {
  for (const char* path : {"..", ".", "/", "/etc", "a/..", "a/../b", "a/./b", "a//b", "a/", "a/-b",
                           "a/.b", "a/b/../../../c"})
    EXPECT_FALSE(IsName(path)) << path;
}

TEST(NameTest, LooksAlikesAndInvisibleCharactersAreRefused) {
  for (const char* name :
       {"pol\u0456ce", "school\u200B", "\uFEFFschool", "school\u00A0", "caf\u00E9"})
    EXPECT_FALSE(IsName(name)) << name;
}

// --- words

TEST(WordsTest, EveryReceiptKindHasAWordOfItsOwnThatIsReadBack) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(ReceiptKind::kRecalled); ++i) {
    const auto kind = static_cast<ReceiptKind>(i);
    EXPECT_TRUE(IsName(NameOf(kind)));
    EXPECT_TRUE(words.insert(NameOf(kind)).second) << NameOf(kind);
    EXPECT_EQ(ReceiptKindNamed(NameOf(kind)), kind);
  }
  EXPECT_FALSE(words.contains("unknown"));
  EXPECT_EQ(NameOf(static_cast<ReceiptKind>(words.size())), "unknown");
  for (const char* word : {"", "unknown", "Stored", "stored ", "store"})
    EXPECT_EQ(ReceiptKindNamed(word), std::nullopt) << word;
}

TEST(WordsTest, TheLanesHaveTheirWords) {
  EXPECT_EQ(NameOf(Lane::kUrgent), "urgent");
  EXPECT_EQ(NameOf(Lane::kNormal), "normal");
}

// The groups are the protocol's: what is refused is final, what is deferred may come again.
TEST(WordsTest, TheCodesStandInThreeGroupsWithoutGapsEachWithItsOwnWord) {
  const auto last_of = [](int first) {
    int code = first;
    while (NameOf(static_cast<Code>(code)) != "unknown") ++code;
    return code - 1;
  };
  EXPECT_EQ(last_of(100), static_cast<int>(Code::kCondition));
  EXPECT_EQ(last_of(200), static_cast<int>(Code::kStale));
  EXPECT_EQ(last_of(300), static_cast<int>(Code::kNotEntitled));
  std::set<std::string_view> words;
  int known = 0;
  for (int code = 0; code <= 0xFFFF; ++code) {
    const std::string_view word = NameOf(static_cast<Code>(code));
    if (word == "unknown") continue;
    ++known;
    EXPECT_TRUE(words.insert(word).second) << word;
    EXPECT_TRUE(IsName(word)) << word;
  }
  EXPECT_EQ(known, (last_of(100) - 99) + (last_of(200) - 199) + (last_of(300) - 299));
}

// --- message ids

TEST(MessageIdTest, TheVectorOfRfc9562) {
  // Appendix A.6: 2022-02-22 19:22:22 UTC.
  const auto id = MessageIdFrom("017f22e279b07cc398c4dc0c0c07398f");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(TimeOf(*id), FromMilliseconds(1'645'557'742'000));
  const ByteArray<10> random = {0x7C, 0xC3, 0x98, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
  EXPECT_EQ(MakeMessageId(FromMilliseconds(1'645'557'742'000), random), *id);
}

TEST(MessageIdTest, VersionAndVariantAreSetWhateverTheRandomBytes) {
  for (const int filled : {0x00, 0xFF, 0xA5}) {
    ByteArray<10> random;
    random.fill(static_cast<std::uint8_t>(filled));
    const auto bytes = MakeMessageId(FromMilliseconds(1), random).value();
    EXPECT_EQ(bytes[6] >> 4, 7);
    EXPECT_EQ(bytes[8] >> 6, 2);
    EXPECT_EQ(bytes[6] & 0x0F, filled & 0x0F);  // The rest is as given.
    EXPECT_EQ(bytes[8] & 0x3F, filled & 0x3F);
    EXPECT_EQ(bytes[15], filled);
  }
}

TEST(MessageIdTest, AnyOtherVersionOrVariantHasNoTime) {
  const auto good = MakeMessageId(FromMilliseconds(1), {}).value();
  for (int version = 0; version < 16; ++version) {
    auto bytes = good;
    bytes[6] = static_cast<std::uint8_t>(version << 4);
    EXPECT_EQ(TimeOf(MessageId(bytes)).has_value(), version == 7) << version;
  }
  for (int variant = 0; variant < 4; ++variant) {
    auto bytes = good;
    bytes[8] = static_cast<std::uint8_t>(variant << 6);
    EXPECT_EQ(TimeOf(MessageId(bytes)).has_value(), variant == 2) << variant;
  }
  EXPECT_EQ(TimeOf(MessageId()), std::nullopt);
}

TEST(MessageIdTest, TimesFromFirstToLastAreReadBackToTheMillisecond) {
  // The last that wire takes, 9999-12-31, and the last that 48 bits hold.
  for (const std::int64_t time : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1'795'218'000'123},
                                  std::int64_t{253'402'300'799'999}, (std::int64_t{1} << 48) - 1}) {
    EXPECT_EQ(TimeOf(MakeMessageId(FromMilliseconds(time), {})), FromMilliseconds(time)) << time;
  }
}

TEST(MessageIdDeathTest, ATimeThatDoesNotFitIsABugAndNotAnotherTime) {
  EXPECT_DEATH(MakeMessageId(FromMilliseconds(-1), {}), "CHECK failed");
  EXPECT_DEATH(MakeMessageId(FromMilliseconds(std::int64_t{1} << 48), {}), "CHECK failed");
}

TEST(MessageIdPropertyTest, IdsSortByTheirTimeAndTextsAreReadBack) {
  EXPECT_TRUE(rc::check([](const ByteArray<10>& one, const ByteArray<10>& other) {
    const auto earlier = *rc::gen::inRange<std::int64_t>(0, (std::int64_t{1} << 48) - 1);
    const auto later = *rc::gen::inRange<std::int64_t>(earlier + 1, std::int64_t{1} << 48);
    const MessageId first = MakeMessageId(FromMilliseconds(earlier), one);
    const MessageId second = MakeMessageId(FromMilliseconds(later), other);
    RC_ASSERT(first < second);
    RC_ASSERT(ToText(first) < ToText(second));
    RC_ASSERT(MessageIdFrom(ToText(first)) == first);
    RC_ASSERT(TimeOf(second) == FromMilliseconds(later));
  }));
}

TEST(MessageIdTest, TextsOfAnyOtherFormAreRefused) {
  for (const char* text :
       {"", "017f22e279b07cc398c4dc0c0c07398", "017f22e279b07cc398c4dc0c0c07398f00",
        "017F22E279B07CC398C4DC0C0C07398F", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        " 017f22e279b07cc398c4dc0c0c07398f", "017f22e279b07cc398c4dc0c0c07398g"})
    EXPECT_EQ(MessageIdFrom(text), std::nullopt) << text;
}

}  // namespace
}  // namespace havenline
