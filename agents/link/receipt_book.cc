#include "agents/link/receipt_book.h"

#include "agents/link/rows.h"
#include "schema/base/check.h"
#include "schema/seal/hash.h"
#include "schema/tlog/signed_tree.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;

constexpr const char* kLastNumber = "receipts";
constexpr std::string_view kKeptPrefix = "kept/";

std::string ChainKey(const AgencyId& agency, const AgencyId& sender) {
  return "receipts/" + agency.value() + "|" + sender.value();
}

std::string KeptKeys(const AgencyId& agency, const Role& role, const MessageId& message) {
  return std::string(kKeptPrefix) + ToText(message) + "|" + agency.value() + "|" + role.value() +
         "|";
}

}  // namespace

Result<void> ReceiptBook::Load() {
  bool good = true;
  RETURN_IF_FAULT(store_.Scan(Table::kReceipts, "", [&](std::string_view key, const Value& row) {
    if (key.starts_with(kKeptPrefix)) return true;
    RowView view(row);
    waiting_.emplace(std::stoull(std::string(key)), view.Binary("bytes"));
    good = good && view.ok();
    return good;
  }));
  RETURN_IF_FAULT(store_.Scan(Table::kChains, "receipts/", [&](std::string_view, const Value& row) {
    RowView view(row);
    last_[{AgencyId(view.Text("agency")), AgencyId(view.Text("sender"))}] = view.Array<32>("hash");
    good = good && view.ok();
    return good;
  }));
  ASSIGN_OR_RETURN(const auto last, store_.Get(Table::kMeta, kLastNumber));
  if (last) last_number_ = RowView(*last).Count("last");
  if (!good) return rows::Corrupt("receipt");
  return {};
}

std::vector<SignedReceipt> ReceiptBook::Sign(std::vector<Receipt> drafts, StoreBatch& batch) {
  std::vector<SignedReceipt> receipts(drafts.size());
  std::map<AgencyId, std::vector<std::size_t>> of_agency;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    Receipt& draft = drafts[i];
    Digest& last = last_[{draft.recipient, draft.sender}];
    draft.partnership = partnership_;
    draft.previous = last;
    draft.key = keys_.SigningId(draft.recipient, seal::Purpose::kReceipt);
    receipts[i].bytes = wire::EncodeReceipt(draft);
    receipts[i].receipt = draft;
    last = seal::Sha256(receipts[i].bytes);
    batch.Put(Table::kChains, ChainKey(draft.recipient, draft.sender),
              Value::Map()
                  .Set("agency", draft.recipient.value())
                  .Set("sender", draft.sender.value())
                  .Set("hash", rows::Encode(last)));
    of_agency[draft.recipient].push_back(i);
  }
  for (const auto& [agency, indices] : of_agency) {
    std::vector<Bytes> texts;
    for (const std::size_t i : indices) texts.push_back(receipts[i].bytes);
    const auto signatures = tlog::SignTogether(*keys_.Signing(agency, seal::Purpose::kReceipt),
                                               seal::Purpose::kReceipt, texts);
    for (std::size_t j = 0; j < indices.size(); ++j) receipts[indices[j]].signature = signatures[j];
  }
  for (const SignedReceipt& receipt : receipts) {
    Bytes bytes = wire::EncodeSignedReceipt(receipt);
    batch.Put(Table::kReceipts, NumberText(++last_number_),
              Value::Map().Set("bytes", rows::Encode(bytes)));
    waiting_.emplace(last_number_, std::move(bytes));
  }
  batch.Put(Table::kMeta, kLastNumber, Value::Map().Set("last", last_number_));
  return receipts;
}

void ReceiptBook::Done(std::uint64_t number, StoreBatch& batch) {
  const auto at = waiting_.find(number);
  if (at == waiting_.end()) return;
  batch.Delete(Table::kReceipts, NumberText(number));
  const auto signed_receipt = wire::ParseSignedReceipt(at->second);
  CHECK(signed_receipt.has_value());  // We wrote it.
  const Receipt& receipt = signed_receipt->receipt;
  batch.Put(Table::kReceipts,
            KeptKeys(receipt.recipient, receipt.role, receipt.message) + NumberText(number),
            Value::Map().Set("bytes", rows::Encode(at->second)));
  waiting_.erase(at);
}

Result<void> ReceiptBook::Again(const AgencyId& agency, const Role& role, const MessageId& message,
                                StoreBatch& batch) {
  const std::string prefix = KeptKeys(agency, role, message);
  bool good = true;
  RETURN_IF_FAULT(
      store_.Scan(Table::kReceipts, prefix, [&](std::string_view key, const Value& row) {
        RowView view(row);
        const std::uint64_t number = std::stoull(std::string(key.substr(prefix.size())));
        Bytes bytes = view.Binary("bytes");
        good = good && view.ok();
        batch.Delete(Table::kReceipts, std::string(key));
        batch.Put(Table::kReceipts, NumberText(number),
                  Value::Map().Set("bytes", rows::Encode(bytes)));
        waiting_.insert_or_assign(number, std::move(bytes));
        return good;
      }));
  if (!good) return rows::Corrupt("receipt");
  return {};
}

}  // namespace havenline
