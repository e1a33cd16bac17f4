// The golden envelope: one notice whose every byte is fixed, with all the values on the way to it,
// for whoever writes another client. tests/golden/envelope.json is what this test makes; it is
// opened by tests/golden/open.mjs, a script that knows only docs/protocol.md.
//
// To write the file anew after a change of the format: HAVENLINE_WRITE_GOLDEN=1 agents_link_test

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/seal/hpke.h"
#include "schema/seal/joined.h"
#include "schema/seal/labels.h"
#include "schema/seal/section.h"
#include "schema/text/json.h"
#include "schema/tlog/merkle.h"
#include "schema/tlog/signed_tree.h"
#include "schema/wire/envelope_codec.h"
#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using text::Value;

constexpr const char* kGoldenFile = "/tests/golden/envelope.json";

Value SectionValues(const Composed& composed, const seal::SecretBytes& keys, std::size_t at) {
  const Envelope& envelope = composed.envelope;
  const std::string& name = envelope.grants[0].clear.openings[at];
  const auto opening = std::ranges::find(envelope.sections, name, &SectionOpening::name);
  const auto sealed = std::ranges::find(envelope.sealed, name, &SealedSection::name);
  const ByteView key = keys.ExposeSecret().subspan(32 * at, 32);
  const seal::MessageContext context = seal::ContextOf(envelope.header);
  const Digest core = seal::CoreOf(context);
  const Digest extracted = seal::HkdfExtract(context.id.value(), key);
  const Bytes okm = seal::HkdfExpand(
      extracted, seal::Joined(seal::labels::kSection).Add(ByteView(core)).Add(name).bytes(), 64);
  const auto content =
      seal::OpenSection(context, *opening, seal::SectionKey(*ToArray<32>(key)), sealed->sealed);
  EXPECT_TRUE(content.has_value()) << name;
  return Value::Map()
      .Set("name", name)
      .Set("section key", HexEncode(key))
      .Set("okm", HexEncode(okm))
      .Set("commit", HexEncode(opening->commit))
      .Set("sealed hash", HexEncode(opening->sealed_hash))
      .Set("sealed size", opening->size)
      .Set("digest", HexEncode(seal::SectionDigest(*opening)))
      .Set("content", HexEncode(content->ExposeSecret()));
}

Value GoldenValues() {
  const TestPartnership partnership;
  CountedRandom random(1);
  const Composed composed =
      partnership.Compose({{kSchoolA, kSchoolRole}, {kSchoolB, kSchoolRole}}, random, kNight);
  const Envelope& envelope = composed.envelope;
  const Grant& grant = envelope.grants[0];
  const seal::SealKey& recipient = partnership.RecipientKey(kSchoolA, kSchoolRole);
  const Digest core = seal::CoreOf(seal::ContextOf(envelope.header));
  const Digest info = seal::GrantInfo(core, grant.clear_bytes);
  const auto agreed = recipient.Agree(grant.enc);
  const auto shared = seal::HpkeSharedSecret(*agreed, grant.enc, recipient.public_key());
  const auto schedule = seal::HpkeKeySchedule(shared, info);
  const auto keys = seal::HpkeOpen(recipient, info, grant.enc, grant.ciphertext);
  Value sections = Value::List();
  for (std::size_t i = 0; i < grant.clear.openings.size(); ++i)
    sections.Add(SectionValues(composed, *keys, i));
  Value digests = Value::List();
  for (const Digest& digest : envelope.header.grants) digests.Add(HexEncode(digest));
  return Value::Map()
      .Set("about",
           "One Encompass notice to two schools, with every value on the way. All keys are public: "
           "never use them.")
      .Set("partnership", kTestPartnership.value())
      .Set("sender envelope key",
           HexEncode(partnership.Key(kPolice, seal::Purpose::kEnvelope).public_key()))
      .Set("recipient", kSchoolA.value())
      .Set("recipient private key", HexEncode(recipient.ExposePrivate()))
      .Set("recipient public key", HexEncode(recipient.public_key()))
      .Set("recipient key id", HexEncode(recipient.id().value()))
      .Set("header", HexEncode(envelope.header_bytes))
      .Set("header hash", HexEncode(seal::Sha256(envelope.header_bytes)))
      .Set("leaf hash", HexEncode(tlog::LeafHash(envelope.header_bytes)))
      .Set("signed text", HexEncode(*tlog::SignedText(seal::Purpose::kEnvelope,
                                                      envelope.header_bytes, envelope.signature)))
      .Set("signature", HexEncode(envelope.signature.signature))
      .Set("core", HexEncode(core))
      .Set("clear part", HexEncode(grant.clear_bytes))
      .Set("grant info", HexEncode(info))
      .Set("enc", HexEncode(grant.enc))
      .Set("shared secret", HexEncode(shared.ExposeSecret()))
      .Set("hpke key", HexEncode(schedule.key.ExposeSecret()))
      .Set("hpke base nonce", HexEncode(schedule.base_nonce))
      .Set("grant ciphertext", HexEncode(grant.ciphertext))
      .Set("grant plaintext", HexEncode(keys->ExposeSecret()))
      .Set("grant digest", HexEncode(seal::GrantDigest(grant)))
      .Set("header grants", std::move(digests))
      .Set("claims", Value::List()
                         .Add(HexEncode(seal::ClaimDigest(envelope.claims[0])))
                         .Add(HexEncode(seal::ClaimDigest(envelope.claims[1]))))
      .Set("broker's part digest", HexEncode(envelope.header.brokers_part))
      .Set("sections", std::move(sections))
      .Set("envelope", Base64Encode(composed.bytes))
      .Set("delivery", Base64Encode(wire::EncodeDelivery(partnership.DeliveryOf(envelope, 0))));
}

TEST(GoldenTest, TheEnvelopeAndEveryValueOnTheWayAreTheGoldenOnes) {
  const std::string made = text::ToJson(GoldenValues(), text::JsonLayout::kIndented);
  const std::string path = std::string(HAVENLINE_SOURCE) + kGoldenFile;
  if (std::getenv("HAVENLINE_WRITE_GOLDEN") != nullptr) std::ofstream(path) << made;
  std::ifstream file(path);
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(made, golden.str()) << "the format has changed: other clients can no longer read ours";
}

}  // namespace
}  // namespace havenline
