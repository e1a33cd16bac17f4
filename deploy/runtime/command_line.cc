#include "deploy/runtime/command_line.h"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>

#include "schema/base/check.h"

namespace havenline {
namespace {

// Edits (a letter more, less or other) that turn `a` into `b`.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t other = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({other, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[b.size()];
}

// The one of `names` that was probably meant, or nothing.
std::optional<std::string> Nearest(const std::string& typed,
                                   const std::vector<std::string>& names) {
  constexpr std::size_t kLettersMax = 64;  // Nobody mistypes so much.
  constexpr std::size_t kEditsMax = 2;
  if (typed.size() > kLettersMax) return std::nullopt;
  std::optional<std::string> nearest;
  std::size_t least = kEditsMax + 1;
  for (const std::string& name : names) {
    const std::size_t distance = Distance(typed, name);
    if (distance < least && distance < name.size()) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

// "havenline desk open".
std::string FullName(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : FullName(*parent) + " " + app.get_name();
}

std::vector<std::string> KnownNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  for (const CLI::Option* option : app.get_options()) names.push_back(option->get_name());
  return names;
}

// What to say of an argument that nothing takes. Not the argument itself: it may be a name that the
// shell split from another.
std::string UnexpectedWords(const CLI::App& app, const std::string& typed,
                            std::ptrdiff_t position) {
  const bool group = !app.get_subcommands({}).empty();
  std::string words = "argument " + std::to_string(position);
  words += group ? " is no command of '" + FullName(app) + "'" : " is not expected";
  const auto nearest = Nearest(typed.substr(0, typed.find('=')), KnownNames(app));
  if (nearest) words += "; did you mean '" + *nearest + "'?";
  return words;
}

// CLI11's own words repeat what was typed; the option's name, which we declared, stands before the
// colon.
std::string WordsFor(const CLI::ParseError& error) {
  std::string what = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) return what;
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) return what;
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return what.substr(0, what.find(':')) + " needs a value, and is given once";
  }
  return "an option has a value that it cannot have";
}

std::string Join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

}  // namespace

ExitCode ExitCodeFor(const Fault& fault) {
  switch (fault.code) {
    case FaultCode::kUnavailable:
      return ExitCode::kTemporary;
    case FaultCode::kIo:
      return ExitCode::kIo;
    case FaultCode::kCorrupt:
    case FaultCode::kInvalid:
    case FaultCode::kMissing:
      return ExitCode::kData;
  }
  return ExitCode::kFailed;
}

bool PrintAnswer(std::string_view text) {
  std::cout << text << std::flush;
  return std::cout.good();
}

ExitCode UsageError(std::string_view words) {
  std::cerr << words << "\n";
  return ExitCode::kUsage;
}

Command& Command::Add(const std::string& name, const std::string& help) {
  CLI::App& app = *app_.add_subcommand(name, help);
  app.require_subcommand(0, 1);
  children_.push_back(std::unique_ptr<Command>(new Command(app)));
  return *children_.back();
}

// `take` says what is wrong with a value, or keeps it and says nothing.
CLI::Option& Command::Declare(const Parameter& parameter,
                              std::function<std::string(const std::string&)> take) {
  CLI::Option& option = *app_.add_option(
      parameter.name,
      [take = std::move(take), name = parameter.name](const CLI::results_t& values) {
        for (const std::string& value : values) {
          const std::string wrong = value.empty() ? "must not be empty" : take(value);
          if (!wrong.empty())
            throw CLI::ValidationError(std::string(name).append(" ").append(wrong));
        }
        return true;
      },
      parameter.help);
  option.required(parameter.need == Need::kRequired);
  option.type_name("");
  option.expected(1);
  option.allow_extra_args(false);
  option.multi_option_policy(CLI::MultiOptionPolicy::Throw);
  return option;
}

Command& Command::Text(const Parameter& parameter, std::string& into) {
  CLI::Option& option = Declare(parameter, [&into](const std::string& value) {
    into = value;
    return "";
  });
  option.type_name("TEXT")->default_str(into);
  return *this;
}

