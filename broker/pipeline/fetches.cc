#include "broker/pipeline/fetches.h"

#include <algorithm>
#include <limits>

#include "broker/deliver/delivery.h"
#include "schema/model/limits.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/envelope_codec.h"

namespace havenline {
namespace {

constexpr std::size_t kPieceBytesMax = 1U << 20U;  // Of one answer; the rest is asked for again.

// Adds pieces until the frame is full; then `more` is set and the asker goes on after the last.
class Pieces {
 public:
  explicit Pieces(DocumentFrame& frame) : frame_(frame) {}

  bool Add(DocumentKind kind, std::uint64_t index, Bytes bytes) {
    if (!frame_.pieces.empty() &&
        (bytes_ + bytes.size() > kPieceBytesMax || frame_.pieces.size() == limits::kItemsMax)) {
      frame_.more = true;
      return false;
    }
    bytes_ += bytes.size();
    frame_.pieces.push_back({kind, index, std::move(bytes)});
    return true;
  }

  // All of them, or none if the frame would be too full: whoever goes on after the last entry that
  // it got must have got all of that.
  bool AddAll(DocumentKind kind, std::vector<std::pair<std::uint32_t, Bytes>> pieces) {
    std::size_t bytes = 0;
    for (const auto& [index, piece] : pieces) bytes += piece.size();
    const bool full =
        bytes_ + bytes > kPieceBytesMax || frame_.pieces.size() + pieces.size() > limits::kItemsMax;
    if (full && !frame_.pieces.empty()) {
      frame_.more = true;
      return false;
    }
    bytes_ += bytes;
    for (auto& [index, piece] : pieces) frame_.pieces.push_back({kind, index, std::move(piece)});
    return true;
  }

 private:
  DocumentFrame& frame_;
  std::size_t bytes_ = 0;
};

struct Answerer {
  const FetchParts& parts;
  DocumentFrame& frame;

  // How far an epoch's tree may be asked about: as far as the newest checkpoint, or to its end.
  std::uint64_t SizeOf(std::uint64_t epoch) const {
    if (epoch == parts.head.epoch) return parts.head.size;
    const auto closed = std::ranges::find(parts.published.closed, epoch, &LogHead::epoch);
    return closed == parts.published.closed.end() ? 0 : closed->size;
  }

  void operator()(const Fetch::Document& what) {
    const auto document = parts.reader.ReadDocument(what.hash);
    if (document && *document) Pieces(frame).Add((*document)->kind, 0, ToBytes((*document)->note));
  }

  void operator()(const Fetch::Leaves& what) {
    const std::uint64_t size = SizeOf(what.epoch);
    if (what.first >= size) return;
    const std::uint64_t there = size - what.first;
    const std::size_t count = std::min<std::uint64_t>({what.count, there, limits::kItemsMax + 1});
    const auto leaves = parts.reader.ReadLeaves({what.epoch, LogIndex(what.first)}, count);
    if (!leaves) return;
    Pieces pieces(frame);
    std::uint64_t index = what.first;
    for (const std::string& leaf : *leaves) {
      if (!pieces.Add(DocumentKind::kLeaf, index++, ToBytes(leaf))) return;
    }
  }

  void operator()(const Fetch::Proofs& what) {
    if (what.size > SizeOf(what.epoch)) return;
    const tlog::NodeReader nodes = [&](const tlog::NodeId& id) {
      return parts.reader.ReadNode(what.epoch, id);
    };
    Pieces pieces(frame);
    for (const LogIndex index : what.indices) {
      if (index.value() >= what.size) continue;
      const auto proof = tlog::InclusionProof(index.value(), what.size, nodes);
      if (!proof) continue;
      Bytes hashes;
      for (const Digest& hash : *proof) Append(hashes, hash);
      if (!pieces.Add(DocumentKind::kProof, index.value(), std::move(hashes))) return;
    }
  }

  void operator()(const Fetch::Parts& what) {
    const std::uint64_t first = what.position.index.value();
    const std::uint64_t count = std::min<std::uint64_t>(
        {what.count, limits::kPartEntriesMax, std::numeric_limits<std::uint64_t>::max() - first});
    Pieces pieces(frame);
    for (std::uint64_t index = first; index < first + count; ++index) {
      if (!AddParts({what.position.epoch, LogIndex(index)}, pieces)) return;
    }
  }

  // What this host may read of one entry, or nothing of it if the frame is full.
  bool AddParts(const Position& position, Pieces& pieces) {
    const auto entry = parts.reader.ReadParts(position);
    if (!entry || !*entry) return true;
    std::vector<std::pair<std::uint32_t, Bytes>> readable;
    for (std::uint32_t i = 0; i < (*entry)->parts.size(); ++i) {
      if (MayRead((*entry)->parts[i], position))
        readable.emplace_back(i, wire::EncodePartProof(ProofOf(**entry, position, i)));
    }
    return pieces.AddAll(DocumentKind::kPart, std::move(readable));
  }

  bool MayRead(const Part& part, const Position& position) const {
    // What an epoch begins with is for everyone to see.
    if (position.epoch > kFirstEpoch && position.index == LogIndex(0)) return true;
    const Agency* const party = parts.published.directory->Find(part.party);
    if (party != nullptr && party->host == parts.host &&
        !parts.published.suspensions.IsSuspended(part.party))
      return true;
    return std::ranges::any_of(parts.looks, [&](const LookTaken& look) {
      return look.first.epoch == position.epoch && look.first.index <= position.index &&
             position.index.value() - look.first.index.value() < look.count && MayLook(look, part);
    });
  }

  // By the policy and directory in force now, which may be others than when the look was entered.
  bool MayLook(const LookTaken& look, const Part& part) const {
    const Agency* const agency = parts.published.directory->Find(look.agency);
    if (agency == nullptr || agency->host != parts.host || !agency->Holds(look.role) ||
        parts.published.suspensions.IsSuspended(look.agency) ||
        parts.published.policy->AuditRulesOf(look.role).empty())
      return false;
    return std::ranges::all_of(part.exchanges, [&](const ExchangeName& exchange) {
      return parts.published.policy->MayAudit(look.role, exchange);
    });
  }

  void operator()(const Fetch::Statements& what) {
    const auto notices = parts.reader.ReadNotices(what.after, limits::kItemsMax + 1);
    if (!notices) return;
    Pieces pieces(frame);
    for (const NoticeRecord& notice : *notices) {
      if (!pieces.Add(notice.kind, notice.number, notice.bytes)) return;
    }
  }

  void operator()(const Fetch::Status&) {
    const Host* const host = parts.published.directory->Find(parts.host);
    if (host != nullptr && host->operator_link)
      Pieces(frame).Add(DocumentKind::kStatus, 0, ToBytes(parts.status()));
  }
};

}  // namespace

DocumentFrame AnswerFetch(const Fetch& fetch, const FetchParts& parts) {
  DocumentFrame frame{.reference = fetch.reference, .pieces = {}, .more = false};
  std::visit(Answerer{parts, frame}, fetch.what);
  return frame;
}

}  // namespace havenline
