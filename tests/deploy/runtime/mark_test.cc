#include "deploy/runtime/mark.h"

#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/runtime/files.h"
#include "tests/deploy/runtime/child.h"
#include "tests/deploy/runtime/numbered.h"
#include "tests/deploy/runtime/system_calls.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MarkTest : public ::testing::Test {
 protected:
  // Opens, advances to each size in turn, closes.
  void AdvanceThrough(std::uint64_t first, std::uint64_t last) const {
    auto mark = MarkFile::Open(scratch_.path());
    ASSERT_TRUE(mark) << mark.error().detail;
    for (std::uint64_t size = first; size <= last; ++size) {
      ASSERT_TRUE(mark->Advance(NumberedHead(size)));
    }
  }

  Bytes Read(const std::filesystem::path& path) const { return ReadFile(path, 10'000).value(); }
  void Put(const std::filesystem::path& path, ByteView bytes) const {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << AsText(bytes);
    ASSERT_TRUE(file.flush().good());
  }

  const ScratchDirectory scratch_;
  const std::filesystem::path a_ = scratch_ / "mark-a";
  const std::filesystem::path b_ = scratch_ / "mark-b";
};

TEST_F(MarkTest, AFreshOneHasNoMarkAndItsFinalSize) {
  const auto mark = MarkFile::Open(scratch_.path());
  ASSERT_TRUE(mark) << mark.error().detail;
  EXPECT_EQ(mark->newest(), std::nullopt);
  EXPECT_EQ(mark->damage(), "");
  EXPECT_EQ(std::filesystem::file_size(a_), 512U);
  EXPECT_EQ(std::filesystem::file_size(b_), 512U);
}

TEST_F(MarkTest, AdvancingIsKeptAndAlternates) {
  for (std::uint64_t size = 1; size <= 5; ++size) {
    const Bytes a = size == 1 ? Bytes() : Read(a_);
    const Bytes b = size == 1 ? Bytes() : Read(b_);
    AdvanceThrough(size, size);
    const auto mark = MarkFile::Open(scratch_.path());
    ASSERT_TRUE(mark) << mark.error().detail;
    EXPECT_EQ(mark->newest(), NumberedHead(size));
    EXPECT_EQ(mark->damage(), "");
    if (size > 1) {
      EXPECT_NE(Read(a_) == a, Read(b_) == b) << "exactly one file is written";
    }
  }
}

TEST_F(MarkTest, ANewEpochMayStartSmaller) {
  AdvanceThrough(1, 9);
  auto mark = MarkFile::Open(scratch_.path());
  const LogHead next{.epoch = 2, .size = 0, .root = {}};
  ASSERT_TRUE(mark->Advance(next));
  EXPECT_EQ(mark->newest(), next);
}

TEST_F(MarkTest, TheMarkOfAnEmptyLogIsGoodAlone) {
  const LogHead empty{.epoch = 0, .size = 0, .root = NumberedHead(7).root};
  ASSERT_TRUE(MarkFile::Open(scratch_.path())->Advance(empty));
  // A crash here, before the log has its first entry.
  auto mark = MarkFile::Open(scratch_.path());
  ASSERT_TRUE(mark) << mark.error().detail;
  EXPECT_EQ(mark->newest(), empty);
}

TEST_F(MarkTest, TheSameHeadAgainWritesNothing) {
  AdvanceThrough(1, 2);
  const Bytes a = Read(a_);
  const Bytes b = Read(b_);
  AdvanceThrough(2, 2);
  EXPECT_EQ(Read(a_), a);
  EXPECT_EQ(Read(b_), b);
}

TEST_F(MarkTest, TheFormatIsAsDocumented) {
  AdvanceThrough(0x0102, 0x0102);
  const Bytes slot = Read(a_);
  ASSERT_EQ(slot.size(), 512U);
  EXPECT_EQ(AsText(ByteView(slot).first(8)), "HVNMARK1");
  EXPECT_EQ(HexEncode(ByteView(slot).subspan(8, 24)),
            "000000000000000100000000000000010000000000000102");
  EXPECT_TRUE(Equal(ByteView(slot).subspan(32, 32), NumberedHead(0x0102).root));
}

// Every way in which a power cut can tear the write of the newer slot.
TEST_F(MarkTest, ATornWriteLeavesTheMarkBeforeIt) {
  AdvanceThrough(1, 3);  // 3 is in mark-a, 2 in mark-b.
  const Bytes before = Read(b_);
  AdvanceThrough(4, 4);
  const Bytes after = Read(b_);
  for (std::size_t kept = 0; kept <= after.size(); ++kept) {
    Bytes torn(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(kept));
    torn.insert(torn.end(), before.begin() + static_cast<std::ptrdiff_t>(kept), before.end());
    Put(b_, torn);
    const auto mark = MarkFile::Open(scratch_.path());
    ASSERT_TRUE(mark) << mark.error().detail;
    EXPECT_EQ(mark->newest(), NumberedHead(torn == after ? 4 : 3)) << kept;
    EXPECT_EQ(mark->damage().empty(), torn == after || torn == before) << kept;
  }
}

TEST_F(MarkTest, EveryFlippedBitIsSeenAndTheNextAdvanceMendsIt) {
  AdvanceThrough(1, 4);
  const Bytes a = Read(a_);
  const Bytes b = Read(b_);
  for (std::size_t bit = 0; bit < a.size() * 8; bit += 5) {
    for (const auto& path : {a_, b_}) {
      Put(a_, a);
      Put(b_, b);
      Bytes flipped = path == a_ ? a : b;
      flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << bit % 8));
      Put(path, flipped);
      const auto mark = MarkFile::Open(scratch_.path());
      ASSERT_TRUE(mark) << mark.error().detail;
      EXPECT_EQ(mark->newest(), NumberedHead(path == a_ ? 4 : 3)) << bit;
      EXPECT_THAT(mark->damage(), HasSubstr(path.string() + " is not readable"));
    }
  }
  AdvanceThrough(5, 5);
  const auto mark = MarkFile::Open(scratch_.path());
  EXPECT_EQ(mark->newest(), NumberedHead(5));
  EXPECT_EQ(mark->damage(), "");
}

