#include "schema/seal/section.h"

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "schema/seal/hash.h"
#include "tests/fakes/counted_random.h"

namespace havenline::seal {
namespace {

class SectionTest : public ::testing::Test {
 protected:
  SectionOpening OpeningOf(const std::string& name, const SealedWithCommit& sealed) {
    return {.salt = {},
            .name = name,
            .size = static_cast<std::uint32_t>(sealed.sealed.size()),
            .sealed_hash = Sha256(sealed.sealed),
            .commit = sealed.commit};
  }
  SectionKey Key() { return SectionKey(random_.Array<32>()); }

  CountedRandom random_{1};
  MessageContext context_{PartnershipId("p"),
                          MessageId(ByteArray<16>{1}),
                          AgencyId("police.x"),
                          ExchangeName("encompass-notice"),
                          1,
                          Digest{2}};
};

TEST_F(SectionTest, OpensToWhatWasSealed) {
  const SectionKey key = Key();
  const auto sealed = SealSection(context_, "childName", key, AsBytes("content"));
  const auto opened = OpenSection(context_, OpeningOf("childName", sealed), key, sealed.sealed);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(AsText(opened->ExposeSecret()), "content");
}

TEST_F(SectionTest, LengthsShowOnlyTheBucket) {
  const auto size = [&](const std::string& name, std::size_t content) {
    return SealSection(context_, name, Key(), Bytes(content)).sealed.size() - 16;
  };
  EXPECT_EQ(size("a", 0), 256U);
  EXPECT_EQ(size("a", 100), 256U);
  EXPECT_EQ(size("a", 400), 512U);
  EXPECT_EQ(size("a", 200'000), 256U << 10U);
  EXPECT_EQ(size("a", 300'000), 512U << 10U);
  EXPECT_EQ(size("a", limits::kSectionBytesMax), limits::kSectionBytesMax + limits::kPaddingStep);
  EXPECT_EQ(size(kExclusionsSection, 0), limits::kExclusionsBytes);
  EXPECT_EQ(size(kExclusionsSection, 1000), limits::kExclusionsLongBytes);
}

TEST_F(SectionTest, SealedSizesOutsideTheBucketsAreNotSizes) {
  EXPECT_TRUE(IsSealedSize("a", 256 + 16));
  EXPECT_TRUE(IsSealedSize("a", 3 * limits::kPaddingStep + 16));
  EXPECT_FALSE(IsSealedSize("a", 128 + 16));
  EXPECT_FALSE(IsSealedSize("a", 257 + 16));
  EXPECT_FALSE(IsSealedSize("a", 16));
  EXPECT_FALSE(IsSealedSize("a", 8 * limits::kPaddingStep + 16));
  EXPECT_TRUE(IsSealedSize(kExclusionsSection, 1024 + 16));
  EXPECT_FALSE(IsSealedSize(kExclusionsSection, 256 + 16));
}

// A section moved elsewhere, or a key used for another, opens nowhere: each part of the context
// counts.
TEST_F(SectionTest, IsBoundToItsMessageAndName) {
  const SectionKey key = Key();
  const auto sealed = SealSection(context_, "childName", key, AsBytes("content"));
  const auto opens = [&](const MessageContext& context, const std::string& name,
                         SealedWithCommit as) {
    return OpenSection(context, OpeningOf(name, as), key, as.sealed).has_value();
  };
  ASSERT_TRUE(opens(context_, "childName", sealed));
  EXPECT_FALSE(opens(context_, "location", sealed));
  MessageContext other = context_;
  other.id = MessageId(ByteArray<16>{9});
  EXPECT_FALSE(opens(other, "childName", sealed));
  other = context_;
  other.sender = AgencyId("police.y");
  EXPECT_FALSE(opens(other, "childName", sealed));
  other = context_;
  other.policy_hash = Digest{3};
  EXPECT_FALSE(opens(other, "childName", sealed));
  other = context_;
  other.version = 2;
  EXPECT_FALSE(opens(other, "childName", sealed));
  const SectionKey wrong = Key();
  EXPECT_FALSE(
      OpenSection(context_, OpeningOf("childName", sealed), wrong, sealed.sealed).has_value());
}

TEST_F(SectionTest, EverySingleBitFlipOfSealedBytesOrCommitIsRefused) {
  const SectionKey key = Key();
  const auto sealed = SealSection(context_, "childName", key, AsBytes("content"));
  for (std::size_t bit = 0; bit < sealed.sealed.size() * 8; ++bit) {
    SealedWithCommit flipped = sealed;
    flipped.sealed[bit / 8] = static_cast<std::uint8_t>(flipped.sealed[bit / 8] ^ 1U << bit % 8);
    ASSERT_FALSE(OpenSection(context_, OpeningOf("childName", flipped), key, flipped.sealed))
        << bit;
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    SealedWithCommit flipped = sealed;
    flipped.commit[bit / 8] = static_cast<std::uint8_t>(flipped.commit[bit / 8] ^ 1U << bit % 8);
    ASSERT_FALSE(OpenSection(context_, OpeningOf("childName", flipped), key, flipped.sealed))
        << bit;
  }
}

}  // namespace
}  // namespace havenline::seal
