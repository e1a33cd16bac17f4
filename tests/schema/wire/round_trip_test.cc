// Whatever is written is read back as it was, and written again gives the same bytes.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "schema/wire/answer_codec.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/frame_codec.h"
#include "schema/wire/statement_codec.h"
#include "schema/wire/word_codec.h"
#include "tests/fakes/generators.h"

namespace havenline::wire {
namespace {

template <class Value, class Encode, class Parse>
void ReadsBack(rc::Gen<Value> any, Encode encode, Parse parse) {
  EXPECT_TRUE(rc::check([&] {
    const Value value = *any;
    const Bytes bytes = encode(value);
    const auto read = parse(bytes);
    if (!read) RC_FAIL(read.error().detail);
    RC_ASSERT(*read == value);
    RC_ASSERT(encode(*read) == bytes);
  }));
}

class FrameRoundTripTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(FrameRoundTripTest, IsReadBack) {
  ReadsBack(any::AnyFrameOf(GetParam()), EncodeFrame, ParseFrame);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, FrameRoundTripTest,
                         ::testing::Range<std::size_t>(0, any::kFrameKinds));

TEST(RoundTripTest, Headers) { ReadsBack(any::AnyHeader(), EncodeHeader, ParseHeader); }
TEST(RoundTripTest, ClearParts) { ReadsBack(any::AnyClearPart(), EncodeClearPart, ParseClearPart); }
TEST(RoundTripTest, BrokersParts) {
  ReadsBack(any::AnyBrokersPart(), EncodeBrokersPart, ParseBrokersPart);
}
TEST(RoundTripTest, PartProofs) { ReadsBack(any::AnyPartProof(), EncodePartProof, ParsePartProof); }
TEST(RoundTripTest, Envelopes) { ReadsBack(any::AnyEnvelope(), EncodeEnvelope, ParseEnvelope); }
TEST(RoundTripTest, Deliveries) { ReadsBack(any::AnyDelivery(), EncodeDelivery, ParseDelivery); }
TEST(RoundTripTest, Answers) { ReadsBack(any::AnyAnswer(), EncodeAnswer, ParseAnswer); }
TEST(RoundTripTest, Receipts) { ReadsBack(any::AnyReceipt(), EncodeReceipt, ParseReceipt); }
TEST(RoundTripTest, SignedReceipts) {
  ReadsBack(any::AnySignedReceipt(), EncodeSignedReceipt, ParseSignedReceipt);
}
TEST(RoundTripTest, SignedVoids) {
  ReadsBack(any::AnySignedVoid(), EncodeSignedVoid, ParseSignedVoid);
}
TEST(RoundTripTest, SignedRecalls) {
  ReadsBack(any::AnySignedRecall(), EncodeSignedRecall, ParseSignedRecall);
}
TEST(RoundTripTest, SignedWords) {
  ReadsBack(any::AnySignedWord(), EncodeSignedWord, ParseSignedWord);
}
TEST(RoundTripTest, SignedStatements) {
  ReadsBack(any::AnySignedStatement(), EncodeSignedStatement, ParseSignedStatement);
}

// What was signed is carried, not written anew: bytes that we would write otherwise come through as
// they are.
TEST(RoundTripTest, TheBytesThatWereSignedAreKeptEvenWhereOursWouldDiffer) {
  EXPECT_TRUE(rc::check([] {
    Envelope envelope = *any::AnyEnvelope();
    // One more word at the end of the only segment: no field reads it.
    envelope.header_bytes.resize(envelope.header_bytes.size() + 8);
    ++envelope.header_bytes[4];
    RC_PRE(envelope.header_bytes[4] != 0);
    const auto read = ParseEnvelope(EncodeEnvelope(envelope));
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->header_bytes == envelope.header_bytes);
    RC_ASSERT(read->header == envelope.header);
    RC_ASSERT(EncodeHeader(read->header) != envelope.header_bytes);
  }));
}

// A wait longer than its field can hold is the longest that it can.
TEST(RoundTripTest, WaitsAreClampedNotWrapped) {
  const auto waits = [](Milliseconds wait) {
    const auto read = ParseFrame(EncodeFrame({SessionId(), Rehello{Code::kStale, wait}}));
    return std::get<Rehello>(read.value().body).retry_after;
  };
  EXPECT_EQ(waits(Milliseconds(0xFFFFFFFF)), Milliseconds(0xFFFFFFFF));
  EXPECT_EQ(waits(Milliseconds(0x100000000)), Milliseconds(0xFFFFFFFF));
  EXPECT_EQ(waits(Milliseconds(-1)), Milliseconds(0));
}

}  // namespace
}  // namespace havenline::wire
