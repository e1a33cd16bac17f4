// The hosts of a crowd: thousands of them, of one agency each, with a partnership that `havenline
// bench` made. `init` would make a folder for each, and sync every file in it; here their keys
// are derived from one, and all that they state is one file.

#pragma once

#include <filesystem>

#include "deploy/havenline/bench_partnership.h"
#include "schema/base/result.h"

namespace havenline::bench {

// After InitPartnership(), before its broker is started: signs the directory anew with the hosts
// in it.
Result<void> AddCrowd(const Shape& shape, const std::filesystem::path& folder);

// Adds them to `loaded.recipients`, and what they state to its statements. kInvalid if there are
// fewer in the folder.
Result<void> LoadCrowd(const Shape& shape, const std::filesystem::path& folder,
                       LoadedPartnership& loaded);

}  // namespace havenline::bench
