#include "tests/fakes/generators.h"

#include <algorithm>
#include <utility>

#include "schema/model/limits.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"
#include "schema/wire/word_codec.h"

namespace havenline::any {
namespace {

constexpr std::size_t kNoteBytes = 16U << 10U;
constexpr std::int64_t kLastTime = 253'402'300'799'999;
constexpr int kLastDay = 2'932'896;

// A generator of whatever `make` returns; inside it, `*generator` draws.
template <class Make>
auto Made(Make make) {
  return rc::gen::exec(std::move(make));
}

template <class Integer>
Integer Number() {
  return *rc::gen::weightedOneOf<Integer>({{1, rc::gen::just(Integer{0})},
                                           {1, rc::gen::just(std::numeric_limits<Integer>::max())},
                                           {3, rc::gen::arbitrary<Integer>()}});
}

bool Coin() { return *rc::gen::arbitrary<bool>(); }

template <std::size_t kSize>
ByteArray<kSize> Array() {
  return *rc::gen::arbitrary<ByteArray<kSize>>();
}

template <class Name>
Name Named() {
  return Name(*NameText());
}

template <class Name>
std::optional<Name> MaybeNamed() {
  if (Coin()) return std::nullopt;
  return Named<Name>();
}

// Between none and `most`, few as a rule and now and then all.
template <class Make>
auto ListOf(std::size_t most, Make make) {
  const auto few = rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(most, 5) + 1);
  const auto count = *rc::gen::weightedOneOf<std::size_t>({{30, few}, {1, rc::gen::just(most)}});
  std::vector<decltype(make())> list;
  for (std::size_t i = 0; i < count; ++i) list.push_back(make());
  return list;
}

std::vector<Digest> Digests(std::size_t most) { return ListOf(most, Array<32>); }

template <class Enum>
Enum Choice(Enum last) {
  return static_cast<Enum>(*rc::gen::inRange(0, static_cast<int>(last) + 1));
}

Lane AnyLane() { return Choice(Lane::kNormal); }
LogHead AnyHead() { return {Number<std::uint64_t>(), Number<std::uint64_t>(), Array<32>()}; }
DocumentVersion AnyVersion() { return {Number<std::uint64_t>(), Array<32>()}; }
Position AnyPosition() { return {Number<std::uint64_t>(), LogIndex(Number<std::uint64_t>())}; }
Reference AnyReference() { return Reference(Number<std::uint64_t>()); }
SeriesNumber AnySeriesNumber() {
  return {SeriesId(Number<std::uint64_t>()), std::max<std::uint64_t>(1, Number<std::uint64_t>())};
}

TreeSignature AnyTreeSignature() {
  return {Number<std::uint64_t>(), Number<std::uint64_t>(), Digests(limits::kProofHashesMax),
          Array<64>()};
}

SectionOpening AnySectionOpening() {
  return {Array<32>(), *NameText(), Number<std::uint32_t>(), Array<32>(), Array<32>()};
}
ClaimOpening AnyClaimOpening() { return {Array<32>(), *NameText(), *NameText()}; }
SealedSection AnySealedSection() { return {*NameText(), *SomeBytes(1024)}; }

Condition AnyCondition() {
  Condition condition;
  condition.kind = Choice(Condition::Kind::kUnable);
  if (condition.kind != Condition::Kind::kNone) condition.grant = Array<32>();
  if (condition.kind == Condition::Kind::kUnacknowledged) condition.by = *Time();
  return condition;
}

Grant AnyGrant() {
  Grant grant;
  grant.clear = *AnyClearPart();
  grant.clear_bytes = wire::EncodeClearPart(grant.clear);
  grant.enc = Array<32>();
  grant.ciphertext = *SomeBytes(32 * (limits::kSectionsMax + 1) + 16);
  return grant;
}

template <class Value>
void FillSections(Value& value) {
  value.sections = ListOf(limits::kSectionsMax, AnySectionOpening);
  value.claims = ListOf(limits::kClaimsMax, AnyClaimOpening);
  value.sealed = ListOf(limits::kSectionsMax, AnySealedSection);
}

template <class Value>
void FillHeader(Value& value) {
  value.header = *AnyHeader();
  value.header_bytes = wire::EncodeHeader(value.header);
  value.signature = AnyTreeSignature();
}

Code AnyCode() {
  return *rc::gen::element(Code::kPolicyDenies, Code::kCondition, Code::kOverload, Code::kStale,
                           Code::kMalformed, Code::kNotEntitled);
}
Milliseconds AnyWait() { return Milliseconds(Number<std::uint32_t>()); }

Objection AnyObjection() {
  return {Named<AgencyId>(), Named<Role>(), *Text(limits::kNameBytesMax),
          RuleId(*Text(limits::kNameBytesMax))};
}

Item AnyItem() { return {AnyReference(), *SomeBytes(2048)}; }
std::vector<Item> AnyItems() { return ListOf(limits::kItemsMax, AnyItem); }
std::vector<AnswerItem> AnyAnswers() {
  return ListOf(20, [] { return AnswerItem{AnyReference(), *AnyAnswer()}; });
}

Day AnyDay() { return Day(std::chrono::days(*rc::gen::inRange(0, kLastDay + 1))); }
DayRange AnyRange() {
  const auto [first, last] = std::minmax({AnyDay(), AnyDay()});
  return {first, last};
}

Calendar AnyCalendar() {
  return {.zone = *NameText(),
          .ready_by = std::chrono::minutes(*rc::gen::inRange(0, 24 * 60)),
          .weekdays = static_cast<std::uint8_t>(*rc::gen::inRange(0, 128)),
          .terms = ListOf(400, AnyRange),
          .closures = ListOf(400, AnyRange)};
}

RecipientKey AnyRecipientKey() {
  return {Named<Role>(), Number<std::uint32_t>(), Array<32>(),
          Choice(RecipientKey::State::kCompromised)};
}

// --- one function a kind of frame

using Body = decltype(Frame::body);

Hello AnyHello() {
  return {.minor_lowest = Number<std::uint16_t>(),
          .minor_highest = Number<std::uint16_t>(),
          .partnership = Named<PartnershipId>(),
          .agencies = ListOf(limits::kAgenciesPerHostMax, Named<AgencyId>),
          .checkpoint = *Text(kNoteBytes),
          .time = *Time(),
          .software = *Text(limits::kNameBytesMax)};
}

Welcome AnyWelcome() {
  return {.minor = Number<std::uint16_t>(),
          .head = AnyHead(),
          .checkpoint = *Text(kNoteBytes),
          .consistency = Digests(limits::kProofHashesMax),
          .directory = AnyVersion(),
          .policy = AnyVersion(),
          .statements = Number<std::uint64_t>(),
          .time = *Time(),
          .credit_messages = Number<std::uint64_t>(),
          .credit_bytes = Number<std::uint64_t>(),
          .recovery = Coin()};
}

Deliver AnyDeliver() {
  return {ListOf(limits::kItemsMax, [] {
    return DeliverItem{AnyReference(), Named<AgencyId>(), AnyLane(), *SomeBytes(2048)};
  })};
}

ReceiptFrame AnyReceipts() {
  return {ListOf(100, [] {
    ReceiptItem item{AnyReference(), *SomeBytes(2048), {}};
    if (Coin()) item.proof.push_back(*AnyPartProof());
    return item;
  })};
}

Head AnyHeadFrame() {
  return {.checkpoint = *Text(kNoteBytes),
          .from_size = Number<std::uint64_t>(),
          .consistency = Digests(limits::kProofHashesMax),
          .directory = AnyVersion(),
          .policy = AnyVersion(),
          .statements = Number<std::uint64_t>()};
}

Fetch AnyFetch() {
  Fetch fetch{AnyReference(), Fetch::Status{}};
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      fetch.what = Fetch::Document{Array<32>()};
      break;
    case 1:
      fetch.what =
          Fetch::Leaves{Number<std::uint64_t>(), Number<std::uint64_t>(), Number<std::uint32_t>()};
      break;
    case 2:
      fetch.what = Fetch::Proofs{
          Number<std::uint64_t>(), Number<std::uint64_t>(),
          ListOf(limits::kItemsMax, [] { return LogIndex(Number<std::uint64_t>()); })};
      break;
    case 3:
      fetch.what = Fetch::Parts{AnyPosition(), std::max(1U, Number<std::uint32_t>())};
      break;
    case 4:
      fetch.what = Fetch::Statements{Number<std::uint64_t>()};
      break;
    default:
      break;
  }
  return fetch;
}

