// Outbox: the numbers it gives, and those it says will never come (D4).

#include <algorithm>

#include "agents/link/outbox.h"
#include "agents/link/rows.h"
#include "schema/seal/joined.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

using text::Value;

constexpr const char* kVoidPrefix = "void/";
constexpr const char* kNumberPrefix = "number/";

}  // namespace

// Now and then a number is left out and voided before the next is given: to its recipient, and to
// who carries it, that looks like a refused message that was sealed again.
SeriesNumber Outbox::NextNumber(const AgencyId& sender, const AgencyId& recipient, Lane lane,
                                StoreBatch& batch) {
  const std::string box =
      kNumberPrefix + sender.value() + "|" + recipient.value() + "|" + std::string(NameOf(lane));
  const SeriesId fresh(ReadU64(parts_.random.Array<8>()) >> 1U);
  const SeriesId series = series_.try_emplace(box, fresh).first->second;
  const seal::SigningKey* const key = parts_.keys.Signing(sender, seal::Purpose::kVoid);
  if (key != nullptr && parts_.void_one_in > 0 &&
      ReadU32(parts_.random.Array<4>()) % parts_.void_one_in == 0) {
    const std::uint64_t left_out = ++given_[series];
    PutVoid({.partnership = {},
             .sender = sender,
             .recipient = recipient,
             .lane = lane,
             .series = series,
             .last_given = left_out,
             .voided = {left_out},
             .key = {}},
            box + "|" + std::to_string(series.value()) + "|" + std::to_string(left_out), batch);
  }
  const std::uint64_t n = ++given_[series];
  const std::string text = std::to_string(series.value());
  batch.Put(Table::kSeries, box + "|" + text, Value::Map().Set("series", text).Set("n", n));
  return {series, n};
}

void Outbox::VoidNumber(const OutMessage& message, const OutRecipient& recipient,
                        StoreBatch& batch) {
  if (!recipient.number) return;
  PutVoid({.partnership = {},
           .sender = message.sender,
           .recipient = recipient.recipient.agency,
           .lane = message.lane,
           .series = recipient.number->series,
           .last_given = std::max(recipient.number->n, given_[recipient.number->series]),
           .voided = {recipient.number->n},
           .key = {}},
          ToText(message.message) + "|" + recipient.recipient.agency.value() + "|" +
              recipient.recipient.role.value(),
          batch);
}

AgencyId Outbox::SenderOfVoid(const std::string& key) const {
  const auto at = voids_.find(key);
  if (at == voids_.end()) return {};
  const auto signed_void = wire::ParseSignedVoid(at->second);
  return signed_void ? signed_void->value.sender : AgencyId();
}

// Signs it; it is offered from the moment the batch is committed.
void Outbox::PutVoid(Void value, const std::string& key, StoreBatch& batch) {
  const seal::SigningKey* const signing = parts_.keys.Signing(value.sender, seal::Purpose::kVoid);
  if (signing == nullptr) return;  // Without a key for it the recipient will see a gap, and ask.
  SignedVoid signed_void;
  value.partnership = parts_.documents.directory().partnership();
  value.key = parts_.keys.SigningId(value.sender, seal::Purpose::kVoid);
  signed_void.bytes = wire::EncodeVoid(value);
  signed_void.signature = signing->Sign(
      seal::Joined(seal::LabelOf(seal::Purpose::kVoid)).Add(signed_void.bytes).bytes());
  signed_void.value = std::move(value);
  const std::string row_key = kVoidPrefix + key;
  voids_[row_key] = wire::EncodeSignedVoid(signed_void);
  batch.Put(Table::kSeries, row_key, Value::Map().Set("bytes", rows::Encode(voids_[row_key])));
}

Result<void> Outbox::VoidDone(const std::string& key) {
  voids_.erase(key);
  StoreBatch batch;
  batch.Delete(Table::kSeries, key);
  return parts_.store.Commit(batch);
}

}  // namespace havenline
