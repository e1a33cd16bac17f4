#include "deploy/havenline/document_words.h"

#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "schema/base/check.h"

namespace havenline {
namespace {

using text::Value;
using tool::Count;
using tool::Join;
using tool::Plain;
using tool::Table;

template <class Items>
std::vector<std::string> Texts(const Items& items) {
  std::vector<std::string> texts;
  texts.reserve(items.size());
  for (const auto& item : items) texts.push_back(item.value());
  return texts;
}

std::string SignedBy(const CheckedDocument& document) {
  if (document.signed_by.empty()) return "";
  std::string words = "signed by " + Join(document.signed_by);
  if (document.signatures_needed)
    words += " (" + std::to_string(*document.signatures_needed) + " needed)";
  return words + "\n";
}

std::string WitnessWords(const Directory& directory) {
  if (directory.witnesses().empty()) return "\nWitnesses: none\n";
  Table witnesses({"witness", "since version", "is", "key"});
  for (const Witness& witness : directory.witnesses()) {
    witnesses.Add({witness.agency.value(), std::to_string(witness.since),
                   witness.retired ? "retired" : "counts", tlog::WitnessKeyToText(witness.key)});
  }
  return "\nWitnesses: a quorum is " + Count(directory.quorum(), "operator", "operators") + "\n" +
         witnesses.Text();
}

std::string DirectoryWords(const Directory& directory) {
  const Governance& governance = directory.governance();
  std::string words = "\nGovernance: " + std::to_string(governance.threshold) + " of " +
                      Count(governance.keys.size(), "key", "keys") + " must sign\n";
  for (const tlog::NoteKey& key : governance.keys) words += "  " + tlog::NoteKeyToText(key) + "\n";
  words += "\nBroker: CURVE key " + directory.broker_curve().value() + "\n";
  for (const tlog::NoteKey& key : directory.log_keys())
    words += "  log key " + tlog::NoteKeyToText(key) + "\n";
  Table hosts({"host", "run by", "CURVE keys", "may ask for status"});
  for (const Host& host : directory.hosts()) {
    hosts.Add({host.id.value(), host.operated_by, std::to_string(host.curve.size()),
               host.operator_link ? "yes" : ""});
  }
  words += "\nHosts\n" + hosts.Text();
  Table agencies({"agency", "title", "roles", "host", "current keys"});
  for (const Agency& agency : directory.agencies()) {
    std::vector<std::string> current;
    for (const AgencyKey& key : agency.keys) {
      if (key.state == KeyState::kCurrent) current.emplace_back(seal::NameOf(key.purpose));
    }
    agencies.Add({agency.id.value(), agency.title, Join(Texts(agency.roles)), agency.host.value(),
                  Join(current)});
  }
  return words + "\nAgencies\n" + agencies.Text() + WitnessWords(directory);
}

Value DirectoryJson(const Directory& directory, Value json) {
  Value governance = Value::List();
  for (const tlog::NoteKey& key : directory.governance().keys)
    governance.Add(tlog::NoteKeyToText(key));
  Value log_keys = Value::List();
  for (const tlog::NoteKey& key : directory.log_keys()) log_keys.Add(tlog::NoteKeyToText(key));
  Value hosts = Value::List();
  for (const Host& host : directory.hosts()) {
    hosts.Add(Value::Map()
                  .Set("host", host.id.value())
                  .Set("operated-by", host.operated_by)
                  .Set("curve", ListOf(Texts(host.curve)))
                  .Set("operator-link", host.operator_link));
  }
  Value agencies = Value::List();
  for (const Agency& agency : directory.agencies()) {
    Value keys = Value::List();
    for (const AgencyKey& key : agency.keys) {
      keys.Add(Value::Map()
                   .Set("purpose", seal::NameOf(key.purpose))
                   .Set("id", HexEncode(key.id.value()))
                   .Set("state", WordFor(key.state)));
    }
    agencies.Add(Value::Map()
                     .Set("agency", agency.id.value())
                     .Set("title", agency.title)
                     .Set("roles", ListOf(Texts(agency.roles)))
                     .Set("host", agency.host.value())
                     .Set("areas", ListOf(agency.areas))
                     .Set("keys", std::move(keys)));
  }
  Value witnesses = Value::List();
  for (const Witness& witness : directory.witnesses()) {
    witnesses.Add(Value::Map()
                      .Set("agency", witness.agency.value())
                      .Set("key", tlog::WitnessKeyToText(witness.key))
                      .Set("since", witness.since)
                      .Set("state", witness.retired ? "retired" : "current"));
  }
  json.Set("quorum", directory.quorum()).Set("witnesses", std::move(witnesses));
  json.Set("governance", Value::Map()
                             .Set("threshold", directory.governance().threshold)
                             .Set("keys", std::move(governance)));
  json.Set("broker", Value::Map()
                         .Set("curve", directory.broker_curve().value())
                         .Set("log-keys", std::move(log_keys)));
  return std::move(json).Set("hosts", std::move(hosts)).Set("agencies", std::move(agencies));
}

std::string ExchangeWords(const policy::Exchange& exchange) {
  std::string words = "\n" + exchange.name.value() + ", version " +
                      std::to_string(exchange.version) + ", " + std::to_string(exchange.slots) +
                      " slots";
  if (exchange.urgent) words += ", urgent";
  if (exchange.strict) words += ", strict";
  if (exchange.concealed) words += ", concealed";
  words += "\n";
  if (!exchange.hold_flags.empty())
    words += "  waits for a supervisor when flagged: " + Join(exchange.hold_flags) + "\n";
  return words;
}

std::string SayingWords(const policy::Saying& saying, const policy::Exchange& exchange,
                        const ProfileSenders& senders) {
  std::string words = "\n  " + saying.from.value() + " to " + saying.to.value();
  if (!saying.profile.empty()) {
    words +=
        ", from " + Join(SendersIn(senders, saying.profile)) + " (profile " + saying.profile + ")";
  } else if (!senders.empty()) {
    words += ", from any sender without a profile";
  }
  const std::string when = CasesWords(saying.when);
  const policy::Cell& cell = *saying.cell;
  words += (when.empty() ? "" : ", " + when) + ":\n    " + Join(exchange.NamesOf(cell.sections)) +
           "\n    rule " + cell.rule.value() + ", basis " + cell.basis + ", purpose " +
           cell.purpose;
  if (cell.required) words += ", must be told";
  if (cell.decision_required) words += ", to be told or left out by decision";
  if (saying.held != nullptr) words += ", held: " + HeldWords(*saying.held);
  if (cell.deadline != nullptr) words += ", to acknowledge " + WordsOf(*cell.deadline);
  if (!cell.escalation.empty()) words += ", then " + Plain(EscalationWords(cell));
  if (!cell.retention.empty()) words += ", label " + cell.retention;
  return words + "\n    " + Plain(cell.why) + "\n";
}

std::string PolicyWords(const policy::Policy& policy) {
  const ProfileSenders senders = SendersOf(policy);
  const auto sayings = policy::SayingsOf(policy);
  std::string words;
  for (const policy::Exchange& exchange : policy.exchanges()) {
    words += ExchangeWords(exchange);
    for (const policy::Saying& saying : sayings) {
      if (saying.exchange == exchange.name) words += SayingWords(saying, exchange, senders);
    }
  }
  return words;
}

Value PolicyJson(const policy::Policy& policy, Value json) {
  const auto senders = SendersOf(policy);
  Value exchanges = Value::List();
  for (const policy::Exchange& exchange : policy.exchanges()) {
    exchanges.Add(Value::Map()
                      .Set("exchange", exchange.name.value())
                      .Set("version", exchange.version)
                      .Set("slots", exchange.slots)
                      .Set("urgent", exchange.urgent)
                      .Set("strict", exchange.strict)
                      .Set("concealed", exchange.concealed)
                      .Set("sections", ListOf(exchange.sections))
                      .Set("hold", ListOf(exchange.hold_flags)));
  }
  Value shares = Value::List();
  for (const policy::Saying& saying : policy::SayingsOf(policy)) {
    const policy::Cell& cell = *saying.cell;
    Value share = Value::Map()
                      .Set("exchange", saying.exchange.value())
                      .Set("profile", saying.profile)
                      .Set("senders", ListOf(SendersIn(senders, saying.profile)))
                      .Set("from", saying.from.value())
                      .Set("to", saying.to.value())
                      .Set("when", CasesJson(saying.when))
                      .Set("sections", ListOf(policy.Find(saying.exchange)->NamesOf(cell.sections)))
                      .Set("rule", cell.rule.value())
                      .Set("basis", cell.basis)
                      .Set("purpose", cell.purpose)
                      .Set("required", cell.required)
                      .Set("decision-required", cell.decision_required)
                      .Set("retention", cell.retention)
                      .Set("why", cell.why);
    if (cell.deadline != nullptr) share.Set("acknowledge", cell.deadline->name);
    if (saying.held != nullptr) {
      const bool unable = saying.held->kind == Condition::Kind::kUnable;
      share.Set("held", unable ? "unable" : "unacknowledged")
          .Set("watches", saying.held->watches.value());
    }
    shares.Add(std::move(share));
  }
  return std::move(json).Set("exchanges", std::move(exchanges)).Set("shares", std::move(shares));
}

}  // namespace

std::string TitleOf(const CheckedDocument& document) {
  CHECK(document.version() != nullptr);
  return std::string(WordFor(document.kind)) + " of " + document.partnership()->value() +
         ", version " + std::to_string(document.version()->version) + " (hash " +
         HexEncode(document.version()->hash) + ")";
}

std::string WordsOf(const CheckedDocument& document) {
  std::string words = TitleOf(document) + "\n" + SignedBy(document);
  if (document.directory) words += DirectoryWords(*document.directory);
  if (document.policy) words += PolicyWords(*document.policy);
  return words;
}

Value JsonOf(const CheckedDocument& document) {
  Value json = Value::Map().Set("document", WordFor(document.kind));
  if (document.version() == nullptr) return json;
  json.Set("partnership", document.partnership()->value())
      .Set("version", document.version()->version)
      .Set("hash", HexEncode(document.version()->hash));
  if (document.version()->version > 1) json.Set("previous", HexEncode(document.previous()));
  json.Set("signed-by", ListOf(document.signed_by));
  if (document.signatures_needed) json.Set("signatures-needed", *document.signatures_needed);
  if (document.directory) return DirectoryJson(*document.directory, std::move(json));
  CHECK(document.policy.has_value());
  return PolicyJson(*document.policy, std::move(json));
}

std::string WordsOf(const DirectoryChange& change) {
  return change.about + (change.name.empty() ? "" : " " + change.name) + " " + Plain(change.words);
}

Value JsonOf(const DirectoryChange& change) {
  return Value::Map()
      .Set("about", change.about)
      .Set("name", change.name)
      .Set("words", change.words);
}

std::string WordsOf(const policy::Deadline& deadline) {
  std::string words = deadline.before_ready
                          ? "by the recipient's ready-by time"
                          : "within " + std::to_string(deadline.after.count()) + " minutes";
  if (deadline.at_least.count() > 0)
    words += ", never sooner than " + std::to_string(deadline.at_least.count()) + " minutes";
  return words;
}

}  // namespace havenline
