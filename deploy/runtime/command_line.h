// The command line of a program: commands below commands, options, help that shows examples, and
// errors in plain words. CLI11 behind a header that does not mention it.
//
//   std::string store;
//   CommandLine program("havenline", "0.1.0", "Carries safeguarding messages.");
//   Command& open = program.root().Add("desk", "What people do.").Add("open", "Opens a message.");
//   open.Text({"--store", "the desk's directory", kRequired}, store)
//       .Example("havenline desk open --store /var/lib/havenline/desk")
//       .Handler([&] { return Open(store); });
//   return program.Run(argc, argv);
//
// A declaration that contradicts itself (one name twice) is a bug and ends the program. Not
// thread-safe: main's thread. No option takes a secret: command lines show in ps; secrets come in
// files.

#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name.
class App;
class Option;
}  // namespace CLI

namespace havenline {

// What a program tells the shell; the numbers are sysexits.h's.
enum class ExitCode : std::uint8_t {
  kOk = 0,
  kFailed = 1,
  kUsage = 64,        // The command line is wrong.
  kData = 65,         // What was given to work on is wrong.
  kUnavailable = 69,  // A service that it needs is not there.
  kIo = 74,           // The disk said no.
  kTemporary = 75,    // May work later.
  kConfig = 78,       // The machine is not set up for it.
};

ExitCode ExitCodeFor(const Fault& fault);

// A command's answer, and nothing else, to stdout. False if that took not all of it.
bool PrintAnswer(std::string_view text);
// What is wrong with the command line, to stderr, where no declaration could say it; kUsage.
ExitCode UsageError(std::string_view words);

enum class Need : std::uint8_t { kOptional, kRequired };
inline constexpr Need kRequired = Need::kRequired;

// "--name" is an option, "name" an argument by position (in the order of declaration).
struct Parameter {
  std::string name;
  std::string help;
  Need need = Need::kOptional;
};

struct IntegerRange {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

// One command; lives as long as its CommandLine. What its parameters are written into must live
// until Run() has returned, keeps its value where nothing is given, and is shown in help as the
// default.
class Command {
 public:
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  // A command below this one. Where there are some and no Handler() here, one of them must be
  // given.
  Command& Add(const std::string& name, const std::string& help);

  // Each returns this command, to go on declaring it. A text is never empty; a value begins with a
  // dash only in the form --name=-5.
  Command& Text(const Parameter& parameter, std::string& into);
  // May be given repeatedly; by position it takes all that follow, where [a,b] means a and b.
  Command& Texts(const Parameter& parameter, std::vector<std::string>& into);
  Command& Choice(const Parameter& parameter, std::vector<std::string> words, std::string& into);
  Command& Integer(const Parameter& parameter, IntegerRange range, std::int64_t& into);
  Command& Flag(const Parameter& parameter, bool& into);

  Command& Example(const std::string& line);  // Shown at the end of --help, in order.
  Command& Handler(std::function<ExitCode()> handler);

 private:
  friend class CommandLine;

  explicit Command(CLI::App& app) : app_(app) {}
  CLI::Option& Declare(const Parameter& parameter,
                       std::function<std::string(const std::string&)> take);

  CLI::App& app_;
  std::vector<std::unique_ptr<Command>> children_;
  std::vector<std::string> examples_;
  std::function<ExitCode()> handler_;
};

class CommandLine {
 public:
  CommandLine(const std::string& program, const std::string& version, const std::string& help);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command& root() { return *root_; }

  // Parses, calls the handler of the command that was given, and returns its code. --help and
  // --version print to `out` and return kOk. An error goes to `err` in words, with where to find
  // help, and returns kUsage; it names declared options and positions, never what was typed: stderr
  // may be mailed (C5). Once per CommandLine.
  int Run(int argc, const char* const* argv);
  int Run(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

 private:
  const Command& Given() const;

  std::unique_ptr<CLI::App> app_;
  std::unique_ptr<Command> root_;
};

}  // namespace havenline
