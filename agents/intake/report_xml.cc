// <incident xmlns="urn:havenline:intake:1"><field name="OCCURRENCE_NO">SY/2026/000123</field> …
//   <child><field name="CHILD_SURNAME">TESTCASE</field> …</child> …</incident>
//
// incident.xsd says the same; a test holds the two to each other.

#include <algorithm>

#include "agents/intake/limits.h"
#include "agents/intake/report.h"
#include "agents/intake/texts.h"

namespace havenline::intake {
namespace {

using text::XmlElement;

// Where a document says which schema it follows: allowed anywhere, as XML Schema has it.
constexpr std::string_view kInstance = "{http://www.w3.org/2001/XMLSchema-instance}";

constexpr std::string_view kBlanks = " \t\r\n";

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(kBlanks) == std::string_view::npos;
}

bool Is(const XmlElement& element, std::string_view name) {
  return element.name == name && element.space == kIncidentSpace;
}

bool HasAttributeBeside(const XmlElement& element, std::string_view allowed) {
  return std::ranges::any_of(element.attributes, [&](const auto& each) {
    return each.first != allowed && !each.first.starts_with(kInstance);
  });
}

ReportField FieldOf(const XmlElement& element) {
  ReportField field;
  if (const std::string* const name = element.Attribute("name")) field.name = Trimmed(*name);
  field.text = element.text;
  if (!element.children.empty()) {
    field.problem = "must hold text alone, and holds an element: write one text";
    // Blanks about the element are layout, and other ones when the row comes back.
    field.text.erase(field.text.find_last_not_of(kBlanks) + 1);
  }
  if (HasAttributeBeside(element, "name"))
    field.problem = "has an attribute beside \"name\": take it away";
  return field;
}

// What is wrong with an element that may hold fields, and children if `children` is not null.
struct Content {
  std::vector<ReportField>& fields;
  std::vector<std::string>& problems;
  std::vector<ReportChild>* children;
};

void ReadContent(const XmlElement& element, Content into);

void ReadPart(const XmlElement& part, Content& into) {
  if (into.children != nullptr && Is(part, "child")) {
    if (!part.whole) return;  // The file's problem says so.
    ReportChild child;
    child.line = part.mark.line;
    ReadContent(part, {child.fields, child.problems, nullptr});
    into.children->push_back(std::move(child));
  } else if (!Is(part, "field")) {
    into.problems.push_back("line " + std::to_string(part.mark.line) +
                            (into.children != nullptr
                                 ? ": it may hold <field> and <child> and nothing else"
                                 : ": it may hold <field> and nothing else") +
                            ": take the other element away");
  } else if (part.Attribute("name") == nullptr) {
    into.problems.push_back("line " + std::to_string(part.mark.line) +
                            ": a <field> has no name: write <field name=\"…\">");
  } else {
    if (into.children != nullptr && !into.children->empty())
      into.problems.emplace_back(
          "a <field> of the incident stands after a <child>: move it before the first");
    into.fields.push_back(FieldOf(part));
  }
}

void ReadContent(const XmlElement& element, Content into) {
  if (!IsBlank(element.text))
    into.problems.emplace_back("text stands outside of a field: put it into one");
  if (HasAttributeBeside(element, ""))
    into.problems.push_back("<" + element.name + "> has an attribute: take it away");
  for (const XmlElement& part : element.children) ReadPart(part, into);
}

}  // namespace

Report ReadXmlReport(ByteView bytes) {
  Report report;
  text::XmlDocument document = text::ParseXml(bytes, kFileBytesMax);
  report.failed = std::move(document.problem);
  if (document.roots.empty()) return report;
  XmlElement& root = document.roots.front();
  if (!Is(root, "incident")) {
    report.failed = "line " + std::to_string(root.mark.line) +
                    ": the outermost element must be <incident xmlns=\"" + kIncidentSpace + "\">";
    return report;
  }
  ReportIncident incident;
  incident.number = 1;
  incident.line = root.mark.line;
  incident.whole = root.whole;
  ReadContent(root, {incident.fields, incident.problems, &incident.children});
  // Only what was read as a child is one, so that the two can be counted alike.
  std::erase_if(root.children,
                [](const XmlElement& part) { return Is(part, "child") && !part.whole; });
  report.incidents.push_back(std::move(incident));
  report.element = std::move(root);
  return report;
}

}  // namespace havenline::intake
