#include "deploy/havenline/message_record.h"

#include <tuple>

#include "agents/desk/views.h"
#include "agents/link/inbox_rows.h"
#include "agents/link/outbox_rows.h"
#include "agents/link/rows.h"
#include "deploy/havenline/table.h"
#include "schema/model/names.h"
#include "schema/seal/hash.h"
#include "schema/text/json.h"
#include "schema/tlog/leaf.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;
using tool::LocalText;
using tool::Plain;

Result<std::optional<PartProof>> SentProof(const AgentStore& store, const OutMessage& message) {
  if (!message.position) return std::nullopt;
  ASSIGN_OR_RETURN(const auto row, store.Get(Table::kSealed, ToText(message.message) + "/proof"));
  if (!row) return std::nullopt;
  RowView view(*row);
  PartProof proof{
      *message.position, view.Array<sizeof(Salt)>("salt"), ToBytes(view.Text("part")), {}};
  if (!view.ok()) return rows::Corrupt("proof");
  for (const Value& item : view.Has("digests") ? view.List("digests") : Value::Items{}) {
    const auto bytes = item.is(Value::Kind::kText) ? Base64Decode(item.text()) : std::nullopt;
    const auto digest = bytes ? ToArray<sizeof(Digest)>(*bytes) : std::nullopt;
    if (!digest) return rows::Corrupt("proof");
    proof.digests.push_back(*digest);
  }
  return proof;
}

// Each receipt that counted for a recipient, with what is kept of it.
Result<std::vector<ReceiptRecord>> ReceiptsOf(const AgentStore& store, const OutMessage& message) {
  std::map<std::tuple<Recipient, ReceiptKind, TimePoint>, KeptReceipt> kept;
  Result<void> read;
  RETURN_IF_FAULT(store.Scan(
      Table::kSealed, rows::ReceiptKeysOf(message.origin), [&](std::string_view, const Value& row) {
        auto each = rows::KeptReceiptFrom(row);
        if (!each) {
          read = tl::unexpected<Fault>(std::move(each).error());
          return false;
        }
        const Receipt& receipt = each->receipt.receipt;
        kept.emplace(
            std::tuple(Recipient{receipt.recipient, receipt.role}, receipt.kind, receipt.time),
            *std::move(each));
        return true;
      }));
  RETURN_IF_FAULT(read);
  std::vector<ReceiptRecord> receipts;
  for (const OutRecipient& recipient : message.recipients) {
    for (const auto& [kind, time] : recipient.receipts) {
      ReceiptRecord record{recipient.recipient, kind, time, {}, std::nullopt};
      if (const auto at = kept.find({recipient.recipient, kind, time}); at != kept.end()) {
        record.bytes = wire::EncodeSignedReceipt(at->second.receipt);
        const Digest digest = seal::Sha256(at->second.receipt.bytes);
        if (at->second.proof && ProvesReceipt(*at->second.proof, digest))
          record.proof = std::move(at->second.proof);
      }
      receipts.push_back(std::move(record));
    }
  }
  return receipts;
}

Result<std::optional<PartProof>> ReceivedProof(const AgentStore& store, std::string_view key) {
  ASSIGN_OR_RETURN(const auto row, store.Get(Table::kPayload, "proof/" + std::string(key)));
  if (!row) return std::nullopt;
  RowView view(*row);
  const Bytes bytes = view.Binary("proof");
  if (!view.ok()) return rows::Corrupt("proof");
  ASSIGN_OR_RETURN(PartProof proof, wire::ParsePartProof(bytes));
  return proof;
}

std::string TextOf(const Value& map, std::string_view key) {
  const Value* const value = map.is(Value::Kind::kMap) ? map.Find(key) : nullptr;
  return value != nullptr && value->is(Value::Kind::kText) ? Plain(value->text()) : "";
}

std::string ListOf(const Value& map, std::string_view key) {
  const Value* const list = map.is(Value::Kind::kMap) ? map.Find(key) : nullptr;
  std::vector<std::string> words;
  if (list != nullptr && list->is(Value::Kind::kList)) {
    for (const Value& item : list->items()) {
      if (item.is(Value::Kind::kText)) words.push_back(Plain(item.text()));
    }
  }
  return words.empty() ? "nothing" : tool::Join(words);
}

Result<std::vector<Value>> JournalOf(const AgentStore& store, const InKey& key) {
  std::vector<Value> journal;
  bool good = true;
  RETURN_IF_FAULT(store.Scan(Table::kJournal, "", [&](std::string_view, const Value& row) {
    RowView view(row);
    auto entry = text::ParseJson(view.Text("entry"), "journal entry");
    good = view.ok() && entry.has_value();
    if (good && TextOf(*entry, "origin") == ToText(key.origin) &&
        TextOf(*entry, "agency") == key.agency.value()) {
      journal.push_back(*std::move(entry));
    }
    return good;
  }));
  if (!good) return rows::Corrupt("journal entry");
  return journal;
}

