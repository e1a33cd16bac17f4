// Reading a file that is already open: what ReadFile and ReadSecretFile share. Private to this
// folder.

#pragma once

#include <cstddef>
#include <filesystem>

#include "deploy/runtime/file_descriptor.h"
#include "schema/base/bytes.h"
#include "schema/base/result.h"

namespace havenline {

// All bytes of a regular file; kInvalid if it is no such file or has more than `bytes_max` bytes.
Result<Bytes> ReadOpenFile(const FileDescriptor& file, const std::filesystem::path& path,
                           std::size_t bytes_max);

}  // namespace havenline
