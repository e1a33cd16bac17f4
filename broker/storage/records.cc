#include "broker/storage/records.h"

#include "broker/storage/row.h"
#include "schema/wire/answer_codec.h"

namespace havenline::storage {
namespace {

constexpr std::uint32_t kListMax = 1024;  // More items than any of our lists has: a corrupt count.

tl::unexpected<Fault> Corrupt(const char* what) {
  return Fail(FaultCode::kCorrupt, std::string("the store holds a malformed ") + what);
}

// Reads a count and so many items; a count beyond reason reads as a malformed row.
template <class Read>
auto ReadList(RowReader& reader, Read read) {
  std::vector<decltype(read())> list;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && i < kListMax; ++i) list.push_back(read());
  return list;
}

void WritePlace(RowWriter& writer, const MailboxPlace& place) {
  writer.Text(place.agency.value()).U8(static_cast<std::uint8_t>(place.lane)).U64(place.sequence);
}

MailboxPlace ReadPlace(RowReader& reader) {
  MailboxPlace place;
  place.agency = AgencyId(reader.Text());
  place.lane = static_cast<Lane>(reader.U8() & 1U);
  place.sequence = reader.U64();
  return place;
}

}  // namespace

Bytes ToRow(const LogHead& head) {
  return RowWriter().U64(head.epoch).U64(head.size).Fixed(head.root).bytes();
}

Result<LogHead> HeadFrom(ByteView row) {
  RowReader reader(row);
  LogHead head;
  head.epoch = reader.U64();
  head.size = reader.U64();
  head.root = reader.Array<32>();
  if (!reader.ok()) return Corrupt("head");
  return head;
}

Bytes ToRow(const OutcomeRecord& outcome) {
  return RowWriter().Fixed(outcome.header_hash).Sized(wire::EncodeAnswer(outcome.answer)).bytes();
}

Result<OutcomeRecord> OutcomeFrom(const AgencyId& sender, const MessageId& id, ByteView row) {
  RowReader reader(row);
  OutcomeRecord outcome{
      .sender = sender, .id = id, .header_hash = reader.Array<32>(), .answer = {}};
  const Bytes answer = reader.Sized();
  if (!reader.ok()) return Corrupt("outcome");
  ASSIGN_OR_RETURN(outcome.answer, wire::ParseAnswer(answer));
  return outcome;
}

Bytes ToRow(const GrantRecord& grant) {
  RowWriter writer;
  writer.At(grant.position).U32(grant.index).Text(grant.sender.value());
  writer.Fixed(grant.message.value()).Fixed(grant.origin.value());
  writer.Text(grant.recipient.value()).Text(grant.role.value()).Text(grant.exchange.value());
  WritePlace(writer, grant.place);
  writer.U32(static_cast<std::uint32_t>(grant.claims.size()));
  for (const std::string& claim : grant.claims) writer.Text(claim);
  const auto by = grant.acknowledge_by ? ToMilliseconds(*grant.acknowledge_by) : 0;
  writer.U64(static_cast<std::uint64_t>(by)).U8(grant.stored ? 1 : 0);
  writer.U32(static_cast<std::uint32_t>(grant.receipts.size()));
  for (const ReceiptSeen& seen : grant.receipts) writer.Fixed(seen.receipt).At(seen.position);
  writer.U8(static_cast<std::uint8_t>(grant.phase)).U8(grant.stood_down ? 1 : 0);
  writer.U8(static_cast<std::uint8_t>(grant.condition.kind));
  if (grant.condition.kind == Condition::Kind::kNone) return writer.bytes();
  writer.Fixed(grant.condition.grant);
  writer.U64(static_cast<std::uint64_t>(ToMilliseconds(grant.condition.by)));
  return writer.bytes();
}

Result<GrantRecord> GrantFrom(const Digest& digest, ByteView row) {
  RowReader reader(row);
  GrantRecord grant;
  grant.grant = digest;
  grant.position = reader.At();
  grant.index = reader.U32();
  grant.sender = AgencyId(reader.Text());
  grant.message = MessageId(reader.Array<16>());
  grant.origin = MessageId(reader.Array<16>());
  grant.recipient = AgencyId(reader.Text());
  grant.role = Role(reader.Text());
  grant.exchange = ExchangeName(reader.Text());
  grant.place = ReadPlace(reader);
  grant.claims = ReadList(reader, [&] { return reader.Text(); });
  const auto by = static_cast<std::int64_t>(reader.U64());
  if (by != 0) grant.acknowledge_by = FromMilliseconds(by);
  grant.stored = reader.U8() != 0;
  grant.receipts = ReadList(reader, [&] {
    const Digest receipt = reader.Array<32>();
    return ReceiptSeen{receipt, reader.At()};
  });
  const std::uint8_t phase = reader.U8();
  grant.phase = static_cast<GrantRecord::Phase>(phase);
  grant.stood_down = reader.U8() != 0;
  const std::uint8_t kind = reader.U8();
  grant.condition.kind = static_cast<Condition::Kind>(kind);
  if (grant.condition.kind != Condition::Kind::kNone) {
    grant.condition.grant = reader.Array<32>();
    grant.condition.by = FromMilliseconds(static_cast<std::int64_t>(reader.U64()));
  }
  if (!reader.ok() || phase > static_cast<std::uint8_t>(GrantRecord::Phase::kClosed) ||
      kind > static_cast<std::uint8_t>(Condition::Kind::kUnable))
    return Corrupt("grant");
  return grant;
}

