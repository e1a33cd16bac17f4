// Tiles (C2SP tlog-tiles v0.1.0): the tree and its entries as plain files that anybody can serve
// and anybody can check. A tile holds 256 neighbouring hashes of one of the levels 0, 8, 16 … of
// the tree; an entry bundle the 256 leaves under a tile of level 0. The last one of each level is
// partial and says its width in its name. Pure; callable from any thread.

#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/tlog/merkle.h"

namespace havenline::tlog {

inline constexpr std::uint32_t kTileWidth = 256;   // Hashes of a full tile, entries of a bundle.
inline constexpr std::uint32_t kTileHeight = 8;    // Levels of the tree from one tile to the next.
inline constexpr std::uint32_t kTileLevelMax = 7;  // Of a tree of 64-bit size.
inline constexpr std::size_t kBundleEntryBytesMax = 65535;  // An entry's length is 16 bits.
inline constexpr std::size_t kTileBytesMax = std::size_t{kTileWidth} * 32;
inline constexpr std::size_t kBundleBytesMax = kTileWidth * (2 + kBundleEntryBytesMax);

// Which file it is. Of hashes: hash i is the root of the (index * 256 + i)-th subtree of
// 256^level leaves. Of entries: entry i is leaf index * 256 + i, and `level` is 0.
struct TileId {
  enum class Kind : std::uint8_t { kHashes, kEntries };
  Kind kind = Kind::kHashes;
  std::uint32_t level = 0;
  std::uint64_t index = 0;
  std::uint32_t width = kTileWidth;  // 1 to 256; below that it is partial.

  bool partial() const { return width != kTileWidth; }
  TileId Full() const { return {kind, level, index, kTileWidth}; }
  friend auto operator<=>(const TileId&, const TileId&) = default;
};

// tile/<level>/<index>[.p/<width>], tile/entries/<index>[.p/<width>]; the index in groups of three
// digits: x001/x234/067.
std::string TilePath(const TileId& id);
// Nothing for any text that TilePath() would not have written.
std::optional<TileId> TileFromPath(std::string_view path);
// The folder of the partial tiles of this place: its path without the width.
std::string PartialsPath(const TileId& id);

// How many hashes of this level, or entries for level 0, a tree has.
std::uint64_t HashesAt(std::uint32_t level, std::uint64_t size);
// The tile of this place in a tree of this size, with the width that it has there; nothing if the
// tree does not reach so far. The same for the bundle.
std::optional<TileId> HashTileAt(std::uint32_t level, std::uint64_t index, std::uint64_t size);
std::optional<TileId> BundleAt(std::uint64_t index, std::uint64_t size);

// The full tiles and bundles that a tree of `to` entries has and one of `from` had not, and the
// partial ones that `size` implies: at most one of each level, and one bundle. Whoever grows far at
// once takes the full ones in steps.
std::vector<TileId> FullTilesBetween(std::uint64_t from, std::uint64_t to);
std::vector<TileId> PartialTilesOf(std::uint64_t size);

// The bytes of a tile of hashes, or nothing if a node is missing.
std::optional<Bytes> TileBytes(const TileId& id, const NodeReader& nodes);
// The hashes of a tile's bytes; nothing if they are not `width` whole hashes.
std::optional<std::vector<Digest>> TileHashes(ByteView bytes, std::uint32_t width);
// The root of a full tile: one hash of the next level. CHECKs for 256 hashes.
Digest TileRoot(std::span<const Digest> hashes);

// Each entry after its length in 16 bits. CHECKs that none is longer than that can say.
Bytes EncodeBundle(std::span<const std::string> entries);
// The entries up to the first that is not whole. The views live as long as `bytes`.
struct DecodedBundle {
  std::vector<std::string_view> entries;
  bool sound = false;  // Exactly `width` entries, and nothing behind them.
};
DecodedBundle DecodeBundle(ByteView bytes, std::uint32_t width);

// Where tiles come from: a folder, a server, a cache. Nothing: it is not there.
using TileReader = std::function<std::optional<Bytes>(const TileId&)>;
// The nodes of a tree of `size` leaves out of its tiles: for RootOf(), InclusionProof() and
// ConsistencyProof(). Asks for no tile that the size does not imply, but for the full one where a
// partial one is gone. Nothing is verified here: what is made of the nodes is.
NodeReader NodesOfTiles(std::uint64_t size, TileReader tiles);

}  // namespace havenline::tlog
