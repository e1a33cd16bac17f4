#include "agents/http/bearer.h"

#include <string>

#include <gtest/gtest.h>

namespace havenline {
namespace {

TEST(BearerTest, TakesTheTokenWhateverTheCaseOfTheScheme) {
  EXPECT_EQ(BearerToken("Bearer mF_9.B5f-4.1JqM"), "mF_9.B5f-4.1JqM");
  EXPECT_EQ(BearerToken("bearer abc=="), "abc==");
  EXPECT_EQ(BearerToken("BEARER   a+/~"), "a+/~");
}

TEST(BearerTest, AnythingElseIsNoToken) {
  for (const char* other : {"", "Bearer", "Bearer ", "Bearer  ", "Basic dXNlcjpwYXNz", "Bearerabc",
                            "Bearer a b", "Bearer a,b", "Bearer =", "Bearer a=b", "Bearer \"a\"",
                            " Bearer a", "Bearer a ", "Bearer\ta"}) {
    EXPECT_EQ(BearerToken(other), "") << other;
  }
}

TEST(BearerTest, SecretsAreEqualOnlyByteForByte) {
  EXPECT_TRUE(SecretEqual("correct horse", "correct horse"));
  EXPECT_FALSE(SecretEqual("correct horse", "correct hors"));
  EXPECT_FALSE(SecretEqual("", "correct horse"));
  EXPECT_TRUE(SecretEqual(std::string("a\0b", 3), std::string("a\0b", 3)));
  EXPECT_FALSE(SecretEqual(std::string("a\0b", 3), std::string("a\0c", 3)));
}

// Every single flipped bit is seen: no position is left out and no difference cancels another.
TEST(BearerTest, AnyFlippedBitMakesADifference) {
  const std::string secret = "0123456789abcdef";
  for (std::size_t bit = 0; bit < secret.size() * 8; ++bit) {
    std::string other = secret;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(SecretEqual(secret, other)) << "bit " << bit;
  }
  EXPECT_FALSE(SecretEqual("ab", "ba"));
}

// An agent without a configured token must not be opened by a request without one.
TEST(BearerTest, NothingIsNotASecret) { EXPECT_FALSE(SecretEqual("", "")); }

}  // namespace
}  // namespace havenline
