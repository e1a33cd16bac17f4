#include "schema/tlog/tile_audit.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "schema/base/check.h"

namespace havenline::tlog {
namespace {

constexpr std::size_t kHashBytes = 32;

std::string Hashes(std::uint32_t width) {
  return std::to_string(width) + (width == 1 ? " hash" : " hashes");
}

// A file may be both ill-formed and other than it must be: the first entry in it that is not right
// is where to look.
Verdict OnePlaceAFile(const Verdict& verdict) {
  std::vector<Place> tampered;
  for (const Place& place : verdict.tampered()) {
    const auto same = std::ranges::find(tampered, place.file, &Place::file);
    if (same == tampered.end()) {
      tampered.push_back(place);
    } else if (place.index < same->index) {
      *same = place;
    }
  }
  Verdict once;
  for (Place& place : tampered) once.Tampered(std::move(place));
  for (const Place& place : verdict.missing()) once.Missing(place);
  return once;
}

}  // namespace

TileAudit::TileAudit(const LogHead& head, std::optional<LogHead> remembered, TileSource source,
                     EntryTaker take)
    : head_(head), remembered_(remembered), source_(std::move(source)), take_(std::move(take)) {}

bool TileAudit::Resume(const AuditMark& mark) {
  CHECK(next_ == 0);
  if (mark.size % kTileWidth != 0 || mark.size > head_.size) return false;
  auto rows = rows_;
  for (const TileId& id : PartialTilesOf(mark.size)) {
    if (id.kind == TileId::Kind::kEntries) continue;
    // As wide as it has become since.
    const auto now = HashTileAt(id.level, id.index, head_.size);
    auto bytes = now ? source_.read(*now) : Fail(FaultCode::kMissing, "");
    const auto hashes = bytes ? TileHashes(*bytes, now->width) : std::nullopt;
    if (!hashes) return false;
    for (Row* const row : {&rows[kFromEntries][id.level], &rows[kFromTiles][id.level]})
      row->assign(hashes->begin(), hashes->begin() + id.width);
  }
  const auto before = std::exchange(rows_, std::move(rows));
  if (RootAt(mark.size, kFromEntries) != mark.root) {
    rows_ = before;
    return false;
  }
  next_ = mark.size;
  for (std::uint32_t level = 0; level <= kTileLevelMax; ++level)
    closed_.at(level) = HashesAt(level, mark.size) / kTileWidth;
  LookBack(mark.size);
  return true;
}

bool TileAudit::Step() {
  if (next_ >= head_.size) return false;
  const std::uint64_t index = next_ / kTileWidth;
  const auto width =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(kTileWidth, head_.size - next_));
  ReadBundle(index);
  LookBack(next_ + width - 1);
  next_ += width;
  if (width == kTileWidth) Close(0);
  LookBack(next_);
  if (next_ == head_.size) CloseLast();
  return next_ < head_.size;
}

// The entries of the bundle, hashed; then the tile over them and what is left of older ones.
void TileAudit::ReadBundle(std::uint64_t index) {
  const TileId id = *BundleAt(index, head_.size);
  Row& from_entries = rows_[kFromEntries][0];
  from_entries.assign(id.width, std::nullopt);
  const auto bytes = Read(id);
  if (bytes) {
    // A full bundle may stand in for a partial one that is gone.
    const bool full = id.partial() && DecodeBundle(*bytes, kTileWidth).sound;
    const DecodedBundle bundle = DecodeBundle(*bytes, full ? kTileWidth : id.width);
    const std::size_t count = std::min<std::size_t>(bundle.entries.size(), id.width);
    for (std::size_t i = 0; i < count; ++i) {
      from_entries[i] = LeafHash(AsBytes(bundle.entries[i]));
      take_(index * kTileWidth + i, bundle.entries[i]);
    }
    if (!bundle.sound)
      Malformed(id, std::min<std::uint64_t>(count, id.width - 1),
                "does not hold exactly " + std::to_string(id.width) + " whole entries");
  }
  ReadTile({TileId::Kind::kHashes, 0, index, id.width});
  if (!bytes) return;
  // Only now is there something to hold the older bundles to.
  ReadOlder(id);
}