Bytes ToRow(const MailboxRow& row) {
  return RowWriter()
      .U8(static_cast<std::uint8_t>(row.kind))
      .Fixed(row.grant)
      .Sized(row.bytes)
      .At(row.position)
      .U32(row.part)
      .bytes();
}

Result<MailboxRow> MailboxRowFrom(const MailboxPlace& place, ByteView bytes) {
  RowReader reader(bytes);
  MailboxRow row;
  row.place = place;
  const std::uint8_t kind = reader.U8();
  row.kind = static_cast<MailboxRow::Kind>(kind);
  row.grant = reader.Array<32>();
  row.bytes = reader.Sized();
  row.position = reader.At();
  row.part = reader.U32();
  if (!reader.ok() || kind > static_cast<std::uint8_t>(MailboxRow::Kind::kWord))
    return Corrupt("mailbox row");
  return row;
}

Bytes ToRow(const Entry& entry) {
  RowWriter writer;
  writer.U32(static_cast<std::uint32_t>(entry.parts.size()));
  for (const Part& part : entry.parts) {
    writer.Text(part.party.value()).Fixed(part.salt).Sized(part.json);
    writer.U32(static_cast<std::uint32_t>(part.exchanges.size()));
    for (const ExchangeName& exchange : part.exchanges) writer.Text(exchange.value());
  }
  writer.U32(static_cast<std::uint32_t>(entry.digests.size()));
  for (const Digest& digest : entry.digests) writer.Fixed(digest);
  return writer.bytes();
}

Result<EntryParts> PartsFrom(ByteView row) {
  RowReader reader(row);
  EntryParts entry;
  entry.parts = ReadList(reader, [&] {
    Part part;
    part.party = AgencyId(reader.Text());
    part.salt = reader.Array<32>();
    part.json = reader.Sized();
    part.exchanges = ReadList(reader, [&] { return ExchangeName(reader.Text()); });
    return part;
  });
  entry.digests = ReadList(reader, [&] { return reader.Array<32>(); });
  if (!reader.ok()) return Corrupt("entry");
  return entry;
}

Bytes ToRow(const DocumentRecord& document) {
  return RowWriter()
      .U8(static_cast<std::uint8_t>(document.kind))
      .Fixed(document.hash)
      .Text(document.note)
      .bytes();
}

Result<DocumentRecord> DocumentFrom(const Position& position, ByteView row) {
  RowReader reader(row);
  DocumentRecord document;
  document.kind = static_cast<DocumentKind>(reader.U8());
  document.hash = reader.Array<32>();
  document.note = reader.Text();
  document.position = position;
  if (!reader.ok()) return Corrupt("document");
  return document;
}

Bytes ToRow(const NoticeRecord& notice) {
  return RowWriter().U8(static_cast<std::uint8_t>(notice.kind)).Sized(notice.bytes).bytes();
}

Bytes ToRow(const AnsweredRecord& answered) {
  return RowWriter().U8(static_cast<std::uint8_t>(answered.answered)).bytes();
}

Result<HowAnswered> AnsweredFrom(ByteView row) {
  RowReader reader(row);
  const std::uint8_t answered = reader.U8();
  if (!reader.ok() || answered > static_cast<std::uint8_t>(HowAnswered::kAcknowledged))
    return Corrupt("answer of a person");
  return static_cast<HowAnswered>(answered);
}

Bytes ToRow(const SeriesRecord& series) {
  return RowWriter().U64(series.epoch).U64(series.last.series.value()).U64(series.last.n).bytes();
}

Result<SeriesRecord> SeriesFrom(const AgencyId& agency, Lane lane, ByteView row) {
  RowReader reader(row);
  SeriesRecord series{.agency = agency, .lane = lane, .epoch = reader.U64(), .last = {}};
  series.last.series = SeriesId(reader.U64());
  series.last.n = reader.U64();
  if (!reader.ok()) return Corrupt("series");
  return series;
}

Bytes ToRow(const SweepRecord& sweep) {
  RowWriter writer;
  writer.At(sweep.position);
  for (const SweepRecord::Box& box : sweep.boxes)
    writer.U64(box.end).U64(box.handed).U64(box.swept);
  return writer.bytes();
}

Result<SweepRecord> SweepFrom(const AgencyId& agency, ByteView row) {
  RowReader reader(row);
  SweepRecord sweep{.agency = agency, .position = reader.At(), .boxes = {}};
  for (SweepRecord::Box& box : sweep.boxes) {
    box.end = reader.U64();
    box.handed = reader.U64();
    box.swept = reader.U64();
  }
  if (!reader.ok()) return Corrupt("sweep");
  return sweep;
}

Result<NoticeRecord> NoticeFrom(std::uint64_t number, ByteView row) {
  RowReader reader(row);
  NoticeRecord notice;
  notice.number = number;
  notice.kind = static_cast<DocumentKind>(reader.U8());
  notice.bytes = reader.Sized();
  if (!reader.ok()) return Corrupt("notice");
  return notice;
}

}  // namespace havenline::storage
