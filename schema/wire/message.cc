#include "schema/wire/message.h"

#include <cstring>

#include "schema/base/check.h"

namespace havenline::wire {
namespace {

std::uint32_t ReadLittleEndian32(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8U | bytes[i];
  return value;
}

}  // namespace

MessageCopy::MessageCopy(ByteView bytes, const ParseLimits& limits) {
  if (bytes.size() > limits.bytes_max) throw Malformed{"size over the limit"};
  if (bytes.size() < 16 || bytes.size() % 8 != 0) throw Malformed{"size is not that of a message"};
  // FlatArrayMessageReader has no limit of its own on the number of segments.
  if (ReadLittleEndian32(bytes) >= limits.segments_max) throw Malformed{"too many segments"};
  words_ = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  std::memcpy(words_.begin(), bytes.data(), bytes.size());
  capnp::ReaderOptions options;
  // Cap'n Proto counts the words of each object that a reader reaches. In what a builder makes no
  // two objects share a word, and we read each once, so the message's own size always suffices; a
  // message that points many times at the same words runs out of it.
  options.traversalLimitInWords = words_.size();
  options.nestingLimit = limits::kNestingMax;
  reader_.emplace(words_, options);
  if (reader_->getEnd() != words_.end()) throw Malformed{"bytes after the message"};
}

std::string WhereRefused(const kj::Exception& exception) {
  const std::string_view file(exception.getFile());
  return "refused by Cap'n Proto, " + std::string(file.substr(file.rfind('/') + 1)) + ":" +
         std::to_string(exception.getLine());
}

Bytes ToSingleSegment(capnp::MessageBuilder& message) {
  const auto segments = message.getSegmentsForOutput();
  if (segments.size() > 1) {
    capnp::MallocMessageBuilder single(static_cast<unsigned>(message.sizeInWords() + 1));
    single.setRoot(message.getRoot<capnp::AnyPointer>().asReader());
    CHECK(single.getSegmentsForOutput().size() == 1);
    return ToSingleSegment(single);
  }
  const kj::Array<capnp::word> words = capnp::messageToFlatArray(segments);
  return ToBytes(View(words.asBytes()));
}

Bytes ReadBytes(capnp::Data::Reader data, std::size_t bytes_max, const char* field) {
  if (data.size() > bytes_max) throw Malformed{field};
  return ToBytes(View(data));
}

std::string ReadText(capnp::Text::Reader text, std::size_t bytes_max, const char* field) {
  const std::string_view view(text.cStr(), text.size());
  // A NUL is valid UTF-8, but Cap'n Proto's writers stop at it: what follows would be lost on the
  // way on.
  const bool whole = view.find('\0') == std::string_view::npos;
  if (view.size() > bytes_max || !whole || !IsUtf8(view)) throw Malformed{field};
  return std::string(view);
}

std::string ReadNameText(capnp::Text::Reader text, const char* field) {
  const std::string_view view(text.cStr(), text.size());
  if (!IsName(view)) throw Malformed{field};
  return std::string(view);
}

TimePoint ReadTime(std::int64_t milliseconds, const char* field) {
  // The years 1970 to 9999, so that no later arithmetic on a time from outside can overflow.
  constexpr std::int64_t kLast = 253'402'300'799'999;
  if (milliseconds < 0 || milliseconds > kLast) throw Malformed{field};
  return FromMilliseconds(milliseconds);
}

std::vector<Digest> ReadDigests(capnp::List<capnp::Data>::Reader list, std::size_t count_max,
                                const char* field) {
  return ReadList(list, count_max, field,
                  [&](capnp::Data::Reader data) { return ReadArray<32>(data, field); });
}

}  // namespace havenline::wire
