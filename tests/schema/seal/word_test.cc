// The broker's word is good under the release key, for what it says, and as nothing else.

#include <gtest/gtest.h>

#include "schema/seal/joined.h"
#include "schema/seal/word.h"
#include "tests/fakes/counted_random.h"

namespace havenline::seal {
namespace {

TEST(WordTest, HoldsUnderItsKeyAndForItsBytesOnly) {
  CountedRandom random(1);
  const SigningKey key = SigningKey::Generate(random);
  const SigningKey other = SigningKey::Generate(random);
  const Bytes word = ToBytes(std::string_view("a word"));
  const Signature signature = SignWord(key, word);
  EXPECT_TRUE(WordHolds(key.public_key(), word, signature));
  EXPECT_FALSE(WordHolds(other.public_key(), word, signature));
  EXPECT_FALSE(WordHolds(key.public_key(), AsBytes("a ward"), signature));
}

TEST(WordTest, NothingElseThatTheKeySignedPassesForOne) {
  CountedRandom random(1);
  const SigningKey key = SigningKey::Generate(random);
  const Bytes word = ToBytes(std::string_view("a word"));
  EXPECT_FALSE(WordHolds(key.public_key(), word, key.Sign(word)));
  const Joined other(LabelOf(Purpose::kVoid));
  EXPECT_FALSE(WordHolds(key.public_key(), word, key.Sign(Joined(other).Add(word).bytes())));
}

}  // namespace
}  // namespace havenline::seal