DocumentFrame AnyDocument() {
  return {AnyReference(),
          ListOf(limits::kItemsMax,
                 [] {
                   return DocumentFrame::Piece{Choice(DocumentKind::kStatus),
                                               Number<std::uint64_t>(), *SomeBytes(2048)};
                 }),
          Coin()};
}

Body AnyBody(std::size_t kind) {
  switch (kind) {
    case 0:
      return AnyHello();
    case 1:
      return AnyWelcome();
    case 2:
      return Rehello{AnyCode(), AnyWait()};
    case 3:
      return Submit{AnyLane(), AnyItems()};
    case 4:
      return AnswerFrame{AnyAnswers()};
    case 5:
      return AnyDeliver();
    case 6:
      return AnyReceipts();
    case 7:
      return Receipted{AnyAnswers()};
    case 8:
      return RecallFrame{AnyItems()};
    case 9:
      return VoidFrame{AnyItems()};
    case 10:
      return StatementFrame{AnyItems()};
    case 11:
      return AnyHeadFrame();
    case 12:
      return Cosign{*Text(kNoteBytes)};
    case 13:
      return Credit{Number<std::uint64_t>(), Number<std::uint64_t>(),
                    *SomeBytes(limits::kHeaderBytesMax), Number<std::uint64_t>()};
    case 14:
      return AnyFetch();
    case 15:
      return AnyDocument();
    case 16:
      return AlarmFrame{Choice(AlarmFrame::Kind::kCheckpointLate), MessageId(Array<16>()),
                        Array<32>()};
    case 17:
      return Reconciled{Reference(Number<std::uint64_t>()), Number<std::uint64_t>(),
                        ListOf(limits::kAgenciesPerHostMax, Named<AgencyId>)};
    case 18:
      return WordFrame{AnyReceipts().items};
    default:
      return LookFrame{AnyItems()};
  }
}

}  // namespace

