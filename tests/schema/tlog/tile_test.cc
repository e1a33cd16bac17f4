#include "schema/tlog/tile.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "schema/seal/hash.h"
#include "tests/fakes/tiled_log.h"
#include "tests/fakes/vectors.h"

namespace havenline::tlog {
namespace {

TileReader ReaderOf(const TiledFiles& files) {
  return [&files](const TileId& id) -> std::optional<Bytes> {
    const auto file = files.find(TilePath(id));
    return file == files.end() ? std::nullopt : std::optional(file->second);
  };
}

std::string Sha256Hex(const Bytes& bytes) { return HexEncode(seal::Sha256(bytes)); }

TEST(TileVectorsTest, PathsArePublishedOnes) {
  VECTORS_OR_SKIP(vectors, "tlog_vectors.json");
  for (const auto& each : vectors["tile_paths"]) {
    const TileId id{TileId::Kind::kHashes, each["level"], each["index"], each["width"]};
    EXPECT_EQ(TilePath(id), each["path"].get<std::string>());
    EXPECT_EQ(TileFromPath(each["path"].get<std::string>()), id) << each["path"];
  }
}

TEST(TileVectorsTest, TheSyntheticLogOf70000EntriesHasItsPublishedFilesAndRoots) {
  VECTORS_OR_SKIP(vectors, "tlog_vectors.json");
  const auto& log = vectors["log70000"];
  const TiledLog tree = NumberedLog(70000);
  EXPECT_EQ(Base64Encode(tree.RootAt(70000)), log["root_hash_b64"].get<std::string>());
  const auto files = tree.Files({70000});
  // 273 full and a partial one of level 0, and as many bundles; 1 and a partial one; a partial one.
  EXPECT_EQ(files.size(), 274U * 2 + 2 + 1);
  int compared = 0;
  for (const char* const kind : {"tiles", "bundles"}) {
    for (const auto& each : log[kind]) {
      const auto file = files.find(each["path"].get<std::string>());
      ASSERT_NE(file, files.end()) << each["path"];
      EXPECT_EQ(file->second.size(), each["bytes"].get<std::size_t>()) << each["path"];
      EXPECT_EQ(Sha256Hex(file->second), each["sha256"].get<std::string>()) << each["path"];
      ++compared;
    }
  }
  EXPECT_EQ(compared, 8);
  for (const auto& [size, root] : log["roots"].items()) {
    const std::uint64_t entries = std::stoull(size);
    const auto grown = tree.Files({entries});
    const auto from_tiles = RootOf(entries, NodesOfTiles(entries, ReaderOf(grown)));
    ASSERT_TRUE(from_tiles.has_value()) << size;
    EXPECT_EQ(Base64Encode(*from_tiles), root.get<std::string>()) << size;
  }
}

TEST(TileTest, PathsAreReadOnlyAsTheyAreWritten) {
  const std::vector<TileId> ids = {{TileId::Kind::kEntries, 0, 0, 256},
                                   {TileId::Kind::kEntries, 0, 123456789, 7},
                                   {TileId::Kind::kHashes, 7, UINT64_MAX >> 20U, 255}};
  for (const TileId& id : ids) EXPECT_EQ(TileFromPath(TilePath(id)), id) << TilePath(id);
  EXPECT_EQ(TilePath({TileId::Kind::kEntries, 0, 123456789, 7}), "tile/entries/x123/x456/789.p/7");
  for (const char* const path : {"",
                                 "tile/",
                                 "tile/0",
                                 "tile/0/",
                                 "tile/0/0",
                                 "tile/0/0000",
                                 "tile/00/000",
                                 "tile/8/000",
                                 "tile/-1/000",
                                 "tile/0/-01",
                                 "tile/0/1000",
                                 "tile/0/x000/001",
                                 "tile/0/001/000",
                                 "tile/0/x001/00",
                                 "tile/0/x001/x000",
                                 "tile/0/000.p",
                                 "tile/0/000.p/",
                                 "tile/0/000.p/0",
                                 "tile/0/000.p/256",
                                 "tile/0/000.p/01",
                                 "tile/0/000.p/1/",
                                 "tile/0/000.p/1.p/1",
                                 "tile/0/000/",
                                 "tile/0/000 ",
                                 "/tile/0/000",
                                 "tile/0/../000",
                                 "tile/data/000",
                                 "tile/entries/xx01/000",
                                 "tile/0/x18446744073709/x551/616"}) {
    EXPECT_FALSE(TileFromPath(path).has_value()) << path;
  }
}

TEST(TileTest, WidthsFollowTheSize) {
  EXPECT_EQ(HashTileAt(0, 273, 70000), (TileId{TileId::Kind::kHashes, 0, 273, 112}));
  EXPECT_EQ(HashTileAt(1, 1, 70000), (TileId{TileId::Kind::kHashes, 1, 1, 17}));
  EXPECT_EQ(HashTileAt(2, 0, 70000), (TileId{TileId::Kind::kHashes, 2, 0, 1}));
  EXPECT_EQ(HashTileAt(3, 0, 70000), std::nullopt);
  EXPECT_EQ(HashTileAt(0, 274, 70000), std::nullopt);
  EXPECT_EQ(HashTileAt(0, 0, 0), std::nullopt);
  EXPECT_EQ(HashTileAt(0, 1, 256), std::nullopt);  // Nothing is served of width 0.
  EXPECT_EQ(BundleAt(0, 256), (TileId{TileId::Kind::kEntries, 0, 0, 256}));
}

TEST(TileTest, GrowingInAnyStepsGivesTheFilesOfGrowingAtOnceBesideOlderPartialOnes) {
  const TiledLog tree = NumberedLog(1500);
  const auto at_once = tree.Files({1500});
  for (const std::uint64_t step : {1U, 7U, 255U, 256U, 257U, 1000U}) {
    std::vector<std::uint64_t> sizes;
    for (std::uint64_t size = step; size < 1500; size += step) sizes.push_back(size);
    sizes.push_back(1500);
    auto in_steps = tree.Files(sizes);
    std::erase_if(in_steps, [&](const auto& file) {
      const TileId id = TileFromPath(file.first).value();
      return id.partial() && !at_once.contains(file.first);
    });
    EXPECT_EQ(in_steps, at_once) << "in steps of " << step;
  }
}

TEST(TileTest, EveryProofOutOfTilesIsTheOneOutOfTheTree) {
  const TiledLog tree = NumberedLog(600);
  for (const std::uint64_t size : {1U, 2U, 255U, 256U, 257U, 511U, 512U, 513U, 600U}) {
    const auto files = tree.Files({size});
    const NodeReader nodes = NodesOfTiles(size, ReaderOf(files));
    EXPECT_EQ(RootOf(size, nodes), RootOf(size, tree.reader()));
    for (std::uint64_t i = 0; i < size; i += 5) {
      const auto inclusion = InclusionProof(i, size, nodes);
      ASSERT_TRUE(inclusion.has_value()) << i << " in " << size;
      EXPECT_EQ(inclusion, InclusionProof(i, size, tree.reader()));
      const auto consistency = ConsistencyProof(i, size, nodes);
      ASSERT_TRUE(consistency.has_value()) << i << " to " << size;
      EXPECT_EQ(consistency, ConsistencyProof(i, size, tree.reader()));
    }
  }
}

TEST(TileTest, APartialTileThatIsGoneIsReadOutOfTheFullOne) {
  const TiledLog tree = NumberedLog(600);
  auto files = tree.Files({300, 600});
  ASSERT_EQ(files.erase("tile/0/001.p/44"), 1U);
  EXPECT_EQ(RootOf(300, NodesOfTiles(300, ReaderOf(files))), RootOf(300, tree.reader()));
}

TEST(TileTest, AMissingOrShortTileGivesNoRoot) {
  const TiledLog tree = NumberedLog(600);
  for (const char* const path : {"tile/0/002.p/88", "tile/1/000.p/2"}) {
    auto files = tree.Files({600});
    ASSERT_EQ(files.count(path), 1U);
    files[path].pop_back();
    EXPECT_EQ(RootOf(600, NodesOfTiles(600, ReaderOf(files))), std::nullopt) << path;
    files.erase(path);
    EXPECT_EQ(RootOf(600, NodesOfTiles(600, ReaderOf(files))), std::nullopt) << path;
  }
}

TEST(BundleTest, HoldsEveryEntryAfterItsLength) {
  const std::vector<std::string> entries = {"one", "", std::string(65535, 'x')};
  const Bytes bytes = EncodeBundle(entries);
  EXPECT_EQ(bytes.size(), 3U * 2 + 3 + 65535);
  EXPECT_EQ(HexEncode(ByteView(bytes).first(9)), "00036f6e650000ffff");
  const DecodedBundle decoded = DecodeBundle(bytes, 3);
  EXPECT_TRUE(decoded.sound);
  ASSERT_EQ(decoded.entries.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(decoded.entries[i], entries[i]);
}

TEST(BundleTest, IsUnsoundWhenCutLengthenedOrOfAnotherWidth) {
  const std::vector<std::string> entries = {"one", "two", "three"};
  const Bytes bytes = EncodeBundle(entries);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const DecodedBundle cut = DecodeBundle(ByteView(bytes).first(size), 3);
    EXPECT_FALSE(cut.sound) << size;
    EXPECT_EQ(cut.entries.size(), size < 5 ? 0U : size < 10 ? 1U : 2U) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(DecodeBundle(longer, 3).sound);
  EXPECT_FALSE(DecodeBundle(bytes, 2).sound);
  EXPECT_FALSE(DecodeBundle(bytes, 4).sound);
}

TEST(TileTest, OnlyWholeHashesOfItsWidthAreATile) {
  const Bytes bytes(64);
  EXPECT_TRUE(TileHashes(bytes, 2).has_value());
  EXPECT_FALSE(TileHashes(bytes, 1).has_value());
  EXPECT_FALSE(TileHashes(bytes, 3).has_value());
  EXPECT_FALSE(TileHashes(ByteView(bytes).first(63), 2).has_value());
}

}  // namespace
}  // namespace havenline::tlog
