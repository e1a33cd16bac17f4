// What all commands of the tool share: what they print, and the exit code that fits.
//
// stdout carries the command's answer and nothing else: words for people, or with --json one JSON
// value on one line. Everything else goes to stderr.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "deploy/runtime/command_line.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline::tool {

// One answer in both forms.
struct Answer {
  std::string words;  // Ends in a line feed, or is empty.
  text::Value json;
  ExitCode code = ExitCode::kOk;
};

// To stderr, each line after the tool's name.
void Tell(std::string_view words);

// Prints the answer in the form asked for, or the fault's words; returns what the shell is told. A
// broker or an agent that is not there is kUnavailable; a stdout that takes nothing is kIo.
ExitCode Finish(const Result<Answer>& answer, bool json);

// A text file of at most `bytes_max` bytes; "-" is stdin.
Result<std::string> ReadText(const std::filesystem::path& path, std::size_t bytes_max);
// For everyone to read; replaces what is there. The folder must exist.
Result<void> WriteText(const std::filesystem::path& path, std::string_view text);

}  // namespace havenline::tool
