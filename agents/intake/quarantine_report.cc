#include "agents/intake/quarantine_report.h"

#include <algorithm>

#include "agents/intake/quarantine_file.h"
#include "agents/intake/texts.h"
#include "schema/base/check.h"
#include "schema/text/json.h"

namespace havenline::intake {
namespace {

using text::Value;
using text::XmlElement;

const std::string kFieldName(kQuarantineColumn);
// What a child that is no object was; no mapping names it, so it cannot go by itself.
constexpr const char* kWas = "was";

std::string WordsOf(const QuarantinedChild& child) {
  return std::to_string(child.number) + ": " + child.reason;
}

// --- JSON

Value Marked(const Value& of, const QuarantinedChild& child) {
  Value marked = Value::Map().Set(kFieldName, WordsOf(child));
  if (!of.is(Value::Kind::kMap)) return std::move(marked).Set(kWas, of);
  for (const auto& [name, member] : of.members()) {
    if (Trimmed(name) != kQuarantineColumn) marked.Set(name, member);
  }
  return marked;
}

// All but the children, without what was said of the incident the last time.
Value BareIncident(const Value& incident) {
  Value bare = Value::Map();
  for (const auto& [name, member] : incident.members()) {
    if (name != kChildrenKey && Trimmed(name) != kQuarantineColumn) bare.Set(name, member);
  }
  return bare;
}

std::string JsonReport(const FileRows& rows, const std::vector<QuarantinedChild>& children) {
  Value list = Value::List();
  for (auto at = children.begin(); at != children.end();) {
    const std::size_t incident = rows.sources[at->row].incident;
    const Value& came = rows.report.values[incident];
    if (!rows.sources[at->row].child) {  // It has no child: the incident itself is the row.
      list.Add(Marked(came, *at));
      ++at;
      continue;
    }
    Value of_incident = Value::List();
    const Value* const all = came.Find(kChildrenKey);
    CHECK(all != nullptr);
    for (; at != children.end() && rows.sources[at->row].incident == incident; ++at)
      of_incident.Add(Marked(all->items().at(rows.sources[at->row].child.value()), *at));
    list.Add(BareIncident(came).Set(kChildrenKey, std::move(of_incident)));
  }
  return text::ToJson(list, text::JsonLayout::kIndented);
}

// --- XML

bool IsOurs(const XmlElement& element) {
  const std::string* const name = element.Attribute("name");
  return element.name == "field" && name != nullptr && Trimmed(*name) == kQuarantineColumn;
}

bool IsChild(const XmlElement& element) {
  return element.name == "child" && element.space == kIncidentSpace;
}

void Mark(XmlElement& element, const QuarantinedChild& child) {
  std::erase_if(element.children, IsOurs);
  XmlElement said;
  said.name = "field";
  said.space = kIncidentSpace;
  said.attributes.emplace_back("name", kFieldName);
  said.text = WordsOf(child);
  element.children.insert(element.children.begin(), std::move(said));
}

std::string XmlReport(const FileRows& rows, const std::vector<QuarantinedChild>& children) {
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): there is one if there are rows.
  XmlElement incident = *rows.report.element;
  std::erase_if(incident.children, IsOurs);
  std::vector<XmlElement> kept;
  std::size_t number = 0;
  auto next = children.begin();
  for (XmlElement& part : incident.children) {
    if (!IsChild(part)) {
      kept.push_back(std::move(part));
      continue;
    }
    if (next != children.end() && rows.sources[next->row].child == number) {
      Mark(part, *next++);
      kept.push_back(std::move(part));
    }
    ++number;
  }
  incident.children = std::move(kept);
  if (next != children.end()) Mark(incident, *next);  // The incident itself is the row.
  return text::ToXml(incident);
}

}  // namespace

std::string QuarantineReport(const FileRows& rows, const std::vector<QuarantinedChild>& children) {
  CHECK(rows.format != FileFormat::kCsv);
  if (rows.format == FileFormat::kXml) return XmlReport(rows, children);
  return JsonReport(rows, children);
}

}  // namespace havenline::intake
