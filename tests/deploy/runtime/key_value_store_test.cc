#include "deploy/runtime/key_value_store.h"

#include <fstream>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/base/thread.h"
#include "tests/deploy/runtime/child.h"
#include "tests/deploy/runtime/fault_disk.h"
#include "tests/deploy/runtime/numbered.h"
#include "tests/deploy/runtime/system_calls.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class KeyValueStoreTest : public ::testing::Test {
 protected:
  KeyValueStore Open() const {
    auto store = KeyValueStore::Open(options_);
    CHECK(store.has_value());
    return *std::move(store);
  }

  static void Put(KeyValueStore& store, Family family, std::string_view key,
                  std::string_view value) {
    KeyValueBatch batch;
    batch.Put(family, AsBytes(key), AsBytes(value));
    ASSERT_TRUE(store.Write(batch));
  }

  static std::string Get(const KeyValueStore& store, Family family, std::string_view key) {
    const std::optional<Bytes> value = store.Get(family, AsBytes(key)).value();
    return value ? ToText(*value) : "nothing";
  }

  // The keys of a range, one after the other.
  static std::string Keys(const KeyValueStore& store, const KeyRange& range) {
    std::string keys;
    EXPECT_TRUE(store.Scan(kRows, range, [&](ByteView key, ByteView) {
      keys += ToText(key) + " ";
      return true;
    }));
    return keys;
  }

  const ScratchDirectory scratch_;
  KeyValueStoreOptions options_ = NumberedStore(scratch_ / "deep/store");
};

TEST_F(KeyValueStoreTest, KeepsWhatWasWrittenFamilyByFamily) {
  {
    KeyValueStore store = Open();
    EXPECT_EQ(Get(store, kRows, "key"), "nothing");
    Put(store, kRows, "key", "row");
    Put(store, kIndex, "key", "index");
    EXPECT_EQ(Get(store, kRows, "key"), "row");
  }
  const KeyValueStore store = Open();
  EXPECT_EQ(Get(store, kRows, "key"), "row");
  EXPECT_EQ(Get(store, kIndex, "key"), "index");
}

TEST_F(KeyValueStoreTest, ABatchsLaterOperationWinsAndDeletingNothingIsFine) {
  KeyValueStore store = Open();
  KeyValueBatch batch;
  batch.Put(kRows, AsBytes("a"), AsBytes("1"));
  batch.Put(kRows, AsBytes("a"), AsBytes("2"));
  batch.Put(kRows, AsBytes("b"), AsBytes("3"));
  batch.Delete(kRows, AsBytes("b"));
  batch.Delete(kRows, AsBytes("never there"));
  ASSERT_TRUE(store.Write(batch));
  EXPECT_EQ(Get(store, kRows, "a"), "2");
  EXPECT_EQ(Get(store, kRows, "b"), "nothing");
  Put(store, kRows, "empty value", "");
  EXPECT_EQ(Get(store, kRows, "empty value"), "");
}

TEST_F(KeyValueStoreTest, AScanIsInByteOrderWithinItsBounds) {
  KeyValueStore store = Open();
  for (const std::string_view key : {"b", "a", "ab", "\xFF", "\x7F", "b\x01"})
    Put(store, kRows, key, "");
  Put(store, kIndex, "aa", "of another family");
  EXPECT_EQ(Keys(store, KeyRange::All()), "a ab b b\x01 \x7F \xFF ");
  EXPECT_EQ(Keys(store, KeyRange::Prefix(AsBytes("a"))), "a ab ");
  EXPECT_EQ(Keys(store, KeyRange::Prefix(AsBytes("\xFF"))), "\xFF ");
  EXPECT_EQ(Keys(store, {.from = ToBytes("ab"), .until = ToBytes("b")}), "ab ");
  EXPECT_EQ(Keys(store, {.from = ToBytes("b"), .until = {}}), "b b\x01 \x7F \xFF ");
  EXPECT_EQ(Keys(store, {.from = {}, .until = ToBytes("ab")}), "a ");
  EXPECT_EQ(Keys(store, {.from = ToBytes("c"), .until = ToBytes("a")}), "");
}

TEST_F(KeyValueStoreTest, AScanEndsWhereItsVisitorSaysSo) {
  KeyValueStore store = Open();
  for (const std::string_view key : {"a", "b", "c"}) Put(store, kRows, key, "");
  int visits = 0;
  ASSERT_TRUE(store.Scan(kRows, KeyRange::All(), [&](ByteView, ByteView) { return ++visits < 2; }));
  EXPECT_EQ(visits, 2);
}

