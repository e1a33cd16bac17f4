// Each check of an envelope, with a message that fails exactly it: everything else about the
// message holds, its signature among it.

#include "broker/verify/verified_envelope.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/model/names.h"
#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/tlog/signed_tree.h"
#include "schema/wire/envelope_codec.h"
#include "tests/fakes/signed_items.h"

namespace havenline {
namespace {

class VerifiedEnvelopeTest : public ::testing::Test {
 protected:
  std::variant<VerifiedEnvelope, Invalid> Verify(const Envelope& envelope) const {
    // As it would come: whatever cannot be carried cannot be judged either.
    const auto carried = wire::ParseEnvelope(wire::EncodeEnvelope(envelope));
    EXPECT_TRUE(carried.has_value());
    return VerifiedEnvelope::Verify(carried.value_or(envelope), kTestPartnership, keys_);
  }
  // The code with which it is turned away; nothing if it holds.
  std::optional<Code> Complaint(const Envelope& envelope) const {
    const auto verified = Verify(envelope);
    if (const auto* invalid = std::get_if<Invalid>(&verified)) return invalid->code;
    return std::nullopt;
  }
  Forge Forged() const { return Forge(composed_.envelope); }
  std::optional<Code> Whole(Forge& forge) const { return Complaint(forge.Whole(partnership_)); }