Command& Command::Texts(const Parameter& parameter, std::vector<std::string>& into) {
  CLI::Option& option = Declare(parameter, [&into](const std::string& value) {
    into.push_back(value);
    return "";
  });
  // An option takes one value each time; a positional takes all that follow.
  if (option.get_positional()) {
    option.expected(1, CLI::detail::expected_max_vector_size);
    option.allow_extra_args();
  }
  option.type_name("TEXT")->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return *this;
}

Command& Command::Choice(const Parameter& parameter, std::vector<std::string> words,
                         std::string& into) {
  const std::string list = Join(words);
  CLI::Option& option =
      Declare(parameter, [&into, words = std::move(words), list](const std::string& value) {
        if (std::ranges::find(words, value) == words.end()) return "is one of: " + list;
        into = value;
        return std::string();
      });
  option.type_name("{" + list + "}")->default_str(into);
  return *this;
}

Command& Command::Integer(const Parameter& parameter, IntegerRange range, std::int64_t& into) {
  CLI::Option& option = Declare(parameter, [&into, range](const std::string& value) {
    std::int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [stopped, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || stopped != end || number < range.min || number > range.max) {
      return "needs a whole number from " + std::to_string(range.min) + " to " +
             std::to_string(range.max);
    }
    into = number;
    return std::string();
  });
  option.type_name("NUMBER")->default_str(std::to_string(into));
  return *this;
}

Command& Command::Flag(const Parameter& parameter, bool& into) {
  app_.add_flag(parameter.name, into, parameter.help)->required(parameter.need == Need::kRequired);
  return *this;
}

Command& Command::Example(const std::string& line) {
  examples_.push_back(line);
  std::string footer = "Examples:";
  for (const std::string& example : examples_) footer += "\n  " + example;
  app_.footer(footer);
  return *this;
}

Command& Command::Handler(std::function<ExitCode()> handler) {
  handler_ = std::move(handler);
  return *this;
}

CommandLine::CommandLine(const std::string& program, const std::string& version,
                         const std::string& help)
    : app_(std::make_unique<CLI::App>(help, program)), root_(new Command(*app_)) {
  app_->set_help_flag("-h,--help", "Show this help and exit");
  app_->set_version_flag("--version", program + " " + version, "Show the version and exit");
  app_->require_subcommand(0, 1);
}

CommandLine::~CommandLine() = default;

const Command& CommandLine::Given() const {
  const Command* given = root_.get();
  while (true) {
    const auto below = std::ranges::find_if(given->children_,
                                            [](const auto& child) { return child->app_.parsed(); });
    if (below == given->children_.end()) return *given;
    given = below->get();
  }
}

int CommandLine::Run(int argc, const char* const* argv) {
  return Run(argc, argv, std::cout, std::cerr);
}

int CommandLine::Run(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  std::string wrong;
  try {
    app_->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    out << app_->help();
    return static_cast<int>(ExitCode::kOk);
  } catch (const CLI::CallForVersion& version) {
    out << version.what() << '\n';
    return static_cast<int>(ExitCode::kOk);
  } catch (const CLI::ParseError& error) {
    wrong = WordsFor(error);
  }
  const Command& given = Given();
  const std::string name = FullName(given.app_);
  const auto extras = app_->remaining(true);
  const char* const* end = argv + argc;
  if (!wrong.empty() && !extras.empty()) {
    // Said before all else: a mistyped option is why the right one is missing.
    wrong =
        UnexpectedWords(given.app_, extras.front(), std::find(argv, end, extras.front()) - argv);
  } else if (wrong.empty() && !given.handler_) {
    wrong = "a command is missing after '" + name + "'";
  }
  if (wrong.empty()) return static_cast<int>(given.handler_());
  err << name << ": " << wrong << "\ntry '" << name << " --help'\n";
  return static_cast<int>(ExitCode::kUsage);
}

}  // namespace havenline
