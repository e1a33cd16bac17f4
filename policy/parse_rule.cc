// ReadRule(): one [[share]], [[require]] or [[never]] of the text.

#include "policy/parse_rule.h"

#include <algorithm>
#include <array>

#include "policy/time_text.h"
#include "schema/model/names.h"

namespace havenline::policy {
namespace {

using text::MapReader;

constexpr std::array<std::string_view, 2> kThread = {"none", "party"};
constexpr std::array<std::string_view, 2> kHeld = {"unacknowledged", "unable"};

// `when = { risk = ["high"] }`. A value left unread would make a `never` rule forbid less than it
// says.
void ReadWhen(MapReader& reader, Rule& rule) {
  auto when = reader.OptionalMap("when");
  const text::Value* const claims = reader.Raw("when");
  if (!when || !claims->is(text::Value::Kind::kMap)) return;
  for (const auto& [claim, values] : claims->members()) {
    rule.when[claim] = when->NameList(claim);
    if (!IsName(claim)) {
      when->Problem("has a key that is no name: letters, digits and . _ - /");
      rule.when.erase(claim);
    }
  }
}

// Rules that meet in a cell are named together, joined by '+'.
std::string ReadJoinable(MapReader& reader, std::string_view key) {
  std::string name = reader.Name(key);
  if (name.find('+') != std::string::npos) reader.Problem(key, "must not contain '+'");
  return name;
}

// `held = "unacknowledged"`, `watches = "school"`. A role that must be told cannot be told perhaps.
void ReadHeld(MapReader& reader, Rule& rule) {
  if (rule.effect != Effect::kShare) return;
  const auto held = reader.OptionalChoice("held", kHeld);
  const auto watches = reader.OptionalName("watches");
  if (held.has_value() != watches.has_value())
    reader.Problem("`held` and `watches` stand together or not at all");
  if (!held || !watches) return;
  rule.held = *held == 0 ? Condition::Kind::kUnacknowledged : Condition::Kind::kUnable;
  rule.watches = Role(*watches);
  if (std::ranges::find(rule.to, rule.watches) != rule.to.end())
    reader.Problem("watches", "must be another role than those in `to`");
}

// Where everything stands that the rule names.
void RecordMarks(const text::Value& value, const std::string& path, Rule& rule) {
  if (!path.empty()) rule.marks.emplace(path, value.mark());
  if (value.is(text::Value::Kind::kMap)) {
    for (const auto& [key, member] : value.members())
      RecordMarks(member, path.empty() ? key : path + "." + key, rule);
  }
  if (!value.is(text::Value::Kind::kList)) return;
  for (const text::Value& item : value.items()) {
    if (item.is(text::Value::Kind::kText))
      rule.marks.emplace(path + "/" + item.text(), item.mark());
  }
}

std::optional<TimePoint> ReadTime(MapReader& reader, std::string_view key) {
  const auto text = reader.OptionalText(key);
  if (!text) return std::nullopt;
  const auto time = TimeFrom(*text);
  if (!time)
    reader.Problem(key, "must be a day (2026-11-07) or a time in UTC (2026-11-07T08:00:00Z)");
  return time;
}

void ReadTimes(MapReader& reader, Rule& rule) {
  rule.starts = ReadTime(reader, "starts");
  rule.ends = ReadTime(reader, "ends");
  if (rule.starts && rule.ends && *rule.starts >= *rule.ends)
    reader.Problem("ends", "must be later than `starts`");
}

}  // namespace

std::vector<std::string> NamesOrAll(MapReader& reader, std::string_view key) {
  std::vector<std::string> names = reader.TextList(key);
  const auto is_other = [](const std::string& name) { return name != "*" && !IsName(name); };
  if (std::erase_if(names, is_other) > 0)
    reader.Problem(key, "must be names (letters, digits and . _ - /), or \"*\" alone");
  return names;
}

Rule ReadRule(MapReader& reader, Effect effect, const text::Value& table) {
  Rule rule;
  rule.effect = effect;
  rule.mark = table.mark();
  RecordMarks(table, "", rule);
  rule.id = RuleId(ReadJoinable(reader, "rule"));
  rule.exchange = ExchangeName(reader.Name("exchange"));
  for (std::string& role : reader.NameList("from")) rule.from.emplace_back(std::move(role));
  for (std::string& role : reader.NameList("to")) rule.to.emplace_back(std::move(role));
  rule.profiles = reader.OptionalNameList("profile");
  rule.sections = NamesOrAll(reader, "sections");
  ReadWhen(reader, rule);
  ReadTimes(reader, rule);
  rule.why = reader.Text("why");
  if (effect == Effect::kNever) return rule;
  rule.basis = ReadJoinable(reader, "basis");
  rule.purpose = ReadJoinable(reader, "purpose");
  rule.deadline = reader.OptionalName("acknowledge").value_or("");
  rule.escalation = reader.OptionalNameList("escalation");
  if (!rule.escalation.empty() && rule.deadline.empty())
    reader.Problem("escalation", "needs `acknowledge`: without a clock nobody is asked next");
  rule.retention = reader.OptionalName("retention").value_or("");
  rule.visible = reader.OptionalNameList("visible-when-withheld");
  rule.thread_party = reader.OptionalChoice("thread", kThread).value_or(0) == 1;
  ReadHeld(reader, rule);
  return rule;
}

}  // namespace havenline::policy
