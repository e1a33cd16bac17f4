#include "deploy/havenline/document_commands.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "deploy/havenline/document_check.h"
#include "deploy/havenline/document_file.h"
#include "deploy/havenline/document_words.h"
#include "deploy/havenline/policy_changes.h"
#include "deploy/havenline/policy_check.h"
#include "deploy/havenline/policy_notes.h"
#include "deploy/havenline/policy_tools.h"
#include "deploy/havenline/publish.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/tool.h"
#include "deploy/runtime/files.h"
#include "schema/directory/governance.h"

namespace havenline {
namespace {

using text::Value;
using tool::Count;

struct Options {
  DocumentKind kind = DocumentKind::kDirectory;
  std::string file;
  std::vector<std::string> keys;
  std::string out;
  std::string against;
  std::string directory;
  std::string operator_path;
  bool json = false;
};

// The governance of a directory, for holding a policy's signatures to it.
Result<std::optional<Governance>> GovernanceFrom(const std::string& directory) {
  if (directory.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(directory));
  ASSIGN_OR_RETURN(const Directory parsed, Directory::Parse(file.text, file.source));
  if (file.is_note()) RETURN_IF_FAULT(OpenByGovernance(file.Note(), parsed.governance()));
  return parsed.governance();
}

const Governance* Held(const std::optional<Governance>& governance) {
  return governance ? &*governance : nullptr;
}

Value List(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.Add(text);
  return list;
}

// --- sign

// A directory's own text says whose signatures count: another key's would be ignored by everyone.
Result<void> CheckSigners(const CheckedDocument& looked_at,
                          const std::vector<tlog::NoteSigner>& signers) {
  if (!looked_at.directory) return {};
  const auto& keys = looked_at.directory->governance().keys;
  for (const tlog::NoteSigner& signer : signers) {
    if (std::ranges::find(keys, signer.key()) == keys.end()) {
      return Fail(FaultCode::kInvalid, "the key " + signer.key().name +
                                           " is not one of this directory's governance keys");
    }
  }
  return {};
}

Result<tool::Answer> SignFile(const Options& options) {
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(options.file));
  // Without its signatures: they may be too few as yet.
  const DocumentFile text{file.source, file.text, {}, file.pieces};
  const CheckedDocument looked_at = CheckDocument(text, options.kind, nullptr);
  if (!looked_at.problems.empty())
    return Fail(FaultCode::kInvalid, tool::Join(looked_at.problems, "\n"));
  ASSIGN_OR_RETURN(const auto signers, ReadSigners(options.keys, std::nullopt));
  RETURN_IF_FAULT(CheckSigners(looked_at, signers));
  ASSIGN_OR_RETURN(const DocumentFile signed_file, Sign(file, signers));
  // As everyone will open it; a signature that was there before and does not hold is found here.
  std::vector<tlog::NoteKey> known;
  known.reserve(signers.size());
  for (const tlog::NoteSigner& signer : signers) known.push_back(signer.key());
  if (looked_at.directory) known = looked_at.directory->governance().keys;
  ASSIGN_OR_RETURN(const tlog::OpenedNote opened, tlog::OpenNote(signed_file.Note(), known));
  RETURN_IF_FAULT(tool::WriteText(options.out, signed_file.Note()));