rc::Gen<std::string> NameText() {
  return Made([] {
    static const std::string first =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    static const std::string later = first + "._-+";
    const auto length = *rc::gen::weightedOneOf<std::size_t>(
        {{10, rc::gen::inRange<std::size_t>(1, 25)}, {1, rc::gen::just(limits::kNameBytesMax)}});
    std::string name(1, *rc::gen::elementOf(first));
    while (name.size() < length) name += *rc::gen::elementOf(later);
    return name;
  });
}

rc::Gen<std::string> Text(std::size_t bytes) {
  return Made([bytes] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "a", "B", " ", "\n", "7", "\u00E9", "\u2014", "\U0001F600", "\"", "="));
    std::string text;
    for (const std::string& piece : pieces) {
      if (text.size() + piece.size() <= bytes) text += piece;
    }
    if (*rc::gen::inRange(0, 20) == 0) text.append(bytes - text.size(), '.');
    return text;
  });
}

rc::Gen<Bytes> SomeBytes(std::size_t most) {
  return Made([most] {
    Bytes bytes = *rc::gen::arbitrary<Bytes>();
    if (bytes.size() > most) bytes.resize(most);
    if (*rc::gen::inRange(0, 20) == 0) bytes.resize(most, 0xA5);
    return bytes;
  });
}

