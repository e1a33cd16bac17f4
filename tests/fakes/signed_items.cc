#include "tests/fakes/signed_items.h"

#include <algorithm>
#include <array>

#include "schema/base/check.h"
#include "schema/seal/digests.h"
#include "schema/seal/joined.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/signed_tree.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

KeyId KeyIdOf(const TestPartnership& partnership, const AgencyId& agency, seal::Purpose purpose) {
  return seal::KeyIdOf(seal::NameOf(purpose), partnership.Key(agency, purpose).public_key());
}

}  // namespace

Receipt DraftReceipt(const Envelope& envelope, std::size_t grant, ReceiptKind kind,
                     TimePoint time) {
  const ClearPart& clear = envelope.grants.at(grant).clear;
  Receipt receipt;
  receipt.partnership = envelope.header.partnership;
  receipt.recipient = clear.recipient;
  receipt.role = clear.role;
  receipt.sender = envelope.header.sender;
  receipt.origin = envelope.header.origin;
  receipt.message = envelope.header.id;
  receipt.grant = seal::GrantDigest(envelope.grants[grant]);
  receipt.kind = kind;
  receipt.time = time;
  return receipt;
}

std::vector<SignedReceipt> SignReceipts(const TestPartnership& partnership,
                                        std::vector<Receipt> drafts) {
  CHECK(!drafts.empty());
  const AgencyId signer = drafts.front().recipient;
  std::vector<SignedReceipt> receipts;
  std::vector<Bytes> texts;
  for (Receipt& draft : drafts) {
    draft.key = KeyIdOf(partnership, signer, seal::Purpose::kReceipt);
    texts.push_back(wire::EncodeReceipt(draft));
    receipts.push_back({texts.back(), std::move(draft), {}});
  }
  const auto signatures = tlog::SignTogether(partnership.Key(signer, seal::Purpose::kReceipt),
                                             seal::Purpose::kReceipt, texts);
  for (std::size_t i = 0; i < receipts.size(); ++i) receipts[i].signature = signatures[i];
  return receipts;
}

SignedReceipt SignReceipt(const TestPartnership& partnership, Receipt draft) {
  return SignReceipts(partnership, {std::move(draft)}).front();
}

SignedVoid SignVoid(const TestPartnership& partnership, const AgencyId& sender,
                    const AgencyId& recipient, std::vector<std::uint64_t> voided) {
  SignedVoid signed_void;
  Void& value = signed_void.value;
  value.partnership = kTestPartnership;
  value.sender = sender;
  value.recipient = recipient;
  value.series = SeriesId(7);
  value.last_given = voided.empty() ? 1 : voided.back();
  value.voided = std::move(voided);
  value.key = KeyIdOf(partnership, sender, seal::Purpose::kVoid);
  signed_void.bytes = wire::EncodeVoid(value);
  signed_void.signature =
      partnership.Key(sender, seal::Purpose::kVoid)
          .Sign(seal::Joined(seal::LabelOf(seal::Purpose::kVoid)).Add(signed_void.bytes).bytes());
  return signed_void;
}

Look DraftLook(const AgencyId& agency, const Role& role, std::uint64_t first, std::uint64_t count) {
  return {.partnership = kTestPartnership,
          .agency = agency,
          .role = role,
          .person = Pseudonym("p-auditor"),
          .reason = LookReason::kComplaint,
          .epoch = kFirstEpoch,
          .first = first,
          .count = count,
          .time = kNight,
          .key = {}};
}

SignedLook SignLook(const TestPartnership& partnership, Look draft, std::string_view label) {
  draft.key = KeyIdOf(partnership, draft.agency, seal::Purpose::kReceipt);
  SignedLook look{.bytes = wire::EncodeLook(draft), .look = draft, .signature = {}};
  look.signature = partnership.Key(draft.agency, seal::Purpose::kReceipt)
                       .Sign(seal::Joined(label).Add(look.bytes).bytes());
  return look;
}

Forge::Forge(const Envelope& envelope) : envelope_(envelope), fillers_(envelope.header.grants) {
  for (const Grant& grant : envelope.grants) std::erase(fillers_, seal::GrantDigest(grant));
}

Envelope Forge::Signed(const TestPartnership& partnership, seal::Purpose purpose) {
  envelope_.header_bytes = wire::EncodeHeader(envelope_.header);
  envelope_.signature = tlog::SignTogether(partnership.Key(kPolice, purpose), purpose,
                                           std::array{envelope_.header_bytes})
                            .front();
  return envelope_;
}

Envelope Forge::Whole(const TestPartnership& partnership) {
  Rehash();
  return Signed(partnership);
}

void Forge::Rehash() {
  Header& header = envelope_.header;
  const std::size_t slots = header.grants.size();
  header.sections.clear();
  header.claims.clear();
  header.grants = fillers_;
  for (const SectionOpening& section : envelope_.sections)
    header.sections.push_back(seal::SectionDigest(section));
  for (const ClaimOpening& claim : envelope_.claims)
    header.claims.push_back(seal::ClaimDigest(claim));
  for (Grant& grant : envelope_.grants) {
    grant.clear_bytes = wire::EncodeClearPart(grant.clear);
    header.grants.insert(header.grants.begin(), seal::GrantDigest(grant));
  }
  if (header.grants.size() > slots) header.grants.resize(slots);
  std::ranges::sort(header.grants);
  envelope_.brokers_bytes = wire::EncodeBrokersPart(envelope_.brokers_part);
  header.brokers_part = seal::BrokersPartDigest(envelope_.brokers_salt, envelope_.brokers_bytes);
}

Composed ComposedOf(Envelope envelope) {
  Composed composed;
  composed.bytes = wire::EncodeEnvelope(envelope);
  composed.envelope = std::move(envelope);
  return composed;
}

}  // namespace havenline
