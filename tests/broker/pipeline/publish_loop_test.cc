#include "broker/pipeline/publish_loop.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "schema/base/thread.h"
#include "schema/tlog/checkpoint.h"
#include "tests/fakes/log_reader.h"
#include "tests/fakes/memory_folder.h"

namespace havenline {
namespace {

const PartnershipId kPartnership("rotherham");

// Moved by the test alone.
class HandClock final : public Clock {
 public:
  TimePoint Now() const override { return {}; }
  std::chrono::steady_clock::time_point Monotonic() const override { return now_; }
  void Wait(Milliseconds time) { now_ += time; }

 private:
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
};

class Counting final : public Observer {
 public:
  void SessionStarted() override {}
  void SessionEnded() override {}
  void HelloRefused(std::uint16_t) override {}
  void EnteredRecovery(const std::string&) override {}
  void DocumentInForce(std::uint64_t, std::uint64_t) override {}
  void Overdue(std::size_t) override {}
  void Released(std::size_t) override {}
  void Undeliverable(std::size_t) override {}
  void ClockDoubted(bool) override {}
  [[noreturn]] void Fatal(const Fault& fault) override { throw std::runtime_error(fault.detail); }
  void LogFilesFailed(const Fault& fault) override { log_files_failed.push_back(fault.detail); }
  void LogFilesWritten(std::uint64_t entries) override { log_files_written = entries; }
  void LogFilesMended(std::size_t count) override { log_files_mended += count; }

  std::vector<std::string> log_files_failed;
  std::uint64_t log_files_written = 0;
  std::size_t log_files_mended = 0;
};

class PublishLoopTest : public ::testing::Test {
 protected:
  CheckpointNews NewsOf(std::uint64_t size) const {
    const LogHead head{1, size, reader_.log.RootAt(size)};
    return {head, tlog::MakeCheckpoint(kPartnership, head, signer_)};
  }
  std::string Shown() const {
    const auto file = folder_.files.find("1/checkpoint");
    return file == folder_.files.end() ? "" : ToText(file->second);
  }
  // Turns as the thread does, until it would sleep.
  void Settle() {
    while (loop_.Turn() <= clock_.Monotonic()) continue;
  }

  LogReader reader_{6000};
  MemoryFolder folder_;
  tlog::NoteSigner signer_ = SignerOfOne();
  HandClock clock_;
  SharedState state_;
  Counting observer_;
  CheckpointSlot slot_;
  PublishLoop loop_{
      {{reader_, folder_, kPartnership, signer_.key()}, clock_, state_, observer_, slot_}};
};

TEST_F(PublishLoopTest, WhatIsOfferedIsPublishedAndCounted) {
  slot_.Offer(NewsOf(300));
  Settle();
  EXPECT_EQ(Shown(), NewsOf(300).note);
  EXPECT_EQ(state_.log_files_entries, 300U);
  EXPECT_FALSE(state_.log_files_failing);
  EXPECT_TRUE(observer_.log_files_failed.empty());
}

TEST_F(PublishLoopTest, OfManyCheckpointsWithinASecondOnlyTheNewestIsWritten) {
  slot_.Offer(NewsOf(3));
  Settle();
  folder_.written.clear();
  for (std::uint64_t size = 4; size <= 50; ++size) {
    slot_.Offer(NewsOf(size));
    Settle();
  }
  EXPECT_TRUE(folder_.written.empty());
  clock_.Wait(Milliseconds(1000));
  Settle();
  EXPECT_EQ(Shown(), NewsOf(50).note);
  EXPECT_EQ(std::ranges::count(folder_.written, "1/checkpoint"), 1);
}

TEST_F(PublishLoopTest, AnOlderCheckpointNeverReplacesANewerOne) {
  slot_.Offer(NewsOf(300));
  slot_.Offer(NewsOf(200));
  Settle();
  EXPECT_EQ(Shown(), NewsOf(300).note);
}

TEST_F(PublishLoopTest, ACosignedNoteOfTheSameHeadIsPublishedAfterTheBareOne) {
  slot_.Offer(NewsOf(300));
  Settle();
  CheckpointNews cosigned = NewsOf(300);
  cosigned.note += "— witness.example.org/w1 AAAAAAAA\n";
  slot_.Offer(cosigned);
  clock_.Wait(Milliseconds(1000));
  Settle();
  EXPECT_EQ(Shown(), cosigned.note);
}

TEST_F(PublishLoopTest, AFailingFolderIsAlarmedOnceRetriedLessAndLessAndSaidToBeWellAgain) {
  folder_.fails = true;
  slot_.Offer(NewsOf(300));
  Settle();
  EXPECT_TRUE(state_.log_files_failing);
  ASSERT_EQ(observer_.log_files_failed.size(), 1U);
  EXPECT_NE(observer_.log_files_failed[0].find("full"), std::string::npos);
  // 1 s, 2 s, 4 s … but at least once in 60 s, for as long as it takes.
  std::vector<std::chrono::seconds> waits;
  for (int i = 0; i < 9; ++i) {
    const auto wake = loop_.Turn();
    waits.push_back(std::chrono::duration_cast<std::chrono::seconds>(wake - clock_.Monotonic()));
    clock_.Wait(std::chrono::duration_cast<Milliseconds>(wake - clock_.Monotonic()));
  }
  const std::vector<int> expected = {1, 2, 4, 8, 16, 32, 60, 60, 60};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(waits[i].count(), expected[i]) << i;
  EXPECT_EQ(observer_.log_files_failed.size(), 1U) << "said once";
  slot_.Offer(NewsOf(400));
  folder_.fails = false;
  Settle();
  EXPECT_EQ(Shown(), NewsOf(400).note);
  EXPECT_EQ(observer_.log_files_written, 400U);
  EXPECT_FALSE(state_.log_files_failing);
}

TEST_F(PublishLoopTest, MendedFilesAreToldOnce) {
  slot_.Offer(NewsOf(300));
  Settle();
  folder_.files.erase("1/tile/0/000");
  CheckpointSlot slot;
  PublishLoop next(
      {{reader_, folder_, kPartnership, signer_.key()}, clock_, state_, observer_, slot});
  slot.Offer(NewsOf(301));
  next.Turn();
  clock_.Wait(Milliseconds(1000));
  slot.Offer(NewsOf(302));
  next.Turn();
  EXPECT_EQ(observer_.log_files_mended, 1U);
  EXPECT_EQ(Shown(), NewsOf(302).note);
}

TEST_F(PublishLoopTest, ALongCatchUpIsInStepsThatTakeUpWhatIsNewest) {
  slot_.Offer(NewsOf(5000));
  EXPECT_LE(loop_.Turn(), clock_.Monotonic()) << "there is more to do";
  EXPECT_EQ(Shown(), "");
  slot_.Offer(NewsOf(6000));
  Settle();
  EXPECT_EQ(Shown(), NewsOf(6000).note);
}

TEST_F(PublishLoopTest, TheThreadPublishesWhatWasOfferedBeforeTheEnd) {
  Thread thread("publish", [this] { loop_.Run(); });
  slot_.Offer(NewsOf(300));
  slot_.Offer(NewsOf(301));
  slot_.Close();
  thread.Join();
  EXPECT_EQ(Shown(), NewsOf(301).note);
}

TEST_F(PublishLoopTest, TheThreadEndsAlsoWhileItsFolderFails) {
  folder_.fails = true;
  Thread thread("publish", [this] { loop_.Run(); });
  slot_.Offer(NewsOf(300));
  slot_.Close();
  thread.Join();
  EXPECT_EQ(Shown(), "");
}

}  // namespace
}  // namespace havenline