rc::Gen<TimePoint> Time() {
  return rc::gen::map(
      rc::gen::weightedOneOf<std::int64_t>({{1, rc::gen::just(std::int64_t{0})},
                                            {1, rc::gen::just(kLastTime)},
                                            {4, rc::gen::inRange<std::int64_t>(0, kLastTime)}}),
      FromMilliseconds);
}

rc::Gen<Header> AnyHeader() {
  return Made([] {
    return Header{.suite = Number<std::uint16_t>(),
                  .partnership = Named<PartnershipId>(),
                  .id = MessageId(Array<16>()),
                  .origin = MessageId(Array<16>()),
                  .exchange = Named<ExchangeName>(),
                  .version = Number<std::uint16_t>(),
                  .sender = Named<AgencyId>(),
                  .role = Named<Role>(),
                  .key = KeyId(Array<8>()),
                  .created = *Time(),
                  .policy = AnyVersion(),
                  .directory = AnyVersion(),
                  .thread_mark = Array<32>(),
                  .checkpoint = AnyHead(),
                  .sections = Digests(limits::kSectionsMax),
                  .claims = Digests(limits::kClaimsMax),
                  .grants = Digests(limits::kGrantsMax),
                  .brokers_part = Array<32>()};
  });
}

rc::Gen<ClearPart> AnyClearPart() {
  return Made([] {
    ClearPart clear{.recipient = Named<AgencyId>(),
                    .role = Named<Role>(),
                    .key = KeyId(Array<8>()),
                    .statement = Number<std::uint64_t>(),
                    .rule = Named<RuleId>(),
                    .openings = ListOf(20, [] { return *NameText(); }),
                    .condition = AnyCondition(),
                    .acknowledge_by = std::nullopt,
                    .number = std::nullopt,
                    .salt = Array<32>()};
    // 1970 to the millisecond stands for none.
    if (Coin()) clear.acknowledge_by = std::max(*Time(), FromMilliseconds(1));
    if (Coin()) clear.number = AnySeriesNumber();
    return clear;
  });
}

rc::Gen<BrokersPart> AnyBrokersPart() {
  return Made([] {
    return BrokersPart{ListOf(limits::kGrantsMax, [] {
      return BrokersPart::LeftOut{Named<Role>(), MaybeNamed<AgencyId>()};
    })};
  });
}

rc::Gen<PartProof> AnyPartProof() {
  return Made([] {
    return PartProof{AnyPosition(), Array<32>(), *SomeBytes(limits::kPartBytesMax),
                     Digests(limits::kGrantsMax)};
  });
}

rc::Gen<Envelope> AnyEnvelope() {
  return Made([] {
    Envelope envelope;
    FillHeader(envelope);
    FillSections(envelope);
    envelope.brokers_salt = Array<32>();
    envelope.brokers_part = *AnyBrokersPart();
    envelope.brokers_bytes = wire::EncodeBrokersPart(envelope.brokers_part);
    envelope.grants = ListOf(limits::kGrantsMax, AnyGrant);
    return envelope;
  });
}

rc::Gen<Delivery> AnyDelivery() {
  return Made([] {
    Delivery delivery;
    FillHeader(delivery);
    FillSections(delivery);
    delivery.grant = AnyGrant();
    delivery.release = *SomeBytes(limits::kWordBytesMax);
    delivery.proof = *AnyPartProof();
    delivery.confirm_by_telephone = Coin();
    return delivery;
  });
}

rc::Gen<Answer> AnyAnswer() {
  return Made([]() -> Answer {
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        return Accepted{*AnyPartProof(), Coin()};
      case 1:
        return Refused{AnyCode(), ListOf(20, AnyObjection), *AnyPartProof()};
      case 2:
        return Deferred{AnyCode(), AnyWait()};
      default:
        return Invalid{AnyCode()};
    }
  });
}

