#include "agents/daemon/configuration.h"

#include "deploy/runtime/calendar_text.h"
#include "deploy/runtime/files.h"
#include "deploy/runtime/zones.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

using text::MapReader;

constexpr std::size_t kConfigurationBytesMax = 4U << 20U;
constexpr std::int64_t kHeldMinutesMax = 1440;  // A day.

Day ReadDay(MapReader& reader, std::string_view key, const std::string& text) {
  const auto day = ParseDay(text, DayForm::kIso);
  if (!day) reader.Problem(key, "must be a day as YYYY-MM-DD");
  return day.value_or(Day());
}

std::vector<DayRange> ReadRanges(MapReader& reader, std::string_view key) {
  std::vector<DayRange> ranges;
  for (MapReader& range : reader.OptionalMapList(key)) {
    const Day first = ReadDay(range, "first", range.Text("first"));
    const Day last = ReadDay(range, "last", range.Text("last"));
    if (last < first) range.Problem("last", "must not be before `first`");
    ranges.push_back({first, last});
  }
  return ranges;
}

Calendar ReadCalendar(MapReader reader) {
  Calendar calendar;
  calendar.zone = reader.OptionalText("zone").value_or(calendar.zone);
  if (!ZoneExists(calendar.zone))
    reader.Problem("zone", "is no time zone of this machine, like \"Europe/London\"");
  calendar.ready_by =
      std::chrono::minutes(reader.OptionalInteger("ready-by-minute-of-day", 0, 24 * 60 - 1)
                               .value_or(calendar.ready_by.count()));
  calendar.weekdays = static_cast<std::uint8_t>(
      reader.OptionalInteger("weekdays", 1, 127).value_or(calendar.weekdays));
  calendar.terms = ReadRanges(reader, "term");
  calendar.closures = ReadRanges(reader, "closure");
  return calendar;
}

OwnAgency ReadAgency(MapReader& reader, const AgentConfiguration& read) {
  OwnAgency agency;
  agency.id = AgencyId(reader.Name("name"));
  agency.keys = read.InFolder(reader.Text("keys"));
  for (std::string& role : reader.OptionalNameList("receives"))
    agency.receives.emplace_back(std::move(role));
  agency.telephone = reader.OptionalText("telephone").value_or("");
  if (const auto mark = reader.OptionalText("witness-mark"))
    agency.witness_mark = read.InFolder(*mark);
  if (auto calendar = reader.OptionalMap("calendar")) agency.calendar = ReadCalendar(*calendar);
  return agency;
}

}  // namespace

Governance ReadGovernance(MapReader reader) {
  Governance governance;
  for (const std::string& text : reader.TextList("keys")) {
    auto key = tlog::NoteKeyFromText(text);
    if (!key) {
      reader.Problem("keys", key.error().detail);
      continue;
    }
    governance.keys.push_back(*std::move(key));
  }
  const auto count = static_cast<std::int64_t>(governance.keys.size());
  governance.threshold =
      static_cast<std::size_t>(reader.Integer("threshold", 1, std::max<std::int64_t>(1, count)));
  return governance;
}

Result<AgentConfiguration> ReadAgentConfiguration(
    const std::filesystem::path& path,
    const std::function<void(text::MapReader& top, const AgentConfiguration& read)>& more) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, kConfigurationBytesMax));
  ASSIGN_OR_RETURN(const text::Value value, text::ParseToml(AsText(bytes), path.string()));
  MapReader reader(value, path.string());
  AgentConfiguration read;
  read.path = path;
  read.partnership = PartnershipId(reader.Name("partnership"));
  read.store = read.InFolder(reader.Text("store"));
  read.keys = read.InFolder(reader.Text("keys"));
  read.directory = read.InFolder(reader.Text("directory"));
  read.policy = read.InFolder(reader.Text("policy"));
  read.follow_statements = reader.OptionalBool("sends").value_or(false);
  read.broker_silent = Milliseconds(
      1000 * reader.OptionalInteger("broker-silent-seconds", 10, 86'400).value_or(600));
  const auto metrics = reader.OptionalText("metrics-file");
  if (metrics) read.metrics_file = read.InFolder(*metrics);
  read.metrics_every =
      Milliseconds(1000 * reader.OptionalInteger("metrics-seconds", 1, 3600).value_or(15));
  if (metrics && !metrics->ends_with(".prom"))
    reader.Problem("metrics-file", "must end in .prom: node_exporter takes no other file");
  MapReader broker = reader.Map("broker");
  read.broker = broker.Text("address");
  read.broker_curve = broker.Text("curve");
  if (!IsCurveKey(read.broker_curve))
    broker.Problem("curve", "must be the broker's CURVE public key");
  read.governance = ReadGovernance(reader.Map("governance"));
  MapReader port = reader.Map("port");
  read.listen_address = port.OptionalText("address").value_or(read.listen_address);
  read.listen_port =
      static_cast<std::uint16_t>(port.OptionalInteger("number", 0, 65535).value_or(0));
  if (const auto file = port.OptionalText("file")) read.port_file = read.InFolder(*file);
  read.tokens = read.InFolder(port.Text("tokens"));
  for (std::string& login : port.OptionalNameList("supervisors"))
    read.supervisors.insert(std::move(login));
  read.held_for = std::chrono::minutes(
      port.OptionalInteger("held-minutes", 1, kHeldMinutesMax).value_or(read.held_for.count()));
  for (MapReader& agency : reader.OptionalMapList("agency"))
    read.agencies.push_back(ReadAgency(agency, read));
  if (more) more(reader, read);
  RETURN_IF_FAULT(reader.Finish());
  return read;
}

}  // namespace havenline
