#include "agents/link/cosigner.h"

#include <algorithm>
#include <utility>

#include "agents/link/rows.h"
#include "deploy/runtime/files.h"
#include "schema/directory/witnesses.h"
#include "schema/model/limits.h"
#include "schema/seal/key_text.h"
#include "schema/tlog/merkle.h"
#include "schema/tlog/note.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;

constexpr std::size_t kKeyFileMax = 1024;

bool IsBehind(const LogHead& head, const LogHead& other) {
  return head.epoch < other.epoch || (head.epoch == other.epoch && head.size < other.size);
}

// One tree has one root at one size.
bool Contradicts(const LogHead& head, const LogHead& other) {
  return head.epoch == other.epoch && head.size == other.size && head.root != other.root;
}

std::string KeyIdText(const tlog::WitnessKey& key) {
  Bytes id;
  AppendU32(id, tlog::WitnessKeyId(key));
  return HexEncode(id);
}

Result<tlog::WitnessSigner> ReadSigner(const PartnershipId& partnership, const OwnAgency& agency) {
  const auto path = agency.keys / (std::string(kWitnessPurpose) + ".key");
  ASSIGN_OR_RETURN(Bytes bytes, ReadSecretFile(path, kKeyFileMax));
  const seal::SecretBytes wiped(std::move(bytes));
  const auto key = seal::KeyFromText(kWitnessPurpose, AsText(wiped.ExposeSecret()));
  if (!key) return Fail(FaultCode::kInvalid, path.string() + ": " + key.error().detail);
  return tlog::WitnessSigner(WitnessName(partnership, agency.id),
                             seal::SigningKey::FromSeed(key->ExposeSecret()));
}

}  // namespace

Result<std::unique_ptr<Cosigner>> Cosigner::Load(const PartnershipId& partnership,
                                                 const OwnAgency& agency,
                                                 const Documents& documents, AgentStore& store) {
  if (agency.witness_mark.empty()) return nullptr;
  ASSIGN_OR_RETURN(tlog::WitnessSigner signer, ReadSigner(partnership, agency));
  std::unique_ptr<Cosigner> cosigner(new Cosigner(agency.id, std::move(signer), documents, store));
  // Of this key alone: its successor begins with a mark of its own.
  RETURN_IF_FAULT(cosigner->Recall(agency.witness_mark / KeyIdText(cosigner->key())));
  return cosigner;
}

std::string Cosigner::RowKey() const {
  return "witness/" + agency_.value() + "/" + KeyIdText(signer_.key());
}

Result<void> Cosigner::ReadRow() {
  ASSIGN_OR_RETURN(const auto row, store_.Get(Table::kMeta, RowKey()));
  if (!row) return {};
  RowView view(*row);
  lost_ = view.Text("lost");
  const LogHead last{view.Count("epoch"), view.Count("size"), view.Array<32>("root")};
  if (!view.ok()) return rows::Corrupt("witness's head");
  if (last.epoch > 0) last_ = last;
  return {};
}

Result<void> Cosigner::Recall(const std::filesystem::path& mark) {
  RETURN_IF_FAULT(ReadRow());
  if (lost()) return {};
  RETURN_IF_FAULT(MakeDirectories(mark, kPrivateDirectory));
  auto opened = MarkFile::Open(mark);
  if (!opened && opened.error().code == FaultCode::kCorrupt) return Lose("its mark cannot be read");
  if (!opened) return tl::unexpected<Fault>(std::move(opened).error());
  mark_ = *std::move(opened);
  if (std::string how = FindLoss(); !how.empty()) return Lose(std::move(how));
  // The mark of "nothing yet", before there is a row: from now on a row without its mark is a loss.
  if (!mark_->newest()) return mark_->Advance({0, 0, tlog::EmptyRoot()});
  return {};
}

// The row is written first: it may be one head ahead of its mark, never behind it.
std::string Cosigner::FindLoss() const {
  const std::optional<LogHead>& marked = mark_->newest();
  if (last_ && !marked) return "its mark is gone";
  if (!last_ && marked && marked->epoch > 0) return "its store has forgotten what it cosigned";
  if (!last_) return "";
  if (IsBehind(*last_, *marked) || Contradicts(*last_, *marked))
    return "its store is older than its mark";
  if (IsBehind(documents_.head(), *last_) || Contradicts(documents_.head(), *last_))
    return "its store has forgotten heads that it cosigned";
  return "";
}

