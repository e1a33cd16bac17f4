// A log of any entries with its tree, and its tiles and bundles as files by path.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "schema/tlog/tile.h"

namespace havenline::tlog {

using TiledFiles = std::map<std::string, Bytes>;

class TiledLog {
 public:
  void Add(std::string entry) {
    for (const Node& node : edge_.Append(LeafHash(AsBytes(entry))))
      nodes_.emplace(node.id, node.hash);
    entries_.push_back(std::move(entry));
  }

  std::uint64_t size() const { return entries_.size(); }
  const std::vector<std::string>& entries() const { return entries_; }
  std::optional<Digest> NodeAt(const NodeId& id) const {
    const auto node = nodes_.find(id);
    return node == nodes_.end() ? std::nullopt : std::optional(node->second);
  }
  NodeReader reader() const {
    return [this](const NodeId& id) { return NodeAt(id); };
  }
  Digest RootAt(std::uint64_t size) const { return RootOf(size, reader()).value(); }

  Bytes FileOf(const TileId& id) const {
    if (id.kind == TileId::Kind::kHashes) return TileBytes(id, reader()).value();
    return EncodeBundle(std::span(entries_).subspan(id.index * kTileWidth, id.width));
  }
  // Every file that a log that had these sizes serves, partial ones of all of them.
  TiledFiles Files(const std::vector<std::uint64_t>& sizes) const {
    TiledFiles files;
    std::uint64_t from = 0;
    for (const std::uint64_t to : sizes) {
      for (const TileId& id : FullTilesBetween(from, to)) files[TilePath(id)] = FileOf(id);
      for (const TileId& id : PartialTilesOf(to)) files[TilePath(id)] = FileOf(id);
      from = to;
    }
    return files;
  }

 private:
  TreeEdge edge_;
  std::vector<std::string> entries_;
  std::map<NodeId, Digest> nodes_;
};

// entry-0, entry-1 …
inline TiledLog NumberedLog(std::uint64_t size) {
  TiledLog log;
  for (std::uint64_t i = 0; i < size; ++i) log.Add("entry-" + std::to_string(i));
  return log;
}

}  // namespace havenline::tlog
