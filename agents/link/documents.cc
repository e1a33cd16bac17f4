#include "agents/link/documents.h"

#include <algorithm>

#include "agents/link/rows.h"
#include "schema/directory/governance.h"
#include "schema/seal/seal_key.h"
#include "schema/tlog/checkpoint.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;

constexpr std::size_t kPoliciesKept = 8;
constexpr const char* kDirectoryKey = "directory";
constexpr const char* kPolicyPrefix = "policy/";
constexpr const char* kNoticePrefix = "notice/";
constexpr const char* kCheckpointKey = "checkpoint";

Value NoteRow(const std::string& note) { return Value::Map().Set("note", note); }

}  // namespace

Result<std::unique_ptr<Documents>> Documents::Load(DocumentsOptions options, AgentStore& store) {
  std::unique_ptr<Documents> documents(new Documents(std::move(options), store));
  RETURN_IF_FAULT(documents->LoadStored());
  if (documents->directory_ == nullptr)
    RETURN_IF_FAULT(documents->TakeDirectory(documents->options_.directory));
  if (documents->policy_ == nullptr)
    RETURN_IF_FAULT(documents->TakePolicy(documents->options_.policy));
  documents->ReadFiles();
  return documents;
}

Result<void> Documents::LoadStored() {
  ASSIGN_OR_RETURN(const auto directory, store_.Get(Table::kDocuments, kDirectoryKey));
  if (directory) RETURN_IF_FAULT(TakeDirectory(RowView(*directory).Text("note")));
  Result<void> loaded;
  RETURN_IF_FAULT(
      store_.Scan(Table::kDocuments, kPolicyPrefix, [&](std::string_view, const Value& row) {
        const auto taken = TakePolicy(RowView(row).Text("note"));
        if (!taken) loaded = tl::unexpected<Fault>(taken.error());
        return taken.has_value();
      }));
  RETURN_IF_FAULT(loaded);
  RETURN_IF_FAULT(LoadEpochs());
  RETURN_IF_FAULT(
      store_.Scan(Table::kDocuments, kNoticePrefix, [&](std::string_view, const Value& row) {
        RowView view(row);
        const Bytes bytes = view.Binary("bytes");
        loaded = ApplyNotice(static_cast<DocumentKind>(view.Integer("kind")), bytes);
        ++notices_;
        return loaded.has_value();
      }));
  RETURN_IF_FAULT(loaded);
  ASSIGN_OR_RETURN(const auto checkpoint, store_.Get(Table::kDocuments, kCheckpointKey));
  if (!checkpoint || directory_ == nullptr) return {};
  checkpoint_ = RowView(*checkpoint).Text("note");
  ASSIGN_OR_RETURN(head_, tlog::OpenCheckpoint(options_.partnership, checkpoint_, LogKeys()));
  return LoadFinal();
}

Result<void> Documents::Keep(const std::string& key, text::Value row) {
  if (!options_.keep) return {};
  StoreBatch batch;
  batch.Put(Table::kDocuments, key, std::move(row));
  return store_.Commit(batch);
}

const policy::Policy* Documents::PolicyNamed(const DocumentVersion& version) const {
  if (policy_->version() == version) return policy_.get();
  for (const auto& kept : earlier_) {
    if (kept->version() == version) return kept.get();
  }
  return nullptr;
}

std::vector<Fetch> Documents::Wanted(const Announced& announced) const {
  std::vector<Fetch> fetches;
  if (announced.directory.version > directory_->version().version) {
    fetches.push_back({Reference(), Fetch::Document{announced.directory.hash}});
  }
  if (announced.policy.version > policy_->version().version) {
    fetches.push_back({Reference(), Fetch::Document{announced.policy.hash}});
  }
  if (announced.notices > notices_) fetches.push_back({Reference(), Fetch::Statements{notices_}});
  return fetches;
}

bool Documents::Lacks(const Announced& announced) const {
  return announced.directory.version > directory_->version().version ||
         announced.policy.version > policy_->version().version;
}

Result<bool> Documents::Take(const DocumentFrame::Piece& piece) {
  switch (piece.kind) {
    case DocumentKind::kDirectory:
      return TakeDirectory(ToText(piece.bytes));
    case DocumentKind::kPolicy:
      return TakePolicy(ToText(piece.bytes));
    case DocumentKind::kStatement:
    case DocumentKind::kSuspension:
      return TakeNotice(piece);
    case DocumentKind::kOpening:
      return TakeOpening(ToText(piece.bytes));
    default:
      return false;
  }
}

