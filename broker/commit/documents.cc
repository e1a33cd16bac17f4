// Committer: governance's documents, the founding of an epoch, and what a start rebuilds.

#include <algorithm>

#include "broker/commit/committer.h"
#include "schema/base/check.h"
#include "schema/directory/governance.h"
#include "schema/directory/opening.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {
namespace {

constexpr std::size_t kDocumentSlots = 8;
constexpr Milliseconds kSweepRetry{1'000};

}  // namespace

Position Committer::AppendDocument(DocumentKind kind, const std::string& name,
                                   const DocumentVersion& version, const std::string& note) {
  const Entry& entry =
      turn_->Append({}, kDocumentSlots, tlog::DocumentMark{name, version.version, version.hash});
  turn_->Put(DocumentRecord{kind, version.hash, note, entry.position});
  if (kind == DocumentKind::kPolicy) policy_at_ = entry.position;
  return entry.position;
}

Result<void> Committer::Found(const std::string& opening, const std::string& directory,
                              const std::string& policy) {
  CHECK(is_new());
  // The directory says who governs; at the founding its own signatures are all there is to hold it
  // to, and the operator who put the file there vouches for it. Every agent pins the governance
  // keys itself.
  ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(directory));
  ASSIGN_OR_RETURN(Directory parsed, Directory::Parse(text, "directory"));
  RETURN_IF_FAULT(OpenByGovernance(directory, parsed.governance()));
  if (parsed.partnership() != options_.partnership)
    return Fail(FaultCode::kInvalid, "the directory is of another partnership");
  ASSIGN_OR_RETURN(const Opening opened, OpenOpening(opening, parsed.governance()));
  const bool listed =
      std::ranges::find(parsed.log_keys(), opened.log_key) != parsed.log_keys().end();
  if (opened.partnership != options_.partnership || !listed) {
    return Fail(FaultCode::kInvalid,
                "the opening's log key is not one of the directory's log-keys");
  }
  ASSIGN_OR_RETURN(const std::string policy_text, OpenByGovernance(policy, parsed.governance()));
  ASSIGN_OR_RETURN(policy::Policy rules, policy::Policy::Parse(policy_text, "policy"));
  if (rules.partnership() != options_.partnership)
    return Fail(FaultCode::kInvalid, "the policy is of another partnership");

  if (opened.epoch != kFirstEpoch) {
    return Fail(FaultCode::kInvalid, "a log is founded with epoch " + std::to_string(kFirstEpoch) +
                                         ", and the opening is of epoch " +
                                         std::to_string(opened.epoch));
  }
  ends_.epoch = opened.epoch;
  log_key_ = opened.log_key;
  opened_keys_ = {opened.log_key};
  ASSIGN_OR_RETURN(const std::string_view opening_text, tlog::UnverifiedText(opening));
  AppendDocument(DocumentKind::kOpening, "opening",
                 {opened.epoch, tlog::NoteTextHash(opening_text)}, opening);
  AppendDocument(DocumentKind::kDirectory, "directory", parsed.version(), directory);
  AppendDocument(DocumentKind::kPolicy, "policy", rules.version(), policy);
  standing_.directory = std::make_shared<const Directory>(std::move(parsed));
  standing_.PutInForce(std::make_shared<const policy::Policy>(std::move(rules)));
  RETURN_IF_FAULT(Commit());
  return {};
}

void Committer::TakeDocument(const Route& route, const DocumentWork& work) {
  // What was taken under the old standing is entered before the new one.
  FlushAllStored(turn_time_);
  Result<Answer> answer = PutDocument(work);
  // What is wrong with it is said by the tool that sends it, which checks first; here the code is
  // enough.
  Reply(route, answer ? *std::move(answer) : Answer(Invalid{Code::kDocument}));
}

Result<Answer> Committer::PutDocument(const DocumentWork& work) {
  switch (work.kind) {
    case DocumentKind::kDirectory:
      return PutDirectory(work.note);
    case DocumentKind::kPolicy:
      return PutPolicy(work.note);
    case DocumentKind::kSuspension:
      return PutSuspension(work.note);
    default:
      return Fail(FaultCode::kInvalid, "not a document that may be published");
  }
}

Result<Answer> Committer::PutDirectory(const std::string& note) {
  const Directory& in_force = *standing_.directory;
  ASSIGN_OR_RETURN(const std::string text, OpenByGovernance(note, in_force.governance()));
  ASSIGN_OR_RETURN(Directory next, Directory::Parse(text, "directory"));
  if (next.version() == in_force.version()) return Answer(Accepted{});
  if (next.partnership() != options_.partnership)
    return Fail(FaultCode::kInvalid, "another partnership");
  RETURN_IF_FAULT(CheckSuccession(in_force.version(), {next.version(), next.previous()}));
  RETURN_IF_FAULT(CheckSameGovernance(in_force.governance(), next.governance()));
  const Position position =
      AppendDocument(DocumentKind::kDirectory, "directory", next.version(), note);
  standing_.directory = std::make_shared<const Directory>(std::move(next));
  committed_.standing_changed = true;
  return Answer(
      Accepted{PartProof{.position = position, .salt = {}, .part = {}, .digests = {}}, false});
}