  const std::size_t count =
      looked_at.directory ? opened.signers.size() : signed_file.signature_lines.size();
  const std::string words = options.out + ": " + TitleOf(looked_at) + ", " +
                            Count(count, "signature", "signatures") + "\n";
  Value json = Value::Map()
                   .Set("document", WordFor(options.kind))
                   .Set("version", looked_at.version()->version)
                   .Set("hash", HexEncode(looked_at.version()->hash))
                   .Set("note", options.out)
                   .Set("signatures", count);
  if (looked_at.directory) {
    const std::size_t needed = looked_at.directory->governance().threshold;
    json.Set("signatures-needed", needed);
    if (count < needed) {
      tool::Tell("it needs " + Count(needed - count, "signature", "signatures") +
                 " more: give the note to the next signer as TEXT");
    }
  }
  return tool::Answer{words, std::move(json), ExitCode::kOk};
}

// --- check

struct Changes {
  std::vector<std::string> words;
  std::string verdict;
  Value json = Value::List();
};

Result<Changes> ChangesBetween(const DocumentFile& before_file, const CheckedDocument& before,
                               const DocumentFile& after_file, const CheckedDocument& after) {
  Changes changes;
  if (before.policy && after.policy) {
    ASSIGN_OR_RETURN(PolicyDifference difference,
                     DifferenceBetween(before_file, *before.policy, after_file, *after.policy));
    return Changes{std::move(difference.words), std::move(difference.verdict),
                   std::move(difference.json)};
  }
  if (before.directory && after.directory) {
    for (const auto& change : CompareDirectories(*before.directory, *after.directory)) {
      changes.words.push_back(WordsOf(change));
      changes.json.Add(JsonOf(change));
    }
  }
  changes.verdict =
      changes.words.empty() ? "nothing changes" : Count(changes.words.size(), "change", "changes");
  return changes;
}

std::string ProblemsCounted(const CheckedDocument& looked_at) {
  const std::size_t named = looked_at.problems.size();
  const std::size_t all = named + looked_at.problems_left_out;
  if (all == 0) return "no problems";
  return Count(all, "problem", "problems") +
         (all == named ? "" : ", of which " + std::to_string(named) + " are named above");
}

Result<tool::Answer> CheckFile(const Options& options) {
  ASSIGN_OR_RETURN(const auto governance, GovernanceFrom(options.directory));
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(options.file));
  CheckedDocument looked_at = CheckDocument(file, options.kind, Held(governance));
  std::optional<CheckedDocument> before;
  Changes changes;
  if (!options.against.empty()) {
    ASSIGN_OR_RETURN(const DocumentFile other, ReadDocumentFile(options.against));
    before = CheckDocument(other, options.kind, Held(governance));
    if (before->version() == nullptr)
      return Fail(FaultCode::kInvalid, tool::Join(before->problems, "\n"));
    CheckSuccession(looked_at, *before);
    ASSIGN_OR_RETURN(changes, ChangesBetween(other, *before, file, looked_at));
  }
  std::string words;
  if (looked_at.version() != nullptr) words = file.source + ": " + TitleOf(looked_at) + "\n";
  if (!looked_at.signed_by.empty()) words += "signed by " + tool::Join(looked_at.signed_by) + "\n";
  if (before && looked_at.version() != nullptr) {
    words += "against version " + std::to_string(before->version()->version) + ": " +
             changes.verdict + "\n";
    for (const std::string& change : changes.words) words += "  " + change + "\n";
  }
  for (const std::string& problem : looked_at.problems) words += problem + "\n";
  if (before && looked_at.version() == nullptr)
    words += "to follow version " + std::to_string(before->version()->version) + ", " +
             HowToFollow(*before) + "\n";
  std::optional<LoadedPolicy> proved;
  std::vector<PolicyNote> notes;
  if (options.kind == DocumentKind::kPolicy && looked_at.problems.empty()) {
    ASSIGN_OR_RETURN(proved, LoadPolicy(options.file));
    notes = NotesOf(*proved);
    words += ProofWords(*proved) + WordsOf(notes);
  }
  words += ProblemsCounted(looked_at) + CountOfWarnings(notes) + "\n";
  Value json = Value::Map().Set("document", WordFor(options.kind)).Set("source", file.source);
  if (const DocumentVersion* const version = looked_at.version()) {
    json.Set("partnership", looked_at.partnership()->value())
        .Set("version", version->version)
        .Set("hash", HexEncode(version->hash));
  }
  json.Set("note", file.is_note()).Set("signed-by", List(looked_at.signed_by));
  if (looked_at.signatures_needed) json.Set("signatures-needed", *looked_at.signatures_needed);
  json.Set("problems", List(looked_at.problems))
      .Set("problems-left-out", looked_at.problems_left_out);
  if (before) json.Set("changes", std::move(changes.json));
  if (proved) AddProof(*proved, json.Set("notes", JsonOf(notes)));
  return tool::Answer{words, std::move(json),
                      looked_at.problems.empty() ? ExitCode::kOk : ExitCode::kData};
}

// --- show, publish

