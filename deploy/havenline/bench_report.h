// What a measurement comes to, as the one JSON value that `havenline bench` prints.

#pragma once

#include <filesystem>
#include <string>

#include "deploy/havenline/bench_run.h"
#include "schema/text/value.h"

namespace havenline::bench {

// `store`: a path on the file system of the broker's store; empty if it is not of this machine.
text::Value Report(const RunOptions& options, const Measured& measured,
                   const std::filesystem::path& store);

// Everything that was accepted was delivered once to each recipient, receipted, and its receipts
// are back.
bool IsComplete(const RunOptions& options, const Measured& measured);

// Pieces of such a line.
double Rounded(double value);  // Three digits behind the point: more than a measurement knows.
std::string BenchName();       // "havenline 0.3.0"
text::Value MachineValue(const std::filesystem::path& store);
text::Value LatencyValue(const Latencies& latencies);

}  // namespace havenline::bench
