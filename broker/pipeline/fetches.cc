#include "broker/pipeline/fetches.h"

#include <algorithm>

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
    const auto entry = parts.reader.ReadParts(what.position);
    if (!entry || !*entry) return;
    Pieces pieces(frame);
    for (std::uint32_t i = 0; i < (*entry)->parts.size(); ++i) {
      // What an epoch begins with is for everyone to see.
      const bool opened = what.position.epoch > kFirstEpoch && what.position.index == LogIndex(0);
      const AgencyId& agency = (*entry)->parts[i].party;
      const Agency* const party = parts.published.directory->Find(agency);
      const bool entitled = party != nullptr && party->host == parts.host &&
                            !parts.published.suspensions.IsSuspended(agency);
      if (!opened && !entitled) continue;
      pieces.Add(DocumentKind::kPart, i, wire::EncodePartProof(ProofOf(**entry, what.position, i)));
    }
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
