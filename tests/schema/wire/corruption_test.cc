// Samples of everything that wire carries, damaged in every way that is short to say: each parse
// ends with kCorrupt, or with a value that is within all limits, since written again it is read
// again as itself.

#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "schema/wire/answer_codec.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/frame_codec.h"
#include "schema/wire/statement_codec.h"
#include "schema/wire/word_codec.h"
#include "tests/fakes/generators.h"

namespace havenline::wire {
namespace {

enum class Outcome : std::uint8_t { kRefused, kTaken, kBroken };
using Judge = std::function<Outcome(ByteView)>;

struct Sample {
  std::string name;
  std::function<Bytes()> make;
  Judge judge;
};

constexpr std::size_t kSampleMost = 1400;

// Its bytes are the largest that `any` makes within kSampleMost: enough to have some of everything.
template <class Value, class Encode, class Parse>
void Add(std::vector<Sample>& samples, std::string name, const rc::Gen<Value>& any, Encode encode,
         Parse parse) {
  const auto make = [any, encode] {
    Bytes largest;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const Bytes bytes = encode(any(rc::Random(seed), 20).value());
      if (bytes.size() <= kSampleMost && bytes.size() > largest.size()) largest = bytes;
      if (largest.size() >= kSampleMost / 2) break;
    }
    return largest;
  };
  const auto judge = [encode, parse](ByteView bytes) {
    const auto read = parse(bytes);
    if (!read) {
      return read.error().code == FaultCode::kCorrupt ? Outcome::kRefused : Outcome::kBroken;
    }
    const auto again = parse(encode(*read));
    return again && *again == *read ? Outcome::kTaken : Outcome::kBroken;
  };
  samples.push_back({std::move(name), make, judge});
}

const std::vector<Sample>& Samples() {
  static const std::vector<Sample> all = [] {
    std::vector<Sample> samples;
    for (std::size_t kind = 0; kind < any::kFrameKinds; ++kind)
      Add(samples, "frame" + std::to_string(kind), any::AnyFrameOf(kind), EncodeFrame, ParseFrame);
    Add(samples, "envelope", any::AnyEnvelope(), EncodeEnvelope, ParseEnvelope);
    Add(samples, "delivery", any::AnyDelivery(), EncodeDelivery, ParseDelivery);
    Add(samples, "header", any::AnyHeader(), EncodeHeader, ParseHeader);
    Add(samples, "clearPart", any::AnyClearPart(), EncodeClearPart, ParseClearPart);
    Add(samples, "brokersPart", any::AnyBrokersPart(), EncodeBrokersPart, ParseBrokersPart);
    Add(samples, "partProof", any::AnyPartProof(), EncodePartProof, ParsePartProof);
    Add(samples, "answer", any::AnyAnswer(), EncodeAnswer, ParseAnswer);
    Add(samples, "receipt", any::AnySignedReceipt(), EncodeSignedReceipt, ParseSignedReceipt);
    Add(samples, "void", any::AnySignedVoid(), EncodeSignedVoid, ParseSignedVoid);
    Add(samples, "recall", any::AnySignedRecall(), EncodeSignedRecall, ParseSignedRecall);
    Add(samples, "word", any::AnySignedWord(), EncodeSignedWord, ParseSignedWord);
    Add(samples, "statement", any::AnySignedStatement(), EncodeSignedStatement,
        ParseSignedStatement);
    return samples;
  }();
  return all;
}

// Made by the first test that asks: GoogleTest wants the names of all samples whenever the program
// starts, and making their bytes takes longer than most tests.
const Bytes& BytesOf(std::size_t index) {
  static std::vector<Bytes> made(Samples().size());
  if (made[index].empty()) made[index] = Samples()[index].make();
  return made[index];
}

class CorruptionTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  const Sample& sample_ = Samples()[GetParam()];
  const Bytes& bytes_ = BytesOf(GetParam());
};

