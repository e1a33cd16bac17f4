// A store whose newest log file is cut short or changed, as a crash or a bad disk leaves it: it
// opens with whole batches, oldest first, or not at all. How many it lost is for the mark to say
// (deploy/runtime/mark.h).

#include <filesystem>
#include <fstream>
#include <memory>

#include <gtest/gtest.h>

#include "broker/storage/broker_store.h"
#include "schema/base/check.h"
#include "schema/model/names.h"
#include "tests/fakes/counted_random.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

namespace fs = std::filesystem;

const AgencyId kSchool("school.1");
constexpr std::size_t kBatches = 6;

Digest Hash(std::size_t n) {
  Digest digest{};
  digest.fill(static_cast<std::uint8_t>(n));
  return digest;
}
TimePoint At(std::size_t n) { return FromMilliseconds(1'795'000'000'000 + static_cast<int>(n)); }

class CutLogTest : public ::testing::Test {
 protected:
  // Batch n has entry n, mailbox row n + 1, a body and a timer.
  CutLogTest() {
    const auto store = Open(folder_ / "whole");
    CHECK(store.has_value());
    for (std::size_t n = 0; n < kBatches; ++n) {
      CommitBatch batch;
      const Position position{1, LogIndex(n)};
      batch.entries.push_back(MakeEntry(position, {}, 8, std::nullopt, random_));
      batch.nodes = tree_.Append(tlog::LeafHash(AsBytes(batch.entries.back().leaf)));
      batch.head = {1, tree_.size(), tree_.root()};
      heads_.push_back(batch.head);
      batch.messages = {{position, Bytes(300, static_cast<std::uint8_t>(n)), 1}};
      MailboxRow row;
      row.place = {kSchool, Lane::kUrgent, n + 1};
      row.grant = Hash(n);
      row.position = position;
      batch.mailbox_rows = {row};
      batch.timers = {{At(n), Hash(n)}};
      CHECK((*store)->Apply(batch).has_value());
    }
    // As a power cut finds it: every batch is synced, and nothing was closed.
    fs::copy(folder_ / "whole", folder_ / "crashed", fs::copy_options::recursive);
  }

  static Result<std::unique_ptr<BrokerStore>> Open(const fs::path& path) {
    return BrokerStore::Open({.path = path, .reserve_bytes = 0});
  }
  // A copy of the crashed store, and its log file.
  fs::path Copy() {
    fs::remove_all(folder_ / "copy");
    fs::copy(folder_ / "crashed", folder_ / "copy", fs::copy_options::recursive);
    fs::path newest;
    for (const auto& file : fs::directory_iterator(folder_ / "copy")) {
      const bool larger = newest.empty() || fs::file_size(file.path()) > fs::file_size(newest);
      if (file.path().extension() == ".log" && larger) newest = file.path();
    }
    CHECK(!newest.empty());
    return newest;
  }
  // How many batches the copy has, each whole; nothing if it does not open.
  std::optional<std::size_t> WholeBatches() {
    const auto store = Open(folder_ / "copy");
    if (!store) return std::nullopt;
    const auto recovered = (*store)->Recover();
    if (!recovered) return std::nullopt;
    const std::size_t count = recovered->leaf_hashes.size();
    EXPECT_EQ(recovered->head, count == 0 ? LogHead{} : heads_.at(count - 1));
    for (std::size_t n = 0; n < kBatches; ++n) {
      const Position position{1, LogIndex(n)};
      EXPECT_EQ((*store)->ReadMessage(position)->has_value(), n < count) << n;
      EXPECT_EQ((*store)->ReadParts(position)->has_value(), n < count) << n;
    }
    EXPECT_EQ((*store)->Rows({kSchool, Lane::kUrgent, 0}, 99)->size(), count);
    EXPECT_EQ((*store)->DueTimers(At(99), 99)->size(), count);
    if (count > 0) {
      EXPECT_EQ(recovered->mailbox_ends,
                (std::vector<MailboxPlace>{{kSchool, Lane::kUrgent, count}}));
    }
    return count;
  }

  ScratchDirectory folder_;
  CountedRandom random_{3};
  tlog::TreeEdge tree_;
  std::vector<LogHead> heads_;
};

TEST_F(CutLogTest, WhatWasAppliedIsThereAfterACrash) {
  Copy();
  EXPECT_EQ(WholeBatches(), kBatches);
}

TEST_F(CutLogTest, ALogCutShortAnywhereGivesWholeBatches) {
  const std::uintmax_t size = fs::file_size(Copy());
  std::size_t last = 0;
  for (int step = 0; step <= 16; ++step) {
    fs::resize_file(Copy(), size * static_cast<std::uintmax_t>(step) / 16);
    const auto count = WholeBatches();
    if (!count) continue;  // Refused is right too.
    EXPECT_GE(*count, last);
    last = *count;
  }
  EXPECT_EQ(last, kBatches);
}

TEST_F(CutLogTest, AChangedByteAnywhereIsRefusedOrCostsWholeBatchesOfTheEnd) {
  const std::uintmax_t size = fs::file_size(Copy());
  std::size_t noticed = 0;
  for (std::uintmax_t step = 0; step < 16; ++step) {
    std::fstream file(Copy(), std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(size * step / 16 + 20);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 0x40);
    file.seekp(at);
    file.put(byte);
    file.close();
    if (WholeBatches() != kBatches) ++noticed;
  }
  EXPECT_EQ(noticed, 16U);
}

}  // namespace
}  // namespace havenline
