#include "agents/desk/journal.h"

#include "agents/link/rows.h"
#include "schema/seal/hash.h"
#include "schema/seal/joined.h"
#include "schema/seal/labels.h"
#include "schema/text/json.h"

namespace havenline {

using text::Value;

Result<void> Journal::Load(const AgentStore& store) {
  bool good = true;
  RETURN_IF_FAULT(store.Scan(Table::kJournal, "", [&](std::string_view key, const Value& row) {
    rows::RowView view(row);
    last_number_ = std::stoull(std::string(key));
    last_ = seal::Sha256(AsBytes(view.Text("entry")));
    good = good && view.ok();
    return good;
  }));
  if (!good) return rows::Corrupt("journal entry");
  return {};
}

void Journal::Add(const JournalEntry& entry, StoreBatch& batch) {
  Value sections = Value::List();
  for (const std::string& section : entry.sections) sections.Add(section);
  const std::string json = text::CanonicalJson(Value::Map()
                                                   .Set("n", ++last_number_)
                                                   .Set("at", ToMilliseconds(entry.time))
                                                   .Set("agency", entry.agency.value())
                                                   .Set("person", entry.person.value())
                                                   .Set("act", entry.act)
                                                   .Set("origin", ToText(entry.origin))
                                                   .Set("sections", std::move(sections))
                                                   .Set("previous", HexEncode(last_)));
  Value row = Value::Map().Set("entry", json);
  // The receipt key under a label of its own: what it signs here can never pass for a receipt.
  if (const seal::SigningKey* const key = keys_.Signing(entry.agency, seal::Purpose::kReceipt)) {
    row.Set("signature",
            rows::Encode(key->Sign(seal::Joined(seal::labels::kJournal).Add(json).bytes())));
  }
  batch.Put(Table::kJournal, NumberText(last_number_), std::move(row));
  last_ = seal::Sha256(AsBytes(json));
}

}  // namespace havenline
