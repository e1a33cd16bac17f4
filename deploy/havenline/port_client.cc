#include "deploy/havenline/port_client.h"

#include <chrono>

#include "agents/http/client.h"
#include "agents/http/url.h"
#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/table.h"
#include "deploy/runtime/files.h"
#include "schema/seal/secret.h"
#include "schema/text/json.h"

namespace havenline {
namespace {

using text::Value;

constexpr std::size_t kTokenFileMax = 4096;
constexpr std::size_t kPortFileMax = 64;
// An agent answers once its disk has synced.
constexpr auto kAnswerMax = std::chrono::seconds(30);

FaultCode CodeOf(int status) {
  switch (status) {
    case 404:
      return FaultCode::kMissing;
    case 429:
    case 503:
      return FaultCode::kUnavailable;
    default:
      return status >= 500 ? FaultCode::kCorrupt : FaultCode::kInvalid;
  }
}

// What an error says for people.
std::string WordsOf(const HttpResponse& response) {
  const auto body = text::ParseJson(response.body, "answer");
  for (const char* const key : {"what", "error"}) {
    const Value* const words = body && body->is(Value::Kind::kMap) ? body->Find(key) : nullptr;
    if (words != nullptr && words->is(Value::Kind::kText))
      return tool::PlainLines(words->text(), "");
  }
  return "it answered " + std::to_string(response.status);
}

}  // namespace

Result<std::string> ReadToken(const std::string& path) {
  ASSIGN_OR_RETURN(Bytes bytes, ReadSecretFile(path, kTokenFileMax));
  const seal::SecretBytes wiped(std::move(bytes));
  std::string token = ToText(wiped.ExposeSecret());
  while (token.ends_with('\n') || token.ends_with('\r') || token.ends_with(' ')) token.pop_back();
  if (token.empty() || token.find_first_of(" \t\r\n") != std::string::npos) {
    return Fail(FaultCode::kInvalid,
                path + " must hold one person's token and nothing else, not the desk's list");
  }
  return token;
}

Command& AddPortOptions(Command& command, PortOptions& options) {
  return command
      .Text({"--config",
             "the agent's configuration on this machine: its port file says where it "
             "listens"},
            options.config)
      .Text({"--url", "the agent's port, where there is no --config: http://127.0.0.1:7101"},
            options.url)
      .Text({"--token", "a file with one person's token, mode 0600", kRequired}, options.token);
}

Result<std::string> UrlOf(const AgentConfiguration& configuration) {
  std::uint64_t port = configuration.listen_port;
  if (!configuration.port_file.empty()) {
    const auto bytes = ReadFile(configuration.port_file, kPortFileMax);
    if (!bytes && bytes.error().code == FaultCode::kMissing) {
      return Fail(FaultCode::kUnavailable, "the agent of " + configuration.path.string() +
                                               " is not running: there is no " +
                                               configuration.port_file.string());
    }
    if (!bytes) return tl::unexpected<Fault>(bytes.error());
    port = 0;
    for (const char c : AsText(*bytes)) {
      if (c >= '0' && c <= '9') port = port * 10 + static_cast<std::uint64_t>(c - '0');
    }
  }
  if (port == 0 || port > 65535)
    return Fail(FaultCode::kInvalid,
                configuration.port_file.string() + " does not hold a port number");
  const bool is_v6 = configuration.listen_address.find(':') != std::string::npos;
  return "http://" +
         (is_v6 ? "[" + configuration.listen_address + "]" : configuration.listen_address) + ":" +
         std::to_string(port);
}

Result<PortClient> PortClient::Open(const PortOptions& options) {
  if (options.config.empty() == options.url.empty()) {
    return Fail(FaultCode::kInvalid,
                "give either --config, the agent's configuration, or --url, its port");
  }
  ASSIGN_OR_RETURN(std::string token, ReadToken(options.token));
  if (!options.url.empty()) return PortClient(options.url, std::move(token), options.token);
  ASSIGN_OR_RETURN(const AgentConfiguration configuration,
                   ReadAgentConfigurationForTool(options.config));
  ASSIGN_OR_RETURN(std::string url, UrlOf(configuration));
  return PortClient(std::move(url), std::move(token), options.token);
}

Result<Value> PortClient::Call(const char* method, const std::string& path,
                               const std::optional<Value>& body) const {
  HttpClientRequest request;
  request.method = method;
  request.path = path;
  request.bearer = token_;
  if (body) request.body = text::ToJson(*body);
  request.timeout = kAnswerMax;
  ASSIGN_OR_RETURN(const HttpResponse response, HttpCall(url_, request));
  if (response.status == 401) {
    return Fail(FaultCode::kInvalid,
                "the token in " + token_file_ + " is not one of a person at this desk");
  }
  const bool done = response.status == 200 || response.status == 202;
  if (!done) return Fail(CodeOf(response.status), WordsOf(response));
  return text::ParseJson(response.body, "the agent's answer", kHttpAnswerBytesMax);
}

Result<Value> PortClient::Get(const std::string& path) const {
  return Call("GET", path, std::nullopt);
}

Result<Value> PortClient::Post(const std::string& path, const std::optional<Value>& body) const {
  return Call("POST", path, body);
}

}  // namespace havenline
