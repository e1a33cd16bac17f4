// LogFolder: what publishing the log needs of a disk. The program keeps it as plain files
// (broker/published_folder.h), a test in memory.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "schema/base/bytes.h"
#include "schema/base/result.h"

namespace havenline {

// Names are relative and ours: "1/tile/0/000", "documents/<hash>.note". Owned by one thread.
class LogFolder {
 public:
  virtual ~LogFolder() = default;

  // The file whole; nothing if there is none. kInvalid if it is larger.
  virtual Result<std::optional<Bytes>> Read(const std::string& name,
                                            std::size_t bytes_max) const = 0;
  // Its size, without reading it; nothing if there is no such file.
  virtual Result<std::optional<std::uint64_t>> SizeOf(const std::string& name) const = 0;
  // Old file or new file at every moment, and durable on return. Folders are made.
  virtual Result<void> Write(const std::string& name, ByteView bytes) = 0;
  // A folder and the files in it. No fault if there is none. Not durable: what comes back after a
  // power cut does no harm.
  virtual Result<void> RemoveFolder(const std::string& name) = 0;
};

}  // namespace havenline
