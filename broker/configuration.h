// broker.toml: what a broker needs to know of its machine. docs/operations.md explains each key.

#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "schema/base/result.h"
#include "schema/model/ids.h"

namespace havenline {

struct BrokerConfiguration {
  PartnershipId partnership;
  std::string listen;  // tcp://address:port
  std::filesystem::path store;
  std::filesystem::path mark;       // Best on another disk; never inside the store.
  std::filesystem::path curve_key;  // Key files: mode 0600.
  std::filesystem::path log_key;
  std::filesystem::path release_key;
  std::filesystem::path opening;  // Notes; read when the store is new.
  std::filesystem::path directory;
  std::filesystem::path policy;
  int io_threads = 1;
  int verify_workers = 1;
  std::uint64_t reserve_bytes = 256U << 20U;
  std::filesystem::path metrics_file;  // *.prom; empty: none is written.
  std::chrono::seconds metrics_every{15};
  std::filesystem::path log_files;  // Where the log is published as files; empty: nowhere.
};

// Relative paths are relative to the file's own folder.
Result<BrokerConfiguration> ReadBrokerConfiguration(const std::filesystem::path& path);

}  // namespace havenline
