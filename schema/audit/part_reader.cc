// EventsOf: each kind of part, field by field.

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "schema/audit/event.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/text/json.h"
#include "schema/text/reader.h"

namespace havenline::audit {
namespace {

using text::MapReader;

constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kVersion = 1;

// One part being read; `reader` remembers what is wrong.
struct Part {
  const AgencyId& party;
  MapReader& reader;
  Event base;  // What all facts of the part have.
  std::vector<Event> events;
};

std::uint64_t Count(MapReader& reader, std::string_view key) {
  return static_cast<std::uint64_t>(reader.Integer(key, 0, kAny));
}

TimePoint Time(MapReader& reader, std::string_view key) {
  return FromMilliseconds(reader.Integer(key, 0, kAny));
}

template <std::size_t kSize>
ByteArray<kSize> Hex(MapReader& reader, std::string_view key) {
  const std::string text = reader.Text(key);
  const auto bytes = HexDecode(text);
  const auto array = bytes ? ToArray<kSize>(*bytes) : std::nullopt;
  if (!array || HexEncode(*array) != text) {
    reader.Problem(key, "must be " + std::to_string(2 * kSize) + " lower-case hexadecimal digits");
    return {};
  }
  return *array;
}

Digest DigestAt(MapReader& reader, std::string_view key) { return Hex<32>(reader, key); }
MessageId Message(MapReader& reader, std::string_view key) {
  return MessageId(Hex<16>(reader, key));
}

// Text that may be empty: nothing, then.
std::string Words(MapReader& reader, std::string_view key) {
  const text::Value* const value = reader.Raw(key);
  if (value != nullptr && value->is(text::Value::Kind::kText)) return value->text();
  reader.Problem(key, "must be text");
  return {};
}

void Head(MapReader reader) {
  Count(reader, "epoch");
  Count(reader, "size");
  DigestAt(reader, "root");
}

// Message, origin, exchange, sender and the policy that the header names.
void ReadMessage(Part& part) {
  MapReader& reader = part.reader;
  part.base.message = Message(reader, "message");
  part.base.origin = Message(reader, "origin");
  part.base.exchange = ExchangeName(reader.Name("exchange"));
  part.base.from = AgencyId(reader.Name("from"));
  MapReader policy = reader.Map("policy");
  DigestAt(policy, "hash");
  part.base.policy = Count(policy, "version");
}

// A grant of a message, and whose it is.
void ReadGrant(Part& part, bool with_digest) {
  MapReader& reader = part.reader;
  part.base.message = Message(reader, "message");
  part.base.origin = Message(reader, "origin");
  if (with_digest) part.base.grant = DigestAt(reader, "grant");
  part.base.from = AgencyId(reader.Name("from"));
  part.base.to = AgencyId(reader.Name("to"));
  part.base.role = Role(reader.Name("role"));
}

void Add(Part& part, Act act, std::string what) {
  part.events.push_back(part.base);
  part.events.back().act = act;
  part.events.back().what = std::move(what);
}

void ReadAccepted(Part& part) {
  MapReader& reader = part.reader;
  ReadMessage(part);
  if (!reader.Has("grant")) {
    DigestAt(reader, "header");
    Count(reader, "grants");
    reader.NameList("debts");
    reader.OptionalNameList("decided");
    return Add(part, Act::kCollect, "accepted");
  }
  part.base.grant = DigestAt(reader, "grant");
  part.base.to = AgencyId(reader.Name("to"));
  part.base.role = Role(reader.Name("role"));
  part.base.rule = reader.Name("rule");
  part.base.basis = reader.Text("basis");
  part.base.released = reader.NameList("released");
  part.base.withheld = reader.NameList("withheld");
  Add(part, Act::kDisclose, "accepted");
}

void ReadRefused(Part& part) {
  MapReader& reader = part.reader;
  ReadMessage(part);
  DigestAt(reader, "header");
  part.base.code = reader.Text("code");
  std::vector<MapReader> objections = reader.MapList("objections");
  Count(reader, "objections-in-all");
  // Each pair that was named is a refusal of its own.
  for (MapReader& objection : objections) {
    part.base.to = AgencyId(objection.Name("to"));
    part.base.role = Role(objection.Name("role"));
    part.base.rule = Words(objection, "rule");
    const std::string section = Words(objection, "section");
    part.base.withheld.clear();
    if (!section.empty()) part.base.withheld.push_back(section);
    Add(part, Act::kRefuse, "refused");
  }
  if (objections.empty()) Add(part, Act::kRefuse, "refused");
}

Act ActOf(ReceiptKind kind) {
  switch (kind) {
    case ReceiptKind::kOpened:
      return Act::kConsult;
    case ReceiptKind::kNotOurs:
    case ReceiptKind::kUnreadable:
    case ReceiptKind::kWithheld:
      return Act::kRefuse;
    case ReceiptKind::kRecalled:
      return Act::kErase;
    case ReceiptKind::kStored:
    case ReceiptKind::kAcknowledged:
    case ReceiptKind::kToldByVoice:
    case ReceiptKind::kClaimsDiffer:
      return Act::kDisclose;
  }
  return Act::kDisclose;
}

void ReadReceipt(Part& part, MapReader& receipt) {
  DigestAt(receipt, "digest");
  part.base.message = Message(receipt, "message");
  const std::string name = receipt.Name("kind");
  const auto kind = ReceiptKindNamed(name);
  if (!kind) return receipt.Problem("kind", "must be a kind of receipt");
  if (*kind != ReceiptKind::kStored) {
    part.base.grant = DigestAt(receipt, "grant");
    part.base.origin = Message(receipt, "origin");
    part.base.role = Role(receipt.Name("role"));
    part.base.from = AgencyId(receipt.Name("sender"));
    part.base.signed_at = Time(receipt, "time");
    if (const auto person = receipt.OptionalName("person")) part.base.person = Pseudonym(*person);
  }
  Add(part, ActOf(*kind), "receipt-" + name);
}

void ReadReceipts(Part& part) {
  part.base.to = AgencyId(part.reader.Name("from"));  // Who receipts is the recipient.
  const bool known = !part.party.value().empty();
  if (known && *part.base.to != part.party) part.base.from = part.party;
  std::vector<MapReader> receipts = part.reader.MapList("receipts");
  if (receipts.empty()) part.reader.Problem("receipts", "must not be empty");
  for (MapReader& receipt : receipts) {
    // What one says, the next does not.
    Event before = part.base;
    ReadReceipt(part, receipt);
    part.base = std::move(before);
  }
}

void ReadOverdue(Part& part) {
  ReadGrant(part, false);
  Time(part.reader, "due");
  Add(part, Act::kDisclose, "overdue");
}

void ReadReleased(Part& part) {
  ReadGrant(part, true);
  constexpr std::array<std::string_view, 2> kBecause = {"unacknowledged", "unable"};
  const std::size_t because = part.reader.Choice("because", kBecause);
  part.base.code = kBecause.at(because);
  if (because == 0) Time(part.reader, "by");
  if (part.reader.Has("watched")) DigestAt(part.reader, "watched");
  Add(part, Act::kDisclose, "released");
}

void ReadStoodDown(Part& part) {
  ReadGrant(part, true);
  Add(part, Act::kDisclose, "stood-down");
}

void ReadUndeliverable(Part& part) {
  MapReader& reader = part.reader;
  part.base.from = AgencyId(reader.Name("from"));
  part.base.to = AgencyId(reader.Name("to"));
  part.base.code = reader.Text("code");
  Count(reader, "epoch");
  Count(reader, "index");
  std::vector<MapReader> grants = reader.MapList("grants");
  if (grants.empty()) reader.Problem("grants", "must not be empty");
  for (MapReader& grant : grants) {
    part.base.grant = DigestAt(grant, "grant");
    part.base.message = Message(grant, "message");
    grant.Bool("may-arrive");
    Add(part, Act::kRefuse, "undeliverable");
  }
}

void ReadVoid(Part& part) {
  part.base.from = AgencyId(part.reader.Name("from"));
  part.base.to = AgencyId(part.reader.Name("to"));
  DigestAt(part.reader, "digest");
  Add(part, Act::kAdmin, "void");
}

void ReadStatement(Part& part) {
  part.base.from = AgencyId(part.reader.Name("agency"));
  Count(part.reader, "counter");
  DigestAt(part.reader, "digest");
  Add(part, Act::kAdmin, "statement");
}

void ReadInvalid(Part& part) {
  if (!part.party.value().empty()) part.base.from = part.party;
  part.reader.Name("host");
  part.base.code = part.reader.Text("code");
  part.reader.Integer("items", 1, kAny);
  Time(part.reader, "since");
  Add(part, Act::kRefuse, "invalid");
}

void ReadOpened(Part& part) {
  MapReader& reader = part.reader;
  Count(reader, "epoch");
  Words(reader, "found");
  if (auto store = reader.OptionalMap("store")) Head(std::move(*store));
  if (auto mark = reader.OptionalMap("mark")) Head(std::move(*mark));
  for (MapReader& shown : reader.MapList("shown")) Head(std::move(shown));
  Add(part, Act::kAdmin, "opened");
}

void ReadReconciled(Part& part) {
  part.base.from = AgencyId(part.reader.Name("agency"));
  Count(part.reader, "epoch");
  Add(part, Act::kAdmin, "reconciled");
}

void ReadLooked(Part& part) {
  MapReader& reader = part.reader;
  part.base.from = AgencyId(reader.Name("agency"));
  reader.Integer("count", 1, limits::kLookEntriesMax);
  Count(reader, "epoch");
  Count(reader, "first");
  Hex<8>(reader, "key");
  part.base.person = Pseudonym(reader.Name("person"));
  part.base.code = reader.Name("reason");
  if (!LookReasonNamed(part.base.code)) reader.Problem("reason", "must be what a look is for");
  part.base.role = Role(reader.Name("role"));
  part.base.rule = reader.Name("rule");
  Hex<64>(reader, "signature");
  part.base.signed_at = Time(reader, "time");
  Add(part, Act::kConsult, "looked");
}

using KindReader = void (*)(Part&);
constexpr std::array<std::pair<std::string_view, KindReader>, 13> kKinds = {{
    {"accepted", ReadAccepted},
    {"invalid", ReadInvalid},
    {"looked", ReadLooked},
    {"opened", ReadOpened},
    {"overdue", ReadOverdue},
    {"receipts", ReadReceipts},
    {"reconciled", ReadReconciled},
    {"refused", ReadRefused},
    {"released", ReadReleased},
    {"statement", ReadStatement},
    {"stood-down", ReadStoodDown},
    {"undeliverable", ReadUndeliverable},
    {"void", ReadVoid},
}};

}  // namespace

std::vector<std::string_view> PartKinds() {
  std::vector<std::string_view> kinds;
  for (const auto& [kind, reader] : kKinds) kinds.push_back(kind);
  return kinds;
}

Result<std::vector<Event>> EventsOf(const AgencyId& party, ByteView part) {
  ASSIGN_OR_RETURN(const text::Value value,
                   text::ParseCanonicalJson(AsText(part), "part", limits::kPartBytesMax));
  if (!value.is(text::Value::Kind::kMap))
    return Fail(FaultCode::kInvalid, "part: must be an object");
  MapReader reader(value, "part");
  Part reading{party, reader, {}, {}};
  const std::string kind = reader.Name("kind");
  reading.base.at = Time(reader, "at");
  if (reader.Integer("v", 1, kAny) != kVersion)
    reader.Problem("v", "must be 1: this program knows no later vocabulary");
  const auto* const known =
      std::ranges::find(kKinds, kind, &std::pair<std::string_view, KindReader>::first);
  if (known == kKinds.end()) {
    reader.Problem("kind", "must be a kind of docs/formats/audit.md");
  } else {
    known->second(reading);
  }
  RETURN_IF_FAULT(reader.Finish());
  return std::move(reading.events);
}

}  // namespace havenline::audit