TEST_F(MarkTest, AFileOfAnyOtherLengthIsUnreadableAndMended) {
  AdvanceThrough(1, 4);
  const Bytes whole = Read(b_);
  for (const std::size_t size : {0U, 1U, 68U, 511U, 513U, 4096U}) {
    Bytes misshapen = whole;
    misshapen.resize(size);
    Put(b_, misshapen);
    const auto mark = MarkFile::Open(scratch_.path());
    ASSERT_TRUE(mark) << mark.error().detail;
    EXPECT_NE(mark->damage(), "") << size;
  }
  AdvanceThrough(5, 5);
  EXPECT_EQ(MarkFile::Open(scratch_.path())->damage(), "");
  EXPECT_EQ(MarkFile::Open(scratch_.path())->newest(), NumberedHead(5));
}

TEST_F(MarkTest, ALostFileIsSaidAndMended) {
  for (const auto& path : {a_, b_}) {
    for (const std::uint64_t last : {1U, 2U, 3U}) {
      std::filesystem::remove(a_);
      std::filesystem::remove(b_);
      AdvanceThrough(1, last);
      const bool newer = (path == a_) == (last % 2 == 1);
      std::filesystem::remove(path);
      const auto mark = MarkFile::Open(scratch_.path());
      ASSERT_TRUE(mark) << mark.error().detail;
      EXPECT_NE(mark->damage(), "") << path << last;
      const std::uint64_t holds = newer ? last - 1 : last;
      EXPECT_EQ(mark->newest(), holds == 0 ? std::nullopt : std::optional(NumberedHead(holds)));
    }
  }
}

TEST_F(MarkTest, ACrashWhileItIsMadeIsNotDamage) {
  { ASSERT_TRUE(MarkFile::Open(scratch_.path())); }
  std::filesystem::remove(b_);
  const auto mark = MarkFile::Open(scratch_.path());
  ASSERT_TRUE(mark) << mark.error().detail;
  EXPECT_EQ(mark->damage(), "");
  EXPECT_EQ(mark->newest(), std::nullopt);
}

TEST_F(MarkTest, BothUnreadableIsCorruptAndSaysWhatToDo) {
  AdvanceThrough(1, 4);
  Put(a_, Bytes(512));
  Put(b_, Bytes(512));
  const auto mark = MarkFile::Open(scratch_.path());
  ASSERT_FALSE(mark);
  EXPECT_EQ(mark.error().code, FaultCode::kCorrupt);
  EXPECT_THAT(mark.error().detail, HasSubstr("Do not delete"));
  EXPECT_THAT(mark.error().detail, HasSubstr("governance opening"));
}

TEST_F(MarkTest, AnOlderFilePutBackIsCorrupt) {
  AdvanceThrough(1, 3);
  const Bytes a_at_3 = Read(a_);
  AdvanceThrough(4, 5);
  Put(a_, a_at_3);
  EXPECT_TRUE(MarkFile::Open(scratch_.path())) << "3 and 4 follow one another: not to be told";
  AdvanceThrough(5, 6);
  Put(a_, a_at_3);
  const auto mark = MarkFile::Open(scratch_.path());
  ASSERT_FALSE(mark);
  EXPECT_EQ(mark.error().code, FaultCode::kCorrupt);
  EXPECT_THAT(mark.error().detail, HasSubstr("was put back"));
}

TEST_F(MarkTest, AFailedWriteIsFinal) {
  AdvanceThrough(1, 4);
  auto mark = MarkFile::Open(scratch_.path());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 100, .rlim_max = before.rlim_max};
  const auto signal = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto failed = mark->Advance(NumberedHead(5));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, signal);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, FaultCode::kIo);
  EXPECT_EQ(mark->newest(), NumberedHead(4));
  EXPECT_EQ(mark->Advance(NumberedHead(6)).error().code, FaultCode::kIo)
      << "though the disk would take it";
}

