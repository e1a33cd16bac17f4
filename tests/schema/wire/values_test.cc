// Messages of good form whose values are none of ours: enumerations and times out of range, fields
// that are missing, and fields that a later version added.

#include <cstring>
#include <limits>
#include <string>

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "schema/wire/answer_codec.h"
#include "schema/wire/envelope.capnp.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/frame.capnp.h"
#include "schema/wire/frame_codec.h"
#include "schema/wire/statement.capnp.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/generators.h"
#include "tests/schema/wire/words.h"

namespace havenline::wire {
namespace {

constexpr std::int64_t kLastTime = 253'402'300'799'999;  // 9999-12-31 23:59:59.999.
constexpr std::int64_t kBadTimes[] = {-1, kLastTime + 1, std::numeric_limits<std::int64_t>::min(),
                                      std::numeric_limits<std::int64_t>::max()};

template <class T>
::testing::AssertionResult IsRefused(const Result<T>& read, std::string_view why) {
  if (read) return ::testing::AssertionFailure() << "it was taken";
  if (read.error().code != FaultCode::kCorrupt) return ::testing::AssertionFailure() << "its code";
  if (read.error().detail.find(why) == std::string::npos)
    return ::testing::AssertionFailure() << read.error().detail;
  return ::testing::AssertionSuccess();
}

// A value of ours, written by our codec, with `change` made to the message.
template <class Raw, class Change>
Bytes Changed(const Bytes& good, Change change) {
  kj::Array<capnp::word> words = kj::heapArray<capnp::word>(good.size() / 8);
  std::memcpy(words.begin(), good.data(), good.size());
  capnp::FlatArrayMessageReader reader(words);
  capnp::MallocMessageBuilder message;
  message.setRoot(reader.getRoot<Raw>());
  change(message.getRoot<Raw>());
  const auto flat = capnp::messageToFlatArray(message);
  return ToBytes(ByteView(flat.asBytes().begin(), flat.asBytes().size()));
}

template <class T>
T Sample(const rc::Gen<T>& any) {
  return any(rc::Random(7), 10).value();
}

template <class Change>
Result<Frame> ChangedFrame(std::size_t kind, Change change) {
  return ParseFrame(Changed<raw::Frame>(EncodeFrame(Sample(any::AnyFrameOf(kind))), change));
}

// --- enumerations

TEST(WireValuesTest, KindsOfFramesThatAreNotOursAreRefused) {
  Bytes bytes = EncodeFrame({SessionId(), Cosign{"x"}});
  for (std::uint32_t kind = any::kFrameKinds; kind <= 0xFFFF; ++kind) {
    bytes[16] = static_cast<std::uint8_t>(kind);
    bytes[17] = static_cast<std::uint8_t>(kind >> 8U);
    ASSERT_TRUE(IsRefused(ParseFrame(bytes), "a kind of frame")) << kind;
  }
}

TEST(WireValuesTest, KindsOfAnswersThatAreNotOursAreRefused) {
  const Bytes good = EncodeAnswer(Invalid{Code::kDigest});
  int unknown = 0;
  for (std::size_t at = 16; at + 1 < good.size(); at += 2) {
    Bytes bytes = good;
    bytes[at] = 0xFF;
    bytes[at + 1] = 0xFF;
    const auto read = ParseAnswer(bytes);
    if (!read) unknown += read.error().detail == "malformed: answer" ? 1 : 0;
  }
  EXPECT_EQ(unknown, 1);  // Its discriminant stands in one place.
}

TEST(WireValuesTest, EveryCodeIsTakenOnlyIfItIsOurs) {
  for (std::uint32_t code = 0; code <= 0xFFFF; ++code) {
    const bool ours = NameOf(static_cast<Code>(code)) != "unknown";
    const auto read = ParseAnswer(EncodeAnswer(Invalid{static_cast<Code>(code)}));
    ASSERT_EQ(read.has_value(), ours) << code;
    if (ours) continue;
    ASSERT_TRUE(IsRefused(read, "code"));
  }
}

TEST(WireValuesTest, LanesAreTwo) {
  for (int lane = 0; lane < 256; ++lane) {
    const auto submit = ParseFrame(EncodeFrame({SessionId(), Submit{static_cast<Lane>(lane), {}}}));
    ASSERT_EQ(submit.has_value(), lane < 2) << lane;
    const auto deliver = ParseFrame(EncodeFrame(
        {SessionId(), Deliver{{{Reference(1), AgencyId("a"), static_cast<Lane>(lane), {}}}}}));
    ASSERT_EQ(deliver.has_value(), lane < 2) << lane;
    SignedVoid value = Sample(any::AnySignedVoid());
    value.value.lane = static_cast<Lane>(lane);
    value.bytes = EncodeVoid(value.value);
    ASSERT_EQ(ParseSignedVoid(EncodeSignedVoid(value)).has_value(), lane < 2) << lane;
  }
}

TEST(WireValuesTest, EnumerationsEndWhereOursDo) {
  for (std::uint32_t number = 0; number <= 0xFFFF; number += number < 32 ? 1 : 0x0FFB) {
    Receipt receipt = Sample(any::AnyReceipt());
    const Bytes changed = Changed<raw::Receipt>(EncodeReceipt(receipt), [&](auto builder) {
      builder.setKind(static_cast<raw::ReceiptKind>(number));
    });
    EXPECT_EQ(ParseReceipt(changed).has_value(), number <= 8) << number;

    const auto document = ChangedFrame(15, [&](raw::Frame::Builder builder) {
      builder.initDocument().initPieces(1)[0].setKind(static_cast<raw::DocumentKind>(number));
    });
    EXPECT_EQ(document.has_value(), number <= 8) << number;

    const auto alarm = ChangedFrame(16, [&](raw::Frame::Builder builder) {
      builder.getAlarm().setKind(static_cast<raw::Alarm::Kind>(number));
    });
    EXPECT_EQ(alarm.has_value(), number <= 3) << number;

    SignedStatement statement = Sample(any::AnySignedStatement());
    statement.statement.keys = {{Role("school"), 1, {2}, RecipientKey::State::kCurrent}};
    statement.bytes = Changed<raw::AgencyStatement>(
        EncodeStatement(statement.statement), [&](raw::AgencyStatement::Builder builder) {
          builder.getKeys()[0].setState(static_cast<raw::RecipientKey::State>(number));
        });
    EXPECT_EQ(ParseSignedStatement(EncodeSignedStatement(statement)).has_value(), number <= 2)
        << number;
  }
}

// --- times

TEST(WireValuesTest, TimesOutsideOurYearsAreRefusedWhereverTheyStand) {
  for (const std::int64_t bad : kBadTimes) {
    EXPECT_TRUE(
        IsRefused(ChangedFrame(0, [&](auto frame) { frame.getHello().setTime(bad); }), "time"));
    EXPECT_TRUE(
        IsRefused(ChangedFrame(1, [&](auto frame) { frame.getWelcome().setTime(bad); }), "time"));
    EXPECT_TRUE(
        IsRefused(ParseHeader(Changed<raw::Header>(EncodeHeader(Sample(any::AnyHeader())),
                                                   [&](auto header) { header.setCreated(bad); })),
                  "created"));
    ClearPart clear = Sample(any::AnyClearPart());
    clear.condition = {Condition::Kind::kUnacknowledged, {}, FromMilliseconds(1)};
    const Bytes good = EncodeClearPart(clear);
    EXPECT_TRUE(IsRefused(ParseClearPart(Changed<raw::ClearPart>(
                              good, [&](auto part) { part.setAcknowledgeBy(bad); })),
                          "acknowledge by"));
    EXPECT_TRUE(IsRefused(
        ParseClearPart(Changed<raw::ClearPart>(
            good, [&](auto part) { part.getCondition().getUnacknowledged().setBy(bad); })),
        "condition time"));
    EXPECT_TRUE(
        IsRefused(ParseReceipt(Changed<raw::Receipt>(EncodeReceipt(Sample(any::AnyReceipt())),
                                                     [&](auto receipt) { receipt.setTime(bad); })),
                  "time"));
    SignedRecall recall = Sample(any::AnySignedRecall());
    recall.bytes = Changed<raw::Recall>(recall.bytes, [&](auto value) { value.setTime(bad); });
    EXPECT_TRUE(IsRefused(ParseSignedRecall(EncodeSignedRecall(recall)), "time"));
    SignedStatement statement = Sample(any::AnySignedStatement());
    statement.bytes =
        Changed<raw::AgencyStatement>(statement.bytes, [&](auto value) { value.setTime(bad); });
    EXPECT_TRUE(IsRefused(ParseSignedStatement(EncodeSignedStatement(statement)), "time"));
  }
}

TEST(WireValuesTest, TheFirstAndTheLastMillisecondAreTaken) {
  for (const std::int64_t time : {std::int64_t{0}, kLastTime}) {
    Receipt receipt = Sample(any::AnyReceipt());
    receipt.time = FromMilliseconds(time);
    EXPECT_EQ(ParseReceipt(EncodeReceipt(receipt)).value().time, receipt.time);
  }
}

// --- lengths of fixed fields

TEST(WireValuesTest, FixedFieldsHaveTheirLengthAndNoOther) {
  const ByteArray<80> bytes{};
  const auto of = [&](std::size_t size) { return capnp::Data::Reader(bytes.data(), size); };
  for (const std::size_t size :
       {0U, 1U, 7U, 8U, 9U, 15U, 16U, 17U, 31U, 32U, 33U, 63U, 64U, 65U, 80U}) {
    const auto header = [&](auto change) {
      return ParseHeader(Changed<raw::Header>(EncodeHeader(Sample(any::AnyHeader())), change))
          .has_value();
    };
    EXPECT_EQ(header([&](auto h) { h.setId(of(size)); }), size == 16) << size;
    EXPECT_EQ(header([&](auto h) { h.setOrigin(of(size)); }), size == 16) << size;
    EXPECT_EQ(header([&](auto h) { h.setKey(of(size)); }), size == 8) << size;
    EXPECT_EQ(header([&](auto h) { h.setThreadMark(of(size)); }), size == 32) << size;
    EXPECT_EQ(header([&](auto h) { h.setBrokersPart(of(size)); }), size == 32) << size;
    EXPECT_EQ(header([&](auto h) { h.getPolicy().setHash(of(size)); }), size == 32) << size;
    EXPECT_EQ(header([&](auto h) { h.getCheckpoint().setRoot(of(size)); }), size == 32) << size;
    EXPECT_EQ(header([&](auto h) { h.initGrants(2).set(1, of(size)); }), false) << size;
    EXPECT_EQ(header([&](auto h) {
                auto grants = h.initGrants(2);
                grants.set(0, of(32));
                grants.set(1, of(size));
              }),
              size == 32)
        << size;
    const auto delivery = [&](auto change) {
      return ParseDelivery(
                 Changed<raw::Delivery>(EncodeDelivery(Sample(any::AnyDelivery())), change))
          .has_value();
    };
    EXPECT_EQ(delivery([&](auto d) { d.getSignature().setSignature(of(size)); }), size == 64)
        << size;
    EXPECT_EQ(delivery([&](auto d) { d.getGrant().setEnc(of(size)); }), size == 32) << size;
    EXPECT_EQ(delivery([&](auto d) { d.getProof().setSalt(of(size)); }), size == 32) << size;
    EXPECT_EQ(ChangedFrame(13, [&](auto f) { f.setSession(of(size)); }).has_value(), size == 16)
        << size;
    EXPECT_EQ(ChangedFrame(16, [&](auto f) { f.getAlarm().setMessage(of(size)); }).has_value(),
              size == 16)
        << size;
  }
}

// --- missing fields

// A struct of which nothing was set lacks what every message needs, so none of ours reads as one.
TEST(WireValuesTest, AnEmptyMessageIsNoneOfOurs) {
  Words empty;
  empty.Add(1);
  Words zero_size;
  zero_size.Add(1);
  zero_size[0] = 0xFFFFFFFCU;  // A struct of no words at all.
  for (const Bytes& bytes : {empty.Message(), zero_size.Message()}) {
    EXPECT_TRUE(IsRefused(ParseFrame(bytes), "session"));
    EXPECT_TRUE(IsRefused(ParseHeader(bytes), "partnership"));
    EXPECT_TRUE(IsRefused(ParseClearPart(bytes), "recipient"));
    EXPECT_TRUE(IsRefused(ParseEnvelope(bytes), "size"));  // Of the header in it.
    EXPECT_TRUE(IsRefused(ParseDelivery(bytes), "size"));
    EXPECT_TRUE(IsRefused(ParsePartProof(bytes), "part salt"));
    EXPECT_TRUE(IsRefused(ParseReceipt(bytes), "partnership"));
    EXPECT_TRUE(IsRefused(ParseAnswer(bytes), "part salt"));
    EXPECT_TRUE(IsRefused(ParseSignedReceipt(bytes), "size"));
    EXPECT_TRUE(IsRefused(ParseSignedVoid(bytes), "size"));
    EXPECT_TRUE(IsRefused(ParseSignedRecall(bytes), "size"));
    EXPECT_TRUE(IsRefused(ParseSignedStatement(bytes), "size"));
    // Nobody left out: the one message that may be empty.
    EXPECT_EQ(ParseBrokersPart(bytes).value(), BrokersPart{});
  }
}

TEST(WireValuesTest, EveryPointerOfAHeaderIsNeeded) {
  const Bytes good = EncodeHeader(Sample(any::AnyHeader()));
  const StructSize size = SizeOf<raw::Header>();
  std::size_t refused = 0;
  for (std::size_t pointer = 0; pointer < size.pointers; ++pointer) {
    Bytes bytes = good;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(8 * (2 + size.data + pointer)), 8,
                std::uint8_t{0});
    const auto read = ParseHeader(bytes);
    refused += read ? 0U : 1U;
  }
  // The lists of digests may be empty; nothing else may.
  EXPECT_EQ(refused, size.pointers - 3);
}

// --- versions

// A later version adds fields at the end of a struct; what we know of it is read as before.
TEST(WireValuesTest, FieldsThatALaterVersionAddedAreNotInTheWay) {
  Words words;
  words.Add(1);
  const StructSize known = SizeOf<raw::Frame>();
  const std::size_t frame = words.AddStruct(0, {known.data + 2, known.pointers + 2});
  words[frame] = raw::Frame::CREDIT;
  words[frame + known.data] = ~0ULL;  // Of a field that we have not.
  const std::size_t pointers = frame + known.data + 2;
  words.AddBytes(pointers, std::string(16, 's'));
  const StructSize credit = SizeOf<raw::Credit>();
  const std::size_t body = words.AddStruct(pointers + 1, {credit.data + 1, credit.pointers + 1});
  words[body] = 5;
  words.AddBytes(body + credit.data + 1 + credit.pointers, "later");
  const auto read = ParseFrame(words.Message());
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(std::get<Credit>(read->body), (Credit{5, 0, {}}));
}

// An earlier version wrote shorter structs; what it did not know is as if it was not set.
TEST(WireValuesTest, FieldsThatAnEarlierVersionDidNotHaveAreUnset) {
  Words words;
  words.Add(1);
  const std::size_t frame = words.AddStruct(0, SizeOf<raw::Frame>());
  words[frame] = raw::Frame::CREDIT;
  const std::size_t pointers = frame + SizeOf<raw::Frame>().data;
  words.AddBytes(pointers, std::string(16, 's'));
  const std::size_t body = words.AddStruct(pointers + 1, {1, 0});
  words[body] = 5;
  const auto read = ParseFrame(words.Message());
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(std::get<Credit>(read->body), (Credit{5, 0, {}}));
}

}  // namespace
}  // namespace havenline::wire