TEST_F(KeyValueStoreTest, AScanSeesOneMoment) {
  KeyValueStore store = Open();
  for (const std::string_view key : {"a", "b", "c"}) Put(store, kRows, key, "old");
  std::string seen;
  ASSERT_TRUE(store.Scan(kRows, KeyRange::All(), [&](ByteView key, ByteView value) {
    if (seen.empty()) {
      KeyValueBatch batch;
      batch.Put(kRows, AsBytes("aa"), AsBytes("new"));
      batch.Put(kRows, AsBytes("b"), AsBytes("new"));
      batch.Delete(kRows, AsBytes("c"));
      EXPECT_TRUE(store.Write(batch));
    }
    seen += ToText(key) + "=" + ToText(value) + " ";
    return true;
  }));
  EXPECT_EQ(seen, "a=old b=old c=old ");
  EXPECT_EQ(Keys(store, KeyRange::All()), "a aa b ");
}

TEST_F(KeyValueStoreTest, TheLastOfAPrefixIsFound) {
  KeyValueStore store = Open();
  EXPECT_EQ(store.Last(kRows, {}).value(), std::nullopt);
  for (const std::string_view key : {"a1", "a2", "b1", "\xFF\xFF"}) Put(store, kRows, key, key);
  const auto last = [&](std::string_view prefix) {
    const auto found = store.Last(kRows, AsBytes(prefix));
    EXPECT_TRUE(found);
    return *found ? ToText((*found)->key) + "=" + ToText((*found)->value) : "nothing";
  };
  EXPECT_EQ(last("a"), "a2=a2");
  EXPECT_EQ(last("b"), "b1=b1");
  EXPECT_EQ(last("aa"), "nothing");
  EXPECT_EQ(last("0"), "nothing");
  EXPECT_EQ(last("c"), "nothing");
  EXPECT_EQ(last("\xFF"), "\xFF\xFF=\xFF\xFF");
  EXPECT_EQ(last(""), "\xFF\xFF=\xFF\xFF");
}

TEST_F(KeyValueStoreTest, OtherThreadsReadWholeBatchesOnly) {
  KeyValueStore store = Open();
  ASSERT_TRUE(store.Write(NumberedBatch(0)));
  Thread reader("reader", [&store] {
    std::uint64_t last = 0;
    while (last < 200) {
      const auto newest = store.Last(kIndex, AsBytes("last"));
      ASSERT_TRUE(newest && *newest);
      last = ReadU64((*newest)->value);
      const auto row = store.Get(kRows, (*newest)->value);
      ASSERT_TRUE(row);
      ASSERT_EQ(*row, NumberedContent(last));
    }
  });
  for (std::uint64_t number = 1; number <= 200; ++number)
    ASSERT_TRUE(store.Write(NumberedBatch(number)));
  reader.Join();
}

TEST_F(KeyValueStoreTest, MissingFamiliesAreAdded) {
  {
    KeyValueStore store = Open();
    Put(store, kRows, "key", "kept");
  }
  // A newer version, which also lists them in another order: what counts on disk is the name.
  options_.families = {{"added"}, {"index"}, {"rows"}};
  KeyValueStore store = Open();
  EXPECT_EQ(Get(store, Family(2), "key"), "kept");
  Put(store, Family(0), "key", "new");
  EXPECT_EQ(Get(store, Family(0), "key"), "new");
}

TEST_F(KeyValueStoreTest, AnUnknownFamilyIsANewerVersionAndLeftAlone) {
  options_.families = {{"rows"}, {"index"}, {"ledger"}};
  { Open(); }
  options_.families = {{"rows"}, {"index"}, {"extra"}};
  const auto store = KeyValueStore::Open(options_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, FaultCode::kInvalid);
  EXPECT_THAT(store.error().detail, AllOf(HasSubstr("newer version"), HasSubstr("\"ledger\"")));
  options_.families = {{"rows"}, {"index"}, {"ledger"}};
  options_.read_only = true;
  EXPECT_TRUE(KeyValueStore::Open(options_)) << "nothing was added";
}

