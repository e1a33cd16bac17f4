// Every limit from both sides: the largest value that is allowed is read back, one more is refused.

#include <numeric>

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "schema/wire/answer_codec.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/frame_codec.h"
#include "schema/wire/statement_codec.h"
#include "schema/wire/word_codec.h"

namespace havenline::wire {
namespace {

constexpr std::size_t kNoteBytes = 16U << 10U;

template <class Name>
Name Longest(char c = 'a') {
  return Name(std::string(limits::kNameBytesMax, c));
}

template <class Value>
std::vector<Value> Many(std::size_t count, const Value& value) {
  return std::vector<Value>(count, value);
}

// Reads it back, or says why not.
template <class Value, class Parse>
::testing::AssertionResult IsReadBack(const Value& value, const Bytes& bytes, Parse parse) {
  const auto read = parse(bytes);
  if (!read)
    return ::testing::AssertionFailure() << bytes.size() << " bytes: " << read.error().detail;
  if (!(*read == value)) return ::testing::AssertionFailure() << "it is another value";
  return ::testing::AssertionSuccess();
}

template <class T>
::testing::AssertionResult IsRefused(const Result<T>& read, std::string_view field) {
  if (read) return ::testing::AssertionFailure() << "it was taken";
  if (read.error().code != FaultCode::kCorrupt)
    return ::testing::AssertionFailure() << "not kCorrupt";
  if (read.error().detail.find(field) == std::string::npos)
    return ::testing::AssertionFailure() << read.error().detail;
  return ::testing::AssertionSuccess();
}

Header LargestHeader() {
  Header header;
  header.partnership = Longest<PartnershipId>();
  header.exchange = Longest<ExchangeName>();
  header.sender = Longest<AgencyId>();
  header.role = Longest<Role>();
  header.sections = Many(limits::kSectionsMax, Digest{1});
  header.claims = Many(limits::kClaimsMax, Digest{2});
  header.grants = Many(limits::kGrantsMax, Digest{3});
  return header;
}

// Sections as policy lets an exchange name them: all of one length, and all of them as long as may
// be.
ClearPart LargestClearPart() {
  ClearPart clear;
  clear.recipient = Longest<AgencyId>();
  clear.role = Longest<Role>();
  clear.rule = Longest<RuleId>();
  clear.openings = Many(limits::kSectionsMax,
                        std::string(limits::kSectionNamesBytesMax / limits::kSectionsMax, 's'));
  clear.condition = {Condition::Kind::kUnacknowledged, Digest{4}, FromMilliseconds(5)};
  clear.acknowledge_by = FromMilliseconds(6);
  clear.number = SeriesNumber{SeriesId(7), 8};
  return clear;
}

PartProof LargestProof() {
  return {{1, LogIndex(2)},
          Salt{3},
          Bytes(limits::kPartBytesMax, 4),
          Many(limits::kGrantsMax, Digest{5})};
}

TreeSignature LongestPath() {
  return {~0ULL, ~0ULL, Many(limits::kProofHashesMax, Digest{6}), Signature{7}};
}

// --- the signed parts

TEST(WireLimitsTest, TheLargestHeaderFits) {
  const Header header = LargestHeader();
  EXPECT_TRUE(IsReadBack(header, EncodeHeader(header), ParseHeader));
}

TEST(WireLimitsTest, AHeaderWithOneMoreOfAnythingIsRefused) {
  Header header = LargestHeader();
  header.sections.emplace_back();
  EXPECT_TRUE(IsRefused(ParseHeader(EncodeHeader(header)), "sections"));
  header = LargestHeader();
  header.claims.emplace_back();
  EXPECT_TRUE(IsRefused(ParseHeader(EncodeHeader(header)), "claims"));
  header = LargestHeader();
  header.grants.emplace_back();
  EXPECT_TRUE(IsRefused(ParseHeader(EncodeHeader(header)), "grants"));
  header = LargestHeader();
  header.sender = AgencyId(std::string(limits::kNameBytesMax + 1, 'a'));
  EXPECT_TRUE(IsRefused(ParseHeader(EncodeHeader(header)), "sender"));
}

TEST(WireLimitsTest, TheLargestClearPartFits) {
  const ClearPart clear = LargestClearPart();
  EXPECT_TRUE(IsReadBack(clear, EncodeClearPart(clear), ParseClearPart));
}

TEST(WireLimitsTest, AClearPartWithOneMoreOpeningOrTooManyBytesIsRefused) {
  ClearPart clear = LargestClearPart();
  clear.openings = Many(limits::kSectionsMax + 1, std::string("s"));
  EXPECT_TRUE(IsRefused(ParseClearPart(EncodeClearPart(clear)), "openings"));
  clear.openings = Many(limits::kSectionsMax, Longest<Role>().value());
  EXPECT_TRUE(IsRefused(ParseClearPart(EncodeClearPart(clear)), "size"));
}

TEST(WireLimitsDeathTest, AClearPartNumberedZeroIsABug) {
  ClearPart clear = LargestClearPart();
  clear.number = SeriesNumber{SeriesId(7), 0};  // Zero stands for none.
  EXPECT_DEATH(EncodeClearPart(clear), "CHECK failed");
}

TEST(WireLimitsTest, TheLargestBrokersPartFitsAndOneMoreIsRefused) {
  BrokersPart part{
      Many(limits::kGrantsMax, BrokersPart::LeftOut{Longest<Role>(), Longest<AgencyId>()})};
  EXPECT_TRUE(IsReadBack(part, EncodeBrokersPart(part), ParseBrokersPart));
  part.left_out.push_back({Role("a"), std::nullopt});
  EXPECT_TRUE(IsRefused(ParseBrokersPart(EncodeBrokersPart(part)), "roles left out"));
}

TEST(WireLimitsTest, TheLargestPartProofFitsAndOneMoreIsRefused) {
  PartProof proof = LargestProof();
  EXPECT_TRUE(IsReadBack(proof, EncodePartProof(proof), ParsePartProof));
  proof.digests.emplace_back();
  EXPECT_TRUE(IsRefused(ParsePartProof(EncodePartProof(proof)), "part digests"));
  proof = LargestProof();
  proof.part.push_back(0);
  EXPECT_TRUE(IsRefused(ParsePartProof(EncodePartProof(proof)), "part"));
}

// --- statements

TEST(WireLimitsTest, TheLargestReceiptFitsAndALongerPathIsRefused) {
  Receipt receipt;
  receipt.partnership = Longest<PartnershipId>();
  receipt.recipient = Longest<AgencyId>();
  receipt.role = Longest<Role>();
  receipt.sender = Longest<AgencyId>();
  receipt.person = Longest<Pseudonym>();
  SignedReceipt one{EncodeReceipt(receipt), receipt, LongestPath()};
  EXPECT_TRUE(IsReadBack(one, EncodeSignedReceipt(one), ParseSignedReceipt));
  one.signature.path.emplace_back();
  EXPECT_TRUE(IsRefused(ParseSignedReceipt(EncodeSignedReceipt(one)), "signature path"));
}

TEST(WireLimitsTest, TheLargestVoidAndRecallFitAndOneMoreIsRefused) {
  Void value;
  value.partnership = Longest<PartnershipId>();
  value.sender = Longest<AgencyId>();
  value.recipient = Longest<AgencyId>();
  value.voided = Many(1024, std::uint64_t{9});
  const SignedVoid voided{EncodeVoid(value), value, {}};
  EXPECT_TRUE(IsReadBack(voided, EncodeSignedVoid(voided), ParseSignedVoid));
  value.voided.push_back(1);
  EXPECT_TRUE(
      IsRefused(ParseSignedVoid(EncodeSignedVoid({EncodeVoid(value), value, {}})), "voided"));

  Recall recall;
  recall.partnership = Longest<PartnershipId>();
  recall.sender = Longest<AgencyId>();
  recall.grants = Many(limits::kGrantsMax, Digest{1});
  const SignedRecall recalled{EncodeRecall(recall), recall, {}};
  EXPECT_TRUE(IsReadBack(recalled, EncodeSignedRecall(recalled), ParseSignedRecall));
  recall.grants.emplace_back();
  EXPECT_TRUE(IsRefused(ParseSignedRecall(EncodeSignedRecall({EncodeRecall(recall), recall, {}})),
                        "grants"));
}

AgencyStatement LargestStatement() {
  AgencyStatement statement;
  statement.partnership = Longest<PartnershipId>();
  statement.agency = Longest<AgencyId>();
  statement.keys = Many(64, RecipientKey{Longest<Role>(), 1, {2}, RecipientKey::State::kRetiring});
  statement.telephone = std::string(limits::kNameBytesMax, '0');
  statement.calendar.zone = Longest<Role>().value();
  statement.calendar.terms =
      Many(400, DayRange{Day(std::chrono::days(1)), Day(std::chrono::days(2))});
  statement.calendar.closures = statement.calendar.terms;
  statement.alternate = Longest<AgencyId>();
  return statement;
}

Result<SignedStatement> Passed(const AgencyStatement& statement) {
  return ParseSignedStatement(EncodeSignedStatement({EncodeStatement(statement), statement, {}}));
}

TEST(WireLimitsTest, TheLargestStatementFitsAndOneMoreOfAnythingIsRefused) {
  const AgencyStatement largest = LargestStatement();
  ASSERT_TRUE(Passed(largest).has_value()) << Passed(largest).error().detail;
  EXPECT_EQ(Passed(largest)->statement, largest);
  AgencyStatement more = largest;
  more.keys.push_back(more.keys.front());
  EXPECT_TRUE(IsRefused(Passed(more), "keys"));
  more = largest;
  more.calendar.terms.push_back(more.calendar.terms.front());
  EXPECT_TRUE(IsRefused(Passed(more), "terms"));
  more = largest;
  more.calendar.closures.push_back(more.calendar.closures.front());
  EXPECT_TRUE(IsRefused(Passed(more), "closures"));
  more = largest;
  more.telephone += '0';
  EXPECT_TRUE(IsRefused(Passed(more), "telephone"));
}

TEST(WireLimitsTest, ACalendarHasTheDaysAndHoursThatThereAre) {
  AgencyStatement statement = LargestStatement();
  statement.calendar.ready_by = std::chrono::minutes(24 * 60 - 1);
  statement.calendar.weekdays = 0b1111111;
  statement.calendar.terms = {{Day(std::chrono::days(0)), Day(std::chrono::days(2'932'896))}};
  EXPECT_TRUE(Passed(statement).has_value());
  statement.calendar.ready_by = std::chrono::minutes(24 * 60);
  EXPECT_TRUE(IsRefused(Passed(statement), "calendar"));
  statement.calendar.ready_by = std::chrono::minutes(0);
  statement.calendar.weekdays = 0b10000000;
  EXPECT_TRUE(IsRefused(Passed(statement), "calendar"));
  statement.calendar.weekdays = 0;
  for (const auto& [first, last] :
       std::vector<std::pair<int, int>>{{-1, 5}, {5, 2'932'897}, {5, 4}, {-5, -4}}) {
    statement.calendar.terms = {{Day(std::chrono::days(first)), Day(std::chrono::days(last))}};
    EXPECT_TRUE(IsRefused(Passed(statement), "calendar")) << first << " to " << last;
  }
}

// --- envelopes and deliveries

Envelope EnvelopeOf(std::size_t sealed_bytes) {
  Envelope envelope;
  envelope.header = LargestHeader();
  envelope.header_bytes = EncodeHeader(envelope.header);
  envelope.signature = LongestPath();
  envelope.brokers_bytes = EncodeBrokersPart({});
  Grant grant;
  grant.clear = LargestClearPart();
  grant.clear_bytes = EncodeClearPart(grant.clear);
  grant.ciphertext = Bytes(32 * (limits::kSectionsMax + 1) + 16);
  envelope.grants = {grant};
  const std::size_t largest = limits::kSectionBytesMax + limits::kPaddingStep + 16;
  for (std::size_t i = 0; i < limits::kSectionsMax; ++i) {
    const std::string name =
        std::string(limits::kSectionNamesBytesMax / limits::kSectionsMax - 2, 's') +
        std::to_string(10 + i);
    envelope.sections.push_back({Salt{1}, name, 1, Digest{2}, Digest{3}});
    const std::size_t size = std::min(sealed_bytes, largest);
    if (size > 0) envelope.sealed.push_back({name, Bytes(size, 0x5A)});
    sealed_bytes -= size;
  }
  envelope.claims = Many(limits::kClaimsMax,
                         ClaimOpening{Salt{4}, Longest<Role>().value(), Longest<Role>().value()});
  return envelope;
}

// As large as a message may be, to the word.
Envelope LargestEnvelope() {
  const std::size_t rough = 2'900'000;
  const std::size_t overhead = EncodeEnvelope(EnvelopeOf(rough)).size() - rough;
  return EnvelopeOf((limits::kMessageBytesMax - overhead) / 8 * 8 - 8);
}

TEST(WireLimitsTest, AnEnvelopeOfTheLargestSizeIsReadBackAndALargerOneRefused) {
  const Envelope envelope = LargestEnvelope();
  const Bytes bytes = EncodeEnvelope(envelope);
  EXPECT_LE(bytes.size(), limits::kMessageBytesMax);
  EXPECT_GT(bytes.size(), limits::kMessageBytesMax - 64);
  EXPECT_TRUE(IsReadBack(envelope, bytes, ParseEnvelope));
  Envelope larger = envelope;
  larger.sealed.back().sealed.resize(larger.sealed.back().sealed.size() + 64);
  EXPECT_TRUE(IsRefused(ParseEnvelope(EncodeEnvelope(larger)), "size over the limit"));
}

// With one recipient who may read all of it, a delivery is the whole envelope and the broker's
// proof besides.
TEST(WireLimitsTest, WhatCanBeSubmittedCanBeDelivered) {
  const Envelope envelope = LargestEnvelope();
  Delivery delivery;
  delivery.header = envelope.header;
  delivery.header_bytes = envelope.header_bytes;
  delivery.signature = envelope.signature;
  delivery.grant = envelope.grants.front();
  delivery.sections = envelope.sections;
  delivery.claims = envelope.claims;
  delivery.sealed = envelope.sealed;
  delivery.release = Bytes(limits::kWordBytesMax);
  delivery.proof = LargestProof();
  const Bytes bytes = EncodeDelivery(delivery);
  EXPECT_TRUE(IsReadBack(delivery, bytes, ParseDelivery));
  const Frame frame{SessionId(),
                    Deliver{{{Reference(1), Longest<AgencyId>(), Lane::kUrgent, bytes}}}};
  EXPECT_TRUE(IsReadBack(frame, EncodeFrame(frame), ParseFrame));
}

TEST(WireLimitsTest, AnEnvelopeWithOneMoreOfAnythingIsRefused) {
  const auto refused = [](const Envelope& envelope, std::string_view field) {
    return IsRefused(ParseEnvelope(EncodeEnvelope(envelope)), field);
  };
  const Envelope good = EnvelopeOf(8);
  ASSERT_TRUE(IsReadBack(good, EncodeEnvelope(good), ParseEnvelope));
  Envelope more = good;
  more.sections.push_back(more.sections.front());
  EXPECT_TRUE(refused(more, "section openings"));
  more = good;
  more.claims.push_back(more.claims.front());
  EXPECT_TRUE(refused(more, "claim openings"));
  more = good;
  more.sealed = Many(limits::kSectionsMax + 1, more.sealed.front());
  EXPECT_TRUE(refused(more, "sealed sections"));
  more = good;
  more.grants = Many(limits::kGrantsMax + 1, more.grants.front());
  EXPECT_TRUE(refused(more, "grants"));
  more = good;
  more.grants.front().ciphertext.push_back(0);
  EXPECT_TRUE(refused(more, "grant ciphertext"));
  more = good;
  more.grants.front().clear_bytes.resize(limits::kClearPartBytesMax + 8);
  EXPECT_TRUE(refused(more, "clear part"));
  more = good;
  more.header_bytes.resize(limits::kHeaderBytesMax + 8);
  EXPECT_TRUE(refused(more, "header"));
  more = good;
  more.brokers_bytes.resize(limits::kHeaderBytesMax + 8);
  EXPECT_TRUE(refused(more, "broker's part"));
  more = good;
  more.sealed.front().sealed.resize(limits::kSectionBytesMax + limits::kPaddingStep + 17);
  EXPECT_TRUE(refused(more, "sealed section"));
}

TEST(WireLimitsTest, TheLongestWordFits) {
  const BrokersWord word{.partnership = Longest<PartnershipId>(),
                         .to = Longest<AgencyId>(),
                         .lane = Lane::kNormal,
                         .kind = WordKind::kUndeliverable,
                         .message = MessageId(),
                         .origin = MessageId(),
                         .grant = {},
                         .why = Code::kRecipientSuspended,
                         .may_arrive = true,
                         .position = {~0ULL, LogIndex(~0ULL)},
                         .number = {SeriesId(~0ULL), ~0ULL},
                         .time = FromMilliseconds(0)};
  const SignedWord longest{EncodeWord(word), word, {}};
  const Bytes bytes = EncodeSignedWord(longest);
  EXPECT_TRUE(IsReadBack(longest, bytes, ParseSignedWord));
  EXPECT_LE(bytes.size(), limits::kWordBytesMax);
  EXPECT_TRUE(IsRefused(ParseSignedWord(Bytes(limits::kWordBytesMax + 8)), "size"));
}

// --- frames

TEST(WireLimitsTest, TheFullestFramesAreReadBack) {
  const Reference reference(~0ULL);
  const Objection objection{Longest<AgencyId>(), Longest<Role>(), Longest<Role>().value(),
                            Longest<RuleId>()};
  const std::string note(kNoteBytes, 'n');
  const std::vector<decltype(Frame::body)> bodies = {
      Hello{.partnership = Longest<PartnershipId>(),
            .agencies = Many(limits::kAgenciesPerHostMax, Longest<AgencyId>()),
            .checkpoint = note,
            .time = FromMilliseconds(0),
            .software = std::string(limits::kNameBytesMax, 's')},
      Submit{Lane::kNormal, Many(limits::kItemsMax, Item{reference, Bytes(8000)})},
      Submit{Lane::kUrgent, {{reference, Bytes(limits::kMessageBytesMax)}}},
      AnswerFrame{Many(limits::kItemsMax, AnswerItem{reference, Accepted{LargestProof(), true}})},
      AnswerFrame{{{reference, Refused{Code::kPolicyDenies, Many(limits::kObjectionsMax, objection),
                                       LargestProof()}}}},
      Receipted{Many(limits::kItemsMax, AnswerItem{reference, Invalid{Code::kDigest}})},
      Deliver{Many(limits::kItemsMax,
                   DeliverItem{reference, Longest<AgencyId>(), Lane::kNormal, Bytes(8000)})},
      ReceiptFrame{Many(limits::kItemsMax, ReceiptItem{reference, Bytes(1000), {LargestProof()}})},
      RecallFrame{Many(limits::kItemsMax, Item{reference, Bytes(4000)})},
      Cosign{note},
      Credit{~0ULL, ~0ULL, Bytes(limits::kHeaderBytesMax), ~0ULL},
      WordFrame{Many(limits::kItemsMax,
                     ReceiptItem{reference, Bytes(limits::kWordBytesMax), {LargestProof()}})},
      Fetch{reference, Fetch::Proofs{1, 2, Many(limits::kItemsMax, LogIndex(3))}},
      DocumentFrame{
          reference, {{DocumentKind::kDirectory, 0, Bytes(limits::kDocumentBytesMax)}}, false},
      DocumentFrame{
          reference,
          Many(limits::kItemsMax, DocumentFrame::Piece{DocumentKind::kLeaf, 1, Bytes(8000)}), true},
  };
  for (const auto& body : bodies) {
    const Frame frame{SessionId(ByteArray<16>{1}), body};
    EXPECT_TRUE(IsReadBack(frame, EncodeFrame(frame), ParseFrame)) << body.index();
  }
}

TEST(WireLimitsTest, AFrameWithOneMoreOfAnythingIsRefused) {
  const Reference reference(1);
  const std::string note(kNoteBytes + 1, 'n');
  const AnswerItem answer{reference, Invalid{Code::kDigest}};
  const std::vector<std::pair<std::string, decltype(Frame::body)>> bodies = {
      {"agencies", Hello{.partnership = PartnershipId("p"),
                         .agencies = Many(limits::kAgenciesPerHostMax + 1, AgencyId("a")),
                         .checkpoint = "",
                         .time = {},
                         .software = ""}},
      {"checkpoint", Hello{.partnership = PartnershipId("p"),
                           .agencies = {},
                           .checkpoint = note,
                           .time = {},
                           .software = ""}},
      {"software", Hello{.partnership = PartnershipId("p"),
                         .agencies = {},
                         .checkpoint = "",
                         .time = {},
                         .software = std::string(limits::kNameBytesMax + 1, 's')}},
      {"items", Submit{Lane::kUrgent, Many(limits::kItemsMax + 1, Item{reference, {}})}},
      {"item", Submit{Lane::kUrgent, {{reference, Bytes(limits::kMessageBytesMax + 1)}}}},
      {"answers", AnswerFrame{Many(limits::kItemsMax + 1, answer)}},
      {"answers", Receipted{Many(limits::kItemsMax + 1, answer)}},
      {"deliveries", Deliver{Many(limits::kItemsMax + 1,
                                  DeliverItem{reference, AgencyId("a"), Lane::kUrgent, {}})}},
      {"delivery",
       Deliver{{{reference, AgencyId("a"), Lane::kUrgent, Bytes(limits::kDeliveryBytesMax + 1)}}}},
      {"receipts", ReceiptFrame{Many(limits::kItemsMax + 1, ReceiptItem{reference, {}, {}})}},
      {"receipt", ReceiptFrame{{{reference, Bytes(limits::kHeaderBytesMax + 1), {}}}}},
      {"consistency", Head{.checkpoint = "",
                           .consistency = Many(limits::kProofHashesMax + 1, Digest{}),
                           .directory = {},
                           .policy = {}}},
      {"cosignatures", Cosign{note}},
      {"padding", Credit{0, 0, Bytes(limits::kHeaderBytesMax + 1)}},
      {"indices", Fetch{reference, Fetch::Proofs{1, 2, Many(limits::kItemsMax + 1, LogIndex(3))}}},
      {"document",
       DocumentFrame{
           reference, {{DocumentKind::kPolicy, 0, Bytes(limits::kDocumentBytesMax + 1)}}, false}},
      {"pieces",
       DocumentFrame{reference,
                     Many(limits::kItemsMax + 1, DocumentFrame::Piece{DocumentKind::kLeaf, 1, {}}),
                     false}},
  };
  for (const auto& [field, body] : bodies)
    EXPECT_TRUE(IsRefused(ParseFrame(EncodeFrame({SessionId(), body})), field)) << field;
}

TEST(WireLimitsDeathTest, WhoeverFillsAFrameMustCount) {
  const Frame frame{SessionId(),
                    Submit{Lane::kUrgent, Many(2, Item{Reference(1), Bytes(2U << 20U)})}};
  EXPECT_DEATH(EncodeFrame(frame), "CHECK failed");
  const Refused refused{
      Code::kPolicyDenies,
      Many(limits::kObjectionsMax + 1, Objection{AgencyId("a"), Role("b"), "", {}}),
      {}};
  EXPECT_DEATH(EncodeAnswer(refused), "CHECK failed");
}

TEST(WireLimitsTest, AFrameOfOneWordMoreThanTheLimitIsRefusedUnread) {
  EXPECT_TRUE(IsRefused(ParseFrame(Bytes(limits::kFrameBytesMax + 1)), "size over the limit"));
  EXPECT_TRUE(IsRefused(ParseFrame(Bytes(limits::kFrameBytesMax + 8)), "size over the limit"));
  // All zeros: one empty segment and then words that belong to none.
  EXPECT_TRUE(IsRefused(ParseFrame(Bytes(limits::kFrameBytesMax)), "bytes after the message"));
}

}  // namespace
}  // namespace havenline::wire
