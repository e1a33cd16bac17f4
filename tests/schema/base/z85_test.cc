#include "schema/base/z85.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace havenline {
namespace {

ByteArray<32> KeyFromHex(std::string_view hex) { return *ToArray<32>(*HexDecode(hex)); }

// The test keys of the CURVE specification (ZeroMQ RFC 26), as libzmq's own tests have them in both
// forms.
constexpr std::string_view kKeyHex =
    "bb88471d65e2659b30c55a5321cebb5aab2b70a398645c26dca2b2fcb43fc518";
constexpr std::string_view kKeyText = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";

TEST(Z85Test, TheVectorOfTheSpecification) {
  EXPECT_EQ(Z85Encode(KeyFromHex(kKeyHex)), kKeyText);
  EXPECT_EQ(Z85Decode(kKeyText), KeyFromHex(kKeyHex));
}

// RFC 32's own vector is of 8 bytes: "HelloWorld". Four times that is a key.
TEST(Z85Test, TheVectorOfRfc32FourTimesOver) {
  const std::string_view eight = "864fd26fb559f75b";
  std::string hex;
  std::string text;
  for (int i = 0; i < 4; ++i) {
    hex += eight;
    text += "HelloWorld";
  }
  EXPECT_EQ(Z85Encode(KeyFromHex(hex)), text);
  EXPECT_EQ(Z85Decode(text), KeyFromHex(hex));
}

TEST(Z85Test, TheSmallestAndTheLargestKey) {
  EXPECT_EQ(Z85Encode({}), std::string(40, '0'));
  ByteArray<32> ones;
  ones.fill(0xFF);
  std::string text;
  for (int i = 0; i < 8; ++i) text += "%nSc0";
  EXPECT_EQ(Z85Encode(ones), text);
  EXPECT_EQ(Z85Decode(text), ones);
}

TEST(Z85Test, AGroupThatIsMoreThanFourBytesIsRefused) {
  // %nSc0 is 2^32 - 1, so %nSc1 would come round to nothing.
  for (std::size_t group = 0; group < 8; ++group) {
    std::string text(40, '0');
    text.replace(group * 5, 5, "%nSc1");
    EXPECT_EQ(Z85Decode(text), std::nullopt) << group;
    text.replace(group * 5, 5, "#####");
    EXPECT_EQ(Z85Decode(text), std::nullopt) << group;
  }
}

TEST(Z85Test, OtherLengthsAndCharactersAreRefused) {
  const std::string good(kKeyText);
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_EQ(Z85Decode(good.substr(0, length)), std::nullopt) << length;
  EXPECT_EQ(Z85Decode(good + "0"), std::nullopt);
  EXPECT_EQ(Z85Decode(good + "00000"), std::nullopt);
  int digits = 0;
  for (int c = 0; c < 256; ++c) {
    std::string text(40, '0');
    text[7] = static_cast<char>(c);
    if (!Z85Decode(text)) continue;
    ++digits;
    EXPECT_EQ(Z85Encode(*Z85Decode(text)), text);
  }
  EXPECT_EQ(digits, 85);
}

TEST(Z85PropertyTest, EveryKeyIsReadBack) {
  EXPECT_TRUE(rc::check([](const ByteArray<32>& key) {
    const std::string text = Z85Encode(key);
    RC_ASSERT(text.size() == 40U);
    RC_ASSERT(Z85Decode(text) == key);
  }));
}

}  // namespace
}  // namespace havenline
