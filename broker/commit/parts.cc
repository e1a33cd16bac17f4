#include "broker/commit/parts.h"

#include <algorithm>

#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/seal/hash.h"
#include "schema/text/json.h"

namespace havenline::parts {
namespace {

using text::Value;

constexpr std::size_t kObjectionsShown = 8;  // So that a refusal's part stays within its limit.

Value Start(const char* kind, TimePoint now) {
  return Value::Map().Set("kind", kind).Set("at", ToMilliseconds(now)).Set("v", 1);
}

Bytes Finish(const Value& part) {
  Bytes json = ToBytes(text::CanonicalJson(part));
  CHECK(json.size() <= limits::kPartBytesMax);
  return json;
}

Value List(const std::vector<std::string>& names) {
  Value list = Value::List();
  for (const std::string& name : names) list.Add(name);
  return list;
}

Value PolicyOf(const Header& header) {
  return Value::Map()
      .Set("hash", HexEncode(header.policy.hash))
      .Set("version", header.policy.version);
}

void AddMessage(Value& part, const Header& header) {
  part.Set("message", ToText(header.id))
      .Set("origin", ToText(header.origin))
      .Set("exchange", header.exchange.value())
      .Set("from", header.sender.value())
      .Set("policy", PolicyOf(header));
}

Value OfGrant(Value part, const GrantRecord& grant) {
  return std::move(part)
      .Set("message", ToText(grant.message))
      .Set("origin", ToText(grant.origin))
      .Set("grant", HexEncode(grant.grant))
      .Set("from", grant.sender.value())
      .Set("to", grant.recipient.value())
      .Set("role", grant.role.value());
}

}  // namespace

Bytes AcceptedForSender(const VerifiedEnvelope& message, const Permit& permit, TimePoint now) {
  Value part = Start("accepted", now);
  AddMessage(part, message->header);
  part.Set("header", HexEncode(message.header_hash())).Set("grants", message->grants.size());
  Value debts = Value::List();
  for (const Role& role : permit.debts) debts.Add(role.value());
  part.Set("debts", std::move(debts));
  if (!permit.decided.empty()) {
    Value decided = Value::List();
    for (const Role& role : permit.decided) decided.Add(role.value());
    part.Set("decided", std::move(decided));
  }
  return Finish(part);
}

Bytes AcceptedForGrant(const VerifiedEnvelope& message, const GrantDecision& decision,
                       std::size_t index, TimePoint now) {
  const ClearPart& clear = message->grants[index].clear;
  Value part = Start("accepted", now);
  AddMessage(part, message->header);
  part.Set("grant", HexEncode(message.grant_digests()[index]))
      .Set("to", clear.recipient.value())
      .Set("role", clear.role.value())
      .Set("rule", decision.rule.value())
      .Set("basis", decision.basis)
      .Set("released", List(decision.released))
      .Set("withheld", List(decision.withheld));
  return Finish(part);
}

Bytes Refused(const VerifiedEnvelope& message, const Denial& denial, TimePoint now) {
  Value part = Start("refused", now);
  AddMessage(part, message->header);
  part.Set("header", HexEncode(message.header_hash())).Set("code", NameOf(denial.code));
  Value objections = Value::List();
  for (const Objection& objection : denial.objections) {
    if (objections.items().size() == kObjectionsShown) break;
    objections.Add(Value::Map()
                       .Set("to", objection.recipient.value())
                       .Set("role", objection.role.value())
                       .Set("section", objection.section)
                       .Set("rule", objection.rule.value()));
  }
  part.Set("objections", std::move(objections)).Set("objections-in-all", denial.objections.size());
  return Finish(part);
}

Bytes Receipts(std::span<const VerifiedReceipt* const> receipts, TimePoint now) {
  CHECK(!receipts.empty() && receipts.size() <= limits::kReceiptsPerEntryMax);
  Value list = Value::List();
  for (const VerifiedReceipt* const receipt : receipts) {
    const Receipt& value = (*receipt)->receipt;
    Value item = Value::Map()
                     .Set("digest", HexEncode(seal::Sha256((*receipt)->bytes)))
                     .Set("kind", NameOf(value.kind))
                     .Set("message", ToText(value.message));
    // The others come one to an entry, and whoever asks who looked must find it here.
    if (value.kind != ReceiptKind::kStored) {
      item.Set("grant", HexEncode(value.grant))
          .Set("origin", ToText(value.origin))
          .Set("role", value.role.value())
          .Set("sender", value.sender.value())
          .Set("time", ToMilliseconds(value.time));
      if (value.person) item.Set("person", value.person->value());
    }
    list.Add(std::move(item));
  }
  Value part = Start("receipts", now);
  part.Set("from", receipts.front()->operator*().receipt.recipient.value())
      .Set("receipts", std::move(list));
  return Finish(part);
}

Bytes Invalid(const InvalidBook::Count& invalid, TimePoint now) {
  Value part = Start("invalid", now);
  part.Set("host", invalid.host.value())
      .Set("code", NameOf(invalid.code))
      .Set("items", invalid.items)
      .Set("since", ToMilliseconds(invalid.since));
  return Finish(part);
}

Bytes Overdue(const GrantRecord& grant, TimePoint now) {
  Value part = Start("overdue", now);
  part.Set("message", ToText(grant.message))
      .Set("origin", ToText(grant.origin))
      .Set("from", grant.sender.value())
      .Set("to", grant.recipient.value())
      .Set("role", grant.role.value())
      .Set("due", ToMilliseconds(grant.acknowledge_by.value_or(TimePoint())));
  return Finish(part);
}

Bytes Released(const GrantRecord& grant, bool for_sender, TimePoint now) {
  const bool unable = grant.condition.kind == Condition::Kind::kUnable;
  Value part = OfGrant(Start("released", now), grant);
  part.Set("because", unable ? "unable" : "unacknowledged");
  if (!unable) part.Set("by", ToMilliseconds(grant.condition.by));
  if (for_sender) part.Set("watched", HexEncode(grant.condition.grant));
  return Finish(part);
}

Bytes StoodDown(const GrantRecord& grant, TimePoint now) {
  return Finish(OfGrant(Start("stood-down", now), grant));
}

Bytes Undeliverable(std::span<const ClosedGrant> closed, const CloseCause& cause, TimePoint now) {
  CHECK(!closed.empty() && closed.size() <= limits::kReceiptsPerEntryMax);
  Value list = Value::List();
  for (const ClosedGrant& each : closed) {
    list.Add(Value::Map()
                 .Set("grant", HexEncode(each.grant->grant))
                 .Set("may-arrive", each.may_arrive)
                 .Set("message", ToText(each.grant->message)));
  }
  Value part = Start("undeliverable", now);
  part.Set("code", NameOf(cause.why))
      .Set("epoch", cause.by.epoch)
      .Set("from", closed.front().grant->sender.value())
      .Set("grants", std::move(list))
      .Set("index", cause.by.index.value())
      .Set("to", closed.front().grant->recipient.value());
  return Finish(part);
}

Bytes Voided(const VerifiedVoid& value, TimePoint now) {
  const Void& voided = value->value;
  Value part = Start("void", now);
  part.Set("from", voided.sender.value())
      .Set("to", voided.recipient.value())
      .Set("digest", HexEncode(seal::Sha256(value->bytes)));
  return Finish(part);
}

Bytes Stated(const VerifiedStatement& statement, TimePoint now) {
  Value part = Start("statement", now);
  part.Set("agency", statement->statement.agency.value())
      .Set("counter", statement->statement.counter)
      .Set("digest", HexEncode(seal::Sha256(statement->bytes)));
  return Finish(part);
}

// All that was signed and the signature, so that whoever looked cannot deny it.
Bytes Looked(const VerifiedLook& look, const std::string& rules, TimePoint now) {
  const Look& value = look->look;
  Value part = Start("looked", now);
  part.Set("agency", value.agency.value())
      .Set("count", value.count)
      .Set("epoch", value.epoch)
      .Set("first", value.first)
      .Set("key", HexEncode(value.key.value()))
      .Set("person", value.person.value())
      .Set("reason", NameOf(value.reason))
      .Set("role", value.role.value())
      .Set("rule", rules)
      .Set("signature", HexEncode(look->signature))
      .Set("time", ToMilliseconds(value.time));
  return Finish(part);
}

}  // namespace havenline::parts
