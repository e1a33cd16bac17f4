#include "broker/verify/verified_receipt.h"

#include <algorithm>

#include "schema/seal/joined.h"
#include "schema/seal/labels.h"
#include "schema/seal/seal_key.h"

namespace havenline::verify_detail {
namespace {

struct Claimed {
  const AgencyId& agency;
  seal::Purpose purpose;
  const KeyId& key;
  std::string_view label = seal::LabelOf(purpose);
};

// One signature over one text: Ed25519(label ‖ text).
std::optional<Code> CheckOne(const Claimed& claimed, ByteView bytes, const Signature& signature,
                             const KeyLookup& keys) {
  const auto key = keys(claimed.agency, claimed.purpose, claimed.key);
  if (!key) return Code::kKeyUnknown;
  const seal::Joined text = seal::Joined(claimed.label).Add(bytes);
  if (!seal::Verify(*key, text.bytes(), signature)) return Code::kSignature;
  return std::nullopt;
}

}  // namespace

std::optional<Code> Check(const SignedReceipt& value, const PartnershipId& partnership,
                          const KeyLookup& keys, tlog::SignatureMemory& memory) {
  const Receipt& receipt = value.receipt;
  if (receipt.partnership != partnership) return Code::kPartnership;
  const auto key = keys(receipt.recipient, seal::Purpose::kReceipt, receipt.key);
  if (!key) return Code::kKeyUnknown;
  if (!memory.VerifyOneOf(*key, seal::Purpose::kReceipt, value.bytes, value.signature))
    return Code::kSignature;
  return std::nullopt;
}

std::optional<Code> Check(const SignedVoid& value, const PartnershipId& partnership,
                          const KeyLookup& keys, tlog::SignatureMemory& /*memory*/) {
  if (value.value.partnership != partnership) return Code::kPartnership;
  return CheckOne({value.value.sender, seal::Purpose::kVoid, value.value.key}, value.bytes,
                  value.signature, keys);
}

std::optional<Code> Check(const SignedStatement& value, const PartnershipId& partnership,
                          const KeyLookup& keys, tlog::SignatureMemory& /*memory*/) {
  const AgencyStatement& statement = value.statement;
  if (statement.partnership != partnership) return Code::kPartnership;
  if (const auto complaint = CheckOne({statement.agency, seal::Purpose::kStatement, statement.key},
                                      value.bytes, value.signature, keys))
    return complaint;
  // A key that nothing can be sealed to would keep a message from all its other recipients, too.
  const bool sealable =
      std::ranges::all_of(statement.keys, seal::CanBeSealedTo, &RecipientKey::key);
  return sealable ? std::nullopt : std::optional(Code::kDocument);
}

// The receipt key under a label of its own, as in a desk's journal: what it signs here can never
// pass for a receipt.
std::optional<Code> Check(const SignedLook& value, const PartnershipId& partnership,
                          const KeyLookup& keys, tlog::SignatureMemory& /*memory*/) {
  if (value.look.partnership != partnership) return Code::kPartnership;
  return CheckOne({value.look.agency, seal::Purpose::kReceipt, value.look.key, seal::labels::kLook},
                  value.bytes, value.signature, keys);
}

}  // namespace havenline::verify_detail
