#include "broker/metrics/metrics.h"

#include <algorithm>

#include "schema/model/envelope.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

using Kind = Metric::Kind;

double Number(std::uint64_t number) { return static_cast<double>(number); }
double Seconds(TimePoint time) { return static_cast<double>(ToMilliseconds(time)) / 1000; }

void AddAnswers(std::vector<Metric>& metrics, const SharedState& state) {
  const auto add = [&](FixedText answer, std::uint64_t count) {
    metrics.push_back({"havenline_broker_answers_total", Kind::kCounter, Number(count),
                       Metric::Label{"answer", answer}});
  };
  add("accepted", state.accepted);
  add("refused", state.refused);
  add("deferred", state.deferred);
  add("invalid", state.invalid);
}

void AddSurvey(std::vector<Metric>& metrics, const Survey& survey, TimePoint now) {
  const Survey::Lane& urgent = survey.lanes[static_cast<std::size_t>(Lane::kUrgent)];
  const Survey::Lane& normal = survey.lanes[static_cast<std::size_t>(Lane::kNormal)];
  const auto add = [&](FixedText name, double of_urgent, double of_normal) {
    metrics.push_back({name, Kind::kGauge, of_urgent, Metric::Label{"lane", "urgent"}});
    metrics.push_back({name, Kind::kGauge, of_normal, Metric::Label{"lane", "normal"}});
  };
  const auto age = [now](const Survey::Lane& lane) {
    return lane.oldest ? std::max(0.0, Seconds(now) - Seconds(*lane.oldest)) : 0.0;
  };
  add("havenline_broker_undelivered", Number(urgent.waiting), Number(normal.waiting));
  add("havenline_broker_oldest_undelivered_seconds", age(urgent), age(normal));
  metrics.push_back({"havenline_broker_disk_free_bytes", Kind::kGauge, Number(survey.free_bytes)});
}

}  // namespace

std::vector<Metric> MetricsOf(const MetricsFacts& facts, const SharedState& state) {
  std::vector<Metric> metrics = {
      {"havenline_broker_written_seconds", Kind::kGauge, Seconds(facts.now)},
      {"havenline_broker_started_seconds", Kind::kGauge, Seconds(facts.started)},
      {"havenline_broker_recovery", Kind::kGauge, state.recovery ? 1.0 : 0.0},
      {"havenline_broker_log_epoch", Kind::kGauge, Number(state.epoch)},
      {"havenline_broker_log_entries", Kind::kGauge, Number(state.entries)},
      {"havenline_broker_checkpoint_entries", Kind::kGauge, Number(state.checkpoint_entries)},
      {"havenline_broker_checkpoint_seconds", Kind::kGauge,
       static_cast<double>(state.checkpoint_time) / 1000},
      {"havenline_broker_final_entries", Kind::kGauge, Number(state.final_entries)},
      {"havenline_broker_final_seconds", Kind::kGauge,
       static_cast<double>(state.final_time) / 1000},
      {"havenline_broker_witnesses", Kind::kGauge, Number(state.witnesses)},
      {"havenline_broker_witnesses_behind", Kind::kGauge, Number(state.witnesses_behind)},
      {"havenline_broker_quorum_late", Kind::kGauge, state.quorum_late ? 1.0 : 0.0},
      {"havenline_broker_cosignatures_refused_total", Kind::kCounter,
       Number(state.cosignatures_refused)},
      {"havenline_broker_contradictions_total", Kind::kCounter, Number(state.contradictions)},
      {"havenline_broker_sessions", Kind::kGauge, Number(state.sessions)},
      {"havenline_broker_links", Kind::kGauge, Number(state.links)},
      {"havenline_broker_connections_total", Kind::kCounter, Number(state.connections)},
      {"havenline_broker_connections_refused_total", Kind::kCounter,
       Number(state.connections_refused)},
      {"havenline_broker_frames_dropped_total", Kind::kCounter, Number(state.frames_dropped)},
      {"havenline_broker_delivered_total", Kind::kCounter, Number(state.delivered)},
      {"havenline_broker_batches_total", Kind::kCounter, Number(state.batches)},
      {"havenline_broker_syncs_total", Kind::kCounter, Number(state.syncs)},
      {"havenline_broker_in_flight_bytes", Kind::kGauge, Number(state.in_flight_bytes)},
      {"havenline_broker_in_flight_most_bytes", Kind::kGauge, Number(limits::kInFlightTotal)},
      {"havenline_broker_admission_items", Kind::kGauge, Number(state.window_items)},
      {"havenline_broker_admission_most_items", Kind::kGauge, Number(limits::kAdmissionWindow)},
      {"havenline_broker_admission_bytes", Kind::kGauge, Number(state.window_bytes)},
      {"havenline_broker_admission_most_bytes", Kind::kGauge, Number(limits::kAdmissionBytes)},
      {"havenline_broker_disk_reserve_bytes", Kind::kGauge, Number(facts.reserve_bytes)},
      {"havenline_broker_clock_difference_seconds", Kind::kGauge,
       static_cast<double>(state.clock_difference_ms) / 1000},
      {"havenline_broker_clocks_apart_total", Kind::kCounter, Number(state.clock_alarms)},
      {"havenline_broker_hellos_refused_total", Kind::kCounter, Number(state.hellos_refused)},
      {"havenline_broker_receipts_overdue_total", Kind::kCounter, Number(state.overdue)},
  };
  AddAnswers(metrics, state);
  if (state.log_files) {
    metrics.push_back(
        {"havenline_broker_log_files_entries", Kind::kGauge, Number(state.log_files_entries)});
    metrics.push_back(
        {"havenline_broker_log_files_failing", Kind::kGauge, state.log_files_failing ? 1.0 : 0.0});
  }
  if (const auto survey = state.survey.Get()) AddSurvey(metrics, *survey, facts.now);
  return metrics;
}

}  // namespace havenline
