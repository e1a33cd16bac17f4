// A report in XML or JSON: incidents, each with fields and children, each child with fields of its
// own. Fields are named as the mapping file names the columns of a CSV, and hold the same texts; an
// incident's are those of each of its children. docs/integration.md shows both formats.
//
// Pure: bytes in, incidents and what is wrong with them out. Never a fault, never a throw.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/text/value.h"
#include "schema/text/xml.h"

namespace havenline::intake {

inline constexpr const char* kIncidentSpace = "urn:havenline:intake:1";  // Of the XML.
inline constexpr std::string_view kTwice = " (2)";       // After a JSON key that is there twice.
inline constexpr const char* kChildrenKey = "children";  // Of an incident in JSON.

struct ReportField {
  std::string name;  // Without the blanks around it.
  std::string text;
  std::string problem;  // Why the text is none, in words that name nothing; or empty.
};

struct ReportChild {
  std::size_t line = 0;
  std::vector<ReportField> fields;
  std::vector<std::string> problems;  // Of its form.
};

struct ReportIncident {
  std::size_t number = 0;  // In the file, from 1; those that cannot be read count.
  std::size_t line = 0;
  std::vector<ReportField> fields;
  std::vector<ReportChild> children;
  std::vector<std::string> problems;
  // False if the file ends within it: its whole children are good, and more may have followed.
  bool whole = true;
};

struct Report {
  std::vector<ReportIncident> incidents;
  // What of the file cannot be read: where, why and what to do, in words; or empty.
  std::string failed;

  // As they came, to give back what a person must mend: JSON's values, one for each incident …
  std::vector<text::Value> values;
  // … or XML's one incident.
  std::optional<text::XmlElement> element;
};

// One incident, or a list of them. An incident that cannot be read spoils no other.
Report ReadJsonReport(ByteView bytes);
// One incident. Of a file that is no XML from some line on, the children before it.
Report ReadXmlReport(ByteView bytes);

}  // namespace havenline::intake
