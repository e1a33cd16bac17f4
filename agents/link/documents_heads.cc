// Documents: the heads of the broker's log, which of them are final, and what contradicts them.

#include "agents/link/documents.h"
#include "agents/link/rows.h"
#include "schema/directory/governance.h"
#include "schema/directory/witnesses.h"
#include "schema/model/limits.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/merkle.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;

constexpr std::size_t kVerifiedKept = 256;  // A minute of heads at their fastest.
constexpr const char* kCheckpointKey = "checkpoint";
constexpr const char* kFinalKey = "final";
constexpr const char* kEvidencePrefix = "evidence/";

}  // namespace

Result<void> Documents::LoadFinal() {
  Verified(head_);
  ASSIGN_OR_RETURN(const auto row, store_.Get(Table::kDocuments, kFinalKey));
  if (!row) return {};
  RowView view(*row);
  Final kept{{}, view.Time("time"), view.Text("note")};
  if (!view.ok()) return rows::Corrupt("final head");
  const auto head = tlog::OpenCheckpoint(options_.partnership, kept.note, LogKeys());
  if (!head) return {};  // Of an epoch whose key nobody names any more.
  kept.head = *head;
  Verified(kept.head);
  final_ = std::move(kept);
  return {};
}

// A file that cannot be read as what it should be says nothing: the store has what is in force.
void Documents::ReadFiles() {
  const auto text = OpenByGovernance(options_.directory, options_.governance);
  const auto directory = text ? Directory::Parse(*text, "directory")
                              : Result<Directory>(Fail(FaultCode::kMissing, ""));
  if (directory && directory->partnership() == options_.partnership)
    directory_file_ = directory->version();
  const auto policy_text = OpenByGovernance(options_.policy, options_.governance);
  const auto policy = policy_text ? policy::Policy::Parse(*policy_text, "policy")
                                  : Result<policy::Policy>(Fail(FaultCode::kMissing, ""));
  if (policy && policy->partnership() == options_.partnership) policy_file_ = policy->version();
}

const DocumentVersion& Documents::newest_directory() const {
  const DocumentVersion& in_force = directory_->version();
  return directory_file_.version > in_force.version ? directory_file_ : in_force;
}

const DocumentVersion& Documents::newest_policy() const {
  const DocumentVersion& in_force = policy_->version();
  return policy_file_.version > in_force.version ? policy_file_ : in_force;
}

bool Documents::IsStale(TimePoint now) const {
  if (directory_->quorum() == 0) return false;
  return !final_ || now - final_->time > limits::kDirectoryStale;
}

void Documents::Verified(const LogHead& head) {
  verified_.insert_or_assign({head.epoch, head.size}, head.root);
  if (verified_.size() > kVerifiedKept) verified_.erase(verified_.begin());
}

std::optional<Digest> Documents::RootAt(std::uint64_t epoch, std::uint64_t size) const {
  const auto at = verified_.find({epoch, size});
  return at == verified_.end() ? std::nullopt : std::optional(at->second);
}

Result<void> Documents::KeepEvidence(const LogHead& head, const std::string& note) {
  StoreBatch evidence;
  evidence.Put(Table::kDocuments, kEvidencePrefix + NumberText(head.size),
               Value::Map().Set("ours", checkpoint_).Set("theirs", note));
  return store_.Commit(evidence);
}

Result<bool> Documents::TakeCheckpoint(const std::string& note, std::uint64_t from_size,
                                       const std::vector<Digest>& proof) {
  ASSIGN_OR_RETURN(const tlog::CosignedCheckpoint shown,
                   tlog::OpenCosignedCheckpoint(options_.partnership, note, LogKeys(),
                                                WitnessKeys(*directory_)));
  ASSIGN_OR_RETURN(const bool taken, TakeHead(shown.head, note, from_size, proof));
  shown_ = {shown.head, shown.cosignatures};
  ASSIGN_OR_RETURN(const bool made_final, TakeFinal(shown, note));
  return taken || made_final;
}

Result<bool> Documents::TakeHead(const LogHead& next, const std::string& note,
                                 std::uint64_t from_size, const std::vector<Digest>& proof) {
  if (next == head_) return false;
  if (next.epoch > head_.epoch && !Believes(next.epoch))
    return Fail(FaultCode::kCorrupt, "a checkpoint of an epoch that no opening has opened");
  if (next.epoch < head_.epoch)
    return Fail(FaultCode::kCorrupt, "a checkpoint of an earlier epoch than one seen before");
  if (next.epoch == head_.epoch && head_.size > 0) {
    const auto known = RootAt(next.epoch, next.size);
    const bool other = known && *known != next.root;
    if (!other && next.size < head_.size) return false;  // Overtaken on the way: nothing new in it.
    if (!other && from_size != head_.size) return false;  // A proof for another: the next will fit.
    if (other ||
        !tlog::VerifyConsistency({head_.size, head_.root}, {next.size, next.root}, proof)) {
      RETURN_IF_FAULT(KeepEvidence(next, note));
      return Fail(FaultCode::kCorrupt, "the broker signed a head of size " +
                                           std::to_string(next.size) +
                                           " that does not contain the one of size " +
                                           std::to_string(head_.size) + " which it signed before");
    }
  }
  RETURN_IF_FAULT(Keep(kCheckpointKey, Value::Map().Set("note", note)));
  head_ = next;
  checkpoint_ = note;
  Verified(head_);
  return true;
}

// Only of a head that we verified ourselves: witnesses add to that, and replace nothing.
Result<bool> Documents::TakeFinal(const tlog::CosignedCheckpoint& shown, const std::string& note) {
  const auto time = QuorumTime(*directory_, shown.cosignatures);
  if (!time || RootAt(shown.head.epoch, shown.head.size) != shown.head.root) return false;
  if (final_) {
    const LogHead& known = final_->head;
    if (shown.head.epoch < known.epoch) return false;
    if (shown.head.epoch == known.epoch && shown.head.size < known.size) return false;
    if (shown.head == known && *time <= final_->time) return false;
  }
  RETURN_IF_FAULT(
      Keep(kFinalKey, Value::Map().Set("note", note).Set("time", ToMilliseconds(*time))));
  final_ = Final{shown.head, *time, note};
  return true;
}

}  // namespace havenline
