#include "deploy/runtime/files.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/deploy/runtime/child.h"
#include "tests/deploy/runtime/numbered.h"
#include "tests/deploy/runtime/system_calls.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class FilesTest : public ::testing::Test {
 protected:
  static mode_t ModeOf(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777U;
  }

  std::vector<std::string> Names() const {
    const auto listing = ListDirectory(scratch_.path(), 100).value();
    std::vector<std::string> names(listing.entries.size());
    std::ranges::transform(listing.entries, names.begin(), &DirectoryEntry::name);
    return names;
  }

  const ScratchDirectory scratch_;
  const std::filesystem::path file_ = scratch_ / "file";
};

TEST_F(FilesTest, WhatIsWrittenIsRead) {
  for (const std::size_t size : {0U, 1U, 4096U, 100'000U}) {
    const Bytes bytes(size, 7);
    ASSERT_TRUE(WriteFileDurably(file_, bytes, kPrivateFile));
    EXPECT_EQ(ReadFile(file_, size).value(), bytes);
  }
}

TEST_F(FilesTest, AMissingFileIsMissing) {
  const auto read = ReadFile(file_, 10);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, FaultCode::kMissing);
  EXPECT_EQ(read.error().detail, "cannot open " + file_.string() + ": No such file or directory");
}

TEST_F(FilesTest, ALargerFileIsRefusedWithoutItsContent) {
  ASSERT_TRUE(WriteFileDurably(file_, AsBytes("confidential"), kPrivateFile));
  const auto read = ReadFile(file_, 11);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, FaultCode::kInvalid);
  EXPECT_THAT(read.error().detail, HasSubstr("larger than 11 bytes"));
  EXPECT_THAT(read.error().detail, Not(HasSubstr("conf")));
}

// The system reports size 0 for these; the limit still holds.
TEST_F(FilesTest, AFileThatHidesItsSizeIsReadWhole) {
  const auto read = ReadFile("/proc/self/status", 1U << 16U);
  ASSERT_TRUE(read);
  EXPECT_GT(read->size(), 100U);
  EXPECT_FALSE(ReadFile("/proc/self/status", 50));
}

TEST_F(FilesTest, APipeAndADirectoryAreNotWaitedForButRefused) {
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(ReadFile(file_, 10).error().code, FaultCode::kInvalid);
  EXPECT_EQ(ReadFile(scratch_.path(), 10).error().code, FaultCode::kInvalid);
}

TEST_F(FilesTest, AWriteReplacesContentAndMode) {
  ASSERT_TRUE(WriteFileDurably(file_, AsBytes("old and long"), kPrivateFile));
  EXPECT_EQ(ModeOf(file_), kPrivateFile);
  ASSERT_TRUE(WriteFileDurably(file_, AsBytes("new"), kPublicFile));
  EXPECT_EQ(ModeOf(file_), kPublicFile);
  EXPECT_EQ(ReadFile(file_, 100).value(), ToBytes("new"));
  EXPECT_EQ(Names(), std::vector<std::string>{"file"});
}

TEST_F(FilesTest, TheUmaskDoesNotChangeTheModeAskedFor) {
  const mode_t before = ::umask(0077);
  EXPECT_TRUE(WriteFileDurably(file_, {}, kPublicFile));
  EXPECT_TRUE(MakeDirectories(scratch_ / "directory", kPublicDirectory));
  ::umask(before);
  EXPECT_EQ(ModeOf(file_), kPublicFile);
  EXPECT_EQ(ModeOf(scratch_ / "directory"), kPublicDirectory);
}

TEST_F(FilesTest, ALeftoverOfACrashIsReplaced) {
  std::ofstream(scratch_ / ".file.tmp") << "half of somethi";
  ASSERT_TRUE(WriteFileDurably(file_, AsBytes("whole"), kPrivateFile));
  EXPECT_EQ(ReadFile(file_, 100).value(), ToBytes("whole"));
  EXPECT_EQ(Names(), std::vector<std::string>{"file"});
}

