// A batch for a KeyValueStore: what is written together or not at all.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/strong_id.h"

namespace havenline {

// A family of keys in a store, by its place in the list that the store was opened with. Each family
// is an ordered map of its own.
using Family = StrongId<struct FamilyTag, std::uint32_t>;

// A plain value: copies what it is given, owns it, is owned by one thread. Keys have 1 to
// kKeyBytesMax bytes and a value at most kValueBytesMax; more is a bug of the caller, and CHECKed.
// Where one key occurs twice the later operation wins.
class KeyValueBatch {
 public:
  static constexpr std::size_t kKeyBytesMax = 64U << 10U;
  static constexpr std::size_t kValueBytesMax = 64U << 20U;

  void Put(Family family, ByteView key, ByteView value);
  void Delete(Family family, ByteView key);  // It need not be there.
  void Clear();                              // Keeps the memory for the next batch.

  std::size_t count() const { return operations_.size(); }
  std::size_t bytes() const { return bytes_.size(); }  // Of all keys and values.
  bool empty() const { return operations_.empty(); }

  struct Operation {
    Family family;
    ByteView key;
    std::optional<ByteView> value;  // Nothing: delete the key.
  };

  // Calls `visit(const Operation&)` for each operation in order; the views live as long as the
  // batch.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    ByteView rest(bytes_);
    for (const Sizes& sizes : operations_) {
      Operation operation{
          .family = sizes.family, .key = rest.first(sizes.key), .value = std::nullopt};
      rest = rest.subspan(sizes.key);
      if (sizes.value) {
        operation.value = rest.first(*sizes.value);
        rest = rest.subspan(*sizes.value);
      }
      visit(operation);
    }
  }

 private:
  struct Sizes {
    Family family;
    std::size_t key;
    std::optional<std::size_t> value;
  };

  void AppendKey(ByteView key);

  Bytes bytes_;  // Every key, followed by its value if it has one, in the order of operations_.
  std::vector<Sizes> operations_;
};

}  // namespace havenline
