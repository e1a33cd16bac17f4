// What the worst frames cost that 4 MiB can hold: every list as full as it may be, and every
// pointer of it at the same few words, so that much is read of little. Measured and printed;
// bounded, so that a hostile host slows nobody (D7).

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "schema/wire/answer_codec.h"
#include "schema/wire/envelope.capnp.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/frame.capnp.h"
#include "schema/wire/frame_codec.h"
#include "tests/schema/wire/allocation_meter.h"
#include "tests/schema/wire/words.h"

namespace havenline::wire {
namespace {

using std::string_literals::operator""s;
using std::chrono::steady_clock;

// A copy of the frame, and what is read of it as values of ours, whose strings and vectors are
// larger than what they were read from.
constexpr std::size_t kMemoryMax = 4 * limits::kFrameBytesMax;
// Far above what is measured, for slow machines and sanitizers.
constexpr auto kTimeMax = std::chrono::milliseconds(1'500);

template <class Parse>
void Measure(const char* name, const Bytes& bytes, Parse parse) {
  ASSERT_LE(bytes.size(), limits::kFrameBytesMax);
  const AllocationMeter meter;
  const auto started = steady_clock::now();
  const bool taken = parse(bytes).has_value();
  const auto took = steady_clock::now() - started;
  std::printf("%-44s %8zu bytes: %-7s %6.1f ms, %5.1f MiB at most\n", name, bytes.size(),
              taken ? "taken" : "refused", std::chrono::duration<double, std::milli>(took).count(),
              static_cast<double>(meter.peak()) / (1U << 20U));
  EXPECT_LT(meter.peak(), kMemoryMax) << name;
  EXPECT_LT(took, kTimeMax) << name;
}

// Fills the message with words that nobody reads, which raise what may be read of the rest.
Bytes Filled(Words words) {
  words.Add(limits::kFrameBytesMax / 8 - 1 - words.size());
  return words.Message();
}

template <class RawBody>
struct Bomb {
  explicit Bomb(raw::Frame::Which which) {
    words.Add(1);
    const StructSize frame_size = SizeOf<raw::Frame>();
    const std::size_t frame = words.AddStruct(0, frame_size);
    words[frame] = static_cast<std::uint64_t>(which);
    words.AddBytes(frame + frame_size.data, std::string(16, 's'));
    body = words.AddStruct(frame + frame_size.data + 1, SizeOf<RawBody>());
    pointers = body + SizeOf<RawBody>().data;
  }
  Words words;
  std::size_t body = 0;
  std::size_t pointers = 0;
};

// 512 items, each the same two megabytes and more.
Bytes SharedDocument() {
  Bomb<raw::Document> bomb(raw::Frame::DOCUMENT);
  const StructSize size = SizeOf<raw::Document::Piece>();
  const std::size_t first = bomb.words.AddStructs(bomb.pointers, limits::kItemsMax, size);
  const std::size_t content = bomb.words.Add(limits::kDocumentBytesMax / 8);
  for (std::size_t i = 0; i < limits::kItemsMax; ++i) {
    bomb.words.PointToList(first + i * size.words() + size.data, content, ListOf::kByte,
                           limits::kDocumentBytesMax);
  }
  return Filled(bomb.words);
}

Bytes SharedItems() {
  Bomb<raw::Submit> bomb(raw::Frame::SUBMIT);
  const StructSize size = SizeOf<raw::Item>();
  const std::size_t first = bomb.words.AddStructs(bomb.pointers, limits::kItemsMax, size);
  const std::size_t content = bomb.words.Add(1024);
  for (std::size_t i = 0; i < limits::kItemsMax; ++i)
    bomb.words.PointToList(first + i * size.words() + size.data, content, ListOf::kByte, 8192);
  return Filled(bomb.words);
}

// A refusal of 256 objections, whose every text is the same one, 512 times over.
Bytes SharedObjections(const std::string& text) {
  Bomb<raw::Answers> bomb(raw::Frame::ANSWER);
  Words& words = bomb.words;
  const StructSize item = SizeOf<raw::AnswerItem>();
  const StructSize answer = SizeOf<raw::Answer>();
  const StructSize objection = SizeOf<raw::Objection>();
  const std::size_t items = words.AddStructs(bomb.pointers, limits::kItemsMax, item);
  // One answer for all: where its fields lie is for our own codec to say.
  const Bytes model = EncodeAnswer(Refused{Code::kPolicyDenies,
                                           {{AgencyId("a"), Role("a"), "a", RuleId("a")}},
                                           {{0, LogIndex(0)}, Salt{}, {}, {}}});
  const std::size_t copy = words.Add(model.size() / 8 - 2);
  for (std::size_t i = 16; i < model.size(); ++i)
    words[copy + i / 8 - 2] |= std::uint64_t{model[i]} << (i % 8 * 8);
  for (std::size_t i = 0; i < limits::kItemsMax; ++i)
    words.PointToStruct(items + i * item.words() + item.data, copy, answer);
  // Its list of objections is the pointer that has a list of structs.
  std::size_t list = copy + answer.data;
  while ((words[list] & 3U) != 1U || (words[list] >> 32U & 7U) != 7U) ++list;
  const std::size_t objections = words.AddStructs(list, limits::kObjectionsMax, objection);
  const std::size_t shared = words.Add((text.size() + 8) / 8);
  for (std::size_t i = 0; i < text.size(); ++i)
    words[shared + i / 8] |= std::uint64_t{static_cast<unsigned char>(text[i])} << (i % 8 * 8);
  for (std::size_t i = 0; i < limits::kObjectionsMax * objection.pointers; ++i)
    words.PointToList(objections + i, shared, ListOf::kByte, text.size() + 1);
  return Filled(words);
}

Bytes SharedAgencies() {
  Bomb<raw::Hello> bomb(raw::Frame::HELLO);
  Words& words = bomb.words;
  words.AddBytes(bomb.pointers, "p\0"s);
  const std::size_t list = words.Add(limits::kAgenciesPerHostMax);
  words.PointToList(bomb.pointers + 1, list, ListOf::kPointer, limits::kAgenciesPerHostMax);
  const std::size_t name = words.Add(13);
  for (std::size_t i = 0; i < limits::kNameBytesMax; ++i)
    words[name + i / 8] |= std::uint64_t{'a'} << (i % 8 * 8);
  for (std::size_t i = 0; i < limits::kAgenciesPerHostMax; ++i)
    words.PointToList(list + i, name, ListOf::kByte, limits::kNameBytesMax + 1);
  return Filled(words);
}

// A list of structs of which each is nearly the whole message.
Bytes OverlappingItems() {
  Bomb<raw::Submit> bomb(raw::Frame::SUBMIT);
  Words& words = bomb.words;
  const std::size_t tag = words.Add(1);
  const std::size_t rest = limits::kFrameBytesMax / 8 - 1 - words.size();
  words.PointToList(bomb.pointers, tag, ListOf::kStruct, rest);
  words.Tag(tag, rest / SizeOf<raw::Item>().words(), SizeOf<raw::Item>());
  return Filled(words);
}

TEST(ParseCostTest, TheWorstFramesAreBoundedInTimeAndMemory) {
  Measure("512 pieces that share one document", SharedDocument(), ParseFrame);
  Measure("512 items that share 8 KiB", SharedItems(), ParseFrame);
  Measure("512 x 256 objections of one-letter texts", SharedObjections("a"), ParseFrame);
  Measure("512 x 256 objections of 16-letter texts", SharedObjections(std::string(16, 'a')),
          ParseFrame);
  Measure("512 x 256 objections of the longest texts", SharedObjections(std::string(96, 'a')),
          ParseFrame);
  Measure("2,048 agencies that share one name", SharedAgencies(), ParseFrame);
  Measure("a list of the whole frame", OverlappingItems(), ParseFrame);
}

// An honest frame as full as may be, to compare.
TEST(ParseCostTest, TheFullestHonestFrame) {
  const PartProof proof{{1, LogIndex(2)},
                        Salt{3},
                        Bytes(limits::kPartBytesMax, 4),
                        std::vector<Digest>(limits::kGrantsMax)};
  AnswerFrame answers;
  for (std::size_t i = 0; i < limits::kItemsMax; ++i)
    answers.items.push_back({Reference(i), Accepted{proof, false}});
  Measure("honest: 512 answers with the largest proofs", EncodeFrame({SessionId(), answers}),
          ParseFrame);
}

TEST(ParseCostTest, TheWorstEnvelopeIsBoundedInTimeAndMemory) {
  // 64 grants that share the largest clear part, and 32 sections that share a megabyte.
  ClearPart clear;
  clear.recipient = AgencyId("a");
  clear.role = Role("a");
  clear.rule = RuleId("a");
  clear.openings.assign(limits::kSectionsMax, std::string(60, 's'));
  Envelope envelope;
  envelope.header.partnership = PartnershipId("p");
  envelope.header.exchange = ExchangeName("e");
  envelope.header.sender = AgencyId("a");
  envelope.header.role = Role("r");
  envelope.header_bytes = EncodeHeader(envelope.header);
  envelope.brokers_bytes = EncodeBrokersPart({});
  const Bytes small = EncodeEnvelope(envelope);
  Words words;
  words.Add(small.size() / 8 - 1);
  for (std::size_t i = 8; i < small.size(); ++i)
    words[i / 8 - 1] |= std::uint64_t{small[i]} << (i % 8 * 8);
  const StructSize size = SizeOf<raw::Envelope>();
  const std::size_t grants_at = 1 + size.data + 6;
  const std::size_t sealed_at = 1 + size.data + 7;
  const StructSize grant = SizeOf<raw::Grant>();
  const std::size_t grants = words.AddStructs(grants_at, limits::kGrantsMax, grant);
  const Bytes part = EncodeClearPart(clear);
  const std::size_t shared = words.Add(part.size() / 8);
  for (std::size_t i = 0; i < part.size(); ++i)
    words[shared + i / 8] |= std::uint64_t{part[i]} << (i % 8 * 8);
  for (std::size_t i = 0; i < limits::kGrantsMax; ++i) {
    const std::size_t pointers = grants + i * grant.words() + grant.data;
    words.PointToList(pointers, shared, ListOf::kByte, part.size());
    words.PointToList(pointers + 1, shared, ListOf::kByte, 32);
    words.PointToList(pointers + 2, shared, ListOf::kByte, 1072);
  }
  const StructSize section = SizeOf<raw::SealedSection>();
  const std::size_t sections = words.AddStructs(sealed_at, limits::kSectionsMax, section);
  const std::size_t name = words.Add(1);
  words[name] = 'a';
  const std::size_t content = words.Add(limits::kSectionBytesMax / 8);
  for (std::size_t i = 0; i < limits::kSectionsMax; ++i) {
    const std::size_t pointers = sections + i * section.words() + section.data;
    words.PointToList(pointers, name, ListOf::kByte, 2);
    words.PointToList(pointers + 1, content, ListOf::kByte, limits::kSectionBytesMax);
  }
  words.Add(limits::kMessageBytesMax / 8 - 1 - words.size());
  Measure("envelope: 64 grants and 32 sections, shared", words.Message(), ParseEnvelope);
}

}  // namespace
}  // namespace havenline::wire
