// PublishedFolder: the folder of the log's files on a disk. Tiles, bundles and checkpoints are for
// everybody to read; governance's documents name agencies and hosts, and are for the broker's user
// and group. Owned by one thread.

#pragma once

#include <filesystem>

#include "broker/pipeline/log_folder.h"

namespace havenline {

class PublishedFolder final : public LogFolder {
 public:
  explicit PublishedFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<std::optional<Bytes>> Read(const std::string& name, std::size_t bytes_max) const override;
  Result<std::optional<std::uint64_t>> SizeOf(const std::string& name) const override;
  Result<void> Write(const std::string& name, ByteView bytes) override;
  Result<void> RemoveFolder(const std::string& name) override;

 private:
  std::filesystem::path folder_;
};

}  // namespace havenline
