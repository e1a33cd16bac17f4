// What may happen to a broker's disk, one damage at a time: whatever it is, the broker serves all
// that it acknowledged, or says what is wrong and how to come back. Never less in silence.

#include <gtest/gtest.h>

#include "schema/tlog/checkpoint.h"
#include "tests/broker/broken_store.h"

namespace havenline {
namespace {

class DamageTest : public BrokenStoreTest {};

TEST_F(DamageTest, ACrashLosesNothing) {
  for (const char* const disk : {"crashed", "settled"})
    EXPECT_TRUE(ExpectAllOrWords(Copy(disk))) << disk;
}

TEST_F(DamageTest, ALogCutShortIsNeverServed) {
  for (const std::uintmax_t cut : {1U, 10U, 1000U, 4000U}) {
    const auto configuration = Copy("crashed");
    const fs::path log = FilesOf(configuration, ".log").front();
    ASSERT_GT(fs::file_size(log), 2 * cut);
    fs::resize_file(log, fs::file_size(log) - cut);
    EXPECT_FALSE(ExpectAllOrWords(configuration)) << cut << " bytes";
  }
}

TEST_F(DamageTest, ALogCutShortIsSaidToBeBehindItsMark) {
  const auto configuration = Copy("crashed");
  const fs::path log = FilesOf(configuration, ".log").front();
  fs::resize_file(log, fs::file_size(log) - 1);
  const Started started = Start(configuration);
  ASSERT_TRUE(started.recovers());
  EXPECT_NE(started.verdict.found.find("behind its mark"), std::string::npos);
  EXPECT_NE(started.verdict.found.find("cut short"), std::string::npos);
}

TEST_F(DamageTest, EachOf64FlippedBitsOfTheLogIsServedWholeOrSaid) {
  const std::uintmax_t size = fs::file_size(FilesOf(Copy("crashed"), ".log").front());
  std::size_t served = 0;
  for (unsigned n = 0; n < 64; ++n) {
    const auto configuration = Copy("crashed");
    FlipBit(FilesOf(configuration, ".log").front(), size * n / 64 + n % 7, n % 8);
    SCOPED_TRACE(n);
    served += ExpectAllOrWords(configuration) ? 1U : 0U;
  }
  EXPECT_EQ(served, 0U) << "every byte of this log is of something acknowledged";
}

TEST_F(DamageTest, AFlippedBitOfAnyOtherFileIsServedWholeOrSaid) {
  for (const char* const kind : {".sst", "MANIFEST", "CURRENT"}) {
    const std::size_t files = FilesOf(Copy("settled"), kind).size();
    ASSERT_GT(files, 0U) << kind;
    for (unsigned n = 0; n < 8; ++n) {
      const auto configuration = Copy("settled");
      const fs::path path = FilesOf(configuration, kind)[n % files];
      FlipBit(path, fs::file_size(path) * n / 8, n % 8);
      SCOPED_TRACE(path.filename().string() + " " + std::to_string(n));
      ExpectAllOrWords(configuration);
    }
  }
}

TEST_F(DamageTest, ALostFileIsServedWholeOrSaid) {
  for (const char* const kind : {".log", ".sst", "MANIFEST", "CURRENT"}) {
    const auto configuration = Copy(kind == std::string(".log") ? "crashed" : "settled");
    fs::remove(FilesOf(configuration, kind).front());
    EXPECT_FALSE(ExpectAllOrWords(configuration)) << kind;
  }
}

TEST_F(DamageTest, ALostStoreIsNotTakenForANewOne) {
  const auto configuration = Copy("crashed");
  fs::remove_all(configuration.store);
  EXPECT_FALSE(ExpectAllOrWords(configuration));
  EXPECT_EQ(Start(configuration).verdict.start, StoreVerdict::Start::kRefuse);
}

TEST_F(DamageTest, AnOlderCopyIsBehindItsMark) {
  const auto older = Copy("older");
  fs::rename(older.store, scratch_ / "older-store");
  const auto configuration = Copy("crashed");
  fs::remove_all(configuration.store);
  fs::rename(scratch_ / "older-store", configuration.store);
  EXPECT_FALSE(ExpectAllOrWords(configuration));
  EXPECT_TRUE(Start(configuration).recovers());
}

TEST_F(DamageTest, ALostMarkIsNotTakenForANewOne) {
  const auto configuration = Copy("crashed");
  fs::remove_all(configuration.mark);
  EXPECT_FALSE(ExpectAllOrWords(configuration));
  const Started started = Start(configuration);
  EXPECT_TRUE(started.recovers());
  EXPECT_NE(started.verdict.found.find("there is no mark"), std::string::npos);
}

TEST_F(DamageTest, ATornSlotOfTheMarkIsSaidAndDoneWithout) {
  for (const char* const slot : {"mark-a", "mark-b"}) {
    const auto configuration = Copy("crashed");
    FlipBit(configuration.mark / slot, 40, 3);
    EXPECT_TRUE(ExpectAllOrWords(configuration));
    EXPECT_NE(Start(configuration).mark->damage().find(slot), std::string::npos);
  }
}

TEST_F(DamageTest, AMarkWithBothSlotsTornStopsTheStart) {
  const auto configuration = Copy("crashed");
  for (const char* const slot : {"mark-a", "mark-b"}) FlipBit(configuration.mark / slot, 40, 3);
  EXPECT_FALSE(ExpectAllOrWords(configuration));
  EXPECT_FALSE(Start(configuration).opens);
}

TEST_F(DamageTest, AStoreOfAnotherLogIsNotTheOneTheMarkWasMadeFor) {
  const auto configuration = Copy("crashed");
  LogHead other = suite_->acknowledged;
  other.root[0] ^= 1U;
  fs::remove_all(configuration.mark);
  fs::create_directories(configuration.mark);
  ASSERT_TRUE(MarkFile::Open(configuration.mark)->Advance(other).has_value());
  EXPECT_FALSE(ExpectAllOrWords(configuration));
  EXPECT_NE(Start(configuration).verdict.found.find("entries differ"), std::string::npos);
}

// Store and mark of an hour ago together: only an agency can tell, and once told it is not
// forgotten by a restart.
TEST_F(DamageTest, AHeadThatAnAgencyShowedHoldsBackEveryStartUntilTheStoreContainsIt) {
  const auto configuration = Copy("older");
  ASSERT_TRUE(Start(configuration).serves()) << "nothing on this machine tells";
  const std::string shown = tlog::MakeCheckpoint(kTestPartnership, suite_->acknowledged,
                                                 suite_->broker.partnership().log_signer());
  ASSERT_TRUE(KeepEvidence(configuration, shown).has_value());
  EXPECT_FALSE(ExpectAllOrWords(configuration));
  EXPECT_TRUE(Start(configuration).recovers());
  // The newest store back in its place: served again, with no further word from anybody.
  fs::remove_all(configuration.store);
  fs::copy(suite_->folder / "crashed" / "store", configuration.store, fs::copy_options::recursive);
  EXPECT_TRUE(ExpectAllOrWords(configuration));
}

}  // namespace
}  // namespace havenline
