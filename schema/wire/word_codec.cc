#include "schema/wire/word_codec.h"

#include "schema/base/check.h"
#include "schema/wire/answer_parts.h"
#include "schema/wire/envelope_parts.h"
#include "schema/wire/message.h"
#include "schema/wire/statement.capnp.h"

namespace havenline::wire {
namespace {

constexpr ParseLimits kWordLimits{limits::kWordBytesMax, 1};

Lane ReadLane(std::uint8_t lane) {
  if (lane > static_cast<std::uint8_t>(Lane::kNormal)) throw Malformed{"lane"};
  return static_cast<Lane>(lane);
}

SeriesNumber ReadNumber(raw::SeriesNumber::Reader reader) {
  const SeriesNumber number{SeriesId(reader.getSeries()), reader.getN()};
  if (number.n == 0) throw Malformed{"word number"};
  return number;
}

std::optional<Code> ReadWhy(std::uint16_t code) {
  return code == 0 ? std::nullopt : std::optional(ReadCode(code));
}

}  // namespace

Bytes EncodeWord(const BrokersWord& word) {
  CHECK(word.number.n > 0);
  return EncodeMessage<raw::BrokersWord>([&](raw::BrokersWord::Builder builder) {
    builder.setPartnership(word.partnership.value());
    builder.setTo(word.to.value());
    builder.setLane(static_cast<std::uint8_t>(word.lane));
    builder.setKind(static_cast<raw::BrokersWord::Kind>(word.kind));
    builder.setMessage(Data(word.message.value()));
    builder.setOrigin(Data(word.origin.value()));
    builder.setGrant(Data(word.grant));
    if (word.why) builder.setWhy(static_cast<std::uint16_t>(*word.why));
    builder.setMayArrive(word.may_arrive);
    Write(builder.initPosition(), word.position);
    auto number = builder.initNumber();
    number.setSeries(word.number.series.value());
    number.setN(word.number.n);
    builder.setTime(ToMilliseconds(word.time));
  });
}

Result<BrokersWord> ParseWord(ByteView bytes) {
  return ParseMessage<raw::BrokersWord>(bytes, kWordLimits, [](raw::BrokersWord::Reader reader) {
    return BrokersWord{
        .partnership = ReadName<PartnershipId>(reader.getPartnership(), "partnership"),
        .to = ReadName<AgencyId>(reader.getTo(), "to"),
        .lane = ReadLane(reader.getLane()),
        .kind = ReadEnum(reader.getKind(), WordKind::kUndeliverable, "word kind"),
        .message = MessageId(ReadArray<16>(reader.getMessage(), "message")),
        .origin = MessageId(ReadArray<16>(reader.getOrigin(), "origin")),
        .grant = ReadArray<32>(reader.getGrant(), "grant"),
        .why = ReadWhy(reader.getWhy()),
        .may_arrive = reader.getMayArrive(),
        .position = ReadPosition(reader.getPosition()),
        .number = ReadNumber(reader.getNumber()),
        .time = ReadTime(reader.getTime(), "time"),
    };
  });
}

Bytes EncodeSignedWord(const SignedWord& word) {
  return EncodeMessage<raw::Signed>([&](raw::Signed::Builder builder) {
    builder.setBytes(Data(word.bytes));
    builder.setSignature(Data(word.signature));
  });
}

Result<SignedWord> ParseSignedWord(ByteView bytes) {
  return ParseMessage<raw::Signed>(bytes, kWordLimits, [](raw::Signed::Reader reader) {
    SignedWord word;
    word.bytes = ReadBytes(reader.getBytes(), limits::kWordBytesMax, "signed bytes");
    auto inner = ParseWord(word.bytes);
    if (!inner) throw Malformed{inner.error().detail};
    word.word = *std::move(inner);
    word.signature = ReadArray<64>(reader.getSignature(), "signature");
    return word;
  });
}

}  // namespace havenline::wire
