#include "agents/link/outbox_rows.h"

#include "agents/link/rows.h"
#include "schema/seal/hash.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"

namespace havenline::rows {
namespace {

Value RecipientRow(const OutRecipient& recipient) {
  Value row = Value::Map()
                  .Set("agency", recipient.recipient.agency.value())
                  .Set("role", recipient.recipient.role.value())
                  .Set("progress", static_cast<int>(recipient.progress))
                  .Set("grant", Encode(recipient.grant))
                  .Set("warned", recipient.warned)
                  .Set("late", recipient.late);
  if (recipient.number) {
    row.Set("series", std::to_string(recipient.number->series.value()))
        .Set("n", recipient.number->n);
  }
  if (recipient.held) {
    row.Set("held", static_cast<int>(recipient.held->kind))
        .Set("watched-agency", recipient.held->watches.agency.value())
        .Set("watched-role", recipient.held->watches.role.value())
        .Set("watched-by", ToMilliseconds(recipient.held->by));
  }
  if (recipient.released) row.Set("released", ToMilliseconds(*recipient.released));
  if (recipient.undeliverable) {
    row.Set("undeliverable", static_cast<int>(*recipient.undeliverable))
        .Set("may-arrive", recipient.may_arrive);
  }
  if (recipient.due) row.Set("due", ToMilliseconds(*recipient.due));
  if (recipient.warn) row.Set("warn", ToMilliseconds(*recipient.warn));
  if (!recipient.escalation.steps.empty()) row.Set("escalation", ToRow(recipient.escalation));
  Value receipts = Value::Map();
  for (const auto& [kind, time] : recipient.receipts)
    receipts.Set(std::string(NameOf(kind)), ToMilliseconds(time));
  row.Set("receipts", std::move(receipts));
  Value seen = Value::List();
  for (const Digest& receipt : recipient.seen) seen.Add(Encode(receipt));
  row.Set("seen", std::move(seen));
  return row;
}

bool ReadRecipient(const Value& row, OutRecipient& recipient) {
  RowView view(row);
  recipient.recipient = {AgencyId(view.Text("agency")), Role(view.Text("role"))};
  recipient.progress = static_cast<Progress>(view.Integer("progress"));
  recipient.grant = view.Array<32>("grant");
  recipient.warned = view.Bool("warned");
  recipient.late = view.Bool("late");
  if (view.Has("series"))
    recipient.number = SeriesNumber{SeriesId(std::stoull(view.Text("series"))), view.Count("n")};
  if (view.Has("held")) {
    recipient.held =
        HeldBack{static_cast<Condition::Kind>(view.Integer("held")),
                 {AgencyId(view.Text("watched-agency")), Role(view.Text("watched-role"))},
                 view.Time("watched-by")};
  }
  recipient.released = view.OptionalTime("released");
  if (view.Has("undeliverable")) {
    recipient.undeliverable = static_cast<Code>(view.Integer("undeliverable"));
    recipient.may_arrive = view.Bool("may-arrive");
  }
  recipient.due = view.OptionalTime("due");
  recipient.warn = view.OptionalTime("warn");
  if (view.Has("escalation")) {
    auto escalation = EscalationFrom(*row.Find("escalation"));
    if (!escalation) return false;
    recipient.escalation = *std::move(escalation);
  }
  for (const auto& [name, time] : view.Map("receipts")) {
    const auto kind = ReceiptKindNamed(name);
    if (!kind || !time.is(Value::Kind::kInteger)) return false;
    recipient.receipts[*kind] = FromMilliseconds(time.integer());
  }
  for (const Value& seen : view.List("seen")) {
    const auto bytes = seen.is(Value::Kind::kText) ? Base64Decode(seen.text()) : std::nullopt;
    const auto receipt = bytes ? ToArray<32>(*bytes) : std::nullopt;
    if (!receipt) return false;
    recipient.seen.push_back(*receipt);
  }
  return view.ok();
}

}  // namespace

Value ToRow(const OutMessage& message) {
  Value row = Value::Map()
                  .Set("origin", ToText(message.origin))
                  .Set("message", ToText(message.message))
                  .Set("sender", message.sender.value())
                  .Set("exchange", message.exchange.value())
                  .Set("lane", static_cast<int>(message.lane))
                  .Set("reference", message.reference)
                  .Set("taken", ToMilliseconds(message.taken))
                  .Set("state", static_cast<int>(message.state))
                  .Set("policy", message.policy.version)
                  .Set("policy-hash", Encode(message.policy.hash))
                  .Set("sealings", message.sealings)
                  .Set("refused", message.refused);
  if (message.position)
    row.Set("epoch", message.position->epoch).Set("index", message.position->index.value());
  if (message.retry) row.Set("retry", ToMilliseconds(*message.retry));
  Value recipients = Value::List();
  for (const OutRecipient& recipient : message.recipients) recipients.Add(RecipientRow(recipient));
  row.Set("recipients", std::move(recipients));
  if (message.decided_against.empty()) return row;
  Value decided = Value::List();
  for (const Role& role : message.decided_against) decided.Add(role.value());
  row.Set("decided-against", std::move(decided));
  return row;
}

Result<OutMessage> OutMessageFrom(const Value& row) {
  RowView view(row);
  OutMessage message;
  message.origin = view.Message("origin");
  message.message = view.Message("message");
  message.sender = AgencyId(view.Text("sender"));
  message.exchange = ExchangeName(view.Text("exchange"));
  message.lane = static_cast<Lane>(view.Integer("lane"));
  message.reference = view.Text("reference");
  message.taken = view.Time("taken");
  message.state = static_cast<OutState>(view.Integer("state"));
  message.policy = {view.Count("policy"), view.Array<32>("policy-hash")};
  message.sealings = static_cast<std::uint32_t>(view.Integer("sealings"));
  message.refused = view.Text("refused");
  if (view.Has("index"))
    message.position = Position{view.Count("epoch"), LogIndex(view.Count("index"))};
  message.retry = view.OptionalTime("retry");
  for (const Value& item : view.List("recipients")) {
    OutRecipient recipient;
    if (!ReadRecipient(item, recipient)) return Corrupt("recipient");
    message.recipients.push_back(std::move(recipient));
  }
  if (view.Has("decided-against")) {
    for (const Value& role : view.List("decided-against")) {
      if (!role.is(Value::Kind::kText)) return Corrupt("message");
      message.decided_against.emplace_back(role.text());
    }
  }
  if (!view.ok()) return Corrupt("message");
  return message;
}

std::string ReceiptKeysOf(const MessageId& origin) { return ToText(origin) + "/receipt/"; }

std::string KeyOf(const MessageId& origin, const SignedReceipt& receipt) {
  return ReceiptKeysOf(origin) + HexEncode(seal::Sha256(receipt.bytes));
}

Value ToRow(const MessageId& origin, const KeptReceipt& kept) {
  Value row = Value::Map()
                  .Set("origin", ToText(origin))
                  .Set("bytes", Encode(wire::EncodeSignedReceipt(kept.receipt)));
  if (kept.proof) row.Set("proof", Encode(wire::EncodePartProof(*kept.proof)));
  return row;
}

Result<KeptReceipt> KeptReceiptFrom(const Value& row) {
  RowView view(row);
  const Bytes bytes = view.Binary("bytes");
  const Bytes proof = view.Has("proof") ? view.Binary("proof") : Bytes();
  if (!view.ok()) return Corrupt("receipt");
  KeptReceipt kept;
  ASSIGN_OR_RETURN(kept.receipt, wire::ParseSignedReceipt(bytes));
  if (proof.empty()) return kept;
  ASSIGN_OR_RETURN(kept.proof, wire::ParsePartProof(proof));
  return kept;
}

Value ToRow(const Content& content) {
  Value sections = Value::Map();
  for (const auto& [name, bytes] : content.sections) sections.Set(name, Encode(bytes));
  Value claims = Value::Map();
  for (const auto& [name, value] : content.claims) claims.Set(name, value);
  return Value::Map()
      .Set("sender", content.sender.value())
      .Set("role", content.role.value())
      .Set("exchange", content.exchange.value())
      .Set("version", content.version)
      .Set("sections", std::move(sections))
      .Set("claims", std::move(claims));
}

Result<Content> ContentFrom(const Value& row) {
  RowView view(row);
  Content content;
  content.sender = AgencyId(view.Text("sender"));
  content.role = Role(view.Text("role"));
  content.exchange = ExchangeName(view.Text("exchange"));
  content.version = static_cast<std::uint16_t>(view.Integer("version"));
  bool good = true;
  for (const auto& [name, value] : view.Map("sections")) {
    auto bytes = value.is(Value::Kind::kText) ? Base64Decode(value.text()) : std::nullopt;
    good = good && bytes.has_value();
    content.sections.emplace(name, std::move(bytes).value_or(Bytes{}));
  }
  for (const auto& [name, value] : view.Map("claims")) {
    good = good && value.is(Value::Kind::kText);
    content.claims.emplace(name, good ? value.text() : "");
  }
  if (!good || !view.ok()) return Corrupt("content");
  return content;
}

}  // namespace havenline::rows
