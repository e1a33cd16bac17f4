#include "schema/tlog/tile.h"

#include <array>
#include <charconv>
#include <utility>

#include "schema/base/check.h"

namespace havenline::tlog {
namespace {

constexpr std::string_view kPrefix = "tile/";
constexpr std::string_view kEntries = "entries";
constexpr std::string_view kPartial = ".p/";
constexpr std::uint64_t kGroup = 1000;
constexpr std::size_t kHashBytes = 32;

std::string ThreeDigits(std::uint64_t group) {
  const std::string digits = std::to_string(group);
  return std::string(3 - digits.size(), '0') + digits;
}

std::string IndexPath(std::uint64_t index) {
  std::string path = ThreeDigits(index % kGroup);
  for (index /= kGroup; index != 0; index /= kGroup)
    path = "x" + ThreeDigits(index % kGroup) + "/" + path;
  return path;
}

// Without a sign; leading zeros are the caller's to refuse.
template <class Number>
std::optional<Number> Digits(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// x001/x234/067 read as digits alone; whether it was written so is for the caller to compare.
std::optional<std::uint64_t> IndexFrom(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != 'x' && c != '/') digits.push_back(c);
  }
  return Digits<std::uint64_t>(digits);
}

// Where a node lies among tiles: which tile, and which of its hashes are under the node.
struct NodePlace {
  std::uint32_t tile_level = 0;
  std::uint64_t tile_index = 0;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

NodePlace PlaceOf(const NodeId& id) {
  const std::uint32_t below = id.level % kTileHeight;
  const std::uint64_t first = id.index << below;
  return {id.level / kTileHeight, first / kTileWidth, first % kTileWidth,
          std::uint64_t{1} << below};
}

// The root of a perfect subtree of these hashes.
Digest RootOfPerfect(std::span<const Digest> hashes) {
  std::vector<Digest> row(hashes.begin(), hashes.end());
  while (row.size() > 1) {
    for (std::size_t i = 0; i < row.size() / 2; ++i) row[i] = NodeHash(row[2 * i], row[2 * i + 1]);
    row.resize(row.size() / 2);
  }
  return row.front();
}

}  // namespace

std::string TilePath(const TileId& id) {
  CHECK(id.width >= 1 && id.width <= kTileWidth);
  return id.partial() ? PartialsPath(id) + "/" + std::to_string(id.width)
                      : std::string(kPrefix) +
                            (id.kind == TileId::Kind::kEntries ? std::string(kEntries)
                                                               : std::to_string(id.level)) +
                            "/" + IndexPath(id.index);
}

std::string PartialsPath(const TileId& id) { return TilePath(id.Full()) + ".p"; }

std::optional<TileId> TileFromPath(std::string_view path) {
  const std::string_view whole = path;
  if (!path.starts_with(kPrefix)) return std::nullopt;
  path.remove_prefix(kPrefix.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  TileId id;
  const std::string_view level = path.substr(0, slash);
  path.remove_prefix(slash + 1);
  if (level == kEntries) {
    id.kind = TileId::Kind::kEntries;
  } else {
    const auto number = Digits<std::uint32_t>(level);
    if (!number || *number > kTileLevelMax) return std::nullopt;
    id.level = *number;
  }
  if (const auto partial = path.find(kPartial); partial != std::string_view::npos) {
    const auto width = Digits<std::uint32_t>(path.substr(partial + kPartial.size()));
    if (!width || *width == 0 || *width >= kTileWidth) return std::nullopt;
    id.width = *width;
    path = path.substr(0, partial);
  }
  const auto index = IndexFrom(path);
  if (!index) return std::nullopt;
  id.index = *index;
  if (TilePath(id) != whole) return std::nullopt;  // One spelling only.
  return id;
}

std::uint64_t HashesAt(std::uint32_t level, std::uint64_t size) {
  return level > kTileLevelMax ? 0 : size >> (kTileHeight * level);
}

std::optional<TileId> HashTileAt(std::uint32_t level, std::uint64_t index, std::uint64_t size) {
  const std::uint64_t hashes = HashesAt(level, size);
  if (index > hashes / kTileWidth) return std::nullopt;
  if (index < hashes / kTileWidth) return TileId{TileId::Kind::kHashes, level, index, kTileWidth};
  const auto width = static_cast<std::uint32_t>(hashes % kTileWidth);
  if (width == 0) return std::nullopt;
  return TileId{TileId::Kind::kHashes, level, index, width};
}

std::optional<TileId> BundleAt(std::uint64_t index, std::uint64_t size) {
  auto id = HashTileAt(0, index, size);
  if (id) id->kind = TileId::Kind::kEntries;
  return id;
}

std::vector<TileId> FullTilesBetween(std::uint64_t from, std::uint64_t to) {
  CHECK(from <= to);
  std::vector<TileId> tiles;
  for (std::uint32_t level = 0; level <= kTileLevelMax; ++level) {
    const std::uint64_t first = HashesAt(level, from) / kTileWidth;
    const std::uint64_t until = HashesAt(level, to) / kTileWidth;
    for (std::uint64_t index = first; index < until; ++index) {
      tiles.push_back({TileId::Kind::kHashes, level, index, kTileWidth});
      if (level == 0) tiles.push_back({TileId::Kind::kEntries, 0, index, kTileWidth});
    }
  }
  return tiles;
}

std::vector<TileId> PartialTilesOf(std::uint64_t size) {
  std::vector<TileId> tiles;
  for (std::uint32_t level = 0; level <= kTileLevelMax; ++level) {
    const auto id = HashTileAt(level, HashesAt(level, size) / kTileWidth, size);
    if (!id) continue;
    tiles.push_back(*id);
    if (level == 0) tiles.push_back({TileId::Kind::kEntries, 0, id->index, id->width});
  }
  return tiles;
}

std::optional<Bytes> TileBytes(const TileId& id, const NodeReader& nodes) {
  CHECK(id.kind == TileId::Kind::kHashes && id.level <= kTileLevelMax);
  Bytes bytes;
  bytes.reserve(id.width * kHashBytes);
  for (std::uint64_t i = 0; i < id.width; ++i) {
    const auto hash = nodes({id.level * kTileHeight, id.index * kTileWidth + i});
    if (!hash) return std::nullopt;
    Append(bytes, *hash);
  }
  return bytes;
}

std::optional<std::vector<Digest>> TileHashes(ByteView bytes, std::uint32_t width) {
  if (bytes.size() != width * kHashBytes) return std::nullopt;
  std::vector<Digest> hashes;
  hashes.reserve(width);
  for (; !bytes.empty(); bytes = bytes.subspan(kHashBytes))
    hashes.push_back(*ToArray<kHashBytes>(bytes.first(kHashBytes)));
  return hashes;
}

Digest TileRoot(std::span<const Digest> hashes) {
  CHECK(hashes.size() == kTileWidth);
  return RootOfPerfect(hashes);
}

Bytes EncodeBundle(std::span<const std::string> entries) {
  Bytes bytes;
  for (const std::string& entry : entries) {
    CHECK(entry.size() <= kBundleEntryBytesMax);
    bytes.push_back(static_cast<std::uint8_t>(entry.size() >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(entry.size() & 0xFFU));
    Append(bytes, AsBytes(entry));
  }
  return bytes;
}

DecodedBundle DecodeBundle(ByteView bytes, std::uint32_t width) {
  DecodedBundle bundle;
  while (bundle.entries.size() < width && bytes.size() >= 2) {
    const std::size_t size = (std::size_t{bytes[0]} << 8U) | bytes[1];
    if (bytes.size() - 2 < size) break;
    bundle.entries.push_back(AsText(bytes.subspan(2, size)));
    bytes = bytes.subspan(2 + size);
  }
  bundle.sound = bundle.entries.size() == width && bytes.empty();
  return bundle;
}

NodeReader NodesOfTiles(std::uint64_t size, TileReader tiles) {
  return [size, tiles = std::move(tiles)](const NodeId& id) -> std::optional<Digest> {
    const NodePlace place = PlaceOf(id);
    const auto tile = HashTileAt(place.tile_level, place.tile_index, size);
    if (!tile || place.first + place.count > tile->width) return std::nullopt;
    std::optional<Bytes> bytes = tiles(*tile);
    if (!bytes && tile->partial()) {
      bytes = tiles(tile->Full());
      if (bytes && bytes->size() == kTileBytesMax) bytes->resize(tile->width * kHashBytes);
    }
    if (!bytes) return std::nullopt;
    const auto hashes = TileHashes(*bytes, tile->width);
    if (!hashes) return std::nullopt;
    return RootOfPerfect(std::span(*hashes).subspan(place.first, place.count));
  };
}

}  // namespace havenline::tlog
