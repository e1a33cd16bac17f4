// Opening a store: the options, each with its reason, and the checks that RocksDB does not make.

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include "deploy/runtime/files.h"
#include "deploy/runtime/key_value_database.h"

namespace havenline {
namespace {

constexpr std::string_view kIfDamaged =
    " Do not delete, move or repair any file in it, and keep a copy: what RocksDB's own repair "
    "drops, "
    "it drops silently. Starting again does not help. If the disk is sound, restore the newest "
    "backup "
    "to an empty directory; the mark notices what is missing since then, and the agents offer it "
    "again.";

// RocksDB's own words, for whoever looks into a damaged store. Small, and without keys. (Read-only
// it writes none.)
void LimitItsLog(rocksdb::DBOptions& options) {
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  options.max_log_file_size = 1U << 20U;
  options.allow_data_in_errors = false;
  options.db_host_id = "";  // Else every file holds this machine's name.
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
}

// Whatever is lost or changed must be refused; whatever was synced must be there.
rocksdb::DBOptions DatabaseOptions(const KeyValueStoreOptions& asked) {
  rocksdb::DBOptions options;
  options.create_if_missing = !asked.read_only && !asked.must_exist;
  options.create_missing_column_families = !asked.read_only;
  // The default, kPointInTimeRecovery, opens without half of the synced records after one flipped
  // bit. This one refuses that, and still opens after a last record cut short by a crash.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  options.paranoid_checks = true;
  options.manual_wal_flush = false;
  options.recycle_log_file_num = 0;
  options.wal_compression = rocksdb::kNoCompression;
  options.enable_pipelined_write = false;
  options.unordered_write = false;
  options.two_write_queues = false;
  options.allow_mmap_reads = false;
  options.allow_mmap_writes = false;
  options.max_bgerror_resume_count = 0;  // After a failed sync nothing may go on by itself.
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  // One writer: nothing to be concurrent with, and insertion hints need it so.
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;
  options.db_write_buffer_size = asked.write_buffer_bytes;
  options.max_total_wal_size = asked.write_buffer_bytes;  // Bounds the time of a restart, too.
  options.max_background_jobs = 2;
  // A reader beside a writer opens every file at once: what the writer deletes later stays
  // readable.
  options.max_open_files = asked.read_only ? -1 : 512;
  if (asked.env != nullptr) options.env = asked.env;
  LimitItsLog(options);
  return options;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const KeyValueStoreOptions& asked,
                                           const std::shared_ptr<rocksdb::Cache>& cache,
                                           const KeyValueFamily& family) {
  rocksdb::ColumnFamilyOptions options;
  options.force_consistency_checks = true;
  options.write_buffer_size = asked.write_buffer_bytes / 2;
  if (family.ordered_prefix_bytes != 0) {
    options.memtable_insert_with_hint_prefix_extractor.reset(
        rocksdb::NewFixedPrefixTransform(family.ordered_prefix_bytes));
  }
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;  // So that the cache's budget is the whole budget.
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));  // "Seen before?" is mostly no.
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// RocksDB takes a directory without the file CURRENT for an empty one, and would delete the rest as
// left over. A store that ever held something has a log or table file; a crash while it was being
// made leaves neither.
Result<bool> HoldsStore(const KeyValueStoreOptions& asked) {
  rocksdb::Env* env = asked.env != nullptr ? asked.env : rocksdb::Env::Default();
  std::vector<std::string> names;
  const auto status = env->GetChildren(asked.path.string(), &names);
  if (status.IsNotFound()) return false;
  if (!status.ok()) return StoreFault("cannot open", asked.path.string(), status);
  const auto holds_data = [](const std::string& name) {
    return name.ends_with(".log") || name.ends_with(".sst");
  };
  const bool current = std::ranges::find(names, "CURRENT") != names.end();
  if (current || std::ranges::none_of(names, holds_data)) return current;
  return StoreFault("cannot open", asked.path.string(),
                    rocksdb::Status::Corruption("the file CURRENT is gone, the data is not"));
}

// A family that we do not know was made by a version that needs it; opening without it is refused
// by RocksDB in words that no operator understands.
Result<void> CheckFamilies(const KeyValueStoreOptions& asked, const rocksdb::DBOptions& options) {
  const std::string store = "the store " + asked.path.string();
  std::vector<std::string> names;
  const auto status = rocksdb::DB::ListColumnFamilies(options, asked.path.string(), &names);
  if (!status.ok()) return StoreFault("cannot open", asked.path.string(), status);
  std::set<std::string> missing{rocksdb::kDefaultColumnFamilyName};
  for (const KeyValueFamily& family : asked.families) missing.insert(family.name);
  const auto unknown = std::ranges::find_if(
      names, [&missing](const std::string& name) { return missing.erase(name) == 0; });
  if (unknown != names.end()) {
    return Fail(FaultCode::kInvalid,
                store + " was written by a newer version: it holds \"" + *unknown +
                    "\", which this version does not know. Nothing was changed. Run the newer one");
  }
  if (asked.read_only && !missing.empty()) {
    return Fail(FaultCode::kInvalid, store + " was written by an older version: it has no \"" +
                                         *missing.begin() +
                                         "\". Start the service once, which adds it");
  }
  return {};
}

// A list that contradicts itself is a bug.
void CheckOptions(const KeyValueStoreOptions& options) {
  std::set<std::string> names{"", rocksdb::kDefaultColumnFamilyName};
  CHECK(!options.families.empty());
  CHECK(std::ranges::all_of(options.families, [&names](const KeyValueFamily& family) {
    return names.insert(family.name).second;
  }));
}

// All that RocksDB would not look at, or would do otherwise.
Result<void> Prepare(const KeyValueStoreOptions& asked, const rocksdb::DBOptions& options) {
  ASSIGN_OR_RETURN(const bool exists, HoldsStore(asked));
  if (exists) return CheckFamilies(asked, options);
  if (!options.create_if_missing) {
    return Fail(FaultCode::kMissing, "there is no store in " + asked.path.string());
  }
  // RocksDB makes the directory but does not sync its name.
  return MakeDirectories(asked.path, kPrivateDirectory);
}

std::vector<rocksdb::ColumnFamilyDescriptor> Descriptors(const KeyValueStoreOptions& asked) {
  const auto cache = rocksdb::NewLRUCache(asked.cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(asked.families.size() + 1);
  for (const KeyValueFamily& family : asked.families) {
    descriptors.emplace_back(family.name, FamilyOptions(asked, cache, family));
  }
  descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName, FamilyOptions(asked, cache, {}));
  return descriptors;
}

FaultCode CodeOf(const rocksdb::Status& status) {
  if (status.IsCorruption()) return FaultCode::kCorrupt;
  if (status.IsInvalidArgument() || status.IsNotSupported()) return FaultCode::kInvalid;
  return FaultCode::kIo;
}

}  // namespace

