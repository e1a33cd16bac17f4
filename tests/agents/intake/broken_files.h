// A night as CSV, XML and JSON, and the same broken in every way that files are: from a seed, so
// that each is the same again.

#pragma once

#include <cstddef>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "agents/intake/file_format.h"

namespace havenline::intake {

inline constexpr int kChildrenOfNight = 12;
inline constexpr int kChildrenOfIncident = 3;  // In JSON; the XML is one incident.

inline constexpr const char* kNightMapping = R"(exchange = "encompass-notice"
force = "test"
force-name = "Test Police"
flags-not-recorded = ["works-in-education", "works-in-police", "covert-operation", "exempt",
  "turned-18"]
forms = { days = ["yyyy-mm-dd"], clock = ["hh:mm"] }
file.last-line-end = "required"
incident = { reference = "REF", at = "WHEN" }
child.reference = ["CHILD"]
school.urn = "URN"
[[column]]
columns = ["NAME"]
to = "childName.family"
[[column]]
columns = ["BORN"]
to = "childBirth"
[[flag]]
flag = "relocated"
columns = ["MOVED"]
raised = ["Y"]
clear = ["N"]
)";

// A file, and which of its children nobody touched before the place where it is broken.
struct BrokenFile {
  FileFormat format = FileFormat::kCsv;
  std::string what;  // For who reads a failure.
  std::string bytes;
  std::set<int> safe;     // Must be read, and as they were.
  std::set<int> touched;  // May read as anything.
};

class NightMaker {
 public:
  explicit NightMaker(FileFormat format) : format_(format) {}

  std::string Good() { return Make(-1, {}).bytes; }
  BrokenFile Break(unsigned seed);

 private:
  // How one child is written otherwise than it should.
  struct Spoiled {
    std::string name_value;   // In place of its name's text, as it stands in the file; or …
    bool no_flag = false;     // … without its flag of danger …
    std::string extra_field;  // … or with this besides, as it stands in the file.
  };
  struct Made {
    std::string bytes;
    std::vector<std::size_t> begins;  // Of the part whose loss would be this child's …
    std::vector<std::size_t> ends;    // … in JSON the incident's.
  };
  Made Make(int child, const Spoiled& spoiled);
  std::string Child(int number, const Spoiled& spoiled) const;
  Spoiled SpoiledBy(unsigned kind, std::mt19937& chance) const;
  BrokenFile BreakAnywhere(unsigned kind, std::mt19937& chance);

  FileFormat format_;
};

inline std::string NameOfChild(int number) { return "TESTCASE-" + std::to_string(number); }

}  // namespace havenline::intake
