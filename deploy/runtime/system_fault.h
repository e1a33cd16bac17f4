// What a failed system call becomes: a Fault in words, which name the path and the reason and never
// what is in the file.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "schema/base/result.h"

namespace havenline {

// The words of errno value `error`, e.g. "No space left on device". Thread-safe, unlike strerror().
std::string ErrorText(int error);

// "cannot <what> <path>: <why>". kMissing if there is no such file; kUnavailable if space or
// descriptors ran out; kInvalid if the path or its permissions are wrong; kIo otherwise.
tl::unexpected<Fault> SystemFault(std::string_view what, const std::filesystem::path& path,
                                  int error);

// The same, but always kIo: for a write or sync after which the file's state is not known.
tl::unexpected<Fault> DiskFault(std::string_view what, const std::filesystem::path& path,
                                int error);

}  // namespace havenline
