// Receipts, voids and statements: each check, with one that fails exactly it.

#include "broker/verify/verified_receipt.h"

#include <gtest/gtest.h>

#include "schema/seal/joined.h"
#include "schema/tlog/signed_tree.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/signed_items.h"

namespace havenline {
namespace {

class VerifiedReceiptTest : public ::testing::Test {
 protected:
  template <class T>
  std::optional<Code> Complaint(const T& value) const {
    const auto verified = VerifySigned(value, kTestPartnership, keys_);
    if (const auto* invalid = std::get_if<Invalid>(&verified)) return invalid->code;
    EXPECT_EQ(*std::get<Verified<T>>(verified), value);
    return std::nullopt;
  }
  Receipt Draft() const {
    return DraftReceipt(composed_.envelope, 0, ReceiptKind::kStored, kNight);
  }
  SignedReceipt Signed(const Receipt& draft) const { return SignReceipt(partnership_, draft); }
  // Signed as it stands, by a key of the test's choice.
  SignedReceipt SignedBy(Receipt draft, const AgencyId& agency, seal::Purpose purpose,
                         seal::Purpose label) const {
    SignedReceipt receipt;
    draft.key =
        seal::KeyIdOf(seal::NameOf(purpose), partnership_.Key(agency, purpose).public_key());
    receipt.bytes = wire::EncodeReceipt(draft);
    receipt.receipt = draft;
    receipt.signature = tlog::SignTogether(partnership_.Key(agency, purpose), label,
                                           std::vector<Bytes>{receipt.bytes})
                            .front();
    return receipt;
  }

