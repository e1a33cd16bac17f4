#include "deploy/havenline/audit_message.h"

#include <poll.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "deploy/havenline/log_fetch.h"
#include "deploy/havenline/message_record.h"
#include "deploy/havenline/store_export.h"
#include "deploy/havenline/tool.h"
#include "schema/model/names.h"

namespace havenline {
namespace {

// An entry of just now is under no checkpoint yet; the broker signs at least one a second while
// there is news.
constexpr int kAttempts = 4;
constexpr int kPauseMilliseconds = 700;

struct Options {
  std::string config;
  std::string message;
  bool prove = false;
  bool json = false;
};

std::vector<PartProof*> ProofsOf(MessageRecord& record) {
  std::vector<PartProof*> proofs;
  for (SentRecord& each : record.sent) {
    if (each.proof) proofs.push_back(&*each.proof);
    for (ReceiptRecord& receipt : each.receipts) {
      if (receipt.proof) proofs.push_back(&*receipt.proof);
    }
  }
  for (ReceivedRecord& each : record.received) {
    if (each.proof) proofs.push_back(&*each.proof);
  }
  return proofs;
}

// What was accepted and what counted as a receipt each came with a proof.
bool AllHaveProofs(const MessageRecord& record) {
  return std::ranges::all_of(record.sent, [](const SentRecord& sent) {
    return (sent.proof || !sent.message.position) &&
           std::ranges::all_of(sent.receipts,
                               [](const ReceiptRecord& each) { return each.proof.has_value(); });
  });
}

// A path for each position; one that the broker does not give is missing, and so not proved.
Result<Inclusion> FetchInclusion(BrokerLink& link, const LinkConfiguration& configuration,
                                 const std::vector<PartProof*>& proofs) {
  ASSIGN_OR_RETURN(const SignedLog log, OpenLog(link, configuration));
  Inclusion inclusion{log.checkpoint, log.head, {}};
  for (const PartProof* const proof : proofs) {
    if (inclusion.paths.contains(proof->position.index)) continue;
    ASSIGN_OR_RETURN(
        const DocumentFrame frame,
        link.Ask(Fetch::Proofs{log.head.epoch, log.head.size, {proof->position.index}}));
    for (const DocumentFrame::Piece& piece : frame.pieces) {
      std::vector<Digest>& path = inclusion.paths[LogIndex(piece.index)];
      path.clear();
      ByteView rest = piece.bytes;
      for (; rest.size() >= sizeof(Digest); rest = rest.subspan(sizeof(Digest)))
        std::ranges::copy(rest.first(sizeof(Digest)), path.emplace_back().begin());
    }
  }
  return inclusion;
}

tool::Answer AnswerFor(const MessageRecord& record, const Inclusion* inclusion, bool good) {
  return {WordsOf(record, inclusion), JsonOf(record, inclusion),
          good ? ExitCode::kOk : ExitCode::kFailed};
}

Result<tool::Answer> ShowMessage(const Options& options) {
  const auto id = MessageIdFrom(options.message);
  if (!id)
    return Fail(FaultCode::kInvalid,
                "a message's id is 32 hexadecimal digits: `havenline sent` "
                "and `havenline desk list --json` show it as `origin`");
  ASSIGN_OR_RETURN(const AgentConfiguration agent, ReadAgentConfigurationForTool(options.config));
  seal::SystemRandom random;
  ASSIGN_OR_RETURN(const AgentStore store, OpenForReading(agent, random));
  ASSIGN_OR_RETURN(MessageRecord record, RecordOf(store, *id));
  if (record.empty())
    return Fail(FaultCode::kMissing, "this agent keeps no message of that id, sent or received");
  if (!options.prove) return AnswerFor(record, nullptr, true);
  tool::Tell("asking as this agent's host: its own session breaks off and comes back by itself");
  const LinkConfiguration configuration = LinkOf(agent);
  const std::vector<PartProof*> proofs = ProofsOf(record);
  Inclusion inclusion;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) poll(nullptr, 0, kPauseMilliseconds);
    ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
    ASSIGN_OR_RETURN(inclusion, FetchInclusion(*link, configuration, proofs));
    if (std::ranges::none_of(proofs, [&](const PartProof* proof) {
          return proof->position.index.value() >= inclusion.head.size;
        })) {
      break;
    }
  }
  bool good = !proofs.empty() && AllHaveProofs(record);
  for (const PartProof* const proof : proofs) good = good && IsIncluded(*proof, inclusion);
  return AnswerFor(record, &inclusion, good);
}

}  // namespace

void AddAuditMessage(Command& audit) {
  auto options = std::make_shared<Options>();
  audit.Add("message", "Who was told what of one message, why, and who looked; with proofs.")
      .Text({"id", "its origin or message id", kRequired}, options->message)
      .Text({"--config", "agent.toml of a party: its store says what it knows", kRequired},
            options->config)
      .Flag({"--prove",
             "hold its entries, and those of its receipts, to the log that the broker signed; 1 "
             "if one is not in it or has no proof here"},
            options->prove)
      .Flag({"--json", "one JSON value on stdout, with everything needed to prove it elsewhere"},
            options->json)
      .Example("havenline audit message 019a… --config agent.toml")
      .Example("havenline audit message 019a… --config agent.toml --prove --json > case.json")
      .Handler([options] { return tool::Finish(ShowMessage(*options), options->json); });
}

}  // namespace havenline
