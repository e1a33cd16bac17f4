// Documents: the epochs of the log, and what is kept of what earlier ones told.

#include <algorithm>
#include <array>

#include "agents/link/documents.h"
#include "agents/link/rows.h"
#include "schema/directory/opening.h"
#include "schema/tlog/checkpoint.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;

constexpr const char* kOpeningPrefix = "opening/";
constexpr const char* kClosedPrefix = "closed/";
constexpr const char* kNoticePrefix = "notice/";
constexpr const char* kHeldPrefix = "held/";
constexpr const char* kDirectoryKey = "directory";
constexpr const char* kPolicyPrefix = "policy/";

// Whose notice it is, and its place among that agency's.
struct Told {
  std::string key;
  std::uint64_t number = 0;
};

Result<Told> ToldBy(DocumentKind kind, ByteView bytes) {
  if (kind == DocumentKind::kSuspension) {
    ASSIGN_OR_RETURN(const Suspension suspension, ReadKeptSuspension(AsText(bytes)));
    return Told{kHeldPrefix + std::string("0/") + suspension.agency.value(), suspension.number};
  }
  ASSIGN_OR_RETURN(const SignedStatement statement, wire::ParseSignedStatement(bytes));
  return Told{kHeldPrefix + std::string("1/") + statement.statement.agency.value(),
              statement.statement.counter};
}

DocumentFrame::Piece PieceFrom(const Value& row, bool& good) {
  RowView view(row);
  DocumentFrame::Piece piece{static_cast<DocumentKind>(view.Integer("kind")), 0,
                             view.Binary("bytes")};
  good = good && view.ok();
  return piece;
}

}  // namespace

Result<void> Documents::LoadEpochs() {
  Result<void> loaded;
  RETURN_IF_FAULT(
      store_.Scan(Table::kDocuments, kOpeningPrefix, [&](std::string_view, const Value& row) {
        const auto opening = OpenOpening(RowView(row).Text("note"), options_.governance);
        if (!opening) loaded = tl::unexpected<Fault>(opening.error());
        if (opening) openings_.insert_or_assign(opening->epoch, opening->log_key);
        return opening.has_value();
      }));
  RETURN_IF_FAULT(loaded);
  bool good = true;
  RETURN_IF_FAULT(
      store_.Scan(Table::kDocuments, kHeldPrefix, [&](std::string_view, const Value& row) {
        const DocumentFrame::Piece piece = PieceFrom(row, good);
        if (good) loaded = ApplyNotice(piece.kind, piece.bytes);
        return good && loaded.has_value();
      }));
  if (!good) return rows::Corrupt("notice");
  return loaded;
}

std::uint64_t Documents::epoch() const {
  return std::max(head_.epoch, openings_.empty() ? 0 : openings_.rbegin()->first);
}

bool Documents::Believes(std::uint64_t epoch) const {
  if (epoch == this->epoch()) return epoch > 0;
  const std::string origin = tlog::OriginOf(options_.partnership, epoch);
  return this->epoch() == 0 &&
         std::ranges::find(directory_->log_keys(), origin, &tlog::NoteKey::name) !=
             directory_->log_keys().end();
}

// An opening's word on an epoch's key goes before the directory's.
std::vector<tlog::NoteKey> Documents::LogKeys() const {
  std::vector<tlog::NoteKey> keys;
  for (const auto& [epoch, key] : openings_) keys.push_back(key);
  for (const tlog::NoteKey& key : directory_->log_keys()) {
    if (std::ranges::find(keys, key.name, &tlog::NoteKey::name) == keys.end()) keys.push_back(key);
  }
  return keys;
}

// Durable in one piece: that there is a new epoch, that its notices are numbered from the first,
// and what those before told.
Result<bool> Documents::TakeOpening(const std::string& note) {
  ASSIGN_OR_RETURN(const Opening opening, OpenOpening(note, options_.governance));
  if (opening.partnership != options_.partnership)
    return Fail(FaultCode::kInvalid, "an opening of another partnership");
  if (opening.epoch <= epoch()) return false;
  StoreBatch batch;
  batch.Put(Table::kDocuments, kOpeningPrefix + NumberText(opening.epoch),
            Value::Map().Set("note", note));
  // The last head that we verified of the epoch before: evidence.
  if (!checkpoint_.empty()) {
    batch.Put(Table::kDocuments, kClosedPrefix + NumberText(head_.epoch),
              Value::Map().Set("note", checkpoint_));
  }
  RETURN_IF_FAULT(HoldNotices(batch));
  RETURN_IF_FAULT(store_.Commit(batch));
  openings_.insert_or_assign(opening.epoch, opening.log_key);
  notices_ = 0;
  return true;
}

Result<void> Documents::HoldNotices(StoreBatch& batch) const {
  std::map<std::string, std::uint64_t> newest;
  Result<void> held;
  const auto hold = [&](std::string_view key, const Value& row) {
    bool good = true;
    const DocumentFrame::Piece piece = PieceFrom(row, good);
    const auto told = ToldBy(piece.kind, piece.bytes);
    if (!good || !told) {
      held = rows::Corrupt("notice");
      return false;
    }
    std::uint64_t& number = newest[told->key];
    if (told->number > number) batch.Put(Table::kDocuments, told->key, row);
    number = std::max(number, told->number);
    if (key.starts_with(kNoticePrefix)) batch.Delete(Table::kDocuments, std::string(key));
    return true;
  };
  for (const char* const prefix : {kHeldPrefix, kNoticePrefix}) {
    RETURN_IF_FAULT(store_.Scan(Table::kDocuments, prefix, hold));
    RETURN_IF_FAULT(held);
  }
  return {};
}

Result<std::vector<DocumentFrame::Piece>> Documents::Held(const Announced& announced) const {
  std::vector<DocumentFrame::Piece> pieces;
  const auto add = [&](DocumentKind kind, const std::string& key) -> Result<void> {
    ASSIGN_OR_RETURN(const auto row, store_.Get(Table::kDocuments, key));
    if (row) pieces.push_back({kind, 0, ToBytes(RowView(*row).Text("note"))});
    return {};
  };
  if (announced.directory.version < directory_->version().version)
    RETURN_IF_FAULT(add(DocumentKind::kDirectory, kDirectoryKey));
  if (announced.policy.version < policy_->version().version) {
    RETURN_IF_FAULT(
        add(DocumentKind::kPolicy, kPolicyPrefix + NumberText(policy_->version().version)));
  }
  bool good = true;
  RETURN_IF_FAULT(
      store_.Scan(Table::kDocuments, kHeldPrefix, [&](std::string_view, const Value& row) {
        pieces.push_back(PieceFrom(row, good));
        return good;
      }));
  if (!good) return rows::Corrupt("notice");
  return pieces;
}

}  // namespace havenline