  TestPartnership partnership_;
  CountedRandom random_{1};
  Composed composed_ =
      partnership_.Compose({{kSchoolA, kSchoolRole}, {kSchoolB, kSchoolRole}}, random_, kNight);
  const KeyLookup keys_ = [this](const AgencyId& agency, seal::Purpose purpose,
                                 const KeyId& id) -> std::optional<seal::VerifyKey> {
    const AgencyKey* const key = partnership_.directory().FindKey(agency, purpose, id);
    if (key == nullptr) return std::nullopt;
    return key->key;
  };
};

TEST_F(VerifiedEnvelopeTest, AWholeOneIsVerifiedWithItsHashes) {
  const auto verified = Verify(composed_.envelope);
  ASSERT_TRUE(std::holds_alternative<VerifiedEnvelope>(verified));
  const auto& message = std::get<VerifiedEnvelope>(verified);
  EXPECT_EQ(message.header_hash(), seal::Sha256(composed_.envelope.header_bytes));
  ASSERT_EQ(message.grant_digests().size(), 2U);
  EXPECT_EQ(message.grant_digests()[1], seal::GrantDigest(composed_.envelope.grants[1]));
}

TEST_F(VerifiedEnvelopeTest, AForgedOneThatChangesNothingHolds) {
  Forge forge = Forged();
  EXPECT_EQ(Whole(forge), std::nullopt);
}

TEST_F(VerifiedEnvelopeTest, AnotherSuiteIsRefused) {
  Forge forge = Forged();
  forge.header().suite = 2;
  EXPECT_EQ(Whole(forge), Code::kSuite);
}

TEST_F(VerifiedEnvelopeTest, AnotherPartnershipIsRefused) {
  Forge forge = Forged();
  forge.header().partnership = PartnershipId("elsewhere");
  EXPECT_EQ(Whole(forge), Code::kPartnership);
}

TEST_F(VerifiedEnvelopeTest, AnIdOfAnotherTimeIsRefused) {
  Forge forge = Forged();
  forge.header().created += Milliseconds(1);
  EXPECT_EQ(Whole(forge), Code::kMalformed);
}

TEST_F(VerifiedEnvelopeTest, AnIdThatTellsNoTimeIsRefused) {
  Forge forge = Forged();
  auto bytes = forge.header().id.value();
  bytes[6] = 0x40;  // Version 4.
  forge.header().id = MessageId(bytes);
  EXPECT_EQ(Whole(forge), Code::kMalformed);
}

TEST_F(VerifiedEnvelopeTest, AnOriginThatTellsNoTimeIsRefused) {
  Forge forge = Forged();
  forge.header().origin = MessageId();
  EXPECT_EQ(Whole(forge), Code::kMalformed);
}

TEST_F(VerifiedEnvelopeTest, SlotsOfAnotherNumberAreRefused) {
  for (const std::size_t slots : {1U, 7U, 9U, 63U}) {
    Forge forge = Forged();
    forge.header().grants.resize(slots, Digest{1});
    std::ranges::sort(forge.header().grants);
    EXPECT_EQ(Complaint(forge.Signed(partnership_)), Code::kMalformed) << slots;
  }
}

TEST_F(VerifiedEnvelopeTest, UnsortedSlotsAreRefused) {
  Forge forge = Forged();
  std::swap(forge.header().grants[0], forge.header().grants[1]);
  EXPECT_EQ(Complaint(forge.Signed(partnership_)), Code::kMalformed);
}

TEST_F(VerifiedEnvelopeTest, ASlotThatStandsTwiceIsRefused) {
  Forge forge = Forged();
  auto& slots = forge.header().grants;
  for (std::size_t i = 0; i + 1 < slots.size(); ++i) {
    const bool filler = std::ranges::none_of(
        composed_.granted, [&](const auto& granted) { return granted.grant == slots[i + 1]; });
    if (!filler) continue;
    slots[i + 1] = slots[i];
    break;
  }
  EXPECT_EQ(Complaint(forge.Signed(partnership_)), Code::kMalformed);
}

TEST_F(VerifiedEnvelopeTest, ASectionOpeningOfOtherDigestIsRefused) {
  for (int field = 0; field < 4; ++field) {
    Forge forge = Forged();
    SectionOpening& opening = forge.envelope().sections.at(1);
    if (field == 0) opening.salt[0] ^= 1U;
    if (field == 1) opening.commit[0] ^= 1U;
    if (field == 2) opening.name = "otherName";
    if (field == 3) opening.sealed_hash[0] ^= 1U;
    EXPECT_EQ(Complaint(forge.Signed(partnership_)), Code::kDigest) << field;
  }
}

TEST_F(VerifiedEnvelopeTest, AMissingOrAddedSectionOpeningIsRefused) {
  Forge fewer = Forged();
  fewer.envelope().sections.pop_back();
  EXPECT_EQ(Complaint(fewer.Signed(partnership_)), Code::kDigest);
  Forge more = Forged();
  more.envelope().sections.push_back(more.envelope().sections.back());
  EXPECT_EQ(Complaint(more.Signed(partnership_)), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, ASectionOpenedTwiceUnderOneNameIsRefused) {
  Forge forge = Forged();
  auto& sections = forge.envelope().sections;
  sections.push_back(sections.front());
  sections.back().salt[0] ^= 1U;
  EXPECT_EQ(Whole(forge), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, AClaimOfOtherDigestIsRefused) {
  Forge forge = Forged();
  forge.envelope().claims.at(0).value = "victim";
  EXPECT_EQ(Complaint(forge.Signed(partnership_)), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, AClaimThatIsLeftOutIsRefused) {
  Forge forge = Forged();
  forge.envelope().claims.pop_back();
  EXPECT_EQ(Complaint(forge.Signed(partnership_)), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, AClaimMadeTwiceIsRefused) {
  Forge forge = Forged();
  auto& claims = forge.envelope().claims;
  claims.push_back(claims.front());
  claims.back().value = "unknown";
  EXPECT_EQ(Whole(forge), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, ABrokersPartOfOtherDigestIsRefused) {
  Forge salt = Forged();
  salt.envelope().brokers_salt[0] ^= 1U;
  EXPECT_EQ(Complaint(salt.Signed(partnership_)), Code::kDigest);
  Forge part = Forged();
  part.envelope().brokers_part.left_out.push_back({Role("childrens-services"), std::nullopt});
  part.envelope().brokers_bytes = wire::EncodeBrokersPart(part.envelope().brokers_part);
  EXPECT_EQ(Complaint(part.Signed(partnership_)), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, AMessageToNobodyIsRefused) {
  Forge forge = Forged();
  forge.envelope().grants.clear();
  forge.envelope().sealed.clear();
  EXPECT_EQ(Complaint(forge.Signed(partnership_)), Code::kMalformed);
}

// One slot of the entry is the sender's.
TEST_F(VerifiedEnvelopeTest, AsManyGrantsAsSlotsAreRefused) {
  Forge forge = Forged();
  while (forge.envelope().grants.size() < 8) {
    Grant grant = forge.grant(0);
    grant.clear.recipient = AgencyId("school." + std::to_string(forge.envelope().grants.size()));
    forge.envelope().grants.push_back(std::move(grant));
  }
  EXPECT_EQ(Whole(forge), Code::kMalformed);
  forge = Forged();
  while (forge.envelope().grants.size() < 7) {
    Grant grant = forge.grant(0);
    grant.clear.recipient = AgencyId("school." + std::to_string(forge.envelope().grants.size()));
    forge.envelope().grants.push_back(std::move(grant));
  }
  EXPECT_EQ(Whole(forge), std::nullopt);
}

TEST_F(VerifiedEnvelopeTest, TwoGrantsToOneRecipientInOneRoleAreRefused) {
  Forge forge = Forged();
  forge.grant(1).clear.recipient = kSchoolA;
  EXPECT_EQ(Whole(forge), Code::kMalformed);
  forge.grant(1).clear.role = Role("nursery");
  EXPECT_EQ(Whole(forge), std::nullopt);
}

TEST_F(VerifiedEnvelopeTest, AGrantThatTheHeaderDoesNotNameIsRefused) {
  Forge forge = Forged();
  forge.grant(0).ciphertext[0] ^= 1U;
  EXPECT_EQ(Complaint(forge.Signed(partnership_)), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, AGrantThatOpensNothingIsRefused) {
  Forge forge = Forged();
  forge.grant(0).clear.openings.clear();
  forge.grant(0).ciphertext.resize(32 + 16);
  EXPECT_EQ(Whole(forge), Code::kMalformed);
}

TEST_F(VerifiedEnvelopeTest, AGrantThatOpensASectionTwiceIsRefused) {
  Forge forge = Forged();
  auto& openings = forge.grant(0).clear.openings;
  openings.push_back(openings.front());
  forge.grant(0).ciphertext.resize(forge.grant(0).ciphertext.size() + 32);
  EXPECT_EQ(Whole(forge), Code::kMalformed);
}

TEST_F(VerifiedEnvelopeTest, AGrantWithMoreOrFewerKeysThanOpeningsIsRefused) {
  for (const int change : {-32, -1, 1, 32}) {
    Forge forge = Forged();
    auto& sealed = forge.grant(0).ciphertext;
    sealed.resize(static_cast<std::size_t>(static_cast<int>(sealed.size()) + change));
    EXPECT_EQ(Whole(forge), Code::kMalformed) << change;
  }
}

TEST_F(VerifiedEnvelopeTest, ANumberStandsOnEveryGrantButAHeldOne) {
  Forge none = Forged();
  none.grant(0).clear.number.reset();
  EXPECT_EQ(Whole(none), Code::kMalformed);
  Forge held = Forged();
  held.grant(0).clear.condition = {Condition::Kind::kUnable, Digest{1}, {}};
  EXPECT_EQ(Whole(held), Code::kMalformed);
  held.grant(0).clear.number.reset();
  EXPECT_EQ(Whole(held), std::nullopt);
}

TEST_F(VerifiedEnvelopeTest, ASealedSectionThatIsNotTheOneOpenedIsRefused) {
  Forge forge = Forged();
  forge.envelope().sealed.at(0).sealed[5] ^= 1U;
  EXPECT_EQ(Complaint(forge.envelope()), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, ASealedSectionOfNoAllowedSizeIsRefused) {
  Forge forge = Forged();
  SealedSection& sealed = forge.envelope().sealed.at(1);
  sealed.sealed.push_back(0);
  auto& sections = forge.envelope().sections;
  const auto opening = std::ranges::find(sections, sealed.name, &SectionOpening::name);
  ASSERT_NE(opening, sections.end());
  opening->sealed_hash = seal::Sha256(sealed.sealed);
  opening->size = static_cast<std::uint32_t>(sealed.sealed.size());
  EXPECT_EQ(Whole(forge), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, ASealedSectionOfOtherSizeThanItsOpeningSaysIsRefused) {
  Forge forge = Forged();
  auto& sections = forge.envelope().sections;
  const auto opening =
      std::ranges::find(sections, forge.envelope().sealed.at(1).name, &SectionOpening::name);
  opening->size *= 2;
  EXPECT_EQ(Whole(forge), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, WhatNobodyMayOpenIsNotCarried) {
  Forge forge = Forged();
  // "location" is sealed but opened to no school: its opening is there, and its bytes must not be.
  forge.envelope().sealed.push_back({"location", forge.envelope().sealed.back().sealed});
  EXPECT_EQ(Complaint(forge.envelope()), Code::kDigest);
  Forge opened = Forged();
  for (Grant& grant : opened.envelope().grants) {
    grant.clear.openings.pop_back();
    grant.ciphertext.resize(grant.ciphertext.size() - 32);
  }
  EXPECT_EQ(Whole(opened), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, WhatSomebodyMayOpenIsCarriedOnce) {
  Forge missing = Forged();
  missing.envelope().sealed.pop_back();
  EXPECT_EQ(Complaint(missing.envelope()), Code::kDigest);
  Forge twice = Forged();
  twice.envelope().sealed.push_back(twice.envelope().sealed.back());
  EXPECT_EQ(Complaint(twice.envelope()), Code::kDigest);
}

TEST_F(VerifiedEnvelopeTest, AnUnknownKeyIsRefused) {
  Forge forge = Forged();
  forge.header().key = KeyId({1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(Whole(forge), Code::kKeyUnknown);
}

TEST_F(VerifiedEnvelopeTest, AnotherAgencysKeyIsUnknown) {
  Forge forge = Forged();
  forge.header().sender = kSchoolA;
  EXPECT_EQ(Whole(forge), Code::kKeyUnknown);
}

// One key for each purpose: the force's own receipt key signs no message, under either label.
TEST_F(VerifiedEnvelopeTest, AKeyOfAnotherPurposeIsRefused) {
  Forge named = Forged();
  named.header().key =
      seal::KeyIdOf("receipt", partnership_.Key(kPolice, seal::Purpose::kReceipt).public_key());
  EXPECT_EQ(Whole(named), Code::kKeyUnknown);
  Forge signed_by_it = Forged();
  EXPECT_EQ(Complaint(signed_by_it.Signed(partnership_, seal::Purpose::kReceipt)),
            Code::kSignature);
}

TEST_F(VerifiedEnvelopeTest, ASignatureUnderAnotherLabelIsRefused) {
  Envelope envelope = composed_.envelope;
  envelope.signature =
      tlog::SignTogether(partnership_.Key(kPolice, seal::Purpose::kEnvelope),
                         seal::Purpose::kReceipt, std::vector<Bytes>{envelope.header_bytes})
          .front();
  EXPECT_EQ(Complaint(envelope), Code::kSignature);
}

TEST_F(VerifiedEnvelopeTest, OneOfManySignedTogetherHoldsAtItsPlaceOnly) {
  Envelope envelope = composed_.envelope;
  const std::vector<Bytes> texts = {Bytes{1}, envelope.header_bytes, Bytes{3}, Bytes{4}, Bytes{5}};
  const auto signatures = tlog::SignTogether(partnership_.Key(kPolice, seal::Purpose::kEnvelope),
                                             seal::Purpose::kEnvelope, texts);
  envelope.signature = signatures[1];
  EXPECT_EQ(Complaint(envelope), std::nullopt);
  envelope.signature.index = 2;
  EXPECT_EQ(Complaint(envelope), Code::kSignature);
  envelope.signature = signatures[2];
  EXPECT_EQ(Complaint(envelope), Code::kSignature);
  envelope.signature = signatures[1];
  envelope.signature.size = 4;
  EXPECT_EQ(Complaint(envelope), Code::kSignature);
}

}  // namespace
}  // namespace havenline
