#include "schema/wire/envelope_codec.h"

#include "schema/base/check.h"
#include "schema/wire/envelope.capnp.h"
#include "schema/wire/envelope_parts.h"
#include "schema/wire/message.h"

namespace havenline::wire {
namespace {

constexpr ParseLimits kMessage{limits::kMessageBytesMax, limits::kSegmentsMax};
constexpr ParseLimits kDelivery{limits::kDeliveryBytesMax, limits::kSegmentsMax};
constexpr ParseLimits kClearPartLimits{limits::kClearPartBytesMax, 1};
constexpr std::size_t kSealedBytesMax = limits::kSectionBytesMax + limits::kPaddingStep + 16;
constexpr std::size_t kGrantCiphertextMax = 32 * (limits::kSectionsMax + 1) + 16;

// An inner message that was signed: its bytes, and the value they hold.
template <class Value>
Value ParseInner(Result<Value> parsed) {
  if (!parsed) throw Malformed{parsed.error().detail};
  return *std::move(parsed);
}

SectionOpening ReadSectionOpening(raw::SectionOpening::Reader reader) {
  return {.salt = ReadArray<32>(reader.getSalt(), "section salt"),
          .name = ReadNameText(reader.getName(), "section name"),
          .size = reader.getSize(),
          .sealed_hash = ReadArray<32>(reader.getSealedHash(), "sealed hash"),
          .commit = ReadArray<32>(reader.getCommit(), "commit")};
}

void WriteSectionOpening(raw::SectionOpening::Builder builder, const SectionOpening& value) {
  builder.setSalt(Data(value.salt));
  builder.setName(value.name);
  builder.setSize(value.size);
  builder.setSealedHash(Data(value.sealed_hash));
  builder.setCommit(Data(value.commit));
}

ClaimOpening ReadClaimOpening(raw::ClaimOpening::Reader reader) {
  return {.salt = ReadArray<32>(reader.getSalt(), "claim salt"),
          .name = ReadNameText(reader.getName(), "claim name"),
          .value = ReadNameText(reader.getValue(), "claim value")};
}

void WriteClaimOpening(raw::ClaimOpening::Builder builder, const ClaimOpening& value) {
  builder.setSalt(Data(value.salt));
  builder.setName(value.name);
  builder.setValue(value.value);
}

SealedSection ReadSealedSection(raw::SealedSection::Reader reader) {
  return {.name = ReadNameText(reader.getName(), "sealed name"),
          .sealed = ReadBytes(reader.getSealed(), kSealedBytesMax, "sealed section")};
}

void WriteSealedSection(raw::SealedSection::Builder builder, const SealedSection& value) {
  builder.setName(value.name);
  builder.setSealed(Data(value.sealed));
}

Condition ReadCondition(raw::Condition::Reader reader) {
  Condition condition;
  switch (reader.which()) {
    case raw::Condition::NONE:
      return condition;
    case raw::Condition::UNACKNOWLEDGED: {
      const auto group = reader.getUnacknowledged();
      condition.kind = Condition::Kind::kUnacknowledged;
      condition.grant = ReadArray<32>(group.getGrant(), "condition");
      condition.by = ReadTime(group.getBy(), "condition time");
      return condition;
    }
    case raw::Condition::UNABLE:
      condition.kind = Condition::Kind::kUnable;
      condition.grant = ReadArray<32>(reader.getUnable().getGrant(), "condition");
      return condition;
  }
  throw Malformed{"condition kind"};
}

void WriteCondition(raw::Condition::Builder builder, const Condition& value) {
  switch (value.kind) {
    case Condition::Kind::kNone:
      builder.setNone();
      return;
    case Condition::Kind::kUnacknowledged: {
      auto group = builder.initUnacknowledged();
      group.setGrant(Data(value.grant));
      group.setBy(ToMilliseconds(value.by));
      return;
    }
    case Condition::Kind::kUnable:
      builder.initUnable().setGrant(Data(value.grant));
      return;
  }
}

Grant ReadGrant(raw::Grant::Reader reader) {
  Grant grant;
  grant.clear_bytes = ReadBytes(reader.getClearPart(), limits::kClearPartBytesMax, "clear part");
  grant.clear = ParseInner(ParseClearPart(grant.clear_bytes));
  grant.enc = ReadArray<32>(reader.getEnc(), "enc");
  grant.ciphertext = ReadBytes(reader.getCiphertext(), kGrantCiphertextMax, "grant ciphertext");
  return grant;
}

void WriteGrant(raw::Grant::Builder builder, const Grant& value) {
  builder.setClearPart(Data(value.clear_bytes));
  builder.setEnc(Data(value.enc));
  builder.setCiphertext(Data(value.ciphertext));
}

template <class Builder>
void WriteSections(Builder builder, const std::vector<SectionOpening>& sections,
                   const std::vector<ClaimOpening>& claims,
                   const std::vector<SealedSection>& sealed) {
  WriteList(
      sections, [&](unsigned n) { return builder.initSections(n); }, WriteSectionOpening);
  WriteList(
      claims, [&](unsigned n) { return builder.initClaims(n); }, WriteClaimOpening);
  WriteList(
      sealed, [&](unsigned n) { return builder.initSealed(n); }, WriteSealedSection);
}

template <class Value, class Reader>
void ReadSections(Value& value, Reader reader) {
  value.sections =
      ReadList(reader.getSections(), limits::kSectionsMax, "section openings", ReadSectionOpening);
  value.claims =
      ReadList(reader.getClaims(), limits::kClaimsMax, "claim openings", ReadClaimOpening);
  value.sealed =
      ReadList(reader.getSealed(), limits::kSectionsMax, "sealed sections", ReadSealedSection);
}

}  // namespace

DocumentVersion ReadDocumentVersion(raw::DocumentVersion::Reader reader) {
  return {.version = reader.getVersion(), .hash = ReadArray<32>(reader.getHash(), "document hash")};
}

void Write(raw::DocumentVersion::Builder builder, const DocumentVersion& value) {
  builder.setVersion(value.version);
  builder.setHash(Data(value.hash));
}

LogHead ReadLogHead(raw::LogHead::Reader reader) {
  return {.epoch = reader.getEpoch(),
          .size = reader.getSize(),
          .root = ReadArray<32>(reader.getRoot(), "root")};
}

void Write(raw::LogHead::Builder builder, const LogHead& value) {
  builder.setEpoch(value.epoch);
  builder.setSize(value.size);
  builder.setRoot(Data(value.root));
}

TreeSignature ReadTreeSignature(raw::TreeSignature::Reader reader) {
  return {.size = reader.getSize(),
          .index = reader.getIndex(),
          .path = ReadDigests(reader.getPath(), limits::kProofHashesMax, "signature path"),
          .signature = ReadArray<64>(reader.getSignature(), "signature")};
}

void Write(raw::TreeSignature::Builder builder, const TreeSignature& value) {
  builder.setSize(value.size);
  builder.setIndex(value.index);
  WriteDigests(value.path, [&](unsigned n) { return builder.initPath(n); });
  builder.setSignature(Data(value.signature));
}

Position ReadPosition(raw::Position::Reader reader) {
  return {.epoch = reader.getEpoch(), .index = LogIndex(reader.getIndex())};
}

void Write(raw::Position::Builder builder, const Position& value) {
  builder.setEpoch(value.epoch);
  builder.setIndex(value.index.value());
}

PartProof ReadPartProof(raw::PartProof::Reader reader) {
  return {.position = ReadPosition(reader.getPosition()),
          .salt = ReadArray<32>(reader.getSalt(), "part salt"),
          .part = ReadBytes(reader.getPart(), limits::kPartBytesMax, "part"),
          .digests = ReadDigests(reader.getDigests(), limits::kGrantsMax, "part digests")};
}

void Write(raw::PartProof::Builder builder, const PartProof& value) {
  Write(builder.initPosition(), value.position);
  builder.setSalt(Data(value.salt));
  builder.setPart(Data(value.part));
  WriteDigests(value.digests, [&](unsigned n) { return builder.initDigests(n); });
}

Bytes EncodePartProof(const PartProof& proof) {
  return EncodeMessage<raw::PartProof>(
      [&](raw::PartProof::Builder builder) { Write(builder, proof); });
}

Result<PartProof> ParsePartProof(ByteView bytes) {
  return ParseMessage<raw::PartProof>(bytes, kSignedPart, ReadPartProof);
}

Bytes EncodeHeader(const Header& header) {
  return EncodeMessage<raw::Header>([&](raw::Header::Builder builder) {
    builder.setSuite(header.suite);
    builder.setPartnership(header.partnership.value());
    builder.setId(Data(header.id.value()));
    builder.setOrigin(Data(header.origin.value()));
    builder.setExchange(header.exchange.value());
    builder.setVersion(header.version);
    builder.setSender(header.sender.value());
    builder.setRole(header.role.value());
    builder.setKey(Data(header.key.value()));
    builder.setCreated(ToMilliseconds(header.created));
    Write(builder.initPolicy(), header.policy);
    Write(builder.initDirectory(), header.directory);
    builder.setThreadMark(Data(header.thread_mark));
    Write(builder.initCheckpoint(), header.checkpoint);
    WriteDigests(header.sections, [&](unsigned n) { return builder.initSections(n); });
    WriteDigests(header.claims, [&](unsigned n) { return builder.initClaims(n); });
    WriteDigests(header.grants, [&](unsigned n) { return builder.initGrants(n); });
    builder.setBrokersPart(Data(header.brokers_part));
  });
}

Result<Header> ParseHeader(ByteView bytes) {
  return ParseMessage<raw::Header>(bytes, kSignedPart, [](raw::Header::Reader reader) {
    return Header{
        .suite = reader.getSuite(),
        .partnership = ReadName<PartnershipId>(reader.getPartnership(), "partnership"),
        .id = MessageId(ReadArray<16>(reader.getId(), "id")),
        .origin = MessageId(ReadArray<16>(reader.getOrigin(), "origin")),
        .exchange = ReadName<ExchangeName>(reader.getExchange(), "exchange"),
        .version = reader.getVersion(),
        .sender = ReadName<AgencyId>(reader.getSender(), "sender"),
        .role = ReadName<Role>(reader.getRole(), "role"),
        .key = KeyId(ReadArray<8>(reader.getKey(), "key")),
        .created = ReadTime(reader.getCreated(), "created"),
        .policy = ReadDocumentVersion(reader.getPolicy()),
        .directory = ReadDocumentVersion(reader.getDirectory()),
        .thread_mark = ReadArray<32>(reader.getThreadMark(), "thread mark"),
        .checkpoint = ReadLogHead(reader.getCheckpoint()),
        .sections = ReadDigests(reader.getSections(), limits::kSectionsMax, "sections"),
        .claims = ReadDigests(reader.getClaims(), limits::kClaimsMax, "claims"),
        .grants = ReadDigests(reader.getGrants(), limits::kGrantsMax, "grants"),
        .brokers_part = ReadArray<32>(reader.getBrokersPart(), "broker's part"),
    };
  });
}

Bytes EncodeClearPart(const ClearPart& clear) {
  return EncodeMessage<raw::ClearPart>([&](raw::ClearPart::Builder builder) {
    builder.setRecipient(clear.recipient.value());
    builder.setRole(clear.role.value());
    builder.setKey(Data(clear.key.value()));
    builder.setStatement(clear.statement);
    builder.setRule(clear.rule.value());
    auto openings = builder.initOpenings(static_cast<unsigned>(clear.openings.size()));
    for (unsigned i = 0; i < clear.openings.size(); ++i) openings.set(i, clear.openings[i]);
    WriteCondition(builder.initCondition(), clear.condition);
    if (clear.acknowledge_by) builder.setAcknowledgeBy(ToMilliseconds(*clear.acknowledge_by));
    auto number = builder.initNumber();
    if (clear.number) {
      CHECK(clear.number->n > 0);  // 0 stands for none.
      number.setSeries(clear.number->series.value());
      number.setN(clear.number->n);
    }
    builder.setSalt(Data(clear.salt));
  });
}

Result<ClearPart> ParseClearPart(ByteView bytes) {
  return ParseMessage<raw::ClearPart>(bytes, kClearPartLimits, [](raw::ClearPart::Reader reader) {
    ClearPart clear{
        .recipient = ReadName<AgencyId>(reader.getRecipient(), "recipient"),
        .role = ReadName<Role>(reader.getRole(), "recipient role"),
        .key = KeyId(ReadArray<8>(reader.getKey(), "recipient key")),
        .statement = reader.getStatement(),
        .rule = ReadName<RuleId>(reader.getRule(), "rule"),
        .openings =
            ReadList(reader.getOpenings(), limits::kSectionsMax, "openings",
                     [](capnp::Text::Reader text) { return ReadNameText(text, "opening"); }),
        .condition = ReadCondition(reader.getCondition()),
        .acknowledge_by = std::nullopt,
        .number = std::nullopt,
        .salt = ReadArray<32>(reader.getSalt(), "clear part salt"),
    };
    const std::int64_t acknowledge_by = reader.getAcknowledgeBy();
    if (acknowledge_by != 0) clear.acknowledge_by = ReadTime(acknowledge_by, "acknowledge by");
    const auto number = reader.getNumber();
    const std::uint64_t n = number.getN();
    if (n != 0) clear.number = SeriesNumber{SeriesId(number.getSeries()), n};
    return clear;
  });
}

Bytes EncodeBrokersPart(const BrokersPart& part) {
  return EncodeMessage<raw::BrokersPart>([&](raw::BrokersPart::Builder builder) {
    WriteList(
        part.left_out, [&](unsigned n) { return builder.initLeftOut(n); },
        [](raw::BrokersPart::LeftOut::Builder item, const BrokersPart::LeftOut& value) {
          item.setRole(value.role.value());
          if (value.stand_in) item.setStandIn(value.stand_in->value());
        });
  });
}

Result<BrokersPart> ParseBrokersPart(ByteView bytes) {
  return ParseMessage<raw::BrokersPart>(bytes, kSignedPart, [](raw::BrokersPart::Reader reader) {
    return BrokersPart{
        ReadList(reader.getLeftOut(), limits::kGrantsMax, "roles left out",
                 [](raw::BrokersPart::LeftOut::Reader item) {
                   return BrokersPart::LeftOut{
                       .role = ReadName<Role>(item.getRole(), "role left out"),
                       .stand_in = ReadOptionalName<AgencyId>(item.getStandIn(), "stand-in")};
                 })};
  });
}

Bytes EncodeEnvelope(const Envelope& envelope) {
  return EncodeMessage<raw::Envelope>([&](raw::Envelope::Builder builder) {
    builder.setHeader(Data(envelope.header_bytes));
    Write(builder.initSignature(), envelope.signature);
    WriteSections(builder, envelope.sections, envelope.claims, envelope.sealed);
    builder.setBrokersSalt(Data(envelope.brokers_salt));
    builder.setBrokersPart(Data(envelope.brokers_bytes));
    WriteList(
        envelope.grants, [&](unsigned n) { return builder.initGrants(n); }, WriteGrant);
  });
}

Result<Envelope> ParseEnvelope(ByteView bytes) {
  return ParseMessage<raw::Envelope>(bytes, kMessage, [](raw::Envelope::Reader reader) {
    Envelope envelope;
    envelope.header_bytes = ReadBytes(reader.getHeader(), limits::kHeaderBytesMax, "header");
    envelope.header = ParseInner(ParseHeader(envelope.header_bytes));
    envelope.signature = ReadTreeSignature(reader.getSignature());
    ReadSections(envelope, reader);
    envelope.brokers_salt = ReadArray<32>(reader.getBrokersSalt(), "broker's salt");
    envelope.brokers_bytes =
        ReadBytes(reader.getBrokersPart(), limits::kHeaderBytesMax, "broker's part");
    envelope.brokers_part = ParseInner(ParseBrokersPart(envelope.brokers_bytes));
    envelope.grants = ReadList(reader.getGrants(), limits::kGrantsMax, "grants", ReadGrant);
    return envelope;
  });
}

Bytes EncodeDelivery(const Delivery& delivery) {
  return EncodeMessage<raw::Delivery>([&](raw::Delivery::Builder builder) {
    builder.setHeader(Data(delivery.header_bytes));
    Write(builder.initSignature(), delivery.signature);
    WriteGrant(builder.initGrant(), delivery.grant);
    WriteSections(builder, delivery.sections, delivery.claims, delivery.sealed);
    if (!delivery.release.empty()) builder.setRelease(Data(delivery.release));
    Write(builder.initProof(), delivery.proof);
    builder.setConfirmByTelephone(delivery.confirm_by_telephone);
  });
}

Result<Delivery> ParseDelivery(ByteView bytes) {
  return ParseMessage<raw::Delivery>(bytes, kDelivery, [](raw::Delivery::Reader reader) {
    Delivery delivery;
    delivery.header_bytes = ReadBytes(reader.getHeader(), limits::kHeaderBytesMax, "header");
    delivery.header = ParseInner(ParseHeader(delivery.header_bytes));
    delivery.signature = ReadTreeSignature(reader.getSignature());
    delivery.grant = ReadGrant(reader.getGrant());
    ReadSections(delivery, reader);
    delivery.release = ReadBytes(reader.getRelease(), limits::kWordBytesMax, "release");
    delivery.proof = ReadPartProof(reader.getProof());
    delivery.confirm_by_telephone = reader.getConfirmByTelephone();
    return delivery;
  });
}

}  // namespace havenline::wire
