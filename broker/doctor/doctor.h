// The doctor: looks at everything that a broker needs on its machine, and says of each thing that
// is wrong what it is, where, and what to do. For when the broker does not start, and beside one
// that runs: it opens no port, takes no lock and changes nothing.

#pragma once

#include <filesystem>
#include <string>

#include "broker/doctor/finding.h"
#include "deploy/runtime/command_line.h"
#include "schema/text/value.h"

namespace havenline::doctor {

struct Request {
  std::filesystem::path configuration;
  std::string connect;  // tcp://address:port to greet, as agents see the broker; empty: none.
};

// In the order in which a start needs things. Where the configuration cannot be read, no more is
// known than that and the machine.
Findings Examine(const Request& request);

// For people: what is wrong first, each with what to do.
std::string Words(const Findings& findings);
text::Value ToValue(const Findings& findings);
// kFailed if anything is broken; what is doubtful alone is kOk.
ExitCode CodeOf(const Findings& findings);

struct Options {
  std::string configuration;
  std::string connect;
  bool json = false;
};
// `doctor`, below `root`. `options` must live until the command line has run.
void AddCommand(Command& root, Options& options);

}  // namespace havenline::doctor
