#include "deploy/runtime/key_value_store.h"

#include <algorithm>
#include <utility>

#include <rocksdb/db.h>

#include "deploy/runtime/key_value_database.h"
#include "schema/base/test_seam.h"

namespace havenline {
namespace {

rocksdb::Slice AsSlice(ByteView bytes) { return AsText(bytes); }
ByteView AsView(const rocksdb::Slice& slice) { return AsBytes({slice.data(), slice.size()}); }

// Bounds that RocksDB reads for as long as the iterator lives.
struct Bounds {
  explicit Bounds(const KeyRange& range) : from(AsSlice(range.from)), until(AsSlice(range.until)) {}

  rocksdb::ReadOptions Options() const {
    rocksdb::ReadOptions options;
    if (!from.empty()) options.iterate_lower_bound = &from;
    if (!until.empty()) options.iterate_upper_bound = &until;
    return options;
  }

  rocksdb::Slice from;
  rocksdb::Slice until;
};

}  // namespace

KeyRange KeyRange::Prefix(ByteView prefix) {
  KeyRange range{.from = ToBytes(prefix), .until = ToBytes(prefix)};
  // The next prefix of the same length or shorter; none if every byte is already the highest.
  while (!range.until.empty() && range.until.back() == 0xFF) range.until.pop_back();
  if (!range.until.empty()) ++range.until.back();
  return range;
}

KeyValueStore::Database::~Database() {
  // Handles first: they point into the database. Refused only for what is still in use.
  const auto destroy = [this](auto* handle) { return db->DestroyColumnFamilyHandle(handle).ok(); };
  CHECK(std::ranges::all_of(handles, destroy));
}

KeyValueStore::KeyValueStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
KeyValueStore::KeyValueStore(KeyValueStore&&) noexcept = default;
KeyValueStore& KeyValueStore::operator=(KeyValueStore&&) noexcept = default;
KeyValueStore::~KeyValueStore() = default;

Result<std::optional<Bytes>> KeyValueStore::Get(Family family, ByteView key) const {
  rocksdb::PinnableSlice value;
  const auto status = database_->db->Get({}, database_->At(family), AsSlice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return StoreFault("cannot read", database_->path, status);
  return ToBytes(AsView(value));
}

Result<void> KeyValueStore::Write(const KeyValueBatch& batch) {
  CHECK(!database_->read_only);
  if (database_->failed) {
    return Fail(FaultCode::kIo, "the store " + database_->path +
                                    " failed before; it must be opened again, by a new process");
  }
  if (batch.empty()) return {};
  // Room for RocksDB's header, and per record a tag, a family and two lengths.
  rocksdb::WriteBatch records(batch.bytes() + batch.count() * 16 + 16);
  rocksdb::Status status;
  batch.ForEach([&](const KeyValueBatch::Operation& operation) {
    rocksdb::ColumnFamilyHandle* family = database_->At(operation.family);
    const rocksdb::Slice key = AsSlice(operation.key);
    if (status.ok()) {
      status = operation.value ? records.Put(family, key, AsSlice(*operation.value))
                               : records.Delete(family, key);
    }
  });
  FaultPoint("store.write");
  // Crash from here on: the batch is there or not, as a whole; nobody has been told of it.
  rocksdb::WriteOptions options;
  options.sync = true;
  if (status.ok()) status = database_->db->Write(options, &records);
  if (!status.ok()) {
    database_->failed = true;
    return Fail(FaultCode::kIo,
                "cannot write to the store " + database_->path + ": " + status.ToString() +
                    ". Whether this batch was kept is unknown: stopping is right, and the "
                    "next start recovers what was promised");
  }
  FaultPoint("store.written");
  return {};
}

Result<void> KeyValueStore::Scan(Family family, const KeyRange& range, const Visitor& visit) const {
  const Bounds bounds(range);
  const std::unique_ptr<rocksdb::Iterator> at(
      database_->db->NewIterator(bounds.Options(), database_->At(family)));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    if (!visit(AsView(at->key()), AsView(at->value()))) return {};
  }
  // Not valid any more: the end, or bytes that could not be read.
  if (!at->status().ok()) return StoreFault("cannot read", database_->path, at->status());
  return {};
}

Result<std::optional<KeyValue>> KeyValueStore::Last(Family family, ByteView prefix) const {
  const KeyRange range = KeyRange::Prefix(prefix);
  const Bounds bounds(range);
  const std::unique_ptr<rocksdb::Iterator> at(
      database_->db->NewIterator(bounds.Options(), database_->At(family)));
  at->SeekToLast();
  if (!at->status().ok()) return StoreFault("cannot read", database_->path, at->status());
  if (!at->Valid()) return std::nullopt;
  return KeyValue{.key = ToBytes(AsView(at->key())), .value = ToBytes(AsView(at->value()))};
}

}  // namespace havenline
