#include "deploy/havenline/bench_report.h"

#include <cmath>

#include "agents/daemon/daemon.h"

namespace havenline::bench {
namespace {

using text::Value;

double Rate(std::int64_t count, double seconds) {
  return seconds > 0 ? Rounded(static_cast<double>(count) / seconds) : 0;
}

std::int64_t Mean(std::int64_t sum, std::int64_t count) { return count > 0 ? sum / count : 0; }

Value OptionsValue(const RunOptions& options) {
  Value section;
  if (options.load.kind.section_bytes) section = Value(*options.load.kind.section_bytes);
  return Value::Map()
      .Set("senders", options.shape.senders)
      .Set("window", options.load.window)
      .Set("recipients", options.shape.recipients)
      .Set("hosted", options.shape.hosted)
      .Set("away", options.away)
      .Set("lane", options.shape.normal_lane ? "normal" : "urgent")
      .Set("section-bytes", std::move(section))
      .Set("seconds", options.load.seconds)
      .Set("messages", options.load.messages * options.shape.senders)
      .Set("verify-workers", options.shape.verify_workers);
}

// How far a count of the broker's own status went up; null if it does not tell.
Value StatusDifference(const Measured& measured, std::string_view key) {
  const Value* const before = measured.broker_before.Find(key);
  const Value* const after = measured.broker_after.Find(key);
  if (before == nullptr || after == nullptr) return {};
  return Value(after->integer() - before->integer());
}

Value BrokerValue(const Measured& measured) {
  Value value = Value::Map();
  if (const Value* const software = measured.broker_after.Find("software"))
    value.Set("software", *software);
  const Value syncs = StatusDifference(measured, "syncs");
  value.Set("syncs-per-second", syncs.is(Value::Kind::kInteger)
                                    ? Value(Rate(syncs.integer(), measured.seconds))
                                    : Value());
  value.Set("entries", StatusDifference(measured, "entries"));
  if (measured.broker_cpu) {
    const CpuTime& cpu = *measured.broker_cpu;
    value.Set("cpu-seconds-per-second", Rounded(cpu.all() / measured.seconds))
        .Set("of-it-system", Rounded(cpu.system / measured.seconds))
        .Set("cpu-microseconds-per-message",
             measured.accepted > 0
                 ? Rounded(cpu.all() * 1e6 / static_cast<double>(measured.accepted))
                 : 0.0);
  }
  if (measured.broker_peak_bytes)
    value.Set("peak-memory-mebibytes",
              Rounded(static_cast<double>(*measured.broker_peak_bytes) / (1U << 20U)));
  return value;
}

}  // namespace

double Rounded(double value) { return std::round(value * 1000) / 1000; }

std::string BenchName() { return std::string("havenline ") + kVersion; }

Value MachineValue(const std::filesystem::path& store) {
  const Machine machine = ThisMachine();
  Value value = Value::Map()
                    .Set("cores", machine.cores)
                    .Set("processor", machine.processor)
                    .Set("kernel", machine.kernel)
                    .Set("memory-mebibytes", machine.memory_bytes >> 20U);
  if (!store.empty()) value.Set("store-on", FileSystemOf(store));
  return value;
}

Value LatencyValue(const Latencies& latencies) {
  const auto microseconds = [&](std::size_t permille) {
    return Rounded(static_cast<double>(latencies.Permille(permille)) / 1000);
  };
  return Value::Map()
      .Set("p50", microseconds(500))
      .Set("p99", microseconds(990))
      .Set("p99.9", microseconds(999))
      .Set("max", microseconds(1000));
}

Value Report(const RunOptions& options, const Measured& m, const std::filesystem::path& store) {
  return Value::Map()
      .Set("bench", BenchName())
      .Set("machine", MachineValue(store))
      .Set("options", OptionsValue(options))
      .Set("message-bytes", Mean(m.sealed_bytes, m.sealed))
      .Set("delivery-bytes", Mean(m.delivered_bytes, m.delivered))
      .Set("seconds", Rounded(m.seconds))
      .Set("accepted", m.accepted)
      .Set("accepted-per-second", Rate(m.accepted, m.accept_seconds))
      .Set("delivered", m.delivered)
      .Set("delivered-per-second", Rate(m.delivered, m.delivery_seconds))
      .Set("delivered-again", m.delivered_again)
      .Set("receipted", m.receipted)
      .Set("receipted-per-second", Rate(m.receipted, m.receipt_seconds))
      .Set("receipts-refused", m.receipts_refused)
      .Set("receipts-returned", m.returned)
      .Set("receipts-returned-per-second", Rate(m.returned, m.return_seconds))
      .Set("deferred", m.deferred)
      .Set("sessions-broken", m.sessions_broken)
      .Set("ran-out", m.ran_out)
      .Set("complete", IsComplete(options, m))
      .Set("accept-microseconds", LatencyValue(m.accept))
      .Set("delivery-microseconds", LatencyValue(m.delivery))
      .Set("broker", BrokerValue(m))
      .Set("clients-cpu-seconds-per-second", Rounded(m.clients_cpu / m.seconds));
}

bool IsComplete(const RunOptions& options, const Measured& m) {
  const auto owed =
      options.away ? 0 : m.accepted * static_cast<std::int64_t>(options.shape.recipients);
  return m.settled && m.accepted > 0 && m.delivered == owed && m.receipted == owed &&
         m.returned == owed && m.delivered_again == 0 && m.receipts_refused == 0 &&
         m.sessions_broken == 0;
}

}  // namespace havenline::bench
