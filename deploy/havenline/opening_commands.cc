#include "deploy/havenline/opening_commands.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "deploy/havenline/document_file.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"
#include "schema/directory/directory.h"
#include "schema/directory/governance.h"
#include "schema/directory/opening.h"

namespace havenline {
namespace {

using text::Value;
using tool::Count;

struct Options {
  std::string file;
  std::vector<std::string> keys;
  std::string directory;
  std::string out;
  bool json = false;
};

Result<Governance> GovernanceOf(const std::string& directory) {
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(directory));
  ASSIGN_OR_RETURN(const Directory parsed, Directory::Parse(file.text, file.source));
  if (file.is_note()) RETURN_IF_FAULT(OpenByGovernance(file.Note(), parsed.governance()));
  return parsed.governance();
}

std::string TitleOf(const Opening& opening) {
  return "opening of epoch " + std::to_string(opening.epoch) + " of " + opening.partnership.value();
}

Value JsonOf(const Opening& opening, const DocumentFile& file) {
  return Value::Map()
      .Set("document", "opening")
      .Set("partnership", opening.partnership.value())
      .Set("epoch", opening.epoch)
      .Set("log-key", tlog::NoteKeyToText(opening.log_key))
      .Set("hash", HexEncode(file.Hash()));
}

Result<tool::Answer> SignOpening(const Options& options) {
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(options.file));
  ASSIGN_OR_RETURN(const Opening opening, ParseOpening(file.text));
  ASSIGN_OR_RETURN(const auto signers, ReadSigners(options.keys, std::nullopt));
  ASSIGN_OR_RETURN(const DocumentFile signed_file, Sign(file, signers));
  RETURN_IF_FAULT(tool::WriteText(options.out, signed_file.Note()));
  const std::size_t count = signed_file.signature_lines.size();
  return tool::Answer{
      options.out + ": " + TitleOf(opening) + ", " + Count(count, "signature", "signatures") + "\n",
      JsonOf(opening, file).Set("note", options.out).Set("signatures", count), ExitCode::kOk};
}

// As the broker and every agent will hold it to governance.
Result<tool::Answer> CheckOpening(const Options& options) {
  ASSIGN_OR_RETURN(const Governance governance, GovernanceOf(options.directory));
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(options.file));
  ASSIGN_OR_RETURN(const Opening opening, ParseOpening(file.text));
  const auto opened = OpenOpening(file.Note(), governance);
  std::string words = file.source + ": " + TitleOf(opening) + "\n";
  words += opened ? "signed by governance: it may be used\n" : opened.error().detail + "\n";
  return tool::Answer{std::move(words), JsonOf(opening, file).Set("usable", opened.has_value()),
                      opened ? ExitCode::kOk : ExitCode::kData};
}

Result<tool::Answer> ShowOpening(const Options& options) {
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(options.file));
  ASSIGN_OR_RETURN(const Opening opening, ParseOpening(file.text));
  return tool::Answer{
      TitleOf(opening) + "\nlog key " + tlog::NoteKeyToText(opening.log_key) + "\n" +
          Count(file.signature_lines.size(), "signature", "signatures") + "\n",
      JsonOf(opening, file).Set("signatures", file.signature_lines.size()), ExitCode::kOk};
}

using Body = Result<tool::Answer> (*)(const Options&);

std::shared_ptr<Options> Handle(Command& command, Body body) {
  auto options = std::make_shared<Options>();
  command.Flag({"--json", "one JSON value on stdout"}, options->json).Handler([options, body] {
    return tool::Finish(body(*options), options->json);
  });
  return options;
}

}  // namespace

void AddOpeningCommands(Command& root) {
  Command& group =
      root.Add("opening", "New epochs of the log, opened in advance: signs, checks, shows.");
  Command& sign = group.Add("sign", "Signs an opening with governance keys.");
  const auto signing = Handle(sign, SignOpening);
  sign.Text({"text", "what `havenline-broker prepare-epoch` made, or a note to add signatures to",
             kRequired},
            signing->file)
      .Texts({"--key", "a governance key file; may be given repeatedly", kRequired}, signing->keys)
      .Text({"--out", "the note to write", kRequired}, signing->out)
      .Example("havenline opening sign opening-3.toml --key governance-1.key --out opening-3.note");
  Command& check = group.Add("check", "Whether an opening is signed by enough of governance.");
  const auto checking = Handle(check, CheckOpening);
  check.Text({"note", "the signed opening", kRequired}, checking->file)
      .Text({"--directory", "a directory: whose governance must have signed", kRequired},
            checking->directory)
      .Example("havenline opening check opening-3.note --directory directory.note");
  Command& show = group.Add("show", "What an opening says.");
  const auto showing = Handle(show, ShowOpening);
  show.Text({"note", "the opening: a note or a text", kRequired}, showing->file)
      .Example("havenline opening show opening-3.note");
}

}  // namespace havenline
