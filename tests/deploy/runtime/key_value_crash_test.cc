// What is left in a store after crashes, and after its files were damaged, lost or cut short.

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/runtime/files.h"
#include "deploy/runtime/key_value_store.h"
#include "tests/deploy/runtime/child.h"
#include "tests/deploy/runtime/numbered.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::HasSubstr;
using Path = std::filesystem::path;

constexpr std::size_t kFileBytesMax = 64U << 20U;

class KeyValueCrashTest : public ::testing::Test {
 protected:
  // How many batches the store holds, 0 to n - 1, each whole, with nothing after them.
  static std::uint64_t Holds(const KeyValueStore& store) {
    std::uint64_t rows = 0;
    EXPECT_TRUE(store.Scan(kRows, KeyRange::All(), [&](ByteView key, ByteView value) {
      EXPECT_TRUE(Equal(key, NumberedKey(rows)));
      EXPECT_TRUE(Equal(value, NumberedContent(rows)));
      ++rows;
      return true;
    }));
    std::uint64_t index = 0;
    EXPECT_TRUE(store.Scan(kIndex, KeyRange::All(), [&](ByteView, ByteView value) {
      EXPECT_EQ(ReadU64(value), index);
      ++index;
      return true;
    }));
    EXPECT_EQ(rows, index) << "a batch was torn";
    return rows;
  }

  Result<KeyValueStore> Open() const { return KeyValueStore::Open(options_); }

  // A closed store of so many batches, all of them in one write-ahead log.
  void Fill(std::uint64_t batches) const {
    auto store = Open();
    ASSERT_TRUE(store) << store.error().detail;
    for (std::uint64_t number = 0; number < batches; ++number) {
      ASSERT_TRUE(store->Write(NumberedBatch(number)));
    }
  }

  Path Only(const std::string& extension) const {
    std::vector<Path> found;
    for (const auto& entry : std::filesystem::directory_iterator(options_.path)) {
      if (entry.path().extension() == extension) found.push_back(entry.path());
    }
    EXPECT_EQ(found.size(), 1U) << extension;
    return found.at(0);
  }

  void FlipBit(const Path& path, std::size_t byte) const {
    Bytes bytes = ReadFile(path, kFileBytesMax).value();
    bytes.at(byte) ^= 1U;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << AsText(bytes) << std::flush;
  }

  void ExpectDamaged(const Result<KeyValueStore>& store) const {
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, FaultCode::kCorrupt);
    EXPECT_THAT(store.error().detail, HasSubstr(options_.path.string()));
    EXPECT_THAT(store.error().detail, HasSubstr("Do not delete"));
  }

  const ScratchDirectory scratch_;
  const KeyValueStoreOptions options_ = NumberedStore(scratch_ / "store");
};

TEST_F(KeyValueCrashTest, AKilledWriterKeepsEverythingItPromised) {
  for (const std::uint64_t lines : {1U, 2U, 50U, 500U, 2000U}) {
    std::filesystem::remove_all(options_.path);
    Child writer({"store-write", options_.path.string()});
    std::uint64_t told = 0;
    for (std::uint64_t line = 0; line < lines; ++line) told = std::stoull(writer.ReadLine());
    writer.Kill();
    // What was still in the pipe was promised, too.
    for (auto line = writer.ReadLine(); !line.empty(); line = writer.ReadLine())
      told = std::stoull(line);
    const auto store = Open();
    ASSERT_TRUE(store) << store.error().detail;
    const std::uint64_t holds = Holds(*store);
    EXPECT_GE(holds, told + 1);
    EXPECT_LE(holds, told + 2) << "at most one batch was under way";
  }
}

TEST_F(KeyValueCrashTest, AWriterKilledAroundASyncKeepsWholeBatches) {
  for (const std::string place : {"store.write", "store.written"}) {
    for (const std::uint64_t nth : {1U, 2U, 20U}) {
      std::filesystem::remove_all(options_.path);
      Child writer({"store-write", options_.path.string()},
                   {{"HAVENLINE_FAULT", place + ":" + std::to_string(nth)}});
      EXPECT_EQ(writer.Wait(), 128 + SIGKILL);
      const auto store = Open();
      ASSERT_TRUE(store) << store.error().detail;
      EXPECT_EQ(Holds(*store), place == "store.write" ? nth - 1 : nth) << place;
    }
  }
}

// A crash in the middle of the last write: every length of that record but the whole one.
TEST_F(KeyValueCrashTest, ATornLastRecordOpensWithoutIt) {
  constexpr std::uint64_t kBatches = 3;
  Fill(kBatches - 1);
  const auto shorter = std::filesystem::file_size(Only(".log"));
  std::filesystem::remove_all(options_.path);
  Fill(kBatches);
  const Path saved = scratch_ / "saved";
  std::filesystem::copy(options_.path, saved);
  const auto whole = std::filesystem::file_size(Only(".log"));
  ASSERT_GT(whole, shorter);
  for (auto size = shorter; size < whole; size += 1 + (whole - shorter) / 40) {
    std::filesystem::remove_all(options_.path);
    std::filesystem::copy(saved, options_.path);
    std::filesystem::resize_file(Only(".log"), size);
    const auto store = Open();
    ASSERT_TRUE(store) << size << ": " << store.error().detail;
    EXPECT_EQ(Holds(*store), kBatches - 1) << size;
  }
}

