// Every single-bit flip of the golden envelope, at the broker and at the recipient: refused, or
// nothing that was signed, sealed or read is changed by it. Both are counted.

#include <gtest/gtest.h>

#include <cstdio>

#include "agents/link/open.h"
#include "broker/verify/verified_envelope.h"
#include "schema/wire/envelope_codec.h"
#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

struct Counts {
  int malformed = 0;
  int refused = 0;
  int unchanged = 0;
};

KeyLookup LookIn(const Directory& directory) {
  return [&directory](const AgencyId& agency, seal::Purpose purpose,
                      const KeyId& id) -> std::optional<seal::VerifyKey> {
    const AgencyKey* const key = directory.FindKey(agency, purpose, id);
    if (key == nullptr) return std::nullopt;
    return key->key;
  };
}

// Under the sanitizers one processor takes minutes over all bits: each test takes the blocks of one
// share, so that several processors can, and no bit is left out.
constexpr std::size_t kShares = 4;
constexpr std::size_t kBlockBits = std::size_t{16} * 8;

class EnvelopeFlipTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  // The share that a bit belongs to is this test's.
  bool IsOurs(std::size_t bit) const { return bit / kBlockBits % kShares == GetParam(); }

  std::size_t BitsOf(const Bytes& bytes) const {
    std::size_t bits = 0;
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) bits += IsOurs(bit) ? 1U : 0U;
    return bits;
  }

  template <class Judge>
  Counts FlipEveryBit(const Bytes& bytes, Judge judge) {
    Counts counts;
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      if (!IsOurs(bit)) continue;
      Bytes flipped = bytes;
      flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);
      judge(flipped, counts, bit);
      if (HasFatalFailure()) break;
    }
    return counts;
  }

  TestPartnership partnership_;
  CountedRandom random_{1};
  Composed composed_ =
      partnership_.Compose({{kSchoolA, kSchoolRole}, {kSchoolB, kSchoolRole}}, random_, kNight);
};

TEST_P(EnvelopeFlipTest, TheBrokerRefusesEachOrNothingReadIsChanged) {
  const KeyLookup keys = LookIn(partnership_.directory());
  const auto original = wire::ParseEnvelope(composed_.bytes);
  ASSERT_TRUE(original.has_value());
  ASSERT_TRUE(std::holds_alternative<VerifiedEnvelope>(
      VerifiedEnvelope::Verify(*original, kTestPartnership, keys)));
  const Counts counts =
      FlipEveryBit(composed_.bytes, [&](const Bytes& flipped, Counts& c, std::size_t bit) {
        auto parsed = wire::ParseEnvelope(flipped);
        if (!parsed) {
          ++c.malformed;
          return;
        }
        const Envelope read = *parsed;
        if (std::holds_alternative<Invalid>(
                VerifiedEnvelope::Verify(*std::move(parsed), kTestPartnership, keys))) {
          ++c.refused;
          return;
        }
        ++c.unchanged;
        ASSERT_EQ(read, *original) << "bit " << bit << " changed what was read, and nobody noticed";
      });
  std::printf("broker: %d malformed, %d refused, %d without any effect, of %zu bits\n",
              counts.malformed, counts.refused, counts.unchanged, BitsOf(composed_.bytes));
  EXPECT_EQ(static_cast<std::size_t>(counts.malformed + counts.refused + counts.unchanged),
            BitsOf(composed_.bytes));
  // Only Cap'n Proto's own padding may be without effect.
  EXPECT_LT(counts.unchanged, static_cast<int>(BitsOf(composed_.bytes) / 20));
}

TEST_P(EnvelopeFlipTest, TheRecipientRefusesEachOrNothingReadIsChanged) {
  const ReceiverView view = partnership_.ReceiverViewOf();
  const Bytes bytes = wire::EncodeDelivery(partnership_.DeliveryOf(composed_.envelope, 0));
  const auto original = wire::ParseDelivery(bytes);
  ASSERT_TRUE(original.has_value());
  const auto contents = [](const std::variant<Opened, NotOpened>& opened) {
    std::map<std::string, Bytes> sections;
    for (const auto& [name, content] : std::get<Opened>(opened).sections)
      sections[name] = ToBytes(content.ExposeSecret());
    return sections;
  };
  const auto opened = OpenDelivery(*original, view);
  ASSERT_TRUE(std::holds_alternative<Opened>(opened)) << std::get<NotOpened>(opened).detail;
  const auto expected = contents(opened);
  const Counts counts = FlipEveryBit(bytes, [&](const Bytes& flipped, Counts& c, std::size_t bit) {
    const auto parsed = wire::ParseDelivery(flipped);
    if (!parsed) {
      ++c.malformed;
      return;
    }
    const auto again = OpenDelivery(*parsed, view);
    if (std::holds_alternative<NotOpened>(again)) {
      ++c.refused;
      return;
    }
    ++c.unchanged;
    ASSERT_EQ(contents(again), expected) << bit;
    ASSERT_EQ(parsed->header, original->header) << bit;
    ASSERT_EQ(parsed->grant, original->grant) << bit;
    ASSERT_EQ(parsed->sealed, original->sealed) << bit;
    ASSERT_EQ(parsed->claims, original->claims) << bit;
  });
  std::printf(
      "recipient: %d malformed, %d refused, %d without effect on what is read, of %zu bits\n",
      counts.malformed, counts.refused, counts.unchanged, BitsOf(bytes));
  EXPECT_EQ(static_cast<std::size_t>(counts.malformed + counts.refused + counts.unchanged),
            BitsOf(bytes));
}

INSTANTIATE_TEST_SUITE_P(Shares, EnvelopeFlipTest, ::testing::Range<std::size_t>(0, kShares));

}  // namespace
}  // namespace havenline