TEST_P(CorruptionTest, TheSampleItselfIsTaken) {
  EXPECT_EQ(sample_.judge(bytes_), Outcome::kTaken);
}

TEST_P(CorruptionTest, EveryTruncationIsRefused) {
  for (std::size_t size = 0; size < bytes_.size(); ++size) {
    ASSERT_EQ(sample_.judge(ByteView(bytes_).first(size)), Outcome::kRefused) << size;
    ASSERT_EQ(sample_.judge(ByteView(bytes_).last(size)), Outcome::kRefused) << size;
  }
}

TEST_P(CorruptionTest, EverySingleBitFlipIsRefusedOrWithinLimits) {
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < bytes_.size() * 8; ++bit) {
    Bytes bytes = bytes_;
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1U << bit % 8);
    const Outcome outcome = sample_.judge(bytes);
    ASSERT_NE(outcome, Outcome::kBroken) << "bit " << bit;
    refused += outcome == Outcome::kRefused ? 1U : 0U;
  }
  EXPECT_GT(refused, 0U);
}

// Words that mean something to Cap'n Proto, put where they do not belong, up to four at a time.
TEST_P(CorruptionTest, WordsThatPointAndClaimAreRefusedOrWithinLimits) {
  const std::vector<std::uint64_t> claims = {0,
                                             ~0ULL,
                                             0xFFFFFFFCU,          // A struct of no words.
                                             0xFFFFFFFF00000000U,  // A large struct, here.
                                             0x0001000100000000U,  // A small one.
                                             0x0001000100000000U | 0xFFFFFFFCU,
                                             0xFFFFFFF800000001U,  // The longest list of nothings.
                                             0xFFFFFFFA00000001U,  // The longest text.
                                             0x0000000700000001U,  // A list of structs, empty,
                                             0x7FFFFFFF00000000U | 0x3FFFFFFCU,  // and its tag.
                                             0x0000000000000002U,  // Far, to the first word.
                                             0x0000000000000006U,  // Far twice.
                                             0x0000000100000002U,  // Far, to no segment.
                                             3};                   // A capability.
  std::mt19937_64 random(GetParam());  // NOLINT(cert-msc51-cpp,cert-msc32-c): the same every time.
  for (int round = 0; round < 4'000; ++round) {
    Bytes bytes = bytes_;
    for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
      std::uint64_t word = claims[random() % claims.size()];
      if (random() % 4 == 0) word = random();
      if (random() % 4 == 0) word = (random() % 64) << 2U | (random() % 4) << 48U | 1ULL << 32U;
      const std::size_t at = random() % (bytes.size() / 8) * 8;
      for (std::size_t i = 0; i < 8; ++i)
        bytes[at + i] = static_cast<std::uint8_t>(word >> (8 * i));
    }
    ASSERT_NE(sample_.judge(bytes), Outcome::kBroken) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Samples, CorruptionTest,
                         ::testing::Range<std::size_t>(0, Samples().size()),
                         [](const auto& sample) { return Samples()[sample.param].name; });

TEST(NoiseTest, NoiseIsRefused) {
  std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp,cert-msc32-c): the same every time.
  for (int round = 0; round < 2'000; ++round) {
    Bytes bytes(random() % 4096);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    if (round % 2 == 0 && bytes.size() >= 8) {
      // With a segment table that holds, it is the pointers that are noise.
      bytes.resize(bytes.size() / 8 * 8);
      const std::size_t words = bytes.size() / 8 - 1;
      std::fill_n(bytes.begin(), 8, std::uint8_t{0});
      bytes[4] = static_cast<std::uint8_t>(words);
      bytes[5] = static_cast<std::uint8_t>(words >> 8U);
    }
    for (const Sample& sample : Samples())
      ASSERT_NE(sample.judge(bytes), Outcome::kBroken) << sample.name << ' ' << round;
  }
}

}  // namespace
}  // namespace havenline::wire
