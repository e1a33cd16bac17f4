// KeyValueStore: families of ordered keys on disk, changed by atomic, synced batches. RocksDB
// behind a header that does not mention it, opened so that lost or changed data is refused and
// never passed over.
//
// What it cannot see: a deleted or shortened newest log file (of RocksDB's own, not the audit log),
// or an older copy put back. That is what the mark is for (mark.h).

#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "deploy/runtime/key_value_batch.h"
#include "schema/base/bytes.h"
#include "schema/base/result.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace havenline {

struct KeyValueFamily {
  std::string name;  // Never empty, never "default" (RocksDB's own, which stays unused).
  // Where keys arrive in order within each prefix of this length (a mailbox and its numbers),
  // insertion starts from the prefix's last one instead of from the top. 0: no such order.
  std::size_t ordered_prefix_bytes = 0;
};

struct KeyValueStoreOptions {
  // A directory of its own; nothing else may be in it.
  std::filesystem::path path;
  // Family(0), Family(1) … in this order, whatever the order on disk.
  std::vector<KeyValueFamily> families;
  bool read_only = false;   // The state at the moment of opening; a writer may have it open.
  bool must_exist = false;  // kMissing instead of a new, empty store.
  // The memory budget: what is written and not yet in files, and what is kept of files. Iterators
  // and file descriptors (512 files at most) come on top.
  std::size_t write_buffer_bytes = 64U << 20U;
  std::size_t cache_bytes = 32U << 20U;
  // For tests that cut the power: what the store sees as the disk. Outlives the store.
  rocksdb::Env* env = nullptr;
};

// Keys from `from` on, before `until`, in the order of their bytes (so integers in keys are
// big-endian).
struct KeyRange {
  Bytes from;   // Empty: from the first key.
  Bytes until;  // Exclusive. Empty: to the last key.

  static KeyRange All() { return {}; }
  static KeyRange Prefix(ByteView prefix);  // Every key that starts with `prefix`.
};

struct KeyValue {
  Bytes key;
  Bytes value;
};

// Get, Scan and Last from any thread; Write and destruction from one, with no read under way when
// it is destroyed. A Family that was not in the list is a bug, and CHECKed, as is writing
// read-only.
class KeyValueStore {
 public:
  // Opens the store, and makes it and missing families durably where it is not there. Changes
  // nothing if it returns a fault:
  //   kUnavailable  another process (or this one) has it open;
  //   kInvalid      made by a newer version (a family we do not know), or the path cannot be used;
  //   kCorrupt      bytes or files are not as written; the words say what to do and what not to;
  //   kMissing      nothing there, and must_exist (or read_only) is set;
  //   kIo           the disk said no.
  static Result<KeyValueStore> Open(const KeyValueStoreOptions& asked);

  KeyValueStore(KeyValueStore&&) noexcept;
  KeyValueStore& operator=(KeyValueStore&&) noexcept;
  ~KeyValueStore();

  // The value, or nothing if there is none. kCorrupt or kIo if it cannot be told.
  Result<std::optional<Bytes>> Get(Family family, ByteView key) const;

  // All of the batch or nothing, seen at once by readers that start later. When it returns a value
  // the batch survives a power cut. kIo is the only fault, and final: whether the batch will be
  // there after reopening is unknown, every later Write fails too, and the caller must stop the
  // process without telling anyone of the batch. It must not retry: a sync that failed once may
  // report success the next time, with the data gone. An empty batch costs nothing.
  Result<void> Write(const KeyValueBatch& batch);

  // Calls `visit` with the keys of `range` in ascending order until it returns false. It sees one
  // moment of the store, whatever is written meanwhile; the views are good during the call only.
  // `visit` may read the store. A long scan keeps old data on the disk: copy what you need and
  // return.
  using Visitor = std::function<bool(ByteView key, ByteView value)>;
  Result<void> Scan(Family family, const KeyRange& range, const Visitor& visit) const;

  // The last entry whose key starts with `prefix`; of the whole family if that is empty.
  Result<std::optional<KeyValue>> Last(Family family, ByteView prefix) const;

 private:
  struct Database;

  explicit KeyValueStore(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

}  // namespace havenline
