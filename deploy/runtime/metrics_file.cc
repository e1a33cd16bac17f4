#include "deploy/runtime/metrics_file.h"

#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "deploy/runtime/files.h"
#include "schema/base/check.h"

namespace havenline {

std::string MetricsText(const std::vector<Metric>& metrics) {
  std::vector<prometheus::MetricFamily> families;
  for (const Metric& metric : metrics) {
    const std::string name(metric.name.view());
    const bool counts = metric.kind == Metric::Kind::kCounter;
    const auto type = counts ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
    if (families.empty() || families.back().name != name) families.push_back({name, "", type, {}});
    CHECK(families.back().type == type);
    prometheus::ClientMetric sample;
    if (metric.label) {
      sample.label.push_back(
          {std::string(metric.label->name.view()), std::string(metric.label->value.view())});
    }
    (counts ? sample.counter.value : sample.gauge.value) = metric.value;
    families.back().metric.push_back(std::move(sample));
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

Result<void> WriteMetrics(const std::filesystem::path& path, const std::vector<Metric>& metrics) {
  return WriteFileDurably(path, AsBytes(MetricsText(metrics)), kPublicFile);
}

}  // namespace havenline
