// A log in tiles and bundles, recomputed from its entries and held to a signed head: which file
// and which entry are not what was signed, and what is missing to tell.
//
// Every hash is there more than once: as an entry, in the tile over it, and in the tiles above.
// The signed root says which of the copies that differ is the true one, so the other is named and
// not just found. Streaming: memory is one tile of each level and one bundle, whatever the size of
// the log. Pure.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/model/position.h"
#include "schema/tlog/tile.h"
#include "schema/tlog/verdict.h"

namespace havenline::tlog {

// Where the files are. A fault of read() means that the file cannot be had, kInvalid that it is
// none of the log's (far too large). partials() gives the widths of the partial tiles that lie
// beside a place, of whatever age; none is a good answer.
struct TileSource {
  std::function<Result<Bytes>(const TileId&)> read;
  std::function<std::vector<std::uint32_t>(const TileId&)> partials;
};

// How far an audit got: the first `size` entries, a multiple of 256, have this root. Our own word,
// not a signed one.
struct AuditMark {
  std::uint64_t size = 0;
  Digest root{};

  friend bool operator==(const AuditMark&, const AuditMark&) = default;
};

class TileAudit {
 public:
  // Takes each entry that was read, in order; entries of a bundle that cannot be read are left out.
  using EntryTaker = std::function<void(std::uint64_t index, std::string_view text)>;

  // `head` is a checkpoint's whose signature was verified; `remembered` an earlier one of the same
  // epoch, not larger.
  TileAudit(const LogHead& head, std::optional<LogHead> remembered, TileSource source,
            EntryTaker take);

  // Goes on after `mark` instead of at the beginning. False, and nothing is changed, if the tiles
  // do not give its root: then what is before it must be looked at again. What was remembered of a
  // size below the mark's is not held to anything any more: whoever made the mark has done it.
  bool Resume(const AuditMark& mark);

  // The next 256 entries with their tiles; false once there are no more.
  bool Step();
  std::uint64_t next() const { return next_; }
  // The newest mark, if all was sound up to there.
  std::optional<AuditMark> Mark() const;

  // After the last step.
  Verdict Judge() const;

 private:
  // What is known of a tile's hashes: from the entries, and from the tiles of level 0. Nothing:
  // what they would be made of could not be read.
  using Row = std::vector<std::optional<Digest>>;
  enum Source : std::uint8_t { kFromEntries, kFromTiles };

  void ReadBundle(std::uint64_t index);
  void ReadTile(const TileId& id);
  void ReadOlder(const TileId& id);
  void Hold(const TileId& id, std::span<const Digest> hashes);
  void HoldBundle(const TileId& id, const std::vector<std::string_view>& entries);
  void Close(std::uint32_t level);
  void CloseLast();
  void LookBack(std::uint64_t until);
  std::optional<Bytes> Read(const TileId& id);
  void Malformed(const TileId& id, std::uint64_t hash, std::string what);
  LogIndex FirstUnder(const TileId& id, std::uint64_t hash) const;
  std::optional<Digest> RootAt(std::uint64_t size, Source source) const;
  static std::optional<Digest> RootOfRow(const Row& row);

  LogHead head_;
  std::optional<LogHead> remembered_;
  TileSource source_;
  EntryTaker take_;
  std::uint64_t next_ = 0;
  // By source and level: the tile that is being filled.
  std::array<std::array<Row, kTileLevelMax + 1>, 2> rows_;
  std::array<std::uint64_t, kTileLevelMax + 1> closed_{};  // Tiles that are done, by level.
  Verdict malformed_;
  // Files that differ from what the entries give, and from what the tiles of level 0 give.
  std::array<Verdict, 2> differs_;
  std::optional<Digest> root_remembered_;
};

}  // namespace havenline::tlog