// Rows of one table that `From` reads and that are of this message.
template <class Message>
Result<std::vector<std::pair<std::string, Message>>> Find(const AgentStore& store, Table table,
                                                          Result<Message> (*from)(const Value&),
                                                          const auto& is_it) {
  std::vector<std::pair<std::string, Message>> found;
  Result<void> read;
  RETURN_IF_FAULT(store.Scan(table, "", [&](std::string_view key, const Value& row) {
    auto message = from(row);
    if (!message) {
      read = tl::unexpected<Fault>(std::move(message).error());
      return false;
    }
    if (is_it(*message)) found.emplace_back(key, *std::move(message));
    return true;
  }));
  RETURN_IF_FAULT(read);
  return found;
}

// --- as JSON

Value ProofJson(const PartProof& proof, const Inclusion* inclusion) {
  Value digests = Value::List();
  for (const Digest& digest : proof.digests) digests.Add(HexEncode(digest));
  const auto leaf = tlog::LeafHashOf(proof);
  Value json = Value::Map()
                   .Set("epoch", proof.position.epoch)
                   .Set("index", proof.position.index.value())
                   .Set("salt", HexEncode(proof.salt))
                   .Set("part", ToText(proof.part))
                   .Set("digests", std::move(digests));
  if (leaf) json.Set("leaf-hash", HexEncode(*leaf));
  if (inclusion == nullptr) return json;
  Value path = Value::List();
  const auto at = inclusion->paths.find(proof.position.index);
  if (at != inclusion->paths.end()) {
    for (const Digest& hash : at->second) path.Add(HexEncode(hash));
  }
  return std::move(json)
      .Set("path", std::move(path))
      .Set("checkpoint", inclusion->checkpoint)
      .Set("included", IsIncluded(proof, *inclusion));
}

Value PartJson(const PartProof& proof) {
  auto part = text::ParseJson(AsText(proof.part), "part");
  return part ? *std::move(part) : Value();
}

// At the recipient: of what was withheld only what policy says may show.
Value PartJson(const PartProof& proof, const InMessage& message) {
  Value part = PartJson(proof);
  if (!part.is(Value::Kind::kMap) || part.Find("withheld") == nullptr) return part;
  Value withheld = Value::List();
  for (const std::string& section : message.may_show) withheld.Add(section);
  return std::move(part).Set("withheld", std::move(withheld));
}

// `receipt` is the SignedReceipt of docs/protocol.md; without `proof` it is not proved.
Value ReceiptsJson(const std::vector<ReceiptRecord>& receipts, const Inclusion* inclusion) {
  Value list = Value::List();
  for (const ReceiptRecord& each : receipts) {
    Value json = Value::Map()
                     .Set("agency", each.from.agency.value())
                     .Set("role", each.from.role.value())
                     .Set("kind", NameOf(each.kind))
                     .Set("time", ToMilliseconds(each.time));
    if (!each.bytes.empty()) json.Set("receipt", Base64Encode(each.bytes));
    if (each.proof)
      json.Set("entry", PartJson(*each.proof)).Set("proof", ProofJson(*each.proof, inclusion));
    list.Add(std::move(json));
  }
  return list;
}

// --- in words

std::string ReceiptWords(const std::map<ReceiptKind, TimePoint>& receipts) {
  std::vector<std::string> words;
  words.reserve(receipts.size());
  for (const auto& [kind, time] : receipts)
    words.push_back(std::string(NameOf(kind)) + " " + LocalText(time));
  return words.empty() ? "" : " (" + tool::Join(words) + ")";
}

std::string ProofWords(const PartProof& proof, const Inclusion* inclusion) {
  std::string words = "entry " + std::to_string(proof.position.index.value()) + " of epoch " +
                      std::to_string(proof.position.epoch);
  if (!tlog::LeafHashOf(proof)) {
    words += ": the part kept here does NOT lead to a leaf";
  } else if (inclusion == nullptr) {
    words += ": the part kept here leads to a leaf; --prove holds it to the log";
  } else if (IsIncluded(proof, *inclusion)) {
    words += ": proved under the signed checkpoint of " +
             tool::Count(inclusion->head.size, "entry", "entries");
  } else if (proof.position.epoch != inclusion->head.epoch) {
    words += ": epoch " + std::to_string(proof.position.epoch) +
             " has ended, and the log of now does not prove it";
  } else {
    words += ": NOT in the log that the broker signed";
  }
  return words;
}

std::string EntryWords(const std::optional<PartProof>& proof, const Inclusion* inclusion) {
  if (!proof) return "  no entry of the log is known here: not proved\n";
  return "  " + ProofWords(*proof, inclusion) + "\n";
}

std::string ReceiptProofWords(const std::vector<ReceiptRecord>& receipts, const Recipient& from,
                              const Inclusion* inclusion) {
  std::string words;
  for (const ReceiptRecord& each : receipts) {
    if (each.from != from) continue;
    words += "    " + std::string(NameOf(each.kind)) + ": " +
             (each.proof ? ProofWords(*each.proof, inclusion)
                         : "not proved: no proof that holds is kept here") +
             "\n";
  }
  return words;
}