  TestPartnership partnership_;
  CountedRandom random_{1};
  Composed composed_ = partnership_.Compose({{kSchoolA, kSchoolRole}}, random_, kNight);
  const KeyLookup keys_ = [this](const AgencyId& agency, seal::Purpose purpose,
                                 const KeyId& id) -> std::optional<seal::VerifyKey> {
    const AgencyKey* const key = partnership_.directory().FindKey(agency, purpose, id);
    if (key == nullptr) return std::nullopt;
    return key->key;
  };
};

TEST_F(VerifiedReceiptTest, AReceiptOfItsRecipientHolds) {
  EXPECT_EQ(Complaint(Signed(Draft())), std::nullopt);
}

TEST_F(VerifiedReceiptTest, EachOfAFrameOfReceiptsHoldsAlone) {
  std::vector<Receipt> drafts(24, Draft());
  for (std::size_t i = 0; i < drafts.size(); ++i)
    drafts[i].previous[0] = static_cast<std::uint8_t>(i);
  for (const SignedReceipt& receipt : SignReceipts(partnership_, drafts))
    EXPECT_EQ(Complaint(receipt), std::nullopt);
}

TEST_F(VerifiedReceiptTest, AReceiptWithAnothersPathIsRefused) {
  std::vector<Receipt> drafts(2, Draft());
  drafts[1].kind = ReceiptKind::kAcknowledged;
  auto receipts = SignReceipts(partnership_, drafts);
  std::swap(receipts[0].signature, receipts[1].signature);
  EXPECT_EQ(Complaint(receipts[0]), Code::kSignature);
  EXPECT_EQ(Complaint(receipts[1]), Code::kSignature);
}

TEST_F(VerifiedReceiptTest, AReceiptOfAnotherPartnershipIsRefused) {
  Receipt draft = Draft();
  draft.partnership = PartnershipId("elsewhere");
  EXPECT_EQ(Complaint(Signed(draft)), Code::kPartnership);
}

TEST_F(VerifiedReceiptTest, AReceiptInAnothersNameIsRefused) {
  Receipt draft = Draft();
  draft.recipient = kSchoolB;
  const SignedReceipt forged =
      SignedBy(draft, kSchoolA, seal::Purpose::kReceipt, seal::Purpose::kReceipt);
  EXPECT_EQ(Complaint(forged), Code::kKeyUnknown);
}

TEST_F(VerifiedReceiptTest, AReceiptByAKeyOfAnotherPurposeIsRefused) {
  EXPECT_EQ(
      Complaint(SignedBy(Draft(), kSchoolA, seal::Purpose::kEnvelope, seal::Purpose::kReceipt)),
      Code::kKeyUnknown);
}

TEST_F(VerifiedReceiptTest, AReceiptUnderAnotherLabelIsRefused) {
  EXPECT_EQ(
      Complaint(SignedBy(Draft(), kSchoolA, seal::Purpose::kReceipt, seal::Purpose::kEnvelope)),
      Code::kSignature);
}

TEST_F(VerifiedReceiptTest, AReceiptWithOneBitOfItsSignatureFlippedIsRefused) {
  const SignedReceipt receipt = Signed(Draft());
  for (std::size_t bit = 0; bit < 512; ++bit) {
    SignedReceipt flipped = receipt;
    flipped.signature.signature[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    ASSERT_EQ(Complaint(flipped), Code::kSignature) << bit;
  }
}

TEST_F(VerifiedReceiptTest, AVoidOfItsSenderHolds) {
  EXPECT_EQ(Complaint(SignVoid(partnership_, kPolice, kSchoolA, {1, 2})), std::nullopt);
}

TEST_F(VerifiedReceiptTest, AVoidThatWasChangedOrIsOfElsewhereIsRefused) {
  SignedVoid changed = SignVoid(partnership_, kPolice, kSchoolA, {1, 2});
  changed.bytes = SignVoid(partnership_, kPolice, kSchoolA, {1, 3}).bytes;
  EXPECT_EQ(Complaint(changed), Code::kSignature);
  SignedVoid elsewhere = SignVoid(partnership_, kPolice, kSchoolA, {1});
  elsewhere.value.partnership = PartnershipId("elsewhere");
  EXPECT_EQ(Complaint(elsewhere), Code::kPartnership);
}

TEST_F(VerifiedReceiptTest, AVoidSignedForAnotherPurposeIsRefused) {
  SignedVoid value = SignVoid(partnership_, kPolice, kSchoolA, {1});
  value.signature = partnership_.Key(kPolice, seal::Purpose::kVoid)
                        .Sign(seal::Joined(seal::LabelOf(seal::Purpose::kRecall))
                                  .Add(ByteView(value.bytes))
                                  .bytes());
  EXPECT_EQ(Complaint(value), Code::kSignature);
  value = SignVoid(partnership_, kPolice, kSchoolA, {1});
  value.value.key =
      seal::KeyIdOf("recall", partnership_.Key(kPolice, seal::Purpose::kRecall).public_key());
  EXPECT_EQ(Complaint(value), Code::kKeyUnknown);
}

TEST_F(VerifiedReceiptTest, AStatementOfItsAgencyHolds) {
  EXPECT_EQ(Complaint(partnership_.StatementOf(kSchoolA)), std::nullopt);
}

TEST_F(VerifiedReceiptTest, AStatementInAnothersNameIsRefused) {
  SignedStatement statement = partnership_.StatementOf(kSchoolA);
  statement.statement.agency = kSchoolB;
  EXPECT_EQ(Complaint(statement), Code::kKeyUnknown);
}

TEST_F(VerifiedReceiptTest, AStatementThatWasChangedOrIsOfElsewhereIsRefused) {
  SignedStatement changed = partnership_.StatementOf(kSchoolA);
  changed.bytes.back() ^= 1U;
  EXPECT_EQ(Complaint(changed), Code::kSignature);
  AgencyStatement elsewhere = partnership_.StatementOf(kSchoolA).statement;
  elsewhere.partnership = PartnershipId("elsewhere");
  EXPECT_EQ(Complaint(partnership_.SignStatementOf(elsewhere)), Code::kPartnership);
}

// Sealing to it fails, and with it the whole message, also to everyone else whom it is for.
TEST_F(VerifiedReceiptTest, AStatementWithAKeyThatNothingCanBeSealedToIsRefused) {
  AgencyStatement weak = partnership_.StatementOf(kSchoolA).statement;
  weak.keys.push_back({kSchoolRole, 2, SealPublicKey{1}, RecipientKey::State::kCurrent});
  EXPECT_EQ(Complaint(partnership_.SignStatementOf(weak)), Code::kDocument);
  weak.keys.back().key = partnership_.RecipientKey(kSchoolB, kSchoolRole).public_key();
  EXPECT_EQ(Complaint(partnership_.SignStatementOf(weak)), std::nullopt);
}

TEST_F(VerifiedReceiptTest, ALookOfItsAgencyHolds) {
  const SignedLook look = SignLook(partnership_, DraftLook(kCouncil, kServicesRole, 3, 10));
  EXPECT_EQ(Complaint(look), std::nullopt);
  const auto parsed = wire::ParseSignedLook(wire::EncodeSignedLook(look));
  ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
  EXPECT_EQ(*parsed, look);
}

TEST_F(VerifiedReceiptTest, ALookThatIsNotWhatWasSignedIsRefused) {
  const Look draft = DraftLook(kCouncil, kServicesRole, 3, 10);
  SignedLook changed = SignLook(partnership_, draft);
  changed.look.count = 11;
  changed.bytes = wire::EncodeLook(changed.look);
  EXPECT_EQ(Complaint(changed), Code::kSignature);
  EXPECT_EQ(Complaint(SignLook(partnership_, draft, seal::labels::kReceipt)), Code::kSignature)
      << "what is no look";
  SignedLook others = SignLook(partnership_, draft);
  others.look.agency = kPolice;
  EXPECT_EQ(Complaint(others), Code::kKeyUnknown);
  Look elsewhere = draft;
  elsewhere.partnership = PartnershipId("elsewhere");
  EXPECT_EQ(Complaint(SignLook(partnership_, elsewhere)), Code::kPartnership);
}

}  // namespace
}  // namespace havenline