TEST_F(KeyValueStoreTest, AReaderSeesWhatWasThereWhenItOpened) {
  Child writer({"store-write", options_.path.string()});
  std::uint64_t told = 0;
  while (told < 100) told = std::stoull(writer.ReadLine());
  options_.read_only = true;
  std::optional<KeyValueStore> reader = Open();
  // Long enough for the writer to flush and delete what the reader has open.
  while (told < 2500) told = std::stoull(writer.ReadLine());
  for (std::uint64_t number = 0; number <= 100; ++number) {
    EXPECT_EQ(reader->Get(kRows, NumberedKey(number)).value(), NumberedContent(number)) << number;
  }
  EXPECT_EQ(reader->Get(kRows, NumberedKey(2500)).value(), std::nullopt);
  reader.reset();
  writer.Kill();
  options_.read_only = false;
  EXPECT_EQ(Open().Get(kRows, NumberedKey(told)).value(), NumberedContent(told));
}

TEST_F(KeyValueStoreTest, AReaderChangesNoFile) {
  { Open(); }
  const auto names = [&] {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(options_.path)) {
      found.push_back(entry.path().filename().string());
    }
    std::ranges::sort(found);
    return found;
  };
  const auto before = names();
  options_.read_only = true;
  { Open(); }
  EXPECT_EQ(names(), before);
}

TEST_F(KeyValueStoreTest, AReaderNeedsAStoreOfItsVersion) {
  options_.read_only = true;
  const auto none = KeyValueStore::Open(options_);
  EXPECT_EQ(none.error().code, FaultCode::kMissing);
  EXPECT_FALSE(std::filesystem::exists(options_.path));
  options_.read_only = false;
  { Open(); }
  options_.read_only = true;
  options_.families.push_back({"added"});
  EXPECT_THAT(KeyValueStore::Open(options_).error().detail, HasSubstr("older version"));
}

// RocksDB makes the directory, too, but a power cut could take it away again with all that was
// promised.
TEST_F(KeyValueStoreTest, AMadeStoresDirectoryIsDurable) {
  const SystemCalls calls;
  { Open(); }
  EXPECT_THAT(calls.noted(), Contains("fsync " + scratch_.path().string()));
  EXPECT_THAT(calls.noted(), Contains("fsync " + (scratch_ / "deep").string()));
}

TEST_F(KeyValueStoreTest, NothingIsMadeWhereAStoreMustBe) {
  options_.must_exist = true;
  EXPECT_EQ(KeyValueStore::Open(options_).error().code, FaultCode::kMissing);
  EXPECT_FALSE(std::filesystem::exists(options_.path));
}

TEST_F(KeyValueStoreTest, ASecondProcessIsRefused) {
  Child holder({"store-hold", options_.path.string()});
  ASSERT_EQ(holder.ReadLine(), "open");
  const auto store = KeyValueStore::Open(options_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, FaultCode::kUnavailable);
  EXPECT_THAT(store.error().detail, HasSubstr("another process has it open"));
  holder.Kill();
  EXPECT_TRUE(KeyValueStore::Open(options_));
}

TEST_F(KeyValueStoreTest, ASecondOpeningInOneProcessIsRefused) {
  const KeyValueStore first = Open();
  EXPECT_EQ(KeyValueStore::Open(options_).error().code, FaultCode::kUnavailable);
}

class KeyValueFaultTest : public KeyValueStoreTest {
 protected:
  KeyValueFaultTest() { options_.env = env_.get(); }

  const std::shared_ptr<FaultDisk> disk_ = std::make_shared<FaultDisk>();
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
};

TEST_F(KeyValueFaultTest, EveryWriteIsOnTheDiskWhenItReturns) {
  options_.path = scratch_ / "store";
  KeyValueStore store = Open();
  for (std::uint64_t number = 0; number < 20; ++number) {
    const int before = disk_->syncs;
    ASSERT_TRUE(store.Write(NumberedBatch(number)));
    EXPECT_EQ(disk_->syncs, before + 1);
    EXPECT_EQ(disk_->log_since_sync, "");
  }
  EXPECT_TRUE(store.Write(KeyValueBatch()));
  EXPECT_EQ(disk_->syncs, 20);
}

