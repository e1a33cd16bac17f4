// What a KeyValueStore holds. Private to this folder: only key_value_*.cc include RocksDB.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>

#include "deploy/runtime/key_value_store.h"
#include "schema/base/check.h"

namespace havenline {

struct KeyValueStore::Database {
  std::string path;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // In the caller's order; "default" last.
  bool read_only = false;
  bool failed = false;  // The writer's: a write failed, so none may follow.

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  rocksdb::ColumnFamilyHandle* At(Family family) const {
    CHECK(family.value() + 1 < handles.size());
    return handles[family.value()];
  }
};

// RocksDB's words with ours: what it means and what to do. `what` begins the sentence. RocksDB puts
// file names in its words but no keys or values (allow_data_in_errors is off).
tl::unexpected<Fault> StoreFault(std::string_view what, const std::string& path,
                                 const rocksdb::Status& status);

}  // namespace havenline
