#include "schema/tlog/tile_audit.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/fakes/tiled_log.h"

namespace havenline::tlog {
namespace {

using Is = Verdict::Is;

TileSource SourceOf(const TiledFiles& files, std::set<std::string>* read = nullptr) {
  TileSource source;
  source.read = [&files, read](const TileId& id) -> Result<Bytes> {
    const auto file = files.find(TilePath(id));
    if (read != nullptr) read->insert(TilePath(id));
    if (file == files.end()) return Fail(FaultCode::kMissing, "is not there");
    return file->second;
  };
  source.partials = [&files](const TileId& id) {
    std::vector<std::uint32_t> widths;
    for (const auto& [path, bytes] : files) {
      const auto each = TileFromPath(path);
      if (each && each->partial() && each->Full() == id.Full()) widths.push_back(each->width);
    }
    return widths;
  };
  return source;
}

LogHead HeadOf(const TiledLog& log, std::uint64_t size) { return {1, size, log.RootAt(size)}; }

Verdict Audit(const LogHead& head, const TiledFiles& files,
              const std::optional<LogHead>& remembered = {}) {
  TileAudit audit(head, remembered, SourceOf(files), [](auto, auto) {});
  while (audit.Step()) continue;
  return audit.Judge();
}

std::vector<std::string> PathsOf(const std::vector<Place>& places) {
  std::vector<std::string> paths;
  for (const Place& place : places) paths.push_back(place.file);
  return paths;
}

TEST(TileAuditTest, AnUntouchedLogOfAnySizeIsValidAndGivesItsEntries) {
  const TiledLog log = NumberedLog(1030);
  for (const std::uint64_t size : {1U, 2U, 3U, 255U, 256U, 257U, 511U, 512U, 513U, 768U, 1030U}) {
    const auto files = log.Files({size});
    std::vector<std::string> entries;
    TileAudit audit(HeadOf(log, size), {}, SourceOf(files), [&](std::uint64_t index, auto text) {
      EXPECT_EQ(index, entries.size());
      entries.emplace_back(text);
    });
    while (audit.Step()) continue;
    EXPECT_EQ(audit.Judge().is(), Is::kValid) << size;
    EXPECT_EQ(entries.size(), size);
    EXPECT_EQ(entries.back(), log.entries()[size - 1]);
  }
}

// Three levels of tiles: 65,536 entries and some more, with a partial tile of each.
TEST(TileAuditTest, ALogOfThreeLevelsIsValidAndAnUpperTileThatIsNotIsNamed) {
  const TiledLog log = NumberedLog(65536 + 300);
  const LogHead head = HeadOf(log, log.size());
  const auto files = log.Files({log.size()});
  EXPECT_EQ(Audit(head, files).is(), Is::kValid);
  const std::vector<std::pair<std::string, std::uint64_t>> at = {
      {"tile/1/000", 7 * 256}, {"tile/1/001.p/1", 65536}, {"tile/2/000.p/1", 0}};
  for (const auto& [path, index] : at) {
    auto changed = files;
    Bytes& bytes = changed.at(path);
    bytes[path == "tile/1/000" ? 7 * 32 : 0] ^= 1U;
    const Verdict verdict = Audit(head, changed);
    EXPECT_EQ(verdict.is(), Is::kTampered) << path;
    ASSERT_EQ(PathsOf(verdict.tampered()), std::vector<std::string>{path});
    EXPECT_EQ(verdict.tampered()[0].index, LogIndex(index)) << path;
  }
}

// Every byte of every file, of a log with full and partial tiles and an older partial one.
TEST(TileAuditTest, EveryChangedByteIsTamperedAndItsFileAndEntryAreNamed) {
  const TiledLog log = NumberedLog(266);
  const LogHead head = HeadOf(log, 266);
  const auto files = log.Files({260, 266});
  ASSERT_EQ(files.size(), 7U);
  EXPECT_EQ(Audit(head, files).is(), Is::kValid);
  auto changed = files;
  for (auto& [path, bytes] : changed) {
    const TileId id = TileFromPath(path).value();
    const std::vector<std::string> named = {path};
    std::size_t at = 0;  // Where the entry begins that this byte belongs to.
    for (std::size_t entry = 0; at < bytes.size(); ++entry) {
      const std::size_t size =
          id.kind == TileId::Kind::kHashes ? 32 : 2 + log.entries()[id.index * 256 + entry].size();
      for (std::size_t i = at; i < at + size; ++i) {
        bytes[i] ^= 0x41U;
        const Verdict verdict = Audit(head, changed);
        bytes[i] ^= 0x41U;
        ASSERT_EQ(verdict.is(), Is::kTampered) << path << " byte " << i;
        ASSERT_FALSE(verdict.tampered().empty());
        for (const Place& place : verdict.tampered()) ASSERT_EQ(place.file, path) << i;
        const std::uint64_t index = (id.index * 256 + entry) << (8 * id.level);
        EXPECT_EQ(verdict.tampered()[0].index, LogIndex(index)) << path << " byte " << i;
      }
      at += size;
    }
    ASSERT_EQ(at, bytes.size());
  }
}

TEST(TileAuditTest, EveryRemovedFileIsMissingAndAccusesNobody) {
  const TiledLog log = NumberedLog(266);
  const auto files = log.Files({266});
  for (const auto& [path, bytes] : files) {
    auto fewer = files;
    fewer.erase(path);
    const Verdict verdict = Audit(HeadOf(log, 266), fewer);
    EXPECT_EQ(verdict.is(), Is::kUnverifiable) << path;
    EXPECT_EQ(PathsOf(verdict.missing()), std::vector<std::string>{path});
    EXPECT_TRUE(verdict.tampered().empty()) << path;
  }
}

TEST(TileAuditTest, EveryCutAndEveryAppendedByteIsTampered) {
  const TiledLog log = NumberedLog(266);
  const auto files = log.Files({260, 266});
  for (const auto& [path, bytes] : files) {
    for (const std::size_t size : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      auto cut = files;
      cut.at(path).resize(size);
      const Verdict verdict = Audit(HeadOf(log, 266), cut);
      EXPECT_EQ(verdict.is(), Is::kTampered) << path << " cut to " << size;
      EXPECT_EQ(verdict.tampered().at(0).file, path);
    }
    auto longer = files;
    longer.at(path).push_back(0);
    EXPECT_EQ(Audit(HeadOf(log, 266), longer).is(), Is::kTampered) << path;
  }
}

TEST(TileAuditTest, TwoFilesInEachOthersPlaceAreBothNamed) {
  const TiledLog log = NumberedLog(600);
  for (const char* const kind : {"tile/0/", "tile/entries/"}) {
    auto files = log.Files({600});
    const std::string first = std::string(kind) + "000";
    const std::string second = std::string(kind) + "001";
    std::swap(files.at(first), files.at(second));
    const Verdict verdict = Audit(HeadOf(log, 600), files);
    EXPECT_EQ(verdict.is(), Is::kTampered);
    EXPECT_EQ(PathsOf(verdict.tampered()), (std::vector<std::string>{first, second}));
  }
}

// Whoever changes an entry and every hash over it has another log, and its root is not signed.
TEST(TileAuditTest, AnotherLogWholeInItselfIsTamperedWithoutAPlace) {
  const TiledLog log = NumberedLog(300);
  TiledLog other;
  for (std::uint64_t i = 0; i < 300; ++i)
    other.Add(i == 17 ? "another" : log.entries()[static_cast<std::size_t>(i)]);
  const Verdict verdict = Audit(HeadOf(log, 300), other.Files({300}));
  EXPECT_EQ(verdict.is(), Is::kTampered);
  ASSERT_EQ(verdict.tampered().size(), 1U);
  EXPECT_EQ(verdict.tampered()[0].file, "");
}

TEST(TileAuditTest, WhatIsTamperedWithIsNotCalledMissingWhateverElseIsGone) {
  const TiledLog log = NumberedLog(600);
  auto files = log.Files({600});
  files.at("tile/entries/000")[40] ^= 1U;
  files.erase("tile/entries/001");
  const Verdict verdict = Audit(HeadOf(log, 600), files);
  EXPECT_EQ(verdict.is(), Is::kTampered);
  EXPECT_EQ(PathsOf(verdict.tampered()), std::vector<std::string>{"tile/entries/000"});
  EXPECT_EQ(PathsOf(verdict.missing()), std::vector<std::string>{"tile/entries/001"});
}

TEST(TileAuditTest, AFullTileStandsInForAPartialOneThatIsGone) {
  const TiledLog log = NumberedLog(600);
  const auto files = log.Files({600});
  EXPECT_EQ(Audit(HeadOf(log, 300), files).is(), Is::kUnverifiable) << "tile/1/000.p/1 is needed";
  auto with_upper = files;
  with_upper.merge(log.Files({300}));
  for (const char* const path : {"tile/0/001.p/44", "tile/entries/001.p/44"})
    ASSERT_EQ(with_upper.erase(path), 1U);
  EXPECT_EQ(Audit(HeadOf(log, 300), with_upper).is(), Is::kValid);
}

TEST(TileAuditTest, ARememberedHeadOfAnySizeThatIsNotInTheLogIsAFork) {
  const TiledLog log = NumberedLog(600);
  const auto files = log.Files({600});
  for (std::uint64_t size = 1; size <= 600; ++size) {
    LogHead remembered = HeadOf(log, size);
    ASSERT_EQ(Audit(HeadOf(log, 600), files, remembered).is(), Is::kValid) << size;
    remembered.root[0] ^= 1U;
    const Verdict verdict = Audit(HeadOf(log, 600), files, remembered);
    ASSERT_EQ(verdict.is(), Is::kTampered) << size;
    ASSERT_NE(verdict.tampered()[0].what.find("forked"), std::string::npos);
  }
}

TEST(TileAuditTest, GoingOnReadsNoEntryBeforeTheMarkAndFindsWhatIsAfterIt) {
  const TiledLog log = NumberedLog(1030);
  std::optional<AuditMark> mark;
  const auto before = log.Files({700});
  {
    TileAudit first(HeadOf(log, 700), {}, SourceOf(before), [](auto, auto) {});
    while (first.Step()) continue;
    mark = first.Mark();
    ASSERT_EQ(first.Judge().is(), Is::kValid);
  }
  ASSERT_TRUE(mark.has_value());
  EXPECT_EQ(*mark, (AuditMark{512, log.RootAt(512)}));
  auto files = log.Files({700, 1030});
  std::set<std::string> read;
  std::uint64_t first_taken = UINT64_MAX;
  TileAudit next(HeadOf(log, 1030), {}, SourceOf(files, &read),
                 [&](std::uint64_t index, auto) { first_taken = std::min(first_taken, index); });
  ASSERT_TRUE(next.Resume(*mark));
  while (next.Step()) continue;
  EXPECT_EQ(next.Judge().is(), Is::kValid);
  EXPECT_EQ(first_taken, 512U);
  EXPECT_FALSE(read.contains("tile/0/001"));
  EXPECT_FALSE(read.contains("tile/entries/001"));
  files.at("tile/0/003")[5] ^= 1U;
  TileAudit finds(HeadOf(log, 1030), {}, SourceOf(files), [](auto, auto) {});
  ASSERT_TRUE(finds.Resume(*mark));
  while (finds.Step()) continue;
  EXPECT_EQ(PathsOf(finds.Judge().tampered()), std::vector<std::string>{"tile/0/003"});
}

TEST(TileAuditTest, AMarkThatTheTilesDoNotGiveIsNotGoneOnFrom) {
  const TiledLog log = NumberedLog(1030);
  auto files = log.Files({1030});
  AuditMark mark{512, log.RootAt(512)};
  mark.root[3] ^= 1U;
  TileAudit other(HeadOf(log, 1030), {}, SourceOf(files), [](auto, auto) {});
  EXPECT_FALSE(other.Resume(mark));
  EXPECT_FALSE(other.Resume({512 + 1, log.RootAt(513)}));
  EXPECT_FALSE(other.Resume({2048, log.RootAt(512)}));
  while (other.Step()) continue;
  EXPECT_EQ(other.Judge().is(), Is::kValid) << "it begins at the beginning";
  files.at("tile/1/000.p/4")[0] ^= 1U;
  TileAudit changed(HeadOf(log, 1030), {}, SourceOf(files), [](auto, auto) {});
  EXPECT_FALSE(changed.Resume({512, log.RootAt(512)}));
}

TEST(TileAuditTest, NoMarkIsGivenOfWhatDoesNotHold) {
  const TiledLog log = NumberedLog(600);
  auto files = log.Files({600});
  files.at("tile/0/000")[0] ^= 1U;
  TileAudit audit(HeadOf(log, 600), {}, SourceOf(files), [](auto, auto) {});
  audit.Step();
  EXPECT_EQ(audit.Mark(), std::nullopt);
}

}  // namespace
}  // namespace havenline::tlog
