// A folder of the log's files in memory, which may be told to fail.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/pipeline/log_folder.h"

namespace havenline {

class MemoryFolder final : public LogFolder {
 public:
  Result<std::optional<Bytes>> Read(const std::string& name, std::size_t bytes_max) const override {
    const auto file = files.find(name);
    if (file == files.end()) return std::nullopt;
    if (file->second.size() > bytes_max) return Fail(FaultCode::kInvalid, "too large");
    return file->second;
  }
  Result<std::optional<std::uint64_t>> SizeOf(const std::string& name) const override {
    const auto file = files.find(name);
    return file == files.end() ? std::nullopt : std::optional<std::uint64_t>(file->second.size());
  }
  Result<void> Write(const std::string& name, ByteView bytes) override {
    if (fails || (writes_left && *writes_left == 0))
      return Fail(FaultCode::kUnavailable, "the folder's disk is full, as it was told to be");
    if (writes_left) --*writes_left;
    files[name] = ToBytes(bytes);
    written.push_back(name);
    return {};
  }
  Result<void> RemoveFolder(const std::string& name) override {
    if (fails) return Fail(FaultCode::kIo, "the folder's disk failed, as it was told to");
    std::erase_if(files, [&](const auto& file) { return file.first.starts_with(name + "/"); });
    return {};
  }

  std::map<std::string, Bytes> files;
  std::vector<std::string> written;  // In order.
  bool fails = false;
  std::optional<int> writes_left;  // Until it fails.
};

}  // namespace havenline