tl::unexpected<Fault> StoreFault(std::string_view what, const std::string& path,
                                 const rocksdb::Status& status) {
  const std::string words = status.ToString();
  const std::string begin = std::string(what) + " the store " + path;
  // RocksDB has no code for it: these are its words for another process and for this one.
  const bool locked = words.find("While lock file: ") != std::string::npos ||
                      words.find("lock hold by current process") != std::string::npos;
  if (status.IsIOError() && locked) {
    return Fail(
        FaultCode::kUnavailable,
        begin + ": another process has it open; two may not write to one store (" + words + ")");
  }
  // A file that should be there and is not is damage, too, whatever the system calls it.
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return Fail(FaultCode::kCorrupt,
                begin + ": it is damaged (" + words + ")." + std::string(kIfDamaged));
  }
  return Fail(CodeOf(status), begin + ": " + words);
}

Result<KeyValueStore> KeyValueStore::Open(const KeyValueStoreOptions& asked) {
  CheckOptions(asked);
  const std::string path = asked.path.string();
  const rocksdb::DBOptions options = DatabaseOptions(asked);
  RETURN_IF_FAULT(Prepare(asked, options));
  const auto families = Descriptors(asked);
  auto database = std::make_unique<Database>();
  database->path = path;
  database->read_only = asked.read_only;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      asked.read_only
          ? rocksdb::DB::OpenForReadOnly(options, path, families, &database->handles, &db)
          : rocksdb::DB::Open(options, path, families, &database->handles, &db);
  if (!status.ok()) return StoreFault("cannot open", path, status);
  database->db.reset(db);
  return KeyValueStore(std::move(database));
}

}  // namespace havenline