// Once a sync has failed, the kernel may call the lost pages clean: a later success means nothing.
TEST_F(KeyValueFaultTest, AFailedSyncIsFinal) {
  options_.path = scratch_ / "store";
  KeyValueStore store = Open();
  ASSERT_TRUE(store.Write(NumberedBatch(1)));
  disk_->fail_syncs = true;
  const auto failed = store.Write(NumberedBatch(2));
  disk_->fail_syncs = false;
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, FaultCode::kIo);
  EXPECT_THAT(failed.error().detail, HasSubstr("unknown"));
  EXPECT_EQ(store.Write(NumberedBatch(3)).error().code, FaultCode::kIo);
  EXPECT_EQ(store.Write(KeyValueBatch()).error().code, FaultCode::kIo);
  EXPECT_EQ(store.Get(kRows, NumberedKey(1)).value(), NumberedContent(1)) << "reading goes on";
}

TEST_F(KeyValueFaultTest, AFullDiskIsFinalAndLosesNothingThatWasPromised) {
  options_.path = scratch_ / "store";
  {
    KeyValueStore store = Open();
    ASSERT_TRUE(store.Write(NumberedBatch(1)));
    disk_->fail_appends = true;
    EXPECT_EQ(store.Write(NumberedBatch(2)).error().code, FaultCode::kIo);
    disk_->fail_appends = false;
    EXPECT_FALSE(store.Write(NumberedBatch(3)));
  }
  const KeyValueStore store = Open();
  EXPECT_EQ(store.Get(kRows, NumberedKey(1)).value(), NumberedContent(1));
  EXPECT_EQ(store.Get(kRows, NumberedKey(3)).value(), std::nullopt);
}

// What pitfalls cost to find out: an upgrade or a slip may not change it unseen.
TEST_F(KeyValueStoreTest, RunsWithTheOptionsThatRefuseLostData) {
  { Open(); }
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator(options_.path)) {
    if (!entry.path().filename().string().starts_with("OPTIONS-")) continue;
    std::ifstream file(entry.path());
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  for (const std::string_view line : {"wal_recovery_mode=kTolerateCorruptedTailRecords",
                                      "paranoid_checks=true",
                                      "force_consistency_checks=true",
                                      "track_and_verify_wals_in_manifest=true",
                                      "manual_wal_flush=false",
                                      "recycle_log_file_num=0",
                                      "wal_compression=kNoCompression",
                                      "enable_pipelined_write=false",
                                      "unordered_write=false",
                                      "two_write_queues=false",
                                      "allow_mmap_reads=false",
                                      "allow_mmap_writes=false",
                                      "max_bgerror_resume_count=0",
                                      "file_checksum_gen_factory=FileChecksumGenCrc32cFactory",
                                      "allow_data_in_errors=false",
                                      "best_efforts_recovery=false",
                                      "keep_log_file_num=4",
                                      "info_log_level=WARN_LEVEL",
                                      "db_write_buffer_size=1048576",
                                      "max_total_wal_size=1048576"}) {
    EXPECT_THAT(text, HasSubstr("\n  " + std::string(line) + "\n"));
  }
}

TEST_F(KeyValueStoreTest, ItsFilesDoNotNameThisMachine) {
  {
    KeyValueStore store = Open();
    Put(store, kRows, "key", "value");
  }
  { Open(); }  // Recovery writes the first table file.
  std::array<char, 256> host{};
  ASSERT_EQ(::gethostname(host.data(), host.size() - 1), 0);
  int tables = 0;
  for (const auto& entry : std::filesystem::directory_iterator(options_.path)) {
    if (entry.path().extension() != ".sst") continue;
    ++tables;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(bytes.find("creating.host.identity" + std::string(host.data())), std::string::npos);
    EXPECT_EQ(bytes.find(host.data()), std::string::npos);
  }
  EXPECT_GT(tables, 0);
}

using KeyValueStoreDeathTest = KeyValueStoreTest;

TEST_F(KeyValueStoreDeathTest, AFamilyNotListedAndAReaderThatWritesAreBugs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  { Open(); }
  options_.read_only = true;
  KeyValueStore store = Open();
  EXPECT_DEATH((void)store.Get(Family(2), AsBytes("key")), "CHECK failed");
  EXPECT_DEATH((void)store.Write(NumberedBatch(0)), "CHECK failed");
}

// RocksDB takes a family without a name, and never opens the store again.
TEST_F(KeyValueStoreDeathTest, AFamilyWithoutANameOfItsOwnIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const char* const name : {"", "default", "rows"}) {
    KeyValueStoreOptions options = options_;
    options.families.push_back({name});
    EXPECT_DEATH((void)KeyValueStore::Open(options), "CHECK failed") << name;
  }
}

}  // namespace
}  // namespace havenline
