// Messages that no builder makes: segment bombs, pointers that lead astray, lists that lie, texts
// that are none.

#include <set>
#include <string>

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "schema/wire/envelope.capnp.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/frame.capnp.h"
#include "schema/wire/frame_codec.h"
#include "schema/wire/statement_codec.h"
#include "tests/schema/wire/words.h"

namespace havenline::wire {
namespace {

using std::string_literals::operator""s;

const StructSize kFrameSize = SizeOf<raw::Frame>();

template <class T>
::testing::AssertionResult IsRefused(const Result<T>& read, std::string_view why = "") {
  if (read) return ::testing::AssertionFailure() << "it was taken";
  if (read.error().code != FaultCode::kCorrupt) return ::testing::AssertionFailure() << "its code";
  if (read.error().detail.find(why) == std::string::npos)
    return ::testing::AssertionFailure() << read.error().detail;
  return ::testing::AssertionSuccess();
}

Bytes BytesOf(capnp::MessageBuilder& message) {
  const auto flat = capnp::messageToFlatArray(message);
  return ToBytes(ByteView(flat.asBytes().begin(), flat.asBytes().size()));
}

Bytes SmallFrame() { return EncodeFrame({SessionId(ByteArray<16>{1}), Cosign{"x"}}); }

// A frame of the given kind with a good session, whose body is still to be filled.
struct Started {
  Words words;
  std::size_t body = 0;  // Where the body's struct begins.
};
template <class RawBody>
Started FrameOf(raw::Frame::Which which) {
  Started started;
  Words& words = started.words;
  words.Add(1);
  const std::size_t frame = words.AddStruct(0, kFrameSize);
  words[frame] = static_cast<std::uint64_t>(which);
  words.AddBytes(frame + kFrameSize.data, std::string(16, 's'));
  started.body = words.AddStruct(frame + kFrameSize.data + 1, SizeOf<RawBody>());
  return started;
}

TEST(CraftedTest, TheWordsAreThoseThatTheBuilderMakes) {
  Started cosign = FrameOf<raw::Cosign>(raw::Frame::COSIGN);
  cosign.words.AddBytes(cosign.body, "x\0"s);
  const auto read = ParseFrame(cosign.words.Message());
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(std::get<Cosign>(read->body).cosignatures, "x");
}

// What Cap'n Proto says of it would quote the byte that stands where the text's zero should.
TEST(CraftedTest, AFaultQuotesNothingOfTheMessage) {
  Started cosign = FrameOf<raw::Cosign>(raw::Frame::COSIGN);
  cosign.words.AddBytes(cosign.body, "x\xA7");
  const auto read = ParseFrame(cosign.words.Message());
  ASSERT_TRUE(IsRefused(read, "refused by Cap'n Proto, "));
  EXPECT_EQ(read.error().detail.find('\xA7'), std::string::npos);
  EXPECT_TRUE(IsUtf8(read.error().detail));
}

// --- the segment table

TEST(CraftedTest, BytesThatAreNotWholeWordsOrNoMessageAtAllAreRefused) {
  const Bytes good = SmallFrame();
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_TRUE(IsRefused(ParseFrame(ByteView(good).first(size)))) << size;
  for (std::size_t more = 1; more < 8; ++more) {
    Bytes longer = good;
    longer.resize(good.size() + more);
    EXPECT_TRUE(IsRefused(ParseFrame(longer), "size is not that of a message")) << more;
  }
}

TEST(CraftedTest, WhatFollowsTheMessageIsRefused) {
  for (const std::uint8_t filling : {std::uint8_t{0x00}, std::uint8_t{0xFF}}) {
    Bytes longer = SmallFrame();
    longer.resize(longer.size() + 8, filling);
    EXPECT_TRUE(IsRefused(ParseFrame(longer), "bytes after the message"));
  }
}

TEST(CraftedTest, MoreThanEightSegmentsAreRefusedBeforeAnythingIsAllocated) {
  for (const std::uint32_t segments :
       {8U, 9U, 255U, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFEU, 0xFFFFFFFFU}) {
    Bytes bytes = SmallFrame();
    for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(segments >> (8 * i));
    EXPECT_TRUE(IsRefused(ParseFrame(bytes), "too many segments")) << segments;
  }
}

TEST(CraftedTest, SegmentsThatClaimMoreThanThereIsAreRefused) {
  for (const std::uint32_t size : {0x00FFFFFFU, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU}) {
    Bytes bytes = SmallFrame();
    for (std::size_t i = 0; i < 4; ++i) bytes[4 + i] = static_cast<std::uint8_t>(size >> (8 * i));
    EXPECT_TRUE(IsRefused(ParseFrame(bytes), "serialize.c++:")) << size;
  }
  Bytes table_only(16);
  table_only[0] = 7;  // Eight segments, of whose sizes there is room for three.
  EXPECT_TRUE(IsRefused(ParseFrame(table_only), "serialize.c++:"));
}

// A builder that grows in small segments: up to eight are a frame, from nine on none.
TEST(CraftedTest, AFrameMayComeInUpToEightSegments) {
  std::set<std::size_t> taken;
  std::set<std::size_t> refused;
  for (unsigned words = 8; words < 60; ++words) {
    for (unsigned count = 1; count < 30; ++count) {
      capnp::MallocMessageBuilder message(words, capnp::AllocationStrategy::FIXED_SIZE);
      auto frame = message.initRoot<raw::Frame>();
      const ByteArray<16> session = {1, 2, 3};
      frame.setSession({session.data(), session.size()});
      auto hello = frame.initHello();
      hello.setPartnership("rotherham");
      auto agencies = hello.initAgencies(count);
      for (unsigned i = 0; i < count; ++i) agencies.set(i, "school." + std::to_string(106800 + i));
      const auto read = ParseFrame(BytesOf(message));
      (read ? taken : refused).insert(message.getSegmentsForOutput().size());
      if (!read) continue;
      ASSERT_EQ(read->session, SessionId(session));
      ASSERT_EQ(std::get<Hello>(read->body).agencies.back().value(),
                "school." + std::to_string(106800 + count - 1));
    }
  }
  EXPECT_EQ(taken, (std::set<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  ASSERT_FALSE(refused.empty());
  EXPECT_EQ(*refused.begin(), 9U);
}

// What is signed is one segment, so that there is one way to write it.
TEST(CraftedTest, SignedPartsOfTwoSegmentsAreRefused) {
  capnp::MallocMessageBuilder message(20, capnp::AllocationStrategy::FIXED_SIZE);
  auto raw_header = message.initRoot<raw::Header>();
  raw_header.setSender("police.south-yorkshire");
  raw_header.setPartnership("rotherham");
  ASSERT_GT(message.getSegmentsForOutput().size(), 1U);
  const Bytes bytes = BytesOf(message);
  EXPECT_TRUE(IsRefused(ParseHeader(bytes), "too many segments"));
  EXPECT_TRUE(IsRefused(ParseClearPart(bytes), "too many segments"));
  EXPECT_TRUE(IsRefused(ParseBrokersPart(bytes), "too many segments"));
  EXPECT_TRUE(IsRefused(ParseReceipt(bytes), "too many segments"));
  Envelope envelope;
  envelope.header_bytes = bytes;
  envelope.brokers_bytes = EncodeBrokersPart({});
  EXPECT_TRUE(IsRefused(ParseEnvelope(EncodeEnvelope(envelope)), "too many segments"));
}

TEST(CraftedTest, WhereTheBytesLieMakesNoDifference) {
  const Bytes good = SmallFrame();
  const auto expected = ParseFrame(good);
  ASSERT_TRUE(expected.has_value());
  for (std::size_t shift = 0; shift < 16; ++shift) {
    Bytes shifted(shift + good.size());
    std::ranges::copy(good, shifted.begin() + static_cast<std::ptrdiff_t>(shift));
    const auto read = ParseFrame(ByteView(shifted).subspan(shift));
    ASSERT_TRUE(read.has_value()) << shift;
    EXPECT_EQ(*read, *expected);
  }
}

// --- pointers

TEST(CraftedTest, RootsThatAreNoStructAreRefused) {
  Words null;
  null.Add(1);
  EXPECT_TRUE(IsRefused(ParseFrame(null.Message()), "session"));
  Words list;
  list.Add(2);
  list.PointToList(0, 1, ListOf::kEight, 1);
  EXPECT_TRUE(IsRefused(ParseFrame(list.Message())));
  Words capability;
  capability.Add(1);
  capability[0] = 3;
  EXPECT_TRUE(IsRefused(ParseFrame(capability.Message())));
  const Bytes no_root = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_TRUE(IsRefused(ParseFrame(no_root)));
}

TEST(CraftedTest, PointersOutOfTheMessageAreRefused) {
  for (const std::size_t target : {2U, 100U, 0x1FFFFFFFU}) {
    Words words;
    words.Add(1);
    words.PointToStruct(0, target, kFrameSize);
    EXPECT_TRUE(IsRefused(ParseFrame(words.Message()))) << target;
  }
  Words before;
  before.Add(1);
  before[0] = 0xFFFFFFF8U | 0x0001000100000000U;  // Two words before itself.
  EXPECT_TRUE(IsRefused(ParseFrame(before.Message())));
  Started huge = FrameOf<raw::Cosign>(raw::Frame::COSIGN);
  huge.words.PointToList(huge.body, huge.body, ListOf::kByte, (1U << 29U) - 1);
  EXPECT_TRUE(IsRefused(ParseFrame(huge.words.Message())));
}

TEST(CraftedTest, FarPointersThatLeadNowhereOrRoundInCirclesAreRefused) {
  for (const bool twice : {false, true}) {
    for (const std::uint64_t segment : {0U, 1U, 2U, 0xFFFFFFFFU}) {
      for (const std::uint64_t position : {0U, 1U, 5U, 0x1FFFFFFFU}) {
        Words first;
        first.Add(2);
        first.PointFar(0, segment, position, twice);
        first.PointFar(1, 0, 0, twice);
        Words second;
        second.Add(2);
        second.PointFar(0, 0, 0, twice);  // Back again.
        second.PointFar(1, 1, 1, twice);  // To itself.
        EXPECT_TRUE(IsRefused(ParseFrame(Words::MessageOf({first, second}))))
            << segment << ' ' << position << ' ' << twice;
      }
    }
  }
}

TEST(CraftedTest, AFarPointerThatLeadsToTheRestOfTheFrameIsFollowed) {
  Started cosign = FrameOf<raw::Cosign>(raw::Frame::COSIGN);
  cosign.words.AddBytes(cosign.body, "x\0"s);
  Words first;
  first.Add(1);
  first.PointFar(0, 1, 0, false);  // The second segment's first word is the root pointer.
  const auto read = ParseFrame(Words::MessageOf({first, cosign.words}));
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(std::get<Cosign>(read->body).cosignatures, "x");
}

// Round in circles: whatever is read of it is refused, or a frame like any other.
TEST(CraftedTest, AFrameThatIsItsOwnBodyIsReadOnceAndNoMore) {
  for (int which = 0; which < 18; ++which) {
    Words words;
    words.Add(1);
    const std::size_t frame = words.AddStruct(0, kFrameSize);
    words[frame] = static_cast<std::uint64_t>(which);
    words.AddBytes(frame + kFrameSize.data, std::string(16, 's'));
    words.PointToStruct(frame + kFrameSize.data + 1, frame, kFrameSize);
    const auto read = ParseFrame(words.Message());
    if (!read) {
      EXPECT_EQ(read.error().code, FaultCode::kCorrupt);
    } else {
      EXPECT_EQ(ParseFrame(EncodeFrame(*read)).value(), *read);
    }
  }
}

// Nobody reads the field, so nobody goes down there.
TEST(CraftedTest, ALadderOfTenThousandStructsIsNotClimbed) {
  Started cosign = FrameOf<raw::Cosign>(raw::Frame::COSIGN);
  Words& words = cosign.words;
  words.AddBytes(cosign.body, "x\0"s);
  const std::size_t frame = 1;
  std::size_t at = words.Add(3);
  words.PointToStruct(frame + kFrameSize.data + 1, at,
                      {0, 3});  // Two pointers more than we know of.
  words.PointToList(at, cosign.body + 1, ListOf::kByte, 2);
  ++at;
  for (int depth = 0; depth < 10'000; ++depth) at = words.AddStruct(at, {0, 1});
  const auto read = ParseFrame(words.Message());
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(std::get<Cosign>(read->body).cosignatures, "x");
}

// --- lists

TEST(CraftedTest, ListsThatClaimHalfABillionNothingsAreRefused) {
  const std::uint64_t most = (1U << 29U) - 1;
  Started voids = FrameOf<raw::Submit>(raw::Frame::SUBMIT);
  const std::size_t items = voids.body + SizeOf<raw::Submit>().data;
  voids.words.PointToList(items, voids.words.size(), ListOf::kVoid, most);
  EXPECT_TRUE(IsRefused(ParseFrame(voids.words.Message())));

  Started structs = FrameOf<raw::Submit>(raw::Frame::SUBMIT);
  const std::size_t tag = structs.words.Add(1);
  structs.words.PointToList(items, tag, ListOf::kStruct, 0);
  structs.words.Tag(tag, most, {0, 0});
  EXPECT_TRUE(IsRefused(ParseFrame(structs.words.Message())));

  Started indices = FrameOf<raw::Fetch>(raw::Frame::FETCH);
  const auto which = capnp::Schema::from<raw::Fetch>().getProto().getStruct();
  const std::size_t discriminant = which.getDiscriminantOffset();
  indices.words[indices.body + discriminant / 4] |= std::uint64_t{raw::Fetch::PROOFS}
                                                    << (16 * (discriminant % 4));
  const std::size_t list = indices.body + SizeOf<raw::Fetch>().data;
  indices.words.PointToList(list, indices.words.size(), ListOf::kVoid, most);
  EXPECT_TRUE(IsRefused(ParseFrame(indices.words.Message())));
}

// Each nothing costs a word of what may be read, so a frame has to have the size of what it claims.
TEST(CraftedTest, NothingsAreEmptyItemsWhereTheFrameIsLargeEnough) {
  Started started = FrameOf<raw::Submit>(raw::Frame::SUBMIT);
  const std::size_t items = started.body + SizeOf<raw::Submit>().data;
  const std::size_t tag = started.words.Add(1);
  started.words.PointToList(items, tag, ListOf::kStruct, 0);
  started.words.Tag(tag, limits::kItemsMax, {0, 0});
  EXPECT_TRUE(IsRefused(ParseFrame(started.words.Message())));
  started.words.Add(limits::kItemsMax);
  const auto read = ParseFrame(started.words.Message());
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(std::get<Submit>(read->body).items,
            std::vector<Item>(limits::kItemsMax, Item{Reference(0), {}}));
}

TEST(CraftedTest, AListOfStructsWhoseTagAndSizeDisagreeIsRefused) {
  Started started = FrameOf<raw::Submit>(raw::Frame::SUBMIT);
  const std::size_t items = started.body + SizeOf<raw::Submit>().data;
  const std::size_t tag = started.words.Add(1 + 2);
  started.words.PointToList(items, tag, ListOf::kStruct, 2);
  started.words.Tag(tag, 3, SizeOf<raw::Item>());
  EXPECT_TRUE(IsRefused(ParseFrame(started.words.Message())));
  started.words.Tag(tag, 0x3FFFFFFF, {0xFFFF, 0xFFFF});
  EXPECT_TRUE(IsRefused(ParseFrame(started.words.Message())));
  started.words.PointToList(tag, tag, ListOf::kStruct, 2);  // The tag is no struct pointer.
  EXPECT_TRUE(IsRefused(ParseFrame(started.words.Message())));
}

TEST(CraftedTest, AListOfTheWrongKindIsRefused) {
  for (const ListOf element :
       {ListOf::kBit, ListOf::kTwo, ListOf::kFour, ListOf::kEight, ListOf::kPointer}) {
    Started started = FrameOf<raw::Cosign>(raw::Frame::COSIGN);
    const std::size_t target = started.words.Add(2);
    started.words.PointToList(started.body, target, element, 2);
    EXPECT_TRUE(IsRefused(ParseFrame(started.words.Message()))) << static_cast<int>(element);
  }
}

// --- texts

TEST(CraftedTest, TextsMustEndAndBeUtf8) {
  const auto parsed = [](std::string_view bytes) {
    Started started = FrameOf<raw::Cosign>(raw::Frame::COSIGN);
    started.words.AddBytes(started.body, bytes);
    return ParseFrame(started.words.Message());
  };
  EXPECT_TRUE(parsed("caf\u00E9\0"s).has_value());
  EXPECT_TRUE(parsed("\0"s).has_value());
  EXPECT_TRUE(IsRefused(parsed("")));                 // Not even an end.
  EXPECT_TRUE(IsRefused(parsed("cafe")));             // No end.
  EXPECT_TRUE(IsRefused(parsed("ca\0fe\0"s)));        // Two ends.
  EXPECT_TRUE(IsRefused(parsed("caf\xE9\0"s)));       // Windows-1252.
  EXPECT_TRUE(IsRefused(parsed("caf\xC3\0"s)));       // Cut in a character.
  EXPECT_TRUE(IsRefused(parsed("\xED\xA0\x80\0"s)));  // A surrogate.
  EXPECT_TRUE(IsRefused(parsed("\xC0\x80\0"s)));      // An overlong NUL.
  EXPECT_TRUE(IsRefused(parsed("\xF4\x90\x80\x80\0"s)));
}

TEST(CraftedTest, NamesMustBeNames) {
  for (const std::string& name :
       {""s, " "s, "a b"s, "a\0b"s, "\u00E9"s, "../x"s, "a/../b"s, "a\n"s, std::string(97, 'a')}) {
    capnp::MallocMessageBuilder message;
    auto frame = message.initRoot<raw::Frame>();
    const ByteArray<16> session{};
    frame.setSession({session.data(), session.size()});
    frame.initHello().setPartnership(capnp::Text::Reader(name.data(), name.size()));
    EXPECT_TRUE(IsRefused(ParseFrame(BytesOf(message)), "partnership")) << name;
  }
}

}  // namespace
}  // namespace havenline::wire