Result<bool> Documents::TakeDirectory(const std::string& note) {
  ASSIGN_OR_RETURN(const std::string text, OpenByGovernance(note, options_.governance));
  ASSIGN_OR_RETURN(Directory next, Directory::Parse(text, "directory"));
  if (next.partnership() != options_.partnership)
    return Fail(FaultCode::kInvalid, "a directory of another partnership");
  RETURN_IF_FAULT(CheckSameGovernance(options_.governance, next.governance()));
  if (directory_ != nullptr) {
    if (next.version() == directory_->version()) return false;
    RETURN_IF_FAULT(CheckNewer(directory_->version(), {next.version(), next.previous()}));
  }
  RETURN_IF_FAULT(Keep(kDirectoryKey, NoteRow(note)));
  directory_ = std::make_shared<const Directory>(std::move(next));
  ++generation_;
  return true;
}

Result<bool> Documents::TakePolicy(const std::string& note) {
  ASSIGN_OR_RETURN(const std::string text, OpenByGovernance(note, options_.governance));
  ASSIGN_OR_RETURN(policy::Policy parsed, policy::Policy::Parse(text, "policy"));
  if (parsed.partnership() != options_.partnership)
    return Fail(FaultCode::kInvalid, "a policy of another partnership");
  auto next = std::make_shared<const policy::Policy>(std::move(parsed));
  const std::string key = kPolicyPrefix + NumberText(next->version().version);
  if (policy_ != nullptr && next->version() == policy_->version()) return false;
  if (policy_ != nullptr && next->version().version < policy_->version().version) {
    // An older one that some message names: kept to judge by, never put in force.
    if (PolicyNamed(next->version()) != nullptr) return false;
    RETURN_IF_FAULT(Keep(key, NoteRow(note)));
    earlier_.push_front(std::move(next));
    if (earlier_.size() > 2 * kPoliciesKept) earlier_.pop_back();
    return true;
  }
  if (policy_ != nullptr)
    RETURN_IF_FAULT(CheckNewer(policy_->version(), {next->version(), next->previous()}));
  RETURN_IF_FAULT(Keep(key, NoteRow(note)));
  if (policy_ != nullptr) earlier_.push_front(std::move(policy_));
  if (earlier_.size() > kPoliciesKept) earlier_.pop_back();
  policy_ = std::move(next);
  ++generation_;
  return true;
}

Result<void> Documents::CheckNotice(DocumentKind kind, ByteView bytes) const {
  if (kind == DocumentKind::kSuspension) {
    RETURN_IF_FAULT(OpenSuspension(AsText(bytes), *directory_));
    return {};
  }
  ASSIGN_OR_RETURN(const SignedStatement statement, wire::ParseSignedStatement(bytes));
  const AgencyStatement& value = statement.statement;
  const AgencyKey* const key =
      directory_->FindKey(value.agency, seal::Purpose::kStatement, value.key);
  if (key == nullptr || value.partnership != options_.partnership ||
      !StatementHolds(key->key, statement)) {
    return Fail(FaultCode::kCorrupt, "a statement whose signature does not hold");
  }
  if (!std::ranges::all_of(value.keys, seal::CanBeSealedTo, &RecipientKey::key))
    return Fail(FaultCode::kInvalid, "a statement with a key that nothing can be sealed to");
  return {};
}

// What was checked when it came: its key may be retired or gone by the next start, and it stands
// all the same.
Result<void> Documents::ApplyNotice(DocumentKind kind, ByteView bytes) {
  if (kind == DocumentKind::kSuspension) {
    ASSIGN_OR_RETURN(const Suspension suspension, ReadKeptSuspension(AsText(bytes)));
    // A later epoch of the log tells again what an earlier one told.
    if (suspensions_.ApplyNewer(suspension)) ++generation_;
    return {};
  }
  ASSIGN_OR_RETURN(const SignedStatement statement, wire::ParseSignedStatement(bytes));
  if (statements_.ApplyNewer(statement)) ++generation_;
  return {};
}

Result<bool> Documents::TakeNotice(const DocumentFrame::Piece& piece) {
  if (piece.index != notices_ + 1) return false;  // Not the next one: asked for again.
  // A statement we cannot verify is counted all the same: it must not keep the later ones from us.
  // Its agency's keys stay as they were.
  auto applied = CheckNotice(piece.kind, piece.bytes);
  if (applied) applied = ApplyNotice(piece.kind, piece.bytes);
  if (applied) {
    RETURN_IF_FAULT(Keep(kNoticePrefix + NumberText(piece.index),
                         Value::Map()
                             .Set("kind", static_cast<int>(piece.kind))
                             .Set("bytes", rows::Encode(piece.bytes))));
  }
  ++notices_;
  if (!applied) return tl::unexpected<Fault>(applied.error());
  return true;
}

}  // namespace havenline
