#include "deploy/runtime/key_value_batch.h"

#include "schema/base/check.h"

namespace havenline {

void KeyValueBatch::Put(Family family, ByteView key, ByteView value) {
  CHECK(value.size() <= kValueBytesMax);
  AppendKey(key);
  Append(bytes_, value);
  operations_.push_back({.family = family, .key = key.size(), .value = value.size()});
}

void KeyValueBatch::Delete(Family family, ByteView key) {
  AppendKey(key);
  operations_.push_back({.family = family, .key = key.size(), .value = std::nullopt});
}

void KeyValueBatch::Clear() {
  bytes_.clear();
  operations_.clear();
}

void KeyValueBatch::AppendKey(ByteView key) {
  CHECK(!key.empty() && key.size() <= kKeyBytesMax);
  Append(bytes_, key);
}

}  // namespace havenline
