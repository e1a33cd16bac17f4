#include "broker/metrics/accountant.h"

#include <utility>

#include "broker/metrics/metrics.h"
#include "deploy/runtime/log.h"

namespace havenline {

Accountant::Accountant(AccountantParts parts)
    : parts_(std::move(parts)), started_(parts_.clock.Now()) {}

void Accountant::Start() {
  thread_ = Thread("hl-metrics", [this] {
    while (!stop_.closed()) {
      Turn();
      stop_.PopAllUntil(parts_.clock.Monotonic() + parts_.every);
    }
  });
}

void Accountant::Stop() {
  stop_.Close();
  thread_.Join();
}

void Accountant::Turn() {
  // A store that cannot be read is for those to say who need it; here the numbers stay away.
  const auto survey = parts_.store.TakeSurvey(parts_.clock.Now(), kSurveyRowsMax);
  if (survey) parts_.state.survey.Set(*survey);
  if (parts_.file.empty()) return;
  const auto metrics =
      MetricsOf({parts_.clock.Now(), started_, parts_.reserve_bytes}, parts_.state);
  const auto written = WriteMetrics(parts_.file, metrics);
  if (!written && !failed_)
    LogEvent(LogLevel::kWarning, "metrics.not-written", {{"why", OperatorDetail(written.error())}});
  failed_ = !written;
}

}  // namespace havenline