Result<Answer> Committer::PutPolicy(const std::string& note) {
  const policy::Policy& in_force = *standing_.policy;
  ASSIGN_OR_RETURN(const std::string text,
                   OpenByGovernance(note, standing_.directory->governance()));
  ASSIGN_OR_RETURN(policy::Policy next, policy::Policy::Parse(text, "policy"));
  if (next.version() == in_force.version()) return Answer(Accepted{});
  if (next.partnership() != options_.partnership)
    return Fail(FaultCode::kInvalid, "another partnership");
  RETURN_IF_FAULT(CheckSuccession(in_force.version(), {next.version(), next.previous()}));
  const Position position = AppendDocument(DocumentKind::kPolicy, "policy", next.version(), note);
  standing_.PutInForce(std::make_shared<const policy::Policy>(std::move(next)));
  committed_.standing_changed = true;
  return Answer(
      Accepted{PartProof{.position = position, .salt = {}, .part = {}, .digests = {}}, false});
}

Result<Answer> Committer::PutSuspension(const std::string& note) {
  ASSIGN_OR_RETURN(const Suspension suspension, OpenSuspension(note, *standing_.directory));
  if (standing_.suspensions.IsLast(suspension)) return Answer(Accepted{});
  const SuspensionBook before = standing_.suspensions;
  RETURN_IF_FAULT(ApplySuspension(suspension));
  // What was queued before is not all taken away yet, and must not come back.
  if (suspension.lifted && sweeps_.contains(suspension.agency)) {
    standing_.suspensions = before;
    return Answer(Deferred{Code::kOverload, kSweepRetry});
  }
  ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(note));
  // The leaf names the document but not the agency: who is cut off is for its party and auditors.
  const DocumentVersion version{suspension.number, tlog::NoteTextHash(text)};
  const Position position = AppendDocument(DocumentKind::kSuspension, "suspension", version, note);
  turn_->PutNotice(DocumentKind::kSuspension, AsBytes(note));
  if (suspension.lifted) {
    lifted_.push_back(suspension.agency);
  } else if (!sweeps_.contains(suspension.agency)) {
    BeginSweep(suspension.agency, position);
  }
  committed_.standing_changed = true;
  return Answer(
      Accepted{PartProof{.position = position, .salt = {}, .part = {}, .digests = {}}, false});
}

Result<void> Committer::Recover() {
  ASSIGN_OR_RETURN(const Recovered recovered, store_.Recover());
  for (const Digest& hash : recovered.leaf_hashes) ends_.tree.Append(hash);
  if (ends_.tree.size() != recovered.head.size ||
      (recovered.head.size > 0 && ends_.tree.root() != recovered.head.root)) {
    return Fail(FaultCode::kCorrupt, "the log's " + std::to_string(ends_.tree.size()) +
                                         " leaves do not give the stored head of size " +
                                         std::to_string(recovered.head.size));
  }
  ends_.epoch = recovered.head.epoch;
  for (const MailboxPlace& end : recovered.mailbox_ends)
    ends_.mailboxes[{end.agency, end.lane}] = end.sequence;
  closed_ = recovered.closed;
  reconciled_ = std::make_shared<const std::set<AgencyId>>(recovered.reconciled.begin(),
                                                           recovered.reconciled.end());
  if (is_new()) return {};
  RETURN_IF_FAULT(RecoverDocuments(recovered));
  RecoverSuspended(recovered);
  return {};
}

// Its signatures were checked when it was taken. They are not checked again: the keys that hold now
// need not be those that held then. That it is the note taken then, the document of the log's entry
// says.
Result<void> Committer::RecoverSuspension(const NoticeRecord& notice,
                                          const std::vector<DocumentRecord>& documents) {
  ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(AsText(notice.bytes)));
  const Digest hash = tlog::NoteTextHash(text);
  if (std::ranges::find(documents, hash, &DocumentRecord::hash) == documents.end())
    return Fail(FaultCode::kCorrupt, "a stored suspension is not in the log");
  ASSIGN_OR_RETURN(const Suspension suspension, ParseSuspension(text));
  return ApplySuspension(suspension);
}

Result<void> Committer::RecoverDocuments(const Recovered& recovered) {
  for (const DocumentRecord& record : recovered.documents) {
    ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(record.note));
    if (tlog::NoteTextHash(text) != record.hash)
      return Fail(FaultCode::kCorrupt, "a stored document is not the one its hash names");
    if (record.kind == DocumentKind::kDirectory) {
      ASSIGN_OR_RETURN(Directory directory, Directory::Parse(text, "stored directory"));
      standing_.directory = std::make_shared<const Directory>(std::move(directory));
    } else if (record.kind == DocumentKind::kPolicy) {
      ASSIGN_OR_RETURN(policy::Policy policy, policy::Policy::Parse(text, "stored policy"));
      policy_at_ = record.position;
      // A later epoch logs again what is in force.
      if (standing_.Named(policy.version()) != nullptr) continue;
      standing_.PutInForce(std::make_shared<const policy::Policy>(std::move(policy)));
    }
  }
  if (standing_.directory == nullptr || standing_.policy == nullptr) {
    return Fail(FaultCode::kCorrupt, "the store has a log but no directory or policy");
  }
  for (const DocumentRecord& record : recovered.documents) {
    if (record.kind != DocumentKind::kOpening) continue;
    ASSIGN_OR_RETURN(const Opening opening,
                     OpenOpening(record.note, standing_.directory->governance()));
    opened_keys_.push_back(opening.log_key);
    if (opening.epoch == ends_.epoch) log_key_ = opening.log_key;
  }
  for (const NoticeRecord& notice : recovered.notices) {
    ends_.notices = notice.number;
    if (notice.kind == DocumentKind::kSuspension) {
      RETURN_IF_FAULT(RecoverSuspension(notice, recovered.documents));
      continue;
    }
    ASSIGN_OR_RETURN(const SignedStatement statement, options_.parse_statement(notice.bytes));
    RETURN_IF_FAULT(ApplyStatement(statement));
  }
  return {};
}

}  // namespace havenline
