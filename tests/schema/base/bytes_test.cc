#include "schema/base/bytes.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace havenline {
namespace {

TEST(BytesTest, ViewsAreTheSameMemory) {
  const std::string text{'a', '\0', 'b'};
  EXPECT_EQ(static_cast<const void*>(AsBytes(text).data()), text.data());
  EXPECT_EQ(AsText(AsBytes(text)).data(), text.data());
  EXPECT_EQ(ToText(ToBytes(text)), text);
}

TEST(BytesTest, EqualMeansEveryByteAndTheLength) {
  EXPECT_TRUE(Equal(Bytes{}, Bytes{}));
  EXPECT_TRUE(Equal(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_FALSE(Equal(Bytes{1, 2}, Bytes{1, 3}));
  EXPECT_FALSE(Equal(Bytes{1, 2}, Bytes{1}));
  EXPECT_FALSE(Equal(Bytes{1}, Bytes{1, 2}));
}

TEST(BytesTest, AnArrayHasExactlyItsSize) {
  EXPECT_EQ(ToArray<2>(Bytes{1, 2}), (ByteArray<2>{1, 2}));
  EXPECT_EQ(ToArray<2>(Bytes{1}), std::nullopt);
  EXPECT_EQ(ToArray<2>(Bytes{1, 2, 3}), std::nullopt);
  EXPECT_EQ(ToArray<0>(Bytes{}), ByteArray<0>{});
}

TEST(BytesTest, IntegersAreBigEndianAndReadBack) {
  Bytes bytes;
  AppendU32(bytes, 0x01020304);
  AppendU64(bytes, 0x05060708090A0B0C);
  EXPECT_EQ(bytes, (Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  EXPECT_EQ(ReadU32(ByteView(bytes).first(4)), 0x01020304U);
  EXPECT_EQ(ReadU64(ByteView(bytes).last(8)), 0x05060708090A0B0CU);
  EXPECT_TRUE(rc::check([](std::uint32_t small, std::uint64_t large) {
    Bytes written;
    AppendU32(written, small);
    AppendU64(written, large);
    RC_ASSERT(ReadU32(ByteView(written).first(4)) == small);
    RC_ASSERT(ReadU64(ByteView(written).last(8)) == large);
  }));
}

TEST(BytesDeathTest, AnIntegerOfTheWrongSizeIsABug) {
  EXPECT_DEATH(ReadU32(Bytes(3)), "CHECK failed");
  EXPECT_DEATH(ReadU32(Bytes(5)), "CHECK failed");
  EXPECT_DEATH(ReadU64(Bytes(4)), "CHECK failed");
}

// --- hexadecimal

TEST(HexTest, KnownTexts) {
  EXPECT_EQ(HexEncode({}), "");
  EXPECT_EQ(HexEncode(Bytes{0x00, 0x0F, 0xA5, 0xFF}), "000fa5ff");
  EXPECT_EQ(HexDecode("000fa5ff"), (Bytes{0x00, 0x0F, 0xA5, 0xFF}));
}

TEST(HexTest, EveryPairOfCharactersDecodesOnlyIfItIsWhatTheEncoderWrites) {
  std::size_t decoded = 0;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const auto bytes = HexDecode(text);
      if (!bytes) continue;
      ++decoded;
      ASSERT_EQ(HexEncode(*bytes), text);
    }
  }
  EXPECT_EQ(decoded, 256U);
}

TEST(HexTest, OddLengthsUpperCaseAndWhiteSpaceAreRefused) {
  for (const char* text : {"0", "abc", "AB", "aB", " ab", "ab ", "a b ", "0x", "ab\n", "--"})
    EXPECT_EQ(HexDecode(text), std::nullopt) << text;
}

// --- base64

TEST(Base64Test, TheVectorsOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(Base64Encode(AsBytes(plain)), encoded);
    EXPECT_EQ(Base64Decode(encoded), ToBytes(plain));
  }
  EXPECT_EQ(Base64Encode(Bytes{0xFB, 0xEF, 0xFF}), "++//");
}

TEST(Base64Test, WhatTheEncoderDoesNotWriteIsRefused) {
  for (const char* text : {
           "Zg",            // No padding.
           "Zg=",           // Half of it.
           "Zg===",         // Too much.
           "Zm9v=",         // Where none belongs.
           "Zm9vZg==Zg==",  // In the middle.
           "====", "=Zg=", "Z===", "Zg=v",
           "Zh==",  // Trailing bits that are not zero,
           "Zm9=",  // also with one padding character.
           "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v Zg==", "Zm9-", "Zm9_"  // The other alphabet.
       }) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
  using std::string_literals::operator""s;
  EXPECT_EQ(Base64Decode("Zm9\0"s), std::nullopt);
}

// One text for one value: nothing can be written in two ways, so a text can stand for what it
// holds.
TEST(Base64Test, EveryLastGroupDecodesOnlyIfItIsWhatTheEncoderWrites) {
  const std::string some = "AZagz09+/=-_ \n";
  std::size_t decoded = 0;
  for (const char a : some) {
    for (const char b : some) {
      for (const char c : some) {
        for (const char d : some) {
          const std::string text = {a, b, c, d};
          const auto bytes = Base64Decode(text);
          if (!bytes) continue;
          ++decoded;
          ASSERT_EQ(Base64Encode(*bytes), text);
        }
      }
    }
  }
  EXPECT_GT(decoded, 6561U);  // 9 digits to the 4th, and those with padding.
}

TEST(TextFormsPropertyTest, WhateverBytesAreReadBack) {
  EXPECT_TRUE(rc::check([](const Bytes& bytes) {
    RC_ASSERT(HexDecode(HexEncode(bytes)) == bytes);
    RC_ASSERT(Base64Decode(Base64Encode(bytes)) == bytes);
    RC_ASSERT(HexEncode(bytes).size() == bytes.size() * 2);
    RC_ASSERT(Base64Encode(bytes).size() == (bytes.size() + 2) / 3 * 4);
  }));
}

// --- UTF-8

// The definition turned round: which code points there are (Unicode 15, D76), each written in the
// one way that D92 allows. Every other sequence of bytes is not UTF-8.
std::string Encoded(std::uint32_t point) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (point < 0x80) return {byte(point)};
  const char last = byte(0x80U | (point & 0x3FU));
  if (point < 0x800) return {byte(0xC0U | point >> 6U), last};
  const char middle = byte(0x80U | (point >> 6U & 0x3FU));
  if (point < 0x10000) return {byte(0xE0U | point >> 12U), middle, last};
  return {byte(0xF0U | point >> 18U), byte(0x80U | (point >> 12U & 0x3FU)), middle, last};
}

constexpr bool IsSurrogate(std::uint32_t point) { return point >= 0xD800 && point <= 0xDFFF; }

TEST(Utf8Test, EveryCodePointButTheSurrogatesIsGood) {
  std::size_t good = 0;
  for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
    ASSERT_EQ(IsUtf8(Encoded(point)), !IsSurrogate(point)) << std::hex << point;
    good += IsSurrogate(point) ? 0U : 1U;
  }
  EXPECT_EQ(good, 1'112'064U);
  for (std::uint32_t point = 0x110000; point < 0x200000; ++point)
    ASSERT_FALSE(IsUtf8(Encoded(point))) << std::hex << point;
}