// Nobody can make us write elsewhere by planting a link where the temporary goes.
TEST_F(FilesTest, ALinkInPlaceOfTheTemporaryIsNotFollowed) {
  std::ofstream(scratch_ / "victim") << "untouched";
  std::filesystem::create_symlink(scratch_ / "victim", scratch_ / ".file.tmp");
  ASSERT_TRUE(WriteFileDurably(file_, AsBytes("whole"), kPrivateFile));
  EXPECT_EQ(ReadFile(scratch_ / "victim", 100).value(), ToBytes("untouched"));
}

TEST_F(FilesTest, AFailedWriteLeavesTheOldFileAndNoTemporary) {
  ASSERT_TRUE(WriteFileDurably(file_, AsBytes("old"), kPrivateFile));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  const auto signal = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = WriteFileDurably(file_, Bytes(5000, 1), kPrivateFile);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, signal);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, FaultCode::kIo);
  EXPECT_THAT(written.error().detail, HasSubstr("File too large"));
  EXPECT_EQ(ReadFile(file_, 100).value(), ToBytes("old"));
  EXPECT_EQ(Names(), std::vector<std::string>{"file"});
}

TEST_F(FilesTest, WritingWhereThereIsNoDirectoryIsMissing) {
  EXPECT_EQ(WriteFileDurably(scratch_ / "no/file", {}, kPrivateFile).error().code,
            FaultCode::kMissing);
}

// Content before name: else a power cut leaves an empty file under the name. Then the name itself.
TEST_F(FilesTest, AWriteSyncsTheFileThenRenamesThenSyncsTheDirectory) {
  const SystemCalls calls;
  ASSERT_TRUE(WriteFileDurably(file_, AsBytes("whole"), kPrivateFile));
  const std::string temporary = (scratch_ / ".file.tmp").string();
  EXPECT_THAT(calls.noted(), ElementsAre("fsync " + temporary, "rename " + temporary,
                                         "fsync " + scratch_.path().string()));
}

TEST_F(FilesTest, AFailedSyncOrRenameIsAFault) {
  for (const std::size_t n : {1U, 2U, 3U}) {
    ASSERT_TRUE(WriteFileDurably(file_, AsBytes("old"), kPrivateFile));
    SystemCalls calls;
    calls.FailAt(n);
    const auto written = WriteFileDurably(file_, AsBytes("new"), kPrivateFile);
    ASSERT_FALSE(written) << n;
    EXPECT_EQ(written.error().code, FaultCode::kIo);
    EXPECT_EQ(Names(), std::vector<std::string>{"file"});
    EXPECT_EQ(ReadFile(file_, 100).value(), ToBytes(n < 3 ? "old" : "new"));
  }
}

TEST_F(FilesTest, WhatElseIsDurableSyncsTheDirectoriesItChanged) {
  const std::string here = "fsync " + scratch_.path().string();
  {
    const SystemCalls calls;
    ASSERT_TRUE(MakeDirectories(scratch_ / "a/b", kPrivateDirectory));
    EXPECT_THAT(calls.noted(), ElementsAre(here, here + "/a"));
  }
  ASSERT_TRUE(WriteFileDurably(file_, {}, kPrivateFile));
  {
    const SystemCalls calls;
    ASSERT_TRUE(RenameDurably(file_, scratch_ / "other"));
    ASSERT_TRUE(RenameDurably(scratch_ / "other", scratch_ / "a/file"));
    EXPECT_THAT(calls.noted(),
                ElementsAre("rename " + file_.string(), here,
                            "rename " + (scratch_ / "other").string(), here + "/a", here));
  }
  const SystemCalls calls;
  ASSERT_TRUE(RemoveDurably(scratch_ / "a/file"));
  EXPECT_THAT(calls.noted(), ElementsAre(here + "/a"));
}

// A crash before the rename leaves the old file, after it the new one; never a mixture.
TEST_F(FilesTest, AKilledWriteLeavesOneWholeFile) {
  for (const std::string place : {"file.written", "file.renamed"}) {
    for (const std::uint64_t nth : {1U, 2U, 9U}) {
      std::filesystem::remove(file_);
      Child child({"file-write", file_.string()},
                  {{"HAVENLINE_FAULT", place + ":" + std::to_string(nth)}});
      EXPECT_EQ(child.Wait(), 128 + SIGKILL);
      const bool renamed = place == "file.renamed";
      const std::uint64_t holds =
          renamed ? nth : nth - 1;  // How many of the writes are to be seen.
      const auto read = ReadFile(file_, 1U << 20U);
      ASSERT_EQ(read.has_value(), holds > 0) << place << nth;
      if (read) {
        EXPECT_EQ(*read, NumberedContent(holds - 1)) << place << nth;
      }
    }
  }
}

