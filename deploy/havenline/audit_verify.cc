#include "deploy/havenline/audit_verify.h"

#include <optional>
#include <string>
#include <vector>

#include "deploy/havenline/log_fetch.h"
#include "deploy/havenline/table.h"
#include "deploy/runtime/files.h"
#include "schema/directory/opening.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {
namespace {

using text::Value;
using Path = std::filesystem::path;

constexpr std::size_t kCheckpointBytesMax = 16U << 10U;
constexpr const char* kWhatToDo =
    "Keep everything as it is, tell governance and the other agencies, and compare with the "
    "checkpoints they hold.\n";

// The checkpoint of the last run; nothing if there was none.
Result<std::optional<LogHead>> ReadState(const Path& state, const LinkConfiguration& configuration,
                                         const SignedLog& log) {
  const auto bytes = ReadFile(state, kCheckpointBytesMax);
  if (!bytes && bytes.error().code == FaultCode::kMissing) return std::nullopt;
  if (!bytes) return tl::unexpected<Fault>(bytes.error());
  const auto head = tlog::OpenCheckpoint(configuration.partnership, AsText(*bytes), log.keys);
  if (!head) {
    return Fail(FaultCode::kInvalid,
                state.string() + " is no checkpoint signed by a log key of the directory (" +
                    head.error().detail + "): find out who changed it before you remove it");
  }
  return *head;
}

struct Verified {
  SignedLog log;
  std::optional<LogHead> remembered;
  std::vector<LoggedDocument> documents;
  std::uint64_t entries = 0;
  std::vector<std::string> problems;
};

// Governance said which key signs this epoch's checkpoints: it must be the one that did.
void CheckOpening(const std::vector<FetchedDocument>& notes, const LinkConfiguration& configuration,
                  const SignedLog& log, std::vector<std::string>& problems) {
  for (const FetchedDocument& document : notes) {
    if (document.mark.document != "opening") continue;
    const auto opening = OpenOpening(document.note, configuration.governance);
    if (!opening) continue;  // Named already.
    const std::vector<tlog::NoteKey> keys = {opening->log_key};
    const auto head = tlog::OpenCheckpoint(configuration.partnership, log.checkpoint, keys);
    if (!head || opening->epoch != head->epoch || opening->partnership != configuration.partnership)
      problems.emplace_back("the checkpoint is not signed by the key that the opening names");
  }
}

Result<Verified> VerifyAll(BrokerLink& link, const LinkConfiguration& configuration,
                           const Path& state) {
  ASSIGN_OR_RETURN(SignedLog log, OpenLog(link, configuration));
  ASSIGN_OR_RETURN(const auto remembered, ReadState(state, configuration, log));
  LogAudit audit(log.head, remembered);
  RETURN_IF_FAULT(FetchLeaves(link, log.head.epoch, 0, log.head.size,
                              [&](std::uint64_t, std::string_view text) {
                                audit.Add(text);
                                return true;
                              }));
  Verified verified{std::move(log), remembered, audit.documents(), audit.next(), audit.Problems()};
  ASSIGN_OR_RETURN(const auto notes,
                   FetchDocuments(link, configuration, verified.documents, verified.problems));
  CheckOpening(notes, configuration, verified.log, verified.problems);
  if (verified.problems.empty())
    CheckInForce(link.welcome(), verified.documents, verified.problems);
  return verified;
}

tool::Answer AnswerFor(const Verified& verified, const PartnershipId& partnership) {
  const LogHead& head = verified.log.head;
  const bool good = verified.problems.empty();
  Value problems = Value::List();
  std::string words;
  if (good) {
    words = "the log of " + partnership.value() +
            " holds: " + tool::Count(head.size, "entry", "entries") + " of epoch " +
            std::to_string(head.epoch) + ", " +
            tool::Count(verified.documents.size(), "document", "documents") +
            " beside them, root " + HexEncode(head.root) + "\n";
    if (verified.remembered && verified.remembered->epoch == head.epoch) {
      words += "it contains the " + tool::Count(verified.remembered->size, "entry", "entries") +
               " verified before\n";
    } else if (verified.remembered) {
      words += "it is a new epoch; the one verified before was epoch " +
               std::to_string(verified.remembered->epoch) + "\n";
    }
  } else {
    words = "the log of " + partnership.value() + " does NOT hold:\n";
    for (const std::string& problem : verified.problems) {
      words += "  " + problem + "\n";
      problems.Add(problem);
    }
    words += kWhatToDo;
  }
  Value json = Value::Map()
                   .Set("verified", good)
                   .Set("epoch", head.epoch)
                   .Set("size", head.size)
                   .Set("root", HexEncode(head.root))
                   .Set("entries-verified", good ? verified.entries : 0)
                   .Set("documents", verified.documents.size())
                   .Set("checkpoint", verified.log.checkpoint)
                   .Set("problems", std::move(problems));
  if (verified.remembered) {
    json.Set("seen-before", Value::Map()
                                .Set("epoch", verified.remembered->epoch)
                                .Set("size", verified.remembered->size));
  }
  return {std::move(words), std::move(json), good ? ExitCode::kOk : ExitCode::kFailed};
}

// What the broker gave before there was a head to speak of.
tool::Answer NotTheLog(const Fault& fault) {
  Value problems = Value::List();
  problems.Add(fault.detail);
  return {"the log does NOT hold:\n  " + fault.detail + "\n" + kWhatToDo,
          Value::Map()
              .Set("verified", false)
              .Set("entries-verified", 0)
              .Set("problems", std::move(problems)),
          ExitCode::kFailed};
}

}  // namespace

Path StateBeside(const LinkConfiguration& configuration) {
  return Path(configuration.source).parent_path() / "audit.checkpoint";
}

Result<tool::Answer> VerifyLog(const LinkConfiguration& configuration, const Path& state) {
  ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
  const auto verified = VerifyAll(*link, configuration, state);
  if (!verified) {
    if (verified.error().code != FaultCode::kCorrupt)
      return tl::unexpected<Fault>(verified.error());
    return NotTheLog(verified.error());
  }
  const bool good = verified->problems.empty();
  if (good || verified->remembered) {
    const Path evidence = state.string() + ".contradicts";
    RETURN_IF_FAULT(tool::WriteText(good ? state : evidence, verified->log.checkpoint));
  }
  return AnswerFor(*verified, configuration.partnership);
}

}  // namespace havenline