TEST_F(MarkTest, AdvancingSyncsTheOneFileItWrote) {
  AdvanceThrough(1, 4);
  auto mark = MarkFile::Open(scratch_.path());
  const SystemCalls calls;
  ASSERT_TRUE(mark->Advance(NumberedHead(5)));
  ASSERT_TRUE(mark->Advance(NumberedHead(6)));
  EXPECT_THAT(calls.noted(), ElementsAre("fdatasync " + a_.string(), "fdatasync " + b_.string()));
}

TEST_F(MarkTest, AFailedSyncIsFinal) {
  AdvanceThrough(1, 4);
  auto mark = MarkFile::Open(scratch_.path());
  SystemCalls calls;
  calls.FailAt(1);
  EXPECT_EQ(mark->Advance(NumberedHead(5)).error().code, FaultCode::kIo);
  EXPECT_EQ(mark->newest(), NumberedHead(4));
  EXPECT_EQ(mark->Advance(NumberedHead(5)).error().code, FaultCode::kIo);
  EXPECT_EQ(mark->Advance(NumberedHead(4)).error().code, FaultCode::kIo) << "not even the old one";
}

TEST_F(MarkTest, ReadingBesideItsHolderSeesTheNewestAndChangesNothing) {
  auto held = MarkFile::Open(scratch_.path());
  ASSERT_TRUE(held);
  EXPECT_EQ(ReadMark(scratch_.path())->newest, std::nullopt);
  ASSERT_TRUE(held->Advance(NumberedHead(3)));
  ASSERT_TRUE(held->Advance(NumberedHead(4)));
  const Bytes a = Read(a_);
  const Bytes b = Read(b_);
  const auto reading = ReadMark(scratch_.path());
  ASSERT_TRUE(reading) << reading.error().detail;
  EXPECT_EQ(reading->newest, NumberedHead(4));
  EXPECT_EQ(reading->damage, "");
  EXPECT_EQ(Read(a_), a);
  EXPECT_EQ(Read(b_), b);
  EXPECT_TRUE(held->Advance(NumberedHead(5)));
}

TEST_F(MarkTest, ReadingSaysWhatOpeningWouldSay) {
  EXPECT_EQ(ReadMark(scratch_.path()).error().code, FaultCode::kMissing);
  AdvanceThrough(1, 4);
  std::filesystem::remove(a_);
  EXPECT_THAT(ReadMark(scratch_.path())->damage, HasSubstr("mark-a"));
  Put(b_, ToBytes(std::string_view("torn")));
  EXPECT_EQ(ReadMark(scratch_.path()).error().code, FaultCode::kCorrupt);
  EXPECT_FALSE(std::filesystem::exists(a_));
}

TEST_F(MarkTest, OneProcessAtATime) {
  const auto mark = MarkFile::Open(scratch_.path());
  ASSERT_TRUE(mark);
  EXPECT_EQ(MarkFile::Open(scratch_.path()).error().code, FaultCode::kUnavailable);
}

TEST_F(MarkTest, NeedsItsDirectory) {
  EXPECT_EQ(MarkFile::Open(scratch_ / "none").error().code, FaultCode::kMissing);
}

TEST_F(MarkTest, AKilledProcessKeepsEveryMarkItTold) {
  for (const std::string place : {"mark.half-made", "mark.write", "mark.written"}) {
    for (const std::uint64_t nth : {1U, 2U, 7U}) {
      std::filesystem::remove(a_);
      std::filesystem::remove(b_);
      Child child(
          {"mark-advance", scratch_.path().string()},
          {{"HAVENLINE_FAULT", place + ":" + std::to_string(place == "mark.half-made" ? 1 : nth)}});
      std::uint64_t told = 0;
      for (auto line = child.ReadLine(); !line.empty(); line = child.ReadLine())
        told = std::stoull(line);
      EXPECT_EQ(child.Wait(), 128 + SIGKILL);
      const auto mark = MarkFile::Open(scratch_.path());
      ASSERT_TRUE(mark) << mark.error().detail;
      EXPECT_EQ(mark->damage(), "");
      const std::uint64_t holds = mark->newest().value_or(LogHead{}).size;
      EXPECT_EQ(holds, place == "mark.written" ? told + 1 : told);
    }
  }
}

using MarkDeathTest = MarkTest;

TEST_F(MarkDeathTest, GoingBackIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  AdvanceThrough(1, 4);
  auto mark = MarkFile::Open(scratch_.path());
  EXPECT_DEATH((void)mark->Advance(NumberedHead(3)), "CHECK failed");
  LogHead other_root = NumberedHead(4);
  other_root.root[31] ^= 1;
  EXPECT_DEATH((void)mark->Advance(other_root), "CHECK failed");
  EXPECT_DEATH((void)mark->Advance({.epoch = 0, .size = 99, .root = {}}), "CHECK failed");
}

}  // namespace
}  // namespace havenline
