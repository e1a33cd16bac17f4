#include "broker/pipeline/status.h"

#include "schema/model/frame.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

using text::Value;

Value LaneValue(const Survey::Lane& lane) {
  Value value = Value::Map().Set("waiting", lane.waiting);
  if (lane.oldest) value.Set("oldest", ToMilliseconds(*lane.oldest));
  return value;
}

void SetSurvey(Value& status, const Survey& survey) {
  status
      .Set("mailboxes",
           Value::Map()
               .Set("urgent", LaneValue(survey.lanes[static_cast<std::size_t>(Lane::kUrgent)]))
               .Set("normal", LaneValue(survey.lanes[static_cast<std::size_t>(Lane::kNormal)]))
               .Set("counted-whole", survey.whole)
               .Set("counted", ToMilliseconds(survey.at)))
      .Set("disk-free-bytes", survey.free_bytes);
}

Value WitnessesValue(const StatusFacts& facts, const SharedState& state) {
  Value value = Value::Map().Set("listed", facts.witnesses.size()).Set("quorum", facts.quorum);
  if (facts.witnesses.empty()) return value;
  value.Set("final", state.final_entries.load())
      .Set("final-time", state.final_time.load())
      .Set("late", state.quorum_late.load())
      .Set("behind", state.witnesses_behind.load())
      .Set("refused", state.cosignatures_refused.load());
  Value each = Value::Map();
  for (const WitnessBoard::Standing& standing : facts.witnesses) {
    each.Set(
        standing.agency.value(),
        Value::Map().Set("entries", standing.size).Set("cosigned", ToMilliseconds(standing.time)));
  }
  return value.Set("each", std::move(each));
}

}  // namespace

Value StatusValue(const StatusFacts& facts, const SharedState& state) {
  Value status = Value::Map()
                     .Set("software", facts.software)
                     .Set("partnership", facts.partnership)
                     .Set("uptime-seconds", facts.uptime.count() / 1000)
                     .Set("recovery", state.recovery.load())
                     .Set("epoch", state.epoch.load())
                     .Set("entries", state.entries.load())
                     .Set("checkpoint", state.checkpoint_entries.load())
                     .Set("directory", facts.directory)
                     .Set("policy", facts.policy)
                     .Set("sessions", state.sessions.load())
                     .Set("links", state.links.load())
                     .Set("in-flight-bytes", state.in_flight_bytes.load())
                     .Set("clock-doubted", state.clock_doubted.load())
                     .Set("released", state.released.load())
                     .Set("undeliverable", state.undeliverable.load())
                     .Set("accepted", state.accepted.load())
                     .Set("refused", state.refused.load())
                     .Set("deferred", state.deferred.load())
                     .Set("invalid", state.invalid.load())
                     .Set("delivered", state.delivered.load())
                     .Set("batches", state.batches.load())
                     .Set("syncs", state.syncs.load())
                     .Set("clock-difference-ms", state.clock_difference_ms.load());
  if (state.checkpoint_time != 0) status.Set("checkpoint-time", state.checkpoint_time.load());
  status.Set("admission", Value::Map()
                              .Set("items", state.window_items.load())
                              .Set("items-most", limits::kAdmissionWindow)
                              .Set("bytes", state.window_bytes.load())
                              .Set("bytes-most", limits::kAdmissionBytes));
  status.Set("connections", Value::Map()
                                .Set("accepted", state.connections.load())
                                .Set("refused", state.connections_refused.load())
                                .Set("frames-dropped", state.frames_dropped.load()));
  status.Set("alarms", Value::Map()
                           .Set("overdue", state.overdue.load())
                           .Set("hellos-refused", state.hellos_refused.load())
                           .Set("clocks-apart", state.clock_alarms.load())
                           .Set("contradictions", state.contradictions.load()));
  status.Set("witnesses", WitnessesValue(facts, state));
  if (state.log_files) {
    status.Set("log-files", Value::Map()
                                .Set("entries", state.log_files_entries.load())
                                .Set("failing", state.log_files_failing.load()));
  }
  if (const auto survey = state.survey.Get()) SetSurvey(status, *survey);
  return status;
}

}  // namespace havenline
