#include "deploy/havenline/audit_verify.h"

#include <optional>
#include <string>
#include <vector>

#include "deploy/havenline/audit_report.h"
#include "deploy/havenline/audit_state.h"
#include "deploy/havenline/log_fetch.h"
#include "schema/directory/opening.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {
namespace {

using Path = std::filesystem::path;

struct Verified {
  SignedLog log;
  std::optional<LogHead> remembered;
  std::vector<LoggedDocument> documents;
  std::uint64_t entries = 0;
  tlog::Verdict verdict;
};

// Governance said which key signs this epoch's checkpoints: it must be the one that did.
void CheckOpening(const std::vector<FetchedDocument>& notes, const LinkConfiguration& configuration,
                  const SignedLog& log, tlog::Verdict& verdict) {
  for (const FetchedDocument& document : notes) {
    if (document.mark.document != "opening") continue;
    const auto opening = OpenOpening(document.note, configuration.governance);
    if (!opening) continue;  // Named already.
    const std::vector<tlog::NoteKey> keys = {opening->log_key};
    const auto head = tlog::OpenCheckpoint(configuration.partnership, log.checkpoint, keys);
    if (!head || opening->epoch != head->epoch || opening->partnership != configuration.partnership)
      verdict.Tampered(
          {"", std::nullopt, "the checkpoint is not signed by the key that the opening names"});
  }
}

Result<Verified> VerifyAll(BrokerLink& link, const LinkConfiguration& configuration,
                           const Path& state) {
  ASSIGN_OR_RETURN(SignedLog log, OpenLog(link, configuration));
  ASSIGN_OR_RETURN(const auto remembered, ReadState(state, configuration.partnership, log.keys));
  LogAudit audit(log.head, remembered);
  RETURN_IF_FAULT(FetchLeaves(link, log.head.epoch, 0, log.head.size,
                              [&](std::uint64_t, std::string_view text) {
                                audit.Add(text);
                                return true;
                              }));
  Verified verified{std::move(log), remembered, audit.documents(), audit.next(), audit.Judge()};
  ASSIGN_OR_RETURN(const auto notes,
                   FetchDocuments(link, configuration, verified.documents, verified.verdict));
  CheckOpening(notes, configuration, verified.log, verified.verdict);
  if (verified.verdict.is() == tlog::Verdict::Is::kValid)
    CheckInForce(link.welcome(), verified.documents, verified.verdict);
  return verified;
}

// What the broker gave before there was a head to speak of.
tool::Answer NotTheLog(const Fault& fault, const PartnershipId& partnership) {
  AuditReport report;
  report.partnership = partnership;
  report.verdict.Tampered({"", std::nullopt, fault.detail});
  return AnswerOf(report);
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
    return NotTheLog(verified.error(), configuration.partnership);
  }
  const auto is = verified->verdict.is();
  if (is == tlog::Verdict::Is::kValid ||
      (is == tlog::Verdict::Is::kTampered && verified->remembered)) {
    RETURN_IF_FAULT(
        KeepCheckpoint(state, verified->log.checkpoint, is == tlog::Verdict::Is::kValid));
  }
  AuditReport report;
  report.partnership = configuration.partnership;
  report.head = verified->log.head;
  report.checkpoint = verified->log.checkpoint;
  report.entries = verified->entries;
  report.documents = verified->documents.size();
  report.remembered = verified->remembered;
  report.verdict = verified->verdict;
  return AnswerOf(report);
}

}  // namespace havenline
