// {"OCCURRENCE_NO": "SY/2026/000123", …, "children": [{"CHILD_SURNAME": "TESTCASE", …}, …]}

#include <algorithm>

#include "agents/intake/limits.h"
#include "agents/intake/report.h"
#include "agents/intake/texts.h"
#include "schema/text/json.h"

namespace havenline::intake {
namespace {

using text::Value;

constexpr std::string_view kSource = "x";  // In front of a fault's place.

ReportField FieldOf(const std::string& name, const Value& value) {
  ReportField field{std::string(Trimmed(name)), {}, {}};
  switch (value.kind()) {
    case Value::Kind::kNull:
      break;
    case Value::Kind::kInteger:
      field.text = std::to_string(value.integer());
      break;
    case Value::Kind::kText:
      field.text = value.text();
      break;
    case Value::Kind::kBool:
    case Value::Kind::kReal:
      field.problem = "must be text: write it in quotes, in a word that the mapping file lists";
      break;
    case Value::Kind::kList:
    case Value::Kind::kMap:
      field.problem = "must be text, and is a list or an object: write one text";
      break;
  }
  return field;
}

ReportChild ChildOf(const Value& value) {
  ReportChild child;
  child.line = value.mark().line;
  if (!value.is(Value::Kind::kMap)) {
    child.problems.emplace_back("it must be an object with the child's fields: { … }");
    return child;
  }
  for (const auto& [name, member] : value.members()) child.fields.push_back(FieldOf(name, member));
  return child;
}

ReportIncident IncidentOf(const Value& value, std::size_t number) {
  ReportIncident incident;
  incident.number = number;
  incident.line = value.mark().line;
  for (const auto& [name, member] : value.members()) {
    if (name != kChildrenKey) {
      incident.fields.push_back(FieldOf(name, member));
    } else if (member.is(Value::Kind::kList)) {
      for (const Value& child : member.items()) incident.children.push_back(ChildOf(child));
    } else {
      incident.problems.emplace_back(
          "\"children\" must be a list, with an object for each child: [{ … }]");
    }
  }
  return incident;
}

// "x:41:7: what" is "line 41: what".
std::string Placed(std::string_view detail) {
  detail.remove_prefix(std::min(kSource.size() + 1, detail.size()));
  const std::size_t colon = detail.find(':');
  if (colon == std::string_view::npos || !IsDigits(detail.substr(0, colon)))
    return std::string(Trimmed(detail));
  const std::size_t words = detail.find(": ", colon + 1);
  const std::string_view what = detail.substr(std::min(words + 2, detail.size()));
  return "line " + std::string(detail.substr(0, colon)) + ": " + std::string(what) +
         (what.starts_with("not valid JSON") ? "; correct it there" : "");
}

}  // namespace

Report ReadJsonReport(ByteView bytes) {
  Report report;
  const std::string_view text = AsText(bytes);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    report.failed = "the file is UTF-16: save it as UTF-8";
    return report;
  }
  const text::JsonItems split = text::SplitJson(text);
  std::size_t unreadable = 0;
  const auto fail = [&](const std::string& what) {
    if (++unreadable > kUnreadableNamed) return;
    report.failed += (report.failed.empty() ? "" : "; ") + what;
  };
  for (std::size_t i = 0; i < split.items.size(); ++i) {
    const std::string where = split.list ? "incident " + std::to_string(i + 1) + ", " : "";
    text::JsonOptions options;
    options.bytes_max = split.list ? kJsonIncidentBytesMax : kFileBytesMax;
    options.first_line = split.items[i].line;
    options.twice_suffix = kTwice;
    auto value = text::ParseJson(split.items[i].text, kSource, options);
    if (!value) {
      fail(where + Placed(value.error().detail));
    } else if (!value->is(Value::Kind::kMap)) {
      fail(where + "line " + std::to_string(split.items[i].line) +
           ": it must be an object with the incident's fields and \"children\": { … }");
    } else {
      report.incidents.push_back(IncidentOf(*value, i + 1));
      report.values.push_back(*std::move(value));
    }
  }
  if (!split.problem.empty()) fail(split.problem);
  if (unreadable > kUnreadableNamed)
    report.failed += "; and " + std::to_string(unreadable - kUnreadableNamed) + " more";
  return report;
}

}  // namespace havenline::intake