// A tile of any level: its hashes are held to those that are known from below.
void TileAudit::ReadTile(const TileId& id) {
  Row& from_tiles = rows_[kFromTiles].at(id.level);
  if (id.level == 0) from_tiles.assign(id.width, std::nullopt);
  auto bytes = Read(id);
  if (bytes && id.partial() && bytes->size() == kTileBytesMax) bytes->resize(id.width * kHashBytes);
  const auto hashes = bytes ? TileHashes(*bytes, id.width) : std::nullopt;
  if (hashes) {
    if (id.level == 0) from_tiles.assign(hashes->begin(), hashes->end());
    Hold(id, *hashes);
  } else if (bytes) {
    Malformed(id, std::min<std::uint64_t>(bytes->size() / kHashBytes, id.width - 1),
              "has " + std::to_string(bytes->size()) + " bytes, and " + Hashes(id.width) +
                  " have " + std::to_string(id.width * kHashBytes));
  }
  ReadOlder(id);
}

// Partial tiles of smaller trees, which may stay until the full one is there: each says the same
// as far as it goes.
void TileAudit::ReadOlder(const TileId& id) {
  for (const std::uint32_t width : source_.partials(id)) {
    if (width == 0 || width >= id.width) continue;
    const TileId older{id.kind, id.level, id.index, width};
    const auto bytes = source_.read(older);
    if (!bytes) continue;  // Gone meanwhile.
    if (id.kind == TileId::Kind::kEntries) {
      const DecodedBundle bundle = DecodeBundle(*bytes, width);
      HoldBundle(older, bundle.entries);
      if (!bundle.sound)
        Malformed(older, std::min<std::uint64_t>(bundle.entries.size(), width - 1),
                  "does not hold exactly " + std::to_string(width) + " whole entries");
      continue;
    }
    if (const auto hashes = TileHashes(*bytes, width)) {
      Hold(older, *hashes);
    } else {
      Malformed(older, 0, "does not hold exactly " + Hashes(width));
    }
  }
}

void TileAudit::Hold(const TileId& id, std::span<const Digest> hashes) {
  for (const Source source : {kFromEntries, kFromTiles}) {
    const Row& row = rows_[source].at(id.level);
    for (std::size_t i = 0; i < hashes.size() && i < row.size(); ++i) {
      if (!row[i] || *row[i] == hashes[i]) continue;
      differs_[source].Tampered({TilePath(id), FirstUnder(id, i), "holds another hash"});
      break;  // The first of a file will do.
    }
  }
  // A tile of level 0 is what the other row was read from: should that be the true one, the entries
  // are not.
  const Row& entries = rows_[kFromEntries][0];
  if (id.level != 0 || id.width != entries.size()) return;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i] || *entries[i] == hashes[i]) continue;
    differs_[kFromTiles].Tampered({TilePath(*BundleAt(id.index, head_.size)), FirstUnder(id, i),
                                   "is not the entry that " + TilePath(id) + " has the hash of"});
    break;
  }
}

void TileAudit::HoldBundle(const TileId& id, const std::vector<std::string_view>& entries) {
  for (const Source source : {kFromEntries, kFromTiles}) {
    const Row& row = rows_[source][0];
    for (std::size_t i = 0; i < entries.size() && i < row.size(); ++i) {
      if (!row[i] || *row[i] == LeafHash(AsBytes(entries[i]))) continue;
      differs_[source].Tampered({TilePath(id), FirstUnder(id, i), "holds another entry"});
      break;
    }
  }
}

// A full tile of this level is done: its root is one more hash of the next.
void TileAudit::Close(std::uint32_t level) {
  if (level > 0) ReadTile({TileId::Kind::kHashes, level, closed_.at(level), kTileWidth});
  ++closed_.at(level);
  if (level == kTileLevelMax) return;
  for (auto& rows : rows_) {
    rows.at(level + 1).push_back(RootOfRow(rows.at(level)));
    rows.at(level).clear();
  }
  if (rows_[kFromEntries].at(level + 1).size() == kTileWidth) Close(level + 1);
}

// The partial tiles of the upper levels; that of level 0 came with its bundle.
void TileAudit::CloseLast() {
  for (std::uint32_t level = 1; level <= kTileLevelMax; ++level) {
    const auto width = static_cast<std::uint32_t>(rows_[kFromEntries].at(level).size());
    if (width > 0) ReadTile({TileId::Kind::kHashes, level, closed_.at(level), width});
  }
}

// Takes the root that was remembered while the tile is at hand in which it ends.
void TileAudit::LookBack(std::uint64_t until) {
  if (!remembered_ || root_remembered_ || remembered_->size > until) return;
  root_remembered_ = RootAt(remembered_->size, kFromEntries);
}

