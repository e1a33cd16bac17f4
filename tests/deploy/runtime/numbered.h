// Contents that a number determines, so that a test can tell what a killed child had promised.

#pragma once

#include <cstdint>
#include <string>

#include "deploy/runtime/key_value_store.h"
#include "schema/base/bytes.h"
#include "schema/model/position.h"

namespace havenline {

inline constexpr std::uint64_t kNumbersMax = 100'000;
inline constexpr Family kRows{0};
inline constexpr Family kIndex{1};

inline KeyValueStoreOptions NumberedStore(const std::filesystem::path& path) {
  KeyValueStoreOptions options;
  options.path = path;
  options.families = {{"rows"}, {"index", 4}};
  // Small, so that a few thousand records also go through flushes and files.
  options.write_buffer_bytes = 1U << 20U;
  options.cache_bytes = 1U << 20U;
  return options;
}

inline Bytes NumberedKey(std::uint64_t number) {
  Bytes key;
  AppendU64(key, number);
  return key;
}

// 1 to 2,000 bytes, of which none is zero.
inline Bytes NumberedContent(std::uint64_t number) {
  Bytes content(1 + number * 37 % 2000);
  for (std::size_t i = 0; i < content.size(); ++i) {
    content[i] = static_cast<std::uint8_t>(1 + (number * 31 + i * 7) % 251);
  }
  return content;
}

// Both families get the number, so a batch torn in two shows.
inline KeyValueBatch NumberedBatch(std::uint64_t number) {
  KeyValueBatch batch;
  batch.Put(kRows, NumberedKey(number), NumberedContent(number));
  Bytes index = ToBytes("last");
  Append(index, NumberedKey(number));
  batch.Put(kIndex, index, NumberedKey(number));
  return batch;
}

inline LogHead NumberedHead(std::uint64_t number) {
  LogHead head{.epoch = 1, .size = number, .root = {}};
  head.root.fill(static_cast<std::uint8_t>(number * 7 + 1));
  return head;
}

}  // namespace havenline
