#include "deploy/havenline/publish.h"

#include <variant>

#include "deploy/havenline/broker_link.h"
#include "deploy/havenline/code_words.h"
#include "deploy/havenline/document_check.h"
#include "deploy/havenline/table.h"
#include "schema/directory/governance.h"

namespace havenline {
namespace {

using text::Value;

Value JsonStart(DocumentKind kind, const DocumentVersion& version, bool accepted) {
  return Value::Map()
      .Set("accepted", accepted)
      .Set("document", WordFor(kind))
      .Set("version", version.version)
      .Set("hash", HexEncode(version.hash));
}

std::string Name(DocumentKind kind, const DocumentVersion& version) {
  return std::string(WordFor(kind)) +
         (kind == DocumentKind::kSuspension ? " number " : " version ") +
         std::to_string(version.version);
}

tool::Answer AlreadyInForce(DocumentKind kind, const DocumentVersion& version) {
  return {Name(kind, version) + " is in force already\n",
          JsonStart(kind, version, true).Set("already", true), ExitCode::kOk};
}

tool::Answer Turned(DocumentKind kind, const DocumentVersion& version, Code code, ExitCode exit) {
  return {Name(kind, version) + " was not accepted: " + WordsOf(code) + "\n",
          JsonStart(kind, version, false)
              .Set("code", NameOf(code))
              .Set("number", static_cast<int>(code))
              .Set("remedy", RemedyFor(code)),
          exit};
}

}  // namespace

tool::Answer PublicationAnswer(DocumentKind kind, const DocumentVersion& version,
                               const Answer& answer) {
  if (const auto* accepted = std::get_if<Accepted>(&answer)) {
    const Position& position = accepted->proof.position;
    if (position.epoch == 0) return AlreadyInForce(kind, version);
    return {Name(kind, version) + " is in force from entry " +
                std::to_string(position.index.value()) + " of epoch " +
                std::to_string(position.epoch) + "\n",
            JsonStart(kind, version, true)
                .Set("already", false)
                .Set("epoch", position.epoch)
                .Set("index", position.index.value()),
            ExitCode::kOk};
  }
  if (const auto* deferred = std::get_if<Deferred>(&answer))
    return Turned(kind, version, deferred->code, ExitCode::kTemporary);
  if (const auto* refused = std::get_if<Refused>(&answer))
    return Turned(kind, version, refused->code, ExitCode::kFailed);
  return Turned(kind, version, std::get<Invalid>(answer).code, ExitCode::kFailed);
}

Result<tool::Answer> PublishDocument(const DocumentFile& file, DocumentKind kind,
                                     const LinkConfiguration& configuration) {
  const CheckedDocument checked = CheckDocument(file, kind, &configuration.governance);
  if (!checked.problems.empty())
    return Fail(FaultCode::kInvalid, tool::Join(checked.problems, "\n"));
  if (!file.is_note()) {
    return Fail(FaultCode::kInvalid, file.source + " is not signed: sign it with `havenline " +
                                         std::string(WordFor(kind)) + " sign`");
  }
  if (*checked.partnership() != configuration.partnership) {
    return Fail(FaultCode::kInvalid, file.source + " is of another partnership than " +
                                         configuration.partnership.value());
  }
  const DocumentVersion& version = *checked.version();
  ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
  const DocumentVersion& in_force =
      kind == DocumentKind::kDirectory ? link->welcome().directory : link->welcome().policy;
  if (version == in_force) return AlreadyInForce(kind, version);
  if (const auto follows = CheckFollows(in_force, {version, checked.previous()}); !follows)
    return Fail(FaultCode::kInvalid, file.source + ": " + follows.error().detail);
  ASSIGN_OR_RETURN(const Answer answer, link->Publish(kind, file.Note()));
  return PublicationAnswer(kind, version, answer);
}

}  // namespace havenline
