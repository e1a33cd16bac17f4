// A store that holds a log and nothing else.

#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "broker/deliver/reader.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/leaf.h"
#include "tests/fakes/tiled_log.h"

namespace havenline {

// Of epoch 1; every hundredth leaf names a document.
class LogReader final : public StoreReader {
 public:
  explicit LogReader(std::uint64_t size) {
    while (log.size() < size) Grow();
  }
  void Grow() {
    tlog::Leaf leaf{Digest{1}, LogIndex(log.size()), std::nullopt};
    if (log.size() % 100 == 0) {
      DocumentRecord record{DocumentKind::kPolicy, {}, "", {1, leaf.index}};
      record.note = "version " + std::to_string(log.size()) + "\n\n— governance\n";
      record.hash = Digest{static_cast<std::uint8_t>(log.size() / 100), 7};
      leaf.document = tlog::DocumentMark{"policy", log.size(), record.hash};
      documents.push_back(record);
    }
    log.Add(tlog::LeafText(leaf));
  }

  Result<std::vector<std::string>> ReadLeaves(const Position& from,
                                              std::size_t count_max) const override {
    const auto& entries = log.entries();
    const std::size_t first = std::min<std::size_t>(from.index.value(), entries.size());
    const std::size_t count = std::min(count_max, entries.size() - first);
    const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<std::string> leaves(begin, begin + static_cast<std::ptrdiff_t>(count));
    if (spoils_last && !leaves.empty()) leaves.back() += " ";
    return leaves;
  }
  std::optional<Digest> ReadNode(std::uint64_t epoch, const tlog::NodeId& id) const override {
    return epoch == 1 ? log.NodeAt(id) : std::nullopt;
  }
  Result<std::optional<DocumentRecord>> ReadDocument(const Digest& hash) const override {
    const auto at = std::ranges::find(documents, hash, &DocumentRecord::hash);
    return at == documents.end() ? std::nullopt : std::optional(*at);
  }
  Result<std::vector<MailboxRow>> Rows(const MailboxPlace&, std::size_t) const override {
    return {};
  }
  Result<std::optional<GrantRecord>> ReadGrant(const Digest&) const override { return {}; }
  Result<std::optional<Bytes>> ReadMessage(const Position&) const override { return {}; }
  Result<std::optional<EntryParts>> ReadParts(const Position&) const override { return {}; }
  Result<std::vector<NoticeRecord>> ReadNotices(std::uint64_t, std::size_t) const override {
    return {};
  }

  tlog::TiledLog log;
  std::vector<DocumentRecord> documents;
  bool spoils_last = false;  // Of every read.
};

// Signs the checkpoints of the first epoch.
inline tlog::NoteSigner SignerOfOne() {
  return {tlog::OriginOf(PartnershipId("rotherham"), 1),
          seal::SigningKey::FromSeed(ByteArray<32>{1, 77})};
}

}  // namespace havenline
