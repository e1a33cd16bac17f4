#include "schema/tlog/checkpoint.h"

#include <array>

#include <gtest/gtest.h>

namespace havenline::tlog {
namespace {

const PartnershipId kPartnership("south-yorkshire");

NoteSigner LogSigner(std::uint64_t epoch, std::uint8_t seed) {
  return {OriginOf(kPartnership, epoch), seal::SigningKey::FromSeed(ByteArray<32>{seed})};
}

TEST(CheckpointTest, OpensToTheHeadItWasMadeOf) {
  const NoteSigner signer = LogSigner(3, 1);
  const LogHead head{3, 42, Digest{9}};
  const auto opened = OpenCheckpoint(kPartnership, MakeCheckpoint(kPartnership, head, signer),
                                     std::array{signer.key()});
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ(*opened, head);
}

TEST(CheckpointTest, AKeyOfAnotherEpochOrPartnershipDoesNotVouch) {
  const NoteSigner third = LogSigner(3, 1);
  const NoteSigner fourth = LogSigner(4, 2);
  const std::string text = CheckpointText(kPartnership, {3, 42, Digest{9}});
  const std::string wrong_key = MakeNote(text, std::array{fourth.SignatureLine(text)});
  EXPECT_FALSE(
      OpenCheckpoint(kPartnership, wrong_key, std::array{third.key(), fourth.key()}).has_value());
  const std::string right = MakeNote(text, std::array{third.SignatureLine(text)});
  EXPECT_FALSE(OpenCheckpoint(PartnershipId("other"), right, std::array{third.key()}).has_value());
}

TEST(CheckpointTest, OtherSpellingsOfTheSameHeadAreRefused) {
  const NoteSigner signer = LogSigner(3, 1);
  const std::string origin = OriginOf(kPartnership, 3);
  const std::string root = Base64Encode(Digest{9});
  for (const std::string& text :
       {origin + "\n042\n" + root + "\n", origin + "\n42\n" + root + "\nextension\n",
        origin + "\n42\n" + root.substr(1) + "\n", origin + "\n-1\n" + root + "\n",
        origin + "\n42\n", kPartnership.value() + "/log/03\n42\n" + root + "\n"}) {
    const std::string note = MakeNote(text, std::array{signer.SignatureLine(text)});
    EXPECT_FALSE(OpenCheckpoint(kPartnership, note, std::array{signer.key()}).has_value()) << text;
  }
}

}  // namespace
}  // namespace havenline::tlog
