#include "schema/tlog/signature_memory.h"

#include <gtest/gtest.h>

#include "schema/tlog/signed_tree.h"

namespace havenline::tlog {
namespace {

using seal::Purpose;

constexpr std::size_t kTogether = 5;

class SignatureMemoryTest : public ::testing::Test {
 protected:
  std::vector<Bytes> Texts(std::uint8_t first) const {
    std::vector<Bytes> texts;
    for (std::size_t i = 0; i < kTogether; ++i)
      texts.push_back(Bytes{first, static_cast<std::uint8_t>(i)});
    return texts;
  }
  // Asked twice: what was remembered must not change the answer.
  void ExpectBoth(bool verdict, const seal::VerifyKey& key, Purpose purpose, ByteView text,
                  const TreeSignature& signature) {
    EXPECT_EQ(VerifyOneOf(key, purpose, text, signature), verdict);
    for (int i = 0; i < 2; ++i)
      EXPECT_EQ(memory_.VerifyOneOf(key, purpose, text, signature), verdict);
  }

  const seal::SigningKey key_ = seal::SigningKey::FromSeed(ByteArray<32>{1});
  SignatureMemory memory_;
};

TEST_F(SignatureMemoryTest, AllTextsOfOneSignatureHold) {
  for (std::uint8_t first = 0; first < 200; ++first) {  // Far more signatures than are remembered.
    const auto texts = Texts(first);
    const auto signatures = SignTogether(key_, Purpose::kReceipt, texts);
    for (std::size_t i = 0; i < kTogether; ++i)
      EXPECT_TRUE(
          memory_.VerifyOneOf(key_.public_key(), Purpose::kReceipt, texts[i], signatures[i]));
  }
}

TEST_F(SignatureMemoryTest, NothingElseHoldsBesideWhatIsRemembered) {
  const auto other = seal::SigningKey::FromSeed(ByteArray<32>{2});
  const auto texts = Texts(0);
  const auto signatures = SignTogether(key_, Purpose::kReceipt, texts);
  const auto& key = key_.public_key();
  ExpectBoth(true, key, Purpose::kReceipt, texts[1], signatures[1]);
  ExpectBoth(false, other.public_key(), Purpose::kReceipt, texts[1], signatures[1]);
  ExpectBoth(false, key, Purpose::kEnvelope, texts[1], signatures[1]);
  ExpectBoth(false, key, Purpose::kReceipt, texts[2], signatures[1]);
  ExpectBoth(false, key, Purpose::kReceipt, Bytes{9}, signatures[1]);
  for (const std::size_t at : {0U, 31U, 32U, 63U}) {
    TreeSignature changed = signatures[1];
    changed.signature.at(at) ^= 1U;
    ExpectBoth(false, key, Purpose::kReceipt, texts[1], changed);
  }
  TreeSignature changed = signatures[1];
  changed.size = kTogether + 1;
  ExpectBoth(false, key, Purpose::kReceipt, texts[1], changed);
  changed = signatures[1];
  changed.path.at(0).at(0) ^= 1U;
  ExpectBoth(false, key, Purpose::kReceipt, texts[1], changed);
}

TEST_F(SignatureMemoryTest, ATextSignedAloneIsVerifiedEachTime) {
  const std::vector<Bytes> one = {Bytes{1, 2, 3}};
  const auto signature = SignTogether(key_, Purpose::kEnvelope, one).front();
  ExpectBoth(true, key_.public_key(), Purpose::kEnvelope, one[0], signature);
  ExpectBoth(false, key_.public_key(), Purpose::kEnvelope, Bytes{1, 2, 4}, signature);
}

}  // namespace
}  // namespace havenline::tlog