TEST_F(FilesTest, ARenameReplacesAndMovesBetweenDirectories) {
  ASSERT_TRUE(MakeDirectories(scratch_ / "done", kPrivateDirectory));
  ASSERT_TRUE(WriteFileDurably(file_, AsBytes("new"), kPrivateFile));
  ASSERT_TRUE(WriteFileDurably(scratch_ / "done/file", AsBytes("old"), kPrivateFile));
  ASSERT_TRUE(RenameDurably(file_, scratch_ / "done/file"));
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_EQ(ReadFile(scratch_ / "done/file", 100).value(), ToBytes("new"));
  EXPECT_EQ(RenameDurably(file_, scratch_ / "done/file").error().code, FaultCode::kMissing);
}

TEST_F(FilesTest, RemovingWhatIsNotThereIsNoFault) {
  ASSERT_TRUE(WriteFileDurably(file_, {}, kPrivateFile));
  EXPECT_TRUE(RemoveDurably(file_));
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_TRUE(RemoveDurably(file_));
  EXPECT_TRUE(RemoveDurably(scratch_ / "none/file"));
  EXPECT_FALSE(RemoveDurably(scratch_.path()));
}

TEST_F(FilesTest, DirectoriesAreMadeWithAllAboveThemAndKeptWhereTheyAre) {
  ASSERT_TRUE(MakeDirectories(scratch_ / "a/b/c/", kPrivateDirectory));
  EXPECT_EQ(ModeOf(scratch_ / "a"), kPrivateDirectory);
  EXPECT_EQ(ModeOf(scratch_ / "a/b/c"), kPrivateDirectory);
  ASSERT_TRUE(MakeDirectories(scratch_ / "a/b", kPublicDirectory));
  EXPECT_EQ(ModeOf(scratch_ / "a/b"), kPrivateDirectory);
  ASSERT_TRUE(WriteFileDurably(file_, {}, kPrivateFile));
  EXPECT_EQ(MakeDirectories(file_ / "below", kPrivateDirectory).error().code, FaultCode::kInvalid);
}

TEST_F(FilesTest, AListingIsSortedAndTellsKindsSizesAndTimes) {
  ASSERT_TRUE(WriteFileDurably(scratch_ / "b", Bytes(5), kPrivateFile));
  ASSERT_TRUE(MakeDirectories(scratch_ / "c", kPrivateDirectory));
  std::filesystem::create_symlink("b", scratch_ / "a");
  const auto listing = ListDirectory(scratch_.path(), 3);
  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->entries.size(), 3U);
  EXPECT_TRUE(listing->complete);
  EXPECT_EQ(listing->entries[0].name, "a");
  EXPECT_EQ(listing->entries[0].kind, DirectoryEntry::Kind::kOther);
  EXPECT_EQ(listing->entries[1].kind, DirectoryEntry::Kind::kFile);
  EXPECT_EQ(listing->entries[1].bytes, 5U);
  EXPECT_LT(std::chrono::abs(SystemClock().Now() - listing->entries[1].modified),
            std::chrono::minutes(1));
  EXPECT_EQ(listing->entries[2].kind, DirectoryEntry::Kind::kDirectory);
}

TEST_F(FilesTest, AListingIsBounded) {
  for (int i = 0; i < 5; ++i) std::ofstream(scratch_ / std::to_string(i)) << i;
  const auto listing = ListDirectory(scratch_.path(), 4);
  EXPECT_EQ(listing->entries.size(), 4U);
  EXPECT_FALSE(listing->complete);
  EXPECT_EQ(ListDirectory(scratch_ / "none", 4).error().code, FaultCode::kMissing);
}

TEST_F(FilesTest, FreeSpaceIsMeasuredWhereThePathIs) {
  EXPECT_GT(FreeBytes(scratch_.path()).value(), 0U);
  EXPECT_EQ(FreeBytes("/proc").value(), 0U);
  EXPECT_EQ(FreeBytes(scratch_ / "none").error().code, FaultCode::kMissing);
}

}  // namespace
}  // namespace havenline
