// An agent's local port, asked as one person of its desk.

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "agents/daemon/configuration.h"
#include "deploy/runtime/command_line.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline {

// Where the port is, and whose token to show: what each command of an agent takes.
struct PortOptions {
  std::string config;  // agent.toml: its port file says where the port is; or
  std::string url;     // http://127.0.0.1:7101
  std::string token;   // A file with one person's token, mode 0600.
};
Command& AddPortOptions(Command& command, PortOptions& options);

// Where this configuration's agent listens now. kUnavailable if it does not run.
Result<std::string> UrlOf(const AgentConfiguration& configuration);

// The token in a file of one person's, mode 0600.
Result<std::string> ReadToken(const std::string& path);

class PortClient {
 public:
  static Result<PortClient> Open(const PortOptions& options);

  // The answer's JSON. kUnavailable: the agent does not run, or not fast enough; kInvalid: it
  // refuses the token or what was asked; kMissing: it has no such thing. The words are the agent's.
  Result<text::Value> Get(const std::string& path) const;
  Result<text::Value> Post(const std::string& path,
                           const std::optional<text::Value>& body = {}) const;

 private:
  PortClient(std::string url, std::string token, std::string token_file)
      : url_(std::move(url)), token_(std::move(token)), token_file_(std::move(token_file)) {}
  Result<text::Value> Call(const char* method, const std::string& path,
                           const std::optional<text::Value>& body) const;

  std::string url_;
  std::string token_;
  std::string token_file_;
};

}  // namespace havenline
