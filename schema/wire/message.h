// The one boundary between Cap'n Proto and the rest: bytes in, a parsed value or a Fault out.
// Private to schema/wire (schema/exchange uses it too, for the messages inside sections).
//
// Inside, a reader that meets something wrong throws; ParseMessage() catches both that and
// kj::Exception, so neither leaves this folder. Nothing here reads a field twice: reading uses up
// Cap'n Proto's traversal limit.

#pragma once

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"

namespace havenline::wire {

// Thrown by the readers below and caught by ParseMessage(). `what` names a field, never its
// content.
struct Malformed {
  std::string what;
};

// Enough segments for any builder, few enough that the table is small; signed parts have exactly
// one.
struct ParseLimits {
  std::size_t bytes_max = limits::kFrameBytesMax;
  std::size_t segments_max = limits::kSegmentsMax;
};
inline constexpr ParseLimits kSignedPart{limits::kHeaderBytesMax, 1};

// An aligned copy of `bytes`, checked for size, segment count and trailing bytes. Throws Malformed.
class MessageCopy {
 public:
  MessageCopy(ByteView bytes, const ParseLimits& limits);
  capnp::MessageReader& reader() { return *reader_; }

 private:
  kj::Array<capnp::word> words_;
  std::optional<capnp::FlatArrayMessageReader> reader_;
};

// Where in Cap'n Proto's source it was found wrong. What its exceptions say quotes the message.
std::string WhereRefused(const kj::Exception& exception);

// Calls `read(root)` on the message in `bytes`; everything wrong becomes a kCorrupt fault.
template <class Root, class Read>
auto ParseMessage(ByteView bytes, const ParseLimits& limits, Read read)
    -> Result<decltype(read(std::declval<typename Root::Reader>()))> {
  try {
    MessageCopy copy(bytes, limits);
    return read(copy.reader().getRoot<Root>());
  } catch (const Malformed& malformed) {
    return Fail(FaultCode::kCorrupt, "malformed: " + malformed.what);
  } catch (const kj::Exception& exception) {
    return Fail(FaultCode::kCorrupt, "malformed: " + WhereRefused(exception));
  }
}

// The message as one segment, unpacked, with its segment table.
Bytes ToSingleSegment(capnp::MessageBuilder& message);

template <class Root, class Write>
Bytes EncodeMessage(Write write) {
  capnp::MallocMessageBuilder message;
  write(message.initRoot<Root>());
  return ToSingleSegment(message);
}

// Readers of single values. `field` goes into the fault.
inline ByteView View(capnp::Data::Reader data) { return {data.begin(), data.size()}; }
inline capnp::Data::Reader Data(ByteView bytes) { return {bytes.data(), bytes.size()}; }
Bytes ReadBytes(capnp::Data::Reader data, std::size_t bytes_max, const char* field);
std::string ReadText(capnp::Text::Reader text, std::size_t bytes_max,
                     const char* field);  // UTF-8 without NUL.
std::string ReadNameText(capnp::Text::Reader text, const char* field);
TimePoint ReadTime(std::int64_t milliseconds, const char* field);

template <std::size_t kSize>
ByteArray<kSize> ReadArray(capnp::Data::Reader data, const char* field) {
  const auto array = ToArray<kSize>(View(data));
  if (!array) throw Malformed{field};
  return *array;
}

template <class Name>
Name ReadName(capnp::Text::Reader text, const char* field) {
  return Name(ReadNameText(text, field));
}

template <class Name>
std::optional<Name> ReadOptionalName(capnp::Text::Reader text, const char* field) {
  if (text.size() == 0) return std::nullopt;
  return ReadName<Name>(text, field);
}

// One of our enumerations, whose values are those of the schema's up to `last`.
template <class Enum, class WireEnum>
Enum ReadEnum(WireEnum value, Enum last, const char* field) {
  const auto number = static_cast<std::uint16_t>(value);
  if (number > static_cast<std::uint16_t>(last)) throw Malformed{field};
  return static_cast<Enum>(number);
}

// A list, its length checked before anything is read or allocated.
template <class List, class Read>
auto ReadList(List list, std::size_t count_max, const char* field, Read read) {
  if (list.size() > count_max) throw Malformed{field};
  std::vector<decltype(read(list[0]))> values;
  values.reserve(list.size());
  for (auto item : list) values.push_back(read(item));
  return values;
}

std::vector<Digest> ReadDigests(capnp::List<capnp::Data>::Reader list, std::size_t count_max,
                                const char* field);

// Writers of lists: `init` makes the list of the given size.
template <class Init>
void WriteDigests(const std::vector<Digest>& digests, Init init) {
  auto list = init(static_cast<unsigned>(digests.size()));
  for (unsigned i = 0; i < digests.size(); ++i) list.set(i, Data(digests[i]));
}

template <class Values, class Init, class Write>
void WriteList(const Values& values, Init init, Write write) {
  auto list = init(static_cast<unsigned>(values.size()));
  unsigned i = 0;
  for (const auto& value : values) write(list[i++], value);
}

}  // namespace havenline::wire