Result<tool::Answer> ShowFile(const Options& options) {
  ASSIGN_OR_RETURN(const auto governance, GovernanceFrom(options.directory));
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(options.file));
  const CheckedDocument looked_at = CheckDocument(file, options.kind, Held(governance));
  if (looked_at.version() == nullptr)
    return Fail(FaultCode::kInvalid, tool::Join(looked_at.problems, "\n"));
  for (const std::string& problem : looked_at.problems) tool::Tell(problem);
  return tool::Answer{WordsOf(looked_at), JsonOf(looked_at),
                      looked_at.problems.empty() ? ExitCode::kOk : ExitCode::kData};
}

Result<tool::Answer> PublishFile(const Options& options) {
  ASSIGN_OR_RETURN(const LinkConfiguration configuration,
                   ReadOperatorConfiguration(options.operator_path));
  ASSIGN_OR_RETURN(const DocumentFile file, ReadDocumentFile(options.file));
  return PublishDocument(file, options.kind, configuration);
}

// --- the commands

using Body = Result<tool::Answer> (*)(const Options&);

// Fresh options for one command, kept alive by its handler.
std::shared_ptr<Options> Handle(Command& command, DocumentKind kind, Body body) {
  auto options = std::make_shared<Options>();
  options->kind = kind;
  command.Flag({"--json", "one JSON value on stdout"}, options->json).Handler([options, body] {
    return tool::Finish(body(*options), options->json);
  });
  return options;
}

void AddSign(Command& group, const std::string& word, DocumentKind kind) {
  Command& command =
      group.Add("sign", "Signs a " + word + " with governance keys, after checking it.");
  const auto options = Handle(command, kind, SignFile);
  command
      .Text({"text", "the " + word + "'s text, or a note to add signatures to", kRequired},
            options->file)
      .Texts({"--key", "a governance key file; may be given repeatedly", kRequired}, options->keys)
      .Text({"--out", "the note to write", kRequired}, options->out)
      .Example("havenline " + word + " sign " + word + ".toml --key governance-1.key --out " +
               word + ".note")
      .Example("havenline " + word + " sign " + word + ".note --key governance-2.key --out " +
               word + ".note");
}

void AddCheck(Command& group, const std::string& word, DocumentKind kind) {
  Command& command =
      group.Add("check", "Names every problem of a " + word + ", and what it changes.");
  const auto options = Handle(command, kind, CheckFile);
  command.Text({"text", "the " + word + ": a text or a note", kRequired}, options->file)
      .Text({"--against", "the version before it: who gains, who loses"}, options->against)
      .Example("havenline " + word + " check " + word + ".toml")
      .Example("havenline " + word + " check " + word + ".toml --against in-force.note --json");
  if (kind == DocumentKind::kPolicy) {
    command.Text({"--directory", "a directory, to hold the note's signatures to its governance"},
                 options->directory);
  }
}

void AddShow(Command& group, const std::string& word, DocumentKind kind) {
  Command& command = group.Add("show", "Says in words what a " + word + " holds.");
  const auto options = Handle(command, kind, ShowFile);
  command.Text({"note", "the " + word + ": a note or a text", kRequired}, options->file)
      .Example("havenline " + word + " show " + word + ".note");
  if (kind == DocumentKind::kPolicy) {
    command.Text({"--directory", "a directory, to hold the note's signatures to its governance"},
                 options->directory);
  }
}

void AddPublish(Command& group, const std::string& word, DocumentKind kind) {
  Command& command = group.Add("publish", "Puts a signed " + word + " in force at the broker.");
  const auto options = Handle(command, kind, PublishFile);
  command.Text({"note", "the signed " + word, kRequired}, options->file)
      .Text({"--operator", "operator.toml", kRequired}, options->operator_path)
      .Example("havenline " + word + " publish " + word +
               ".note --operator operator/operator.toml");
}

}  // namespace

void AddDocumentCommands(Command& root) {
  for (const DocumentKind kind : {DocumentKind::kDirectory, DocumentKind::kPolicy}) {
    const std::string word(WordFor(kind));
    Command& group =
        root.Add(word, kind == DocumentKind::kDirectory
                           ? "Who is who: signs, checks, shows, publishes."
                           : "Who may see what: signs, checks, explains, compares, publishes.");
    AddSign(group, word, kind);
    AddCheck(group, word, kind);
    AddShow(group, word, kind);
    AddPublish(group, word, kind);
    if (kind == DocumentKind::kPolicy) AddPolicyTools(group);
  }
}

}  // namespace havenline
