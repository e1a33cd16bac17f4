#include "schema/wire/statement_codec.h"

#include "schema/wire/envelope_parts.h"
#include "schema/wire/message.h"
#include "schema/wire/statement.capnp.h"

namespace havenline::wire {
namespace {

constexpr std::size_t kStatementBytesMax = 64U << 10U;  // 64 role keys and 400 calendar ranges.
constexpr std::size_t kRoleKeysMax = 64;
constexpr std::size_t kDayRangesMax = 400;
constexpr std::size_t kVoidedMax = 1024;
constexpr ParseLimits kSmall{limits::kHeaderBytesMax, 1};
constexpr ParseLimits kStatement{kStatementBytesMax, 1};

template <class Value>
Value ParseInner(Result<Value> parsed) {
  if (!parsed) throw Malformed{parsed.error().detail};
  return *std::move(parsed);
}

Lane ReadLane(std::uint8_t lane) {
  if (lane > static_cast<std::uint8_t>(Lane::kNormal)) throw Malformed{"lane"};
  return static_cast<Lane>(lane);
}

RecipientKey ReadRecipientKey(raw::RecipientKey::Reader reader) {
  return {.role = ReadName<Role>(reader.getRole(), "key role"),
          .epoch = reader.getEpoch(),
          .key = ReadArray<32>(reader.getKey(), "recipient key"),
          .state = ReadEnum(reader.getState(), RecipientKey::State::kCompromised, "key state")};
}

void WriteRecipientKey(raw::RecipientKey::Builder builder, const RecipientKey& value) {
  builder.setRole(value.role.value());
  builder.setEpoch(value.epoch);
  builder.setKey(Data(value.key));
  builder.setState(static_cast<raw::RecipientKey::State>(value.state));
}

Day ReadDay(std::int32_t days) {
  constexpr std::int32_t kLast = 2'932'896;  // 9999-12-31.
  if (days < 0 || days > kLast) throw Malformed{"calendar day"};
  return Day(std::chrono::days(days));
}

DayRange ReadDayRange(raw::DayRange::Reader reader) {
  const DayRange range{.first = ReadDay(reader.getFirst()), .last = ReadDay(reader.getLast())};
  if (range.last < range.first) throw Malformed{"calendar range"};
  return range;
}

void WriteDayRange(raw::DayRange::Builder builder, const DayRange& value) {
  builder.setFirst(static_cast<std::int32_t>(value.first.time_since_epoch().count()));
  builder.setLast(static_cast<std::int32_t>(value.last.time_since_epoch().count()));
}

Calendar ReadCalendar(raw::Calendar::Reader reader) {
  const std::uint16_t ready_by = reader.getReadyBy();
  const std::uint8_t weekdays = reader.getWeekdays();
  if (ready_by >= 24 * 60 || weekdays > 0b1111111) throw Malformed{"calendar"};
  return {.zone = ReadNameText(reader.getZone(), "time zone"),
          .ready_by = std::chrono::minutes(ready_by),
          .weekdays = weekdays,
          .terms = ReadList(reader.getTerms(), kDayRangesMax, "terms", ReadDayRange),
          .closures = ReadList(reader.getClosures(), kDayRangesMax, "closures", ReadDayRange)};
}

void WriteCalendar(raw::Calendar::Builder builder, const Calendar& value) {
  builder.setZone(value.zone);
  builder.setReadyBy(static_cast<std::uint16_t>(value.ready_by.count()));
  builder.setWeekdays(value.weekdays);
  WriteList(
      value.terms, [&](unsigned n) { return builder.initTerms(n); }, WriteDayRange);
  WriteList(
      value.closures, [&](unsigned n) { return builder.initClosures(n); }, WriteDayRange);
}

Void ReadVoid(raw::VoidStatement::Reader reader) {
  return {.partnership = ReadName<PartnershipId>(reader.getPartnership(), "partnership"),
          .sender = ReadName<AgencyId>(reader.getSender(), "sender"),
          .recipient = ReadName<AgencyId>(reader.getRecipient(), "recipient"),
          .lane = ReadLane(reader.getLane()),
          .series = SeriesId(reader.getSeries()),
          .last_given = reader.getLastGiven(),
          .voided = ReadList(reader.getVoided(), kVoidedMax, "voided numbers",
                             [](std::uint64_t n) { return n; }),
          .key = KeyId(ReadArray<8>(reader.getKey(), "key"))};
}

Recall ReadRecall(raw::Recall::Reader reader) {
  return {.partnership = ReadName<PartnershipId>(reader.getPartnership(), "partnership"),
          .sender = ReadName<AgencyId>(reader.getSender(), "sender"),
          .origin = MessageId(ReadArray<16>(reader.getOrigin(), "origin")),
          .grants = ReadDigests(reader.getGrants(), limits::kGrantsMax, "grants"),
          .time = ReadTime(reader.getTime(), "time"),
          .key = KeyId(ReadArray<8>(reader.getKey(), "key"))};
}

AgencyStatement ReadStatement(raw::AgencyStatement::Reader reader) {
  return {.partnership = ReadName<PartnershipId>(reader.getPartnership(), "partnership"),
          .agency = ReadName<AgencyId>(reader.getAgency(), "agency"),
          .counter = reader.getCounter(),
          .previous = ReadArray<32>(reader.getPrevious(), "previous"),
          .time = ReadTime(reader.getTime(), "time"),
          .keys = ReadList(reader.getKeys(), kRoleKeysMax, "keys", ReadRecipientKey),
          .telephone = ReadText(reader.getTelephone(), limits::kNameBytesMax, "telephone"),
          .calendar = ReadCalendar(reader.getCalendar()),
          .alternate = ReadOptionalName<AgencyId>(reader.getAlternate(), "alternate"),
          .key = KeyId(ReadArray<8>(reader.getKey(), "key"))};
}

Look ReadLook(raw::Look::Reader reader) {
  return {.partnership = ReadName<PartnershipId>(reader.getPartnership(), "partnership"),
          .agency = ReadName<AgencyId>(reader.getAgency(), "agency"),
          .role = ReadName<Role>(reader.getRole(), "role"),
          .person = ReadName<Pseudonym>(reader.getPerson(), "person"),
          .reason = ReadEnum(reader.getReason(), LookReason::kInspection, "reason"),
          .epoch = reader.getEpoch(),
          .first = reader.getFirst(),
          .count = reader.getCount(),
          .time = ReadTime(reader.getTime(), "time"),
          .key = KeyId(ReadArray<8>(reader.getKey(), "key"))};
}

Bytes EncodeSigned(ByteView inner, const Signature& signature) {
  return EncodeMessage<raw::Signed>([&](raw::Signed::Builder builder) {
    builder.setBytes(Data(inner));
    builder.setSignature(Data(signature));
  });
}

// Reads a Signed and hands its inner bytes to `parse`.
template <class Value, class Inner, class Parse>
Result<Value> ParseSigned(ByteView bytes, const ParseLimits& limits, Inner Value::*inner,
                          Parse parse) {
  return ParseMessage<raw::Signed>(bytes, limits, [&](raw::Signed::Reader reader) {
    Value value;
    value.bytes = ReadBytes(reader.getBytes(), limits.bytes_max, "signed bytes");
    value.*inner = ParseInner(parse(value.bytes));
    value.signature = ReadArray<64>(reader.getSignature(), "signature");
    return value;
  });
}

}  // namespace

Bytes EncodeReceipt(const Receipt& receipt) {
  return EncodeMessage<raw::Receipt>([&](raw::Receipt::Builder builder) {
    builder.setPartnership(receipt.partnership.value());
    builder.setRecipient(receipt.recipient.value());
    builder.setRole(receipt.role.value());
    builder.setSender(receipt.sender.value());
    builder.setOrigin(Data(receipt.origin.value()));
    builder.setMessage(Data(receipt.message.value()));
    builder.setGrant(Data(receipt.grant));
    builder.setKind(static_cast<raw::ReceiptKind>(receipt.kind));
    builder.setTime(ToMilliseconds(receipt.time));
    if (receipt.person) builder.setPerson(receipt.person->value());
    builder.setPrevious(Data(receipt.previous));
    builder.setKey(Data(receipt.key.value()));
  });
}

Result<Receipt> ParseReceipt(ByteView bytes) {
  return ParseMessage<raw::Receipt>(bytes, kSmall, [](raw::Receipt::Reader reader) {
    return Receipt{
        .partnership = ReadName<PartnershipId>(reader.getPartnership(), "partnership"),
        .recipient = ReadName<AgencyId>(reader.getRecipient(), "recipient"),
        .role = ReadName<Role>(reader.getRole(), "role"),
        .sender = ReadName<AgencyId>(reader.getSender(), "sender"),
        .origin = MessageId(ReadArray<16>(reader.getOrigin(), "origin")),
        .message = MessageId(ReadArray<16>(reader.getMessage(), "message")),
        .grant = ReadArray<32>(reader.getGrant(), "grant"),
        .kind = ReadEnum(reader.getKind(), ReceiptKind::kRecalled, "receipt kind"),
        .time = ReadTime(reader.getTime(), "time"),
        .person = ReadOptionalName<Pseudonym>(reader.getPerson(), "person"),
        .previous = ReadArray<32>(reader.getPrevious(), "previous"),
        .key = KeyId(ReadArray<8>(reader.getKey(), "key")),
    };
  });
}

Bytes EncodeVoid(const Void& value) {
  return EncodeMessage<raw::VoidStatement>([&](raw::VoidStatement::Builder builder) {
    builder.setPartnership(value.partnership.value());
    builder.setSender(value.sender.value());
    builder.setRecipient(value.recipient.value());
    builder.setLane(static_cast<std::uint8_t>(value.lane));
    builder.setSeries(value.series.value());
    builder.setLastGiven(value.last_given);
    auto voided = builder.initVoided(static_cast<unsigned>(value.voided.size()));
    for (unsigned i = 0; i < value.voided.size(); ++i) voided.set(i, value.voided[i]);
    builder.setKey(Data(value.key.value()));
  });
}

Bytes EncodeRecall(const Recall& value) {
  return EncodeMessage<raw::Recall>([&](raw::Recall::Builder builder) {
    builder.setPartnership(value.partnership.value());
    builder.setSender(value.sender.value());
    builder.setOrigin(Data(value.origin.value()));
    WriteDigests(value.grants, [&](unsigned n) { return builder.initGrants(n); });
    builder.setTime(ToMilliseconds(value.time));
    builder.setKey(Data(value.key.value()));
  });
}

Bytes EncodeStatement(const AgencyStatement& statement) {
  return EncodeMessage<raw::AgencyStatement>([&](raw::AgencyStatement::Builder builder) {
    builder.setPartnership(statement.partnership.value());
    builder.setAgency(statement.agency.value());
    builder.setCounter(statement.counter);
    builder.setPrevious(Data(statement.previous));
    builder.setTime(ToMilliseconds(statement.time));
    WriteList(
        statement.keys, [&](unsigned n) { return builder.initKeys(n); }, WriteRecipientKey);
    builder.setTelephone(statement.telephone);
    WriteCalendar(builder.initCalendar(), statement.calendar);
    if (statement.alternate) builder.setAlternate(statement.alternate->value());
    builder.setKey(Data(statement.key.value()));
  });
}

Bytes EncodeLook(const Look& look) {
  return EncodeMessage<raw::Look>([&](raw::Look::Builder builder) {
    builder.setPartnership(look.partnership.value());
    builder.setAgency(look.agency.value());
    builder.setRole(look.role.value());
    builder.setPerson(look.person.value());
    builder.setReason(static_cast<raw::Look::Reason>(look.reason));
    builder.setEpoch(look.epoch);
    builder.setFirst(look.first);
    builder.setCount(look.count);
    builder.setTime(ToMilliseconds(look.time));
    builder.setKey(Data(look.key.value()));
  });
}

Bytes EncodeSignedReceipt(const SignedReceipt& receipt) {
  return EncodeMessage<raw::SignedReceipt>([&](raw::SignedReceipt::Builder builder) {
    builder.setReceipt(Data(receipt.bytes));
    Write(builder.initSignature(), receipt.signature);
  });
}

Result<SignedReceipt> ParseSignedReceipt(ByteView bytes) {
  return ParseMessage<raw::SignedReceipt>(bytes, kSmall, [](raw::SignedReceipt::Reader reader) {
    SignedReceipt receipt;
    receipt.bytes = ReadBytes(reader.getReceipt(), limits::kHeaderBytesMax, "receipt");
    receipt.receipt = ParseInner(ParseReceipt(receipt.bytes));
    receipt.signature = ReadTreeSignature(reader.getSignature());
    return receipt;
  });
}

Bytes EncodeSignedVoid(const SignedVoid& value) {
  return EncodeSigned(value.bytes, value.signature);
}

Result<SignedVoid> ParseSignedVoid(ByteView bytes) {
  return ParseSigned(bytes, kSmall, &SignedVoid::value, [](ByteView inner) {
    return ParseMessage<raw::VoidStatement>(inner, kSmall, ReadVoid);
  });
}

Bytes EncodeSignedRecall(const SignedRecall& value) {
  return EncodeSigned(value.bytes, value.signature);
}

Result<SignedRecall> ParseSignedRecall(ByteView bytes) {
  return ParseSigned(bytes, kSmall, &SignedRecall::value, [](ByteView inner) {
    return ParseMessage<raw::Recall>(inner, kSmall, ReadRecall);
  });
}

Bytes EncodeSignedStatement(const SignedStatement& statement) {
  return EncodeSigned(statement.bytes, statement.signature);
}

Result<SignedStatement> ParseSignedStatement(ByteView bytes) {
  return ParseSigned(bytes, kStatement, &SignedStatement::statement, [](ByteView inner) {
    return ParseMessage<raw::AgencyStatement>(inner, kStatement, ReadStatement);
  });
}

Bytes EncodeSignedLook(const SignedLook& look) { return EncodeSigned(look.bytes, look.signature); }

Result<SignedLook> ParseSignedLook(ByteView bytes) {
  return ParseSigned(bytes, kSmall, &SignedLook::look, [](ByteView inner) {
    return ParseMessage<raw::Look>(inner, kSmall, ReadLook);
  });
}

}  // namespace havenline::wire
