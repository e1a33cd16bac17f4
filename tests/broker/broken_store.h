// A broker's disk as a crash in the middle of its work leaves it, made once, and copies of it to
// damage: store, mark, keys and configuration, with what was acknowledged.

#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/epoch.h"
#include "broker/start.h"
#include "deploy/runtime/files.h"
#include "schema/seal/key_text.h"
#include "tests/fakes/scratch_directory.h"
#include "tests/fakes/test_broker.h"

namespace havenline {

namespace fs = std::filesystem;

// What a start made of the disk.
struct Started {
  std::optional<MarkFile> mark;
  OpenedStore opened;
  StoreVerdict verdict;
  bool opens = false;  // Else verdict.found is the fault that stopped it.

  bool serves() const { return opens && verdict.start == StoreVerdict::Start::kServe; }
  bool recovers() const { return opens && verdict.start == StoreVerdict::Start::kRecovery; }
};

class BrokenStoreTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = std::make_unique<Suite>();
    suite_->Make();
  }
  static void TearDownTestSuite() { suite_.reset(); }

  struct Suite {
    void Make() {
      Composed last = broker.Notice({kSchoolA, kSchoolB});
      ASSERT_TRUE(IsAccepted(broker.Offer(last)));
      sent.push_back(last);
      for (int i = 0; i < 4; ++i) {
        sent.push_back(broker.Notice({kSchoolA}));
        ASSERT_TRUE(IsAccepted(broker.Offer(sent.back())));
      }
      ASSERT_TRUE(IsAccepted(broker.Suspend(kSchoolC)));
      ASSERT_TRUE(
          IsAccepted(broker.Offer(broker.Item(broker.Receipt(sent[1], 0, ReceiptKind::kStored)))));
      const auto batches = broker.store().batches();
      WriteKey(folder / "whole" / "log.key", broker.partnership().log_signer().ExposeSeed());
      const auto configuration = ConfigurationIn(folder / "whole");
      ASSERT_TRUE(MakeDirectories(configuration.mark, kPrivateDirectory).has_value());
      auto mark = MarkFile::Open(configuration.mark);
      ASSERT_TRUE(mark.has_value());
      auto store = BrokerStore::Open({configuration.store, 0, false});
      ASSERT_TRUE(store.has_value());
      for (std::size_t i = 0; i < batches.size(); ++i) {
        ASSERT_TRUE((*store)->Apply(batches[i]).has_value());
        ASSERT_TRUE(mark->Advance(batches[i].head).has_value());
        acknowledged = batches[i].head;
        if (i == batches.size() / 2)
          fs::copy(folder / "whole", folder / "older", fs::copy_options::recursive);
      }
      fs::copy(folder / "whole", folder / "crashed", fs::copy_options::recursive);
      // Closed and opened once, what it holds is in table files.
      store->reset();
      ASSERT_TRUE(BrokerStore::Open({configuration.store, 0, false}).has_value());
      mark = Fail(FaultCode::kMissing, "closed");
      fs::copy(folder / "whole", folder / "settled", fs::copy_options::recursive);
    }

    ScratchDirectory folder;
    TestBroker broker;
    std::vector<Composed> sent;
    LogHead acknowledged;
  };

  static void WriteKey(const fs::path& path, const ByteArray<32>& seed) {
    ASSERT_TRUE(MakeDirectories(path.parent_path(), kPrivateDirectory).has_value());
    ASSERT_TRUE(
        WriteFileDurably(path, AsBytes(seal::KeyToText("note", seed)), kPrivateFile).has_value());
  }
  static void WriteText(const fs::path& path, const std::string& text) {
    ASSERT_TRUE(WriteFileDurably(path, AsBytes(text), kPublicFile).has_value());
  }
  static BrokerConfiguration ConfigurationIn(const fs::path& folder) {
    BrokerConfiguration configuration;
    configuration.partnership = kTestPartnership;
    configuration.store = folder / "store";
    configuration.mark = folder / "mark";
    configuration.log_key = folder / "log.key";
    configuration.reserve_bytes = 0;
    return configuration;
  }

  // A fresh copy of the disk: "crashed", "settled" or "older".
  BrokerConfiguration Copy(const std::string& of) {
    const fs::path to = scratch_ / "copy";
    fs::remove_all(to);
    fs::copy(suite_->folder / of, to, fs::copy_options::recursive);
    return ConfigurationIn(to);
  }
  // Files of the store with that ending, the largest first.
  static std::vector<fs::path> FilesOf(const BrokerConfiguration& configuration,
                                       const std::string& part) {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(configuration.store)) {
      if (file.path().filename().string().find(part) != std::string::npos)
        files.push_back(file.path());
    }
    std::ranges::sort(files, std::greater{},
                      [](const fs::path& path) { return fs::file_size(path); });
    return files;
  }
  static void FlipBit(const fs::path& path, std::uintmax_t at, unsigned bit) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get() ^ static_cast<char>(1U << bit));
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  }

  // What main.cc does before it serves.
  static Started Start(const BrokerConfiguration& configuration, seal::RandomSource& random) {
    Started started;
    const auto stopped = [&](const Fault& fault) {
      started.verdict = {StoreVerdict::Start::kRefuse, WithRemedy(fault).detail, ""};
    };
    std::error_code ignored;
    fs::create_directories(configuration.mark, ignored);
    auto mark = MarkFile::Open(configuration.mark);
    if (!mark) return stopped(mark.error()), std::move(started);
    started.mark.emplace(*std::move(mark));
    auto opened = OpenStore(configuration, random);
    if (!opened) return stopped(opened.error()), std::move(started);
    started.opened = *std::move(opened);
    started.opens = true;
    started.verdict = Judge(configuration, started.opened, *started.mark);
    return started;
  }
  Started Start(const BrokerConfiguration& configuration) { return Start(configuration, random_); }

  // Everything that was acknowledged is there as it was, or reading it is a fault, which stops the
  // process. Never something else, and never nothing.
  static void ExpectNothingMissing(const Started& started) {
    const FakeStore& whole = suite_->broker.store();
    const BrokerStore& store = *started.opened.store;
    EXPECT_EQ(started.opened.committer->head(), suite_->acknowledged);
    const auto same = [](const auto& left, const auto& right) {
      return !left.has_value() || (right.has_value() && *left == *right);
    };
    for (std::uint64_t i = 0; i < suite_->acknowledged.size; ++i) {
      const Position position{kFirstEpoch, LogIndex(i)};
      EXPECT_TRUE(same(store.ReadParts(position), whole.ReadParts(position))) << i;
      EXPECT_TRUE(same(store.ReadMessage(position), whole.ReadMessage(position))) << i;
    }
    for (const Composed& composed : suite_->sent) {
      const Header& header = composed.envelope.header;
      EXPECT_TRUE(same(store.FindOutcome(header.sender, header.id),
                       whole.FindOutcome(header.sender, header.id)));
      for (const GrantedRecipient& granted : composed.granted)
        EXPECT_TRUE(same(store.FindGrant(granted.grant), whole.FindGrant(granted.grant)));
    }
    for (const AgencyId& school : {kSchoolA, kSchoolB}) {
      const MailboxPlace from{school, Lane::kUrgent, 0};
      EXPECT_TRUE(same(store.Rows(from, 100), whole.Rows(from, 100)));
    }
  }
  // Either all of it is served, or it says what is wrong and what to do. True if it is served.
  bool ExpectAllOrWords(const BrokerConfiguration& configuration) {
    const Started started = Start(configuration);
    if (started.serves()) {
      ExpectNothingMissing(started);
      return true;
    }
    EXPECT_NE(started.verdict.start, StoreVerdict::Start::kFound) << "taken for a new one";
    const std::string words = started.verdict.found + started.verdict.remedy;
    EXPECT_NE(words.find("havenline-broker epoch"), std::string::npos) << words;
    EXPECT_NE(words.find("newest copy"), std::string::npos) << words;
    return false;
  }

  static std::unique_ptr<Suite> suite_;
  ScratchDirectory scratch_;
  CountedRandom random_{7};
};

inline std::unique_ptr<BrokenStoreTest::Suite> BrokenStoreTest::suite_;

}  // namespace havenline