std::optional<Bytes> TileAudit::Read(const TileId& id) {
  auto bytes = source_.read(id);
  if (!bytes && bytes.error().code != FaultCode::kInvalid && id.partial()) {
    auto full = source_.read(id.Full());
    if (full) bytes = std::move(full);
  }
  if (bytes) return *std::move(bytes);
  Place place{TilePath(id), FirstUnder(id, 0), bytes.error().detail};
  if (bytes.error().code == FaultCode::kInvalid) {
    malformed_.Tampered(std::move(place));
  } else {
    malformed_.Missing(std::move(place));
  }
  return std::nullopt;
}

void TileAudit::Malformed(const TileId& id, std::uint64_t hash, std::string what) {
  malformed_.Tampered({TilePath(id), FirstUnder(id, hash), std::move(what)});
}

LogIndex TileAudit::FirstUnder(const TileId& id, std::uint64_t hash) const {
  return LogIndex((id.index * kTileWidth + hash) << (kTileHeight * id.level));
}

// Of the first `size` entries, which end in the tile of level 0 that is at hand, or before it.
std::optional<Digest> TileAudit::RootAt(std::uint64_t size, Source source) const {
  return RootOf(size, [&](const NodeId& id) -> std::optional<Digest> {
    const std::uint32_t level = id.level / kTileHeight;
    const std::uint32_t below = id.level % kTileHeight;
    const Row& row = rows_[source].at(level);
    const std::uint64_t first = id.index << below;
    const std::uint64_t count = std::uint64_t{1} << below;
    const std::uint64_t base = closed_.at(level) * kTileWidth;
    if (first < base || first - base + count > row.size()) return std::nullopt;
    const auto begin = row.begin() + static_cast<std::ptrdiff_t>(first - base);
    return RootOfRow(Row(begin, begin + static_cast<std::ptrdiff_t>(count)));
  });
}

std::optional<Digest> TileAudit::RootOfRow(const Row& row) {
  CHECK(std::has_single_bit(row.size()));
  std::vector<Digest> hashes;
  for (const auto& hash : row) {
    if (!hash) return std::nullopt;
    hashes.push_back(*hash);
  }
  for (; hashes.size() > 1; hashes.resize(hashes.size() / 2)) {
    for (std::size_t i = 0; i < hashes.size() / 2; ++i)
      hashes[i] = NodeHash(hashes[2 * i], hashes[2 * i + 1]);
  }
  return hashes.front();
}

std::optional<AuditMark> TileAudit::Mark() const {
  const bool forked = remembered_ && root_remembered_ && *root_remembered_ != remembered_->root;
  const bool sound = !forked && malformed_.is() == Verdict::Is::kValid &&
                     differs_[kFromEntries].is() == Verdict::Is::kValid;
  const std::uint64_t size = next_ - next_ % kTileWidth;
  if (!sound || size == 0) return std::nullopt;
  const auto root = RootAt(size, kFromEntries);
  return root ? std::optional(AuditMark{size, *root}) : std::nullopt;
}

// The entries first: if they give the signed root they are the log, and every file that says
// otherwise is false. Then the tiles of level 0 likewise. If neither do, the places where they
// differ are where to look.
Verdict TileAudit::Judge() const {
  CHECK(next_ >= head_.size);
  Verdict verdict = malformed_;
  const auto of_entries = RootAt(head_.size, kFromEntries);
  const auto of_tiles = RootAt(head_.size, kFromTiles);
  if (of_entries == head_.root) {
    verdict.Add(differs_[kFromEntries]);
  } else if (of_tiles == head_.root) {
    verdict.Add(differs_[kFromTiles]);
  } else {
    verdict.Add(differs_[kFromTiles]);
    if ((of_entries || of_tiles) && verdict.is() != Verdict::Is::kTampered) {
      verdict.Tampered({"", std::nullopt,
                        "the " + std::to_string(head_.size) +
                            " entries do not give the root that the checkpoint signs"});
    }
  }
  if (of_entries == head_.root && remembered_ && root_remembered_ &&
      *root_remembered_ != remembered_->root) {
    verdict.Tampered({"", std::nullopt,
                      "the log forked: its first " + std::to_string(remembered_->size) +
                          " entries are not the ones whose signed checkpoint was seen before"});
  }
  return OnePlaceAFile(verdict);
}

}  // namespace havenline::tlog