std::string SentWords(const SentRecord& record, const Inclusion* inclusion) {
  const OutMessage& message = record.message;
  std::string words = "sent by " + message.sender.value() + ", " + message.exchange.value() + ", " +
                      LocalText(message.taken) + "; it is " + std::string(NameOf(message.state)) +
                      "\n" + EntryWords(record.proof, inclusion);
  for (const OutRecipient& recipient : message.recipients) {
    words += "  to " + recipient.recipient.agency.value() + " as " +
             recipient.recipient.role.value() + ": " + std::string(NameOf(recipient.progress)) +
             ReceiptWords(recipient.receipts) + "\n" +
             ReceiptProofWords(record.receipts, recipient.recipient, inclusion);
  }
  return words;
}

std::string ReceivedWords(const ReceivedRecord& record, const Inclusion* inclusion) {
  const InMessage& message = record.message;
  std::string words = "received by " + message.key.agency.value() + " as " +
                      message.key.role.value() + " from " + message.key.sender.value() + ", " +
                      message.exchange.value() + ", " + LocalText(message.received) + "; it is " +
                      std::string(NameOf(message.state)) + ReceiptWords(message.receipts) + "\n" +
                      EntryWords(record.proof, inclusion);
  if (!message.receipts.empty())
    words += "  its own receipts: not proved here; the sender's agent keeps their proofs\n";
  if (record.proof) {
    const Value part = PartJson(*record.proof, message);
    words += "  rule " + TextOf(part, "rule") + ", basis " + TextOf(part, "basis") +
             "\n  released: " + ListOf(part, "released") + "\n";
    if (!message.may_show.empty()) words += "  withheld: " + ListOf(part, "withheld") + "\n";
  }
  for (const Value& look : record.journal) {
    RowView view(look);
    words += "  " + LocalText(view.Time("at")) + " " + TextOf(look, "act") + " by " +
             TextOf(look, "person") + ": " + ListOf(look, "sections") + "\n";
  }
  return words;
}

}  // namespace

Result<MessageRecord> RecordOf(const AgentStore& store, const MessageId& id) {
  MessageRecord record;
  ASSIGN_OR_RETURN(
      auto sent,
      Find<OutMessage>(store, Table::kOutbox, rows::OutMessageFrom, [&](const OutMessage& message) {
        return message.origin == id || message.message == id;
      }));
  for (auto& [key, message] : sent) {
    ASSIGN_OR_RETURN(auto proof, SentProof(store, message));
    ASSIGN_OR_RETURN(auto receipts, ReceiptsOf(store, message));
    record.sent.push_back({std::move(message), std::move(proof), std::move(receipts)});
  }
  ASSIGN_OR_RETURN(
      auto received,
      Find<InMessage>(store, Table::kInbox, rows::InMessageFrom, [&](const InMessage& message) {
        return message.key.origin == id || message.message == id;
      }));
  for (auto& [key, message] : received) {
    ASSIGN_OR_RETURN(auto proof, ReceivedProof(store, key));
    ASSIGN_OR_RETURN(auto journal, JournalOf(store, message.key));
    record.received.push_back({std::move(message), std::move(proof), std::move(journal)});
  }
  return record;
}

bool IsIncluded(const PartProof& proof, const Inclusion& inclusion) {
  const auto leaf = tlog::LeafHashOf(proof);
  const auto path = inclusion.paths.find(proof.position.index);
  return leaf && path != inclusion.paths.end() && proof.position.epoch == inclusion.head.epoch &&
         tlog::VerifyInclusion(*leaf, proof.position.index.value(), inclusion.head.size,
                               path->second, inclusion.head.root);
}

Value JsonOf(const MessageRecord& record, const Inclusion* inclusion) {
  Value sent = Value::List();
  for (const SentRecord& each : record.sent) {
    Value json = views::OutMessageView(each.message);
    if (each.proof)
      json.Set("entry", PartJson(*each.proof)).Set("proof", ProofJson(*each.proof, inclusion));
    sent.Add(std::move(json).Set("receipts", ReceiptsJson(each.receipts, inclusion)));
  }
  Value received = Value::List();
  for (const ReceivedRecord& each : record.received) {
    Value json = rows::ToRow(each.message).Set("state", NameOf(each.message.state));
    if (each.proof) json.Set("entry", PartJson(*each.proof, each.message));
    // The part as the log has it names every section that the exchange has.
    if (each.proof && inclusion != nullptr) json.Set("proof", ProofJson(*each.proof, inclusion));
    received.Add(std::move(json).Set("journal", Value::List(each.journal)));
  }
  return Value::Map().Set("sent", std::move(sent)).Set("received", std::move(received));
}

std::string WordsOf(const MessageRecord& record, const Inclusion* inclusion) {
  std::string words;
  for (const SentRecord& each : record.sent) words += SentWords(each, inclusion);
  for (const ReceivedRecord& each : record.received) words += ReceivedWords(each, inclusion);
  return words;
}

}  // namespace havenline