rc::Gen<Receipt> AnyReceipt() {
  return Made([] {
    return Receipt{.partnership = Named<PartnershipId>(),
                   .recipient = Named<AgencyId>(),
                   .role = Named<Role>(),
                   .sender = Named<AgencyId>(),
                   .origin = MessageId(Array<16>()),
                   .message = MessageId(Array<16>()),
                   .grant = Array<32>(),
                   .kind = Choice(ReceiptKind::kRecalled),
                   .time = *Time(),
                   .person = MaybeNamed<Pseudonym>(),
                   .previous = Array<32>(),
                   .key = KeyId(Array<8>())};
  });
}

rc::Gen<SignedReceipt> AnySignedReceipt() {
  return Made([] {
    const Receipt receipt = *AnyReceipt();
    return SignedReceipt{wire::EncodeReceipt(receipt), receipt, AnyTreeSignature()};
  });
}

rc::Gen<SignedVoid> AnySignedVoid() {
  return Made([] {
    const Void value{.partnership = Named<PartnershipId>(),
                     .sender = Named<AgencyId>(),
                     .recipient = Named<AgencyId>(),
                     .lane = AnyLane(),
                     .series = SeriesId(Number<std::uint64_t>()),
                     .last_given = Number<std::uint64_t>(),
                     .voided = ListOf(1024, Number<std::uint64_t>),
                     .key = KeyId(Array<8>())};
    return SignedVoid{wire::EncodeVoid(value), value, Array<64>()};
  });
}

rc::Gen<SignedRecall> AnySignedRecall() {
  return Made([] {
    const Recall value{.partnership = Named<PartnershipId>(),
                       .sender = Named<AgencyId>(),
                       .origin = MessageId(Array<16>()),
                       .grants = Digests(limits::kGrantsMax),
                       .time = *Time(),
                       .key = KeyId(Array<8>())};
    return SignedRecall{wire::EncodeRecall(value), value, Array<64>()};
  });
}

rc::Gen<SignedWord> AnySignedWord() {
  return Made([] {
    const BrokersWord word{.partnership = Named<PartnershipId>(),
                           .to = Named<AgencyId>(),
                           .lane = AnyLane(),
                           .kind = Choice(WordKind::kUndeliverable),
                           .message = MessageId(Array<16>()),
                           .origin = MessageId(Array<16>()),
                           .grant = Array<32>(),
                           .why = Coin() ? std::optional(AnyCode()) : std::nullopt,
                           .may_arrive = Coin(),
                           .position = AnyPosition(),
                           .number = AnySeriesNumber(),
                           .time = *Time()};
    return SignedWord{wire::EncodeWord(word), word, Array<64>()};
  });
}

rc::Gen<SignedStatement> AnySignedStatement() {
  return Made([] {
    const AgencyStatement value{.partnership = Named<PartnershipId>(),
                                .agency = Named<AgencyId>(),
                                .counter = Number<std::uint64_t>(),
                                .previous = Array<32>(),
                                .time = *Time(),
                                .keys = ListOf(64, AnyRecipientKey),
                                .telephone = *Text(limits::kNameBytesMax),
                                .calendar = AnyCalendar(),
                                .alternate = MaybeNamed<AgencyId>(),
                                .key = KeyId(Array<8>())};
    return SignedStatement{wire::EncodeStatement(value), value, Array<64>()};
  });
}

rc::Gen<Frame> AnyFrameOf(std::size_t kind) {
  return Made([kind] { return Frame{SessionId(Array<16>()), AnyBody(kind)}; });
}

rc::Gen<Frame> AnyFrame() {
  return Made([] { return *AnyFrameOf(*rc::gen::inRange<std::size_t>(0, kFrameKinds)); });
}

}  // namespace havenline::any
