#include "deploy/havenline/suspension_commands.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "deploy/havenline/broker_link.h"
#include "deploy/havenline/document_file.h"
#include "deploy/havenline/fetched.h"
#include "deploy/havenline/publish.h"
#include "deploy/havenline/tool.h"
#include "deploy/runtime/files.h"
#include "schema/directory/suspension.h"

namespace havenline {
namespace {

using text::Value;

struct Options {
  bool lift = false;
  std::string agency;
  std::string operator_path;
  std::vector<std::string> keys;
  std::string out;
  std::string note;
  bool json = false;
};

const char* StateWord(bool suspended) { return suspended ? "suspended" : "not suspended"; }

tool::Answer AlreadySo(const AgencyId& agency, bool suspended) {
  return {
      agency.value() + " is " + StateWord(suspended) + " already\n",
      Value::Map().Set("agency", agency.value()).Set("suspended", suspended).Set("already", true),
      ExitCode::kOk};
}

Result<tool::Answer> Offer(BrokerLink& link, const Suspension& suspension,
                           const DocumentFile& file) {
  ASSIGN_OR_RETURN(const Answer answer, link.Publish(DocumentKind::kSuspension, file.Note()));
  tool::Answer published =
      PublicationAnswer(DocumentKind::kSuspension, {suspension.number, file.Hash()}, answer);
  published.json.Set("agency", suspension.agency.value());
  if (published.code == ExitCode::kOk) {
    published.json.Set("suspended", !suspension.lifted);
    published.words =
        suspension.agency.value() + " is " + StateWord(!suspension.lifted) + ": " + published.words;
  }
  return published;
}

// The text with the signatures that a file of the same text already has.
Result<DocumentFile> WithEarlierSignatures(std::string text, const std::string& out) {
  DocumentFile file{"the suspension", std::move(text), {}};
  if (out.empty() || !std::filesystem::exists(out)) return file;
  ASSIGN_OR_RETURN(DocumentFile earlier, ReadDocumentFile(out));
  if (earlier.text != file.text)
    return Fail(FaultCode::kInvalid, out + " is there already and holds something else");
  return earlier;
}

tool::Answer Written(const std::string& out, const Suspension& suspension,
                     const Result<Suspension>& opened) {
  if (!opened) tool::Tell(opened.error().detail + ": give the same command with the next key");
  return {out + ": number " + std::to_string(suspension.number) + " of " +
              suspension.agency.value() +
              (opened ? "; publish it with `havenline agency publish`\n"
                      : "; not enough signatures yet\n"),
          Value::Map()
              .Set("agency", suspension.agency.value())
              .Set("number", suspension.number)
              .Set("note", out)
              .Set("enough-signatures", opened.has_value()),
          ExitCode::kOk};
}

Result<tool::Answer> Change(const Options& options) {
  ASSIGN_OR_RETURN(const LinkConfiguration configuration,
                   ReadOperatorConfiguration(options.operator_path));
  const AgencyId agency(options.agency);
  ASSIGN_OR_RETURN(const auto signers,
                   ReadSigners(options.keys, AgencySigner{configuration.partnership, agency}));
  ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
  ASSIGN_OR_RETURN(const Directory directory, FetchDirectory(*link, configuration));
  if (directory.Find(agency) == nullptr) {
    return Fail(FaultCode::kInvalid,
                "the directory in force has no such agency: `havenline directory show` lists them");
  }
  ASSIGN_OR_RETURN(const SuspensionState state, FetchSuspensionState(*link, agency));
  if (state.suspended != options.lift) return AlreadySo(agency, state.suspended);
  const Suspension suspension{configuration.partnership, agency, state.next_number, options.lift};
  ASSIGN_OR_RETURN(DocumentFile file,
                   WithEarlierSignatures(SuspensionText(suspension), options.out));
  ASSIGN_OR_RETURN(file, Sign(std::move(file), signers));
  // As everyone will open it.
  const auto opened = OpenSuspension(file.Note(), directory);
  if (!options.out.empty()) {
    RETURN_IF_FAULT(tool::WriteText(options.out, file.Note()));
    return Written(options.out, suspension, opened);
  }
  if (!opened) return tl::unexpected<Fault>(opened.error());
  return Offer(*link, suspension, file);
}

Result<tool::Answer> Publish(const Options& options) {
  ASSIGN_OR_RETURN(const LinkConfiguration configuration,
                   ReadOperatorConfiguration(options.operator_path));
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(options.note));
  ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
  ASSIGN_OR_RETURN(const Directory directory, FetchDirectory(*link, configuration));
  const auto suspension = OpenSuspension(file.Note(), directory);
  if (!suspension) return Fail(FaultCode::kInvalid, file.source + ": " + suspension.error().detail);
  ASSIGN_OR_RETURN(const SuspensionState state, FetchSuspensionState(*link, suspension->agency));
  if (suspension->number != state.next_number) {
    return Fail(FaultCode::kInvalid,
                file.source + " is number " + std::to_string(suspension->number) + ", and number " +
                    std::to_string(state.next_number) + " is next; the agency is " +
                    StateWord(state.suspended) + " now");
  }
  return Offer(*link, *suspension, file);
}

void AddChange(Command& group, bool lift) {
  auto options = std::make_shared<Options>();
  options->lift = lift;
  const std::string word = lift ? "lift" : "suspend";
  group
      .Add(word, lift ? "Ends a suspension; needs as many governance keys as a directory."
                      : "Cuts an agency off at once; one governance key, or its own, is enough.")
      .Text({"agency", "its name in the directory", kRequired}, options->agency)
      .Text({"--operator", "operator.toml", kRequired}, options->operator_path)
      .Texts({"--key",
              lift ? "a governance key file; may be given repeatedly"
                   : "a governance key file, or the agency's statement.key; may be repeated",
              kRequired},
             options->keys)
      .Text({"--out", "write the signed note here, or add to the one there, and publish nothing"},
            options->out)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline agency " + word +
               " school.106890 --operator operator/operator.toml --key governance-1.key")
      .Handler([options] { return tool::Finish(Change(*options), options->json); });
}

}  // namespace

void AddSuspensionCommands(Command& agency) {
  AddChange(agency, false);
  AddChange(agency, true);
  auto options = std::make_shared<Options>();
  agency.Add("publish", "Puts a suspension or lifting that was signed elsewhere in force.")
      .Text({"note", "the signed note", kRequired}, options->note)
      .Text({"--operator", "operator.toml", kRequired}, options->operator_path)
      .Flag({"--json", "one JSON value on stdout"}, options->json)
      .Example("havenline agency publish lift.note --operator operator/operator.toml")
      .Handler([options] { return tool::Finish(Publish(*options), options->json); });
}

}  // namespace havenline
