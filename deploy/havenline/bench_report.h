// What a measurement comes to, as the one JSON value that `havenline bench` prints.

#pragma once

#include <filesystem>

#include "deploy/havenline/bench_run.h"
#include "schema/text/value.h"

namespace havenline::bench {

// `store`: a path on the file system of the broker's store; empty if it is not of this machine.
text::Value Report(const RunOptions& options, const Measured& measured,
                   const std::filesystem::path& store);

// Everything that was accepted was delivered once to each recipient, receipted, and its receipts
// are back.
bool IsComplete(const RunOptions& options, const Measured& measured);

}  // namespace havenline::bench