// All 16,843,008 sequences of one to three bytes, against the list of what is good.
TEST(Utf8Test, EverySequenceOfUpToThreeBytesIsJudgedByTheDefinition) {
  std::vector<bool> good_pair(1U << 16U);
  std::vector<bool> good_triple(1U << 24U);
  const auto at = [](const std::string& bytes) {
    std::size_t index = 0;
    for (const char byte : bytes) index = index << 8U | static_cast<unsigned char>(byte);
    return index;
  };
  for (std::uint32_t point = 0x80; point < 0x800; ++point) good_pair[at(Encoded(point))] = true;
  for (std::uint32_t point = 0x800; point < 0x10000; ++point) {
    if (!IsSurrogate(point)) good_triple[at(Encoded(point))] = true;
  }
  for (std::size_t one = 0; one < 256; ++one) {
    const std::array<char, 1> single = {static_cast<char>(one)};
    ASSERT_EQ(IsUtf8({single.data(), 1}), one < 0x80) << one;
  }
  for (std::size_t two = 0; two < good_pair.size(); ++two) {
    if (two >> 8U < 0x80 && (two & 0xFFU) < 0x80) good_pair[two] = true;
    const std::array<char, 2> pair = {static_cast<char>(two >> 8U), static_cast<char>(two)};
    ASSERT_EQ(IsUtf8({pair.data(), 2}), good_pair[two]) << std::hex << two;
  }
  for (std::size_t three = 0; three < good_triple.size(); ++three) {
    const bool parts = (three >> 16U < 0x80 && good_pair[three & 0xFFFFU]) ||
                       (good_pair[three >> 8U] && (three & 0xFFU) < 0x80);
    const std::array<char, 3> triple = {static_cast<char>(three >> 16U),
                                        static_cast<char>(three >> 8U), static_cast<char>(three)};
    ASSERT_EQ(IsUtf8({triple.data(), 3}), good_triple[three] || parts) << std::hex << three;
  }
}

TEST(Utf8Test, SequencesOfFourBytesAtEveryEdge) {
  const std::array<int, 14> edges = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0,
                                     0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xFF};
  for (int first = 0xE0; first < 0x100; ++first) {
    for (const int second : edges) {
      for (const int third : edges) {
        for (const int fourth : edges) {
          const auto continues = [](int byte) { return byte >= 0x80 && byte <= 0xBF; };
          const int lowest = first == 0xF0 ? 0x90 : 0x80;
          const int highest = first == 0xF4 ? 0x8F : 0xBF;
          const bool four = first >= 0xF0 && first <= 0xF4 && second >= lowest &&
                            second <= highest && continues(third) && continues(fourth);
          const std::string head = {static_cast<char>(first), static_cast<char>(second),
                                    static_cast<char>(third)};
          const bool three = fourth < 0x80 && IsUtf8(head);
          ASSERT_EQ(IsUtf8(head + static_cast<char>(fourth)), four || three)
              << std::hex << first << ' ' << second << ' ' << third << ' ' << fourth;
        }
      }
    }
  }
}

TEST(Utf8Test, WhatIsCutShortIsRefusedWhereverItIsCut) {
  for (const std::uint32_t point : {0xE9U, 0x20ACU, 0x1F600U}) {
    const std::string whole = Encoded(point);
    for (std::size_t length = 1; length < whole.size(); ++length) {
      EXPECT_FALSE(IsUtf8(whole.substr(0, length))) << std::hex << point;
      EXPECT_FALSE(IsUtf8("a" + whole.substr(0, length) + "a")) << std::hex << point;
      EXPECT_FALSE(IsUtf8(whole.substr(length))) << std::hex << point;
    }
    EXPECT_TRUE(IsUtf8("a" + whole + "a"));
  }
  EXPECT_TRUE(IsUtf8(""));
}

}  // namespace
}  // namespace havenline
