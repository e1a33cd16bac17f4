#include "agents/intake/drop_folder.h"

#include <sys/stat.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/intake/limits.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline::intake {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DropFolderTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(folder_.Make().has_value()); }

  std::filesystem::path In(const std::string& name) const {
    return scratch_ / "drop" / "IN" / name;
  }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(In(name), std::ios::binary) << text;
  }
  // Names that are complete `after` the first look.
  std::vector<std::string> Complete(Milliseconds after) {
    const auto scanned = folder_.Scan(start_ + after);
    EXPECT_TRUE(scanned.has_value());
    left_ = scanned->left;
    std::vector<std::string> names;
    for (const DroppedFile& file : scanned->complete) names.push_back(file.name);
    return names;
  }
  DroppedFile Found(const std::string& name) const {
    return folder_.Look(DropPlace::kIn, name).value();
  }

  const Monotonic start_{std::chrono::hours(1)};
  ScratchDirectory scratch_;
  DropFolder folder_{scratch_ / "drop"};
  std::vector<LeftLying> left_;
};

TEST_F(DropFolderTest, ItsFoldersAreForItsUserAlone) {
  for (const char* const name : {"IN", "SENT", "FAILED"}) {
    struct stat status {};
    ASSERT_EQ(::stat((scratch_ / "drop" / name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U) << name;
  }
}

TEST_F(DropFolderTest, AFileIsCompleteOnceItHasBeenStill) {
  Write("a.csv", "1");
  EXPECT_THAT(Complete(0s), IsEmpty());
  EXPECT_THAT(Complete(kStillFor - 1ms), IsEmpty());
  EXPECT_THAT(Complete(kStillFor), ElementsAre("a.csv"));
}

TEST_F(DropFolderTest, HowLongItMustBeStillIsConfigured) {
  Write("a.csv", "1");
  DropFolder patient(scratch_ / "drop", 1min);
  EXPECT_THAT(patient.Scan(start_)->complete, IsEmpty());
  EXPECT_THAT(patient.Scan(start_ + 1min - 1ms)->complete, IsEmpty());
  EXPECT_THAT(patient.Scan(start_ + 1min)->complete, testing::SizeIs(1));
  DropFolder of_renamed_files(scratch_ / "drop", 0s);
  EXPECT_THAT(of_renamed_files.Scan(start_)->complete, testing::SizeIs(1));
}

TEST_F(DropFolderTest, EveryChangeBeginsTheWaitAnew) {
  Write("a.csv", "1");
  EXPECT_THAT(Complete(0s), IsEmpty());
  Write("a.csv", "12");
  EXPECT_THAT(Complete(kStillFor), IsEmpty());
  EXPECT_THAT(Complete(2 * kStillFor - 1ms), IsEmpty());
  EXPECT_THAT(Complete(2 * kStillFor), ElementsAre("a.csv"));
}

TEST_F(DropFolderTest, AnEmptyFileIsOneThatSomebodyHasJustBegun) {
  Write("a.csv", "");
  EXPECT_THAT(Complete(0s), IsEmpty());
  EXPECT_THAT(Complete(kEmptyFor - 1ms), IsEmpty());
  EXPECT_THAT(Complete(kEmptyFor), ElementsAre("a.csv"));
}

TEST_F(DropFolderTest, TheOldestComesFirst) {
  Write("b.csv", "1");
  Write("a.csv", "1");
  using std::filesystem::file_time_type;
  std::filesystem::last_write_time(In("a.csv"), file_time_type::clock::now());
  std::filesystem::last_write_time(In("b.csv"), file_time_type::clock::now() - 1h);
  EXPECT_THAT(Complete(0s), IsEmpty());
  EXPECT_THAT(Complete(kStillFor), ElementsAre("b.csv", "a.csv"));
}

TEST_F(DropFolderTest, WhatIsNoPlainCsvFileIsLeftAndAskedAboutInTheEnd) {
  Write("target", "1");
  Write("UPPER.CSV", "1");
  Write(".hidden.csv", "1");
  Write(".night.csv.Ab12Cd", "1");
  Write("~$open.csv", "1");
  Write(".~lock.open.csv#", "1");
  Write(".DS_Store", "1");
  Write("two\nlines.csv", "1");
  Write("latin\xE9.csv", "1");
  Write(std::string(kFileNameBytesMax - 3, 'x') + ".csv", "1");
  std::filesystem::create_symlink(In("target"), In("link.csv"));
  std::filesystem::create_directory(In("folder.csv"));
  ASSERT_EQ(::mkfifo(In("pipe.csv").c_str(), 0600), 0);
  EXPECT_THAT(Complete(0s), IsEmpty());
  EXPECT_THAT(Complete(kLeftLyingAfter - 1ms), ElementsAre("UPPER.CSV"));
  EXPECT_THAT(left_, IsEmpty());
  Complete(kLeftLyingAfter);
  std::map<std::string, std::string> why;
  for (const LeftLying& each : left_) why[each.name] = each.why;
  EXPECT_EQ(why.size(), 9U);
  // Whoever was to rename it has died: nobody would ever hear of its rows.
  for (const char* const name : {".hidden.csv", ".night.csv.Ab12Cd"})
    EXPECT_THAT(why[name], HasSubstr("rename it when it is complete")) << name;
  EXPECT_THAT(why["target"], HasSubstr("does not end in .csv"));
  EXPECT_THAT(why["two?lines.csv"], HasSubstr("not plain text"));
  EXPECT_THAT(why["latin?.csv"], HasSubstr("not plain text"));
  for (const char* const name : {"link.csv", "folder.csv", "pipe.csv"})
    EXPECT_THAT(why[name], HasSubstr("no regular file")) << name;
  EXPECT_THAT(why[std::string(kFileNameBytesMax - 3, 'x') + ".csv"],
              HasSubstr("longer than 180 bytes"));
}

TEST_F(DropFolderTest, MoreFilesThanItLooksAtAreSaid) {
  for (std::size_t i = 0; i <= kEntriesMax; ++i) Write(std::to_string(i) + ".csv", "");
  Complete(0s);
  ASSERT_EQ(left_.size(), 1U);
  EXPECT_THAT(left_.front().why, HasSubstr("more than 2000 files"));
}

TEST_F(DropFolderTest, AFileThatChangedSinceItWasFoundIsNotRead) {
  Write("a.csv", "1");
  const DroppedFile found = Found("a.csv");
  EXPECT_EQ(AsText(folder_.Read(DropPlace::kIn, found).value()), "1");
  Write("a.csv", "12");
  EXPECT_EQ(folder_.Read(DropPlace::kIn, found).error().code, FaultCode::kUnavailable);
}

TEST_F(DropFolderTest, AFileOverTheLimitIsNotRead) {
  Write("a.csv", std::string(kFileBytesMax + 1, 'x'));
  EXPECT_EQ(folder_.Read(DropPlace::kIn, Found("a.csv")).error().code, FaultCode::kInvalid);
  Write("a.csv", std::string(kFileBytesMax, 'x'));
  EXPECT_EQ(folder_.Read(DropPlace::kIn, Found("a.csv")).value().size(), kFileBytesMax);
}

TEST_F(DropFolderTest, NothingIsMovedOverAnotherFile) {
  Write("a.csv", "1");
  ASSERT_TRUE(folder_.Write(DropPlace::kSent, "a.csv", "older").has_value());
  const auto moved = folder_.Move(DropPlace::kIn, "a.csv", DropPlace::kSent, "a.csv");
  ASSERT_FALSE(moved.has_value());
  EXPECT_EQ(moved.error().code, FaultCode::kInvalid);
  EXPECT_TRUE(folder_.Has(DropPlace::kIn, "a.csv").value());
  // Nor where a link that leads nowhere stands.
  std::filesystem::create_symlink(In("nowhere"), scratch_ / "drop" / "SENT" / "b.csv");
  EXPECT_FALSE(folder_.Move(DropPlace::kIn, "a.csv", DropPlace::kSent, "b.csv").has_value());
  ASSERT_TRUE(folder_.Move(DropPlace::kIn, "a.csv", DropPlace::kSent, "c.csv").has_value());
  EXPECT_FALSE(folder_.Has(DropPlace::kIn, "a.csv").value());
}

TEST_F(DropFolderTest, AFolderThatIsGoneIsAFaultAndNotAnEmptyOne) {
  std::filesystem::remove_all(scratch_ / "drop");
  EXPECT_FALSE(folder_.Scan(start_).has_value());
}

}  // namespace
}  // namespace havenline::intake