// RocksDB's default opens this store with half of its records and says OK.
TEST_F(KeyValueCrashTest, AFlippedBitInTheMiddleOfTheLogIsRefused) {
  Fill(100);
  const Path log = Only(".log");
  FlipBit(log, std::filesystem::file_size(log) / 2);
  ExpectDamaged(Open());
  ExpectDamaged(Open());  // And again: refusing changed nothing.
}

TEST_F(KeyValueCrashTest, AFlippedBitInATableIsSeenWhenRead) {
  Fill(100);
  { ASSERT_TRUE(Open()); }  // Recovery writes the log's content to tables.
  for (const auto& entry : std::filesystem::directory_iterator(options_.path)) {
    if (entry.path().extension() == ".sst") FlipBit(entry.path(), entry.file_size() / 3);
  }
  const auto store = Open();
  ASSERT_TRUE(store) << store.error().detail;
  const auto scanned = store->Scan(kRows, KeyRange::All(), [](ByteView, ByteView) { return true; });
  ASSERT_FALSE(scanned);
  EXPECT_EQ(scanned.error().code, FaultCode::kCorrupt);
  EXPECT_THAT(scanned.error().detail, HasSubstr("Do not delete"));
  int damaged = 0;
  for (std::uint64_t number = 0; number < 100; ++number) {
    const auto value = store->Get(kRows, NumberedKey(number));
    if (!value) {
      EXPECT_EQ(value.error().code, FaultCode::kCorrupt);
      ++damaged;
    } else {
      EXPECT_EQ(*value, NumberedContent(number)) << "wrong bytes passed for right ones";
    }
  }
  EXPECT_GT(damaged, 0);
}

TEST_F(KeyValueCrashTest, ALostTableOrManifestIsRefused) {
  Fill(100);
  { ASSERT_TRUE(Open()); }
  const Path saved = scratch_ / "saved";
  std::filesystem::copy(options_.path, saved);
  int tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(saved)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".sst" && !name.starts_with("MANIFEST")) continue;
    ++tried;
    std::filesystem::remove_all(options_.path);
    std::filesystem::copy(saved, options_.path);
    std::filesystem::remove(options_.path / name);
    EXPECT_FALSE(Open()) << name;
  }
  EXPECT_GE(tried, 2);
}

// With only tables left, RocksDB would make a new store there and delete them as left over.
TEST_F(KeyValueCrashTest, ALostCurrentFileIsRefusedAndNothingIsDeleted) {
  Fill(100);
  { ASSERT_TRUE(Open()); }
  const auto tables = [&] {
    return std::ranges::count_if(
        std::filesystem::directory_iterator(options_.path),
        [](const auto& entry) { return entry.path().extension() == ".sst"; });
  };
  const auto before = tables();
  ASSERT_GT(before, 0);
  std::filesystem::rename(options_.path / "CURRENT", scratch_ / "CURRENT");
  ExpectDamaged(Open());
  std::filesystem::remove(Only(".log"));  // Empty: recovery wrote its content to the tables.
  ExpectDamaged(Open());
  EXPECT_EQ(tables(), before);
  std::filesystem::rename(scratch_ / "CURRENT", options_.path / "CURRENT");
  const auto store = Open();
  ASSERT_TRUE(store) << store.error().detail;
  EXPECT_EQ(Holds(*store), 100U);
}

TEST_F(KeyValueCrashTest, AStoreHalfMadeIsMade) {
  { ASSERT_TRUE(Open()); }
  for (const auto& entry : std::filesystem::directory_iterator(options_.path)) {
    if (!entry.path().filename().string().starts_with("MANIFEST"))
      std::filesystem::remove(entry.path());
  }
  const auto store = Open();
  ASSERT_TRUE(store) << store.error().detail;
  EXPECT_EQ(Holds(*store), 0U);
}

// Known limits of RocksDB 7.8, which are why there is a mark: should one of these fail after an
// upgrade, RocksDB got better.
TEST_F(KeyValueCrashTest, ADeletedLogGoesUnnoticed) {
  Fill(100);
  std::filesystem::remove(Only(".log"));
  const auto store = Open();
  ASSERT_TRUE(store);
  EXPECT_EQ(Holds(*store), 0U);
}

TEST_F(KeyValueCrashTest, ALogCutShortGoesUnnoticed) {
  Fill(100);
  const Path log = Only(".log");
  std::filesystem::resize_file(log, std::filesystem::file_size(log) / 2);
  const auto store = Open();
  ASSERT_TRUE(store);
  const std::uint64_t holds = Holds(*store);
  EXPECT_GT(holds, 30U);
  EXPECT_LT(holds, 70U);
}

}  // namespace
}  // namespace havenline
