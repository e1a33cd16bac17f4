// The disk as RocksDB sees it, counting and failing on demand: what key_value_store_test plants.

#pragma once

#include <memory>
#include <string>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace havenline {

// Single-threaded with its store's writer; fails only files whose name ends in ".log" (RocksDB's
// WAL).
class FaultDisk final : public rocksdb::FileSystemWrapper {
 public:
  FaultDisk() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  static const char* kClassName() { return "FaultDisk"; }
  const char* Name() const override { return kClassName(); }

  int syncs = 0;            // Of write-ahead logs, since it was made.
  bool fail_syncs = false;  // The data may be on the disk, the sync says no.
  bool fail_appends = false;
  std::string log_since_sync;  // What a power cut would lose.

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    auto status = target()->NewWritableFile(name, options, file, debug);
    if (status.ok() && name.ends_with(".log"))
      *file = std::make_unique<Log>(*this, std::move(*file));
    return status;
  }

 private:
  class Log final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    Log(FaultDisk& disk, std::unique_ptr<rocksdb::FSWritableFile> file)
        : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}

    using rocksdb::FSWritableFileOwnerWrapper::Append;
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      if (disk_.fail_appends) return rocksdb::IOStatus::NoSpace("planted");
      disk_.log_since_sync.append(data.data(), data.size());
      return rocksdb::FSWritableFileOwnerWrapper::Append(data, options, debug);
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo& /*verification*/,
                             rocksdb::IODebugContext* debug) override {
      return Append(data, options, debug);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
      if (disk_.fail_syncs) return rocksdb::IOStatus::IOError("planted");
      ++disk_.syncs;
      disk_.log_since_sync.clear();
      return rocksdb::FSWritableFileOwnerWrapper::Sync(options, debug);
    }

   private:
    FaultDisk& disk_;
  };
};

}  // namespace havenline
