// Metrics for Prometheus, as a file that node_exporter's textfile collector reads: a daemon opens
// no port for them.
//
// Like the log, it has no way in for a name (C5): a metric's name and its label are literals of our
// source code, and a value is a number.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deploy/runtime/fixed_text.h"
#include "schema/base/result.h"

namespace havenline {

struct Metric {
  enum class Kind : std::uint8_t { kGauge, kCounter };  // A counter never falls while we run.
  struct Label {
    FixedText name;
    FixedText value;
  };

  FixedText name;
  Kind kind = Kind::kGauge;
  double value = 0;
  std::optional<Label> label = std::nullopt;
};

// In Prometheus' text format. Metrics of one name stand together, and are of one kind.
std::string MetricsText(const std::vector<Metric>& metrics);

// Puts the file there whole or not at all, for everyone to read. It must be named *.prom, as the
// collector wants.
Result<void> WriteMetrics(const std::filesystem::path& path, const std::vector<Metric>& metrics);

}  // namespace havenline
