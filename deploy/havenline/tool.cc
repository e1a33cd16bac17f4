#include "deploy/havenline/tool.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "deploy/runtime/files.h"
#include "schema/text/json.h"

namespace havenline::tool {
namespace {

ExitCode CodeFor(const Fault& fault) {
  // Within the tool it is always somebody else who does not answer.
  if (fault.code == FaultCode::kUnavailable) return ExitCode::kUnavailable;
  return ExitCodeFor(fault);
}

bool Print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return std::fflush(stdout) == 0 && written;
}

Result<std::string> ReadStandardInput(std::size_t bytes_max) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (text.size() <= bytes_max) {
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail(FaultCode::kIo, "cannot read from standard input");
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return Fail(FaultCode::kInvalid,
              "standard input holds more than " + std::to_string(bytes_max) + " bytes");
}

}  // namespace

void Tell(std::string_view words) {
  while (!words.empty()) {
    const auto end = words.find('\n');
    const std::string line(words.substr(0, end));
    std::fprintf(stderr, "havenline: %s\n", line.c_str());
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
  }
}

ExitCode Finish(const Result<Answer>& answer, bool json) {
  if (!answer) {
    Tell(answer.error().detail);
    return CodeFor(answer.error());
  }
  const bool printed = Print(json ? text::ToJson(answer->json) + "\n" : answer->words);
  if (printed) return answer->code;
  Tell("cannot write to standard output");
  return ExitCode::kIo;
}

Result<std::string> ReadText(const std::filesystem::path& path, std::size_t bytes_max) {
  if (path == "-") return ReadStandardInput(bytes_max);
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, bytes_max));
  return ToText(bytes);
}

Result<void> WriteText(const std::filesystem::path& path, std::string_view text) {
  return WriteFileDurably(path, AsBytes(text), kPublicFile);
}

}  // namespace havenline::tool