Result<void> Cosigner::Lose(std::string how) {
  lost_ = std::move(how);
  mark_.reset();
  const LogHead last = last_.value_or(LogHead{});
  StoreBatch batch;
  batch.Put(Table::kMeta, RowKey(),
            Value::Map()
                .Set("epoch", last.epoch)
                .Set("size", last.size)
                .Set("root", rows::Encode(last.root))
                .Set("lost", lost_));
  return store_.Commit(batch);
}

bool Cosigner::ShownMoreThanRemembered() const {
  const Documents::Shown& shown = documents_.shown();
  const bool ours = std::ranges::any_of(shown.cosignatures, [&](const tlog::Cosignature& each) {
    return each.witness == signer_.key();
  });
  if (!ours) return false;
  return !last_ || IsBehind(*last_, shown.head) || Contradicts(*last_, shown.head);
}

// Why these documents forbid to cosign, or nothing. A log that has older ones than we hold was
// frozen, or was not told: cosigned heads would say that it is up to date.
std::string Cosigner::Forbidden(const Documents::Announced& announced) const {
  const auto judge = [](const char* what, const DocumentVersion& ours,
                        const DocumentVersion& theirs) -> std::string {
    if (ours.version > theirs.version) {
      return std::string("This witness holds ") + what + " version " +
             std::to_string(ours.version) + ", and the log has version " +
             std::to_string(theirs.version) +
             ": the log is not cosigned until it has the newer one. Have it published.";
    }
    if (ours.version == theirs.version && ours.hash != theirs.hash) {
      return std::string("This witness and the log hold two different documents, both ") + what +
             " version " + std::to_string(ours.version) +
             ": governance signed both. The log is not cosigned. Tell governance at once.";
    }
    return "";
  };
  std::string why = judge("directory", documents_.newest_directory(), announced.directory);
  if (why.empty()) why = judge("policy", documents_.newest_policy(), announced.policy);
  return why;
}

Result<Cosigner::Said> Cosigner::Cosign(const Documents::Announced& announced, TimePoint now) {
  const Witness* const listed = FindWitness(documents_.directory(), agency_);
  if (listed == nullptr) return Said();  // Not yet, or no longer.
  if (listed->key != signer_.key()) {
    return Said{"", "The directory names another witness key for " + agency_.value() +
                        " than the one in its key folder: it cosigns nothing. Put the key there "
                        "that the directory names, or have the directory changed."};
  }
  if (!lost() && ShownMoreThanRemembered())
    RETURN_IF_FAULT(Lose("the log shows a cosignature that it does not remember"));
  if (lost()) {
    return Said{"", "The witness of " + agency_.value() + " has lost its memory (" + lost_ +
                        ") and cosigns nothing with this key any more, since it might cosign a "
                        "second history. Retired: replace the key (havenline witness key)."};
  }
  if (std::string why = Forbidden(announced); !why.empty()) return Said{"", std::move(why)};
  const LogHead& head = documents_.head();
  if (head.epoch == 0 || documents_.checkpoint().empty()) return Said();
  if (last_ && (IsBehind(head, *last_) || Contradicts(head, *last_))) return Said();
  const auto apart = now > cosigned_at_ ? now - cosigned_at_ : cosigned_at_ - now;
  if (last_ == head && apart < limits::kCosignAgain) return Said();
  ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(documents_.checkpoint()));
  if (last_ != head || mark_->newest() != head) RETURN_IF_FAULT(Remember(head));
  cosigned_at_ = now;
  const std::string line = signer_.Cosign(text, now).line;
  return Said{tlog::MakeNote(text, std::span(&line, 1)), ""};
}

// Crash between the two: the row is ahead of the mark, and no cosignature left.
Result<void> Cosigner::Remember(const LogHead& head) {
  StoreBatch batch;
  batch.Put(Table::kMeta, RowKey(),
            Value::Map()
                .Set("epoch", head.epoch)
                .Set("size", head.size)
                .Set("root", rows::Encode(head.root))
                .Set("lost", ""));
  RETURN_IF_FAULT(store_.Commit(batch));
  last_ = head;
  return mark_->Advance(head);
}

}  // namespace havenline
