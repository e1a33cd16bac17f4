#include "broker/pipeline/log_publisher.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/tlog/checkpoint.h"
#include "tests/fakes/log_reader.h"
#include "tests/fakes/memory_folder.h"

namespace havenline {
namespace {

const PartnershipId kPartnership("rotherham");

class LogPublisherTest : public ::testing::Test {
 protected:
  CheckpointNews NewsOf(std::uint64_t size) const {
    const LogHead head{1, size, reader_.log.RootAt(size)};
    return {head, tlog::MakeCheckpoint(kPartnership, head, signer_)};
  }
  LogPublisher Publisher(LogPublisher::Look look = LogPublisher::Look::kQuick) {
    return LogPublisher({reader_, folder_, kPartnership, signer_.key()}, look);
  }
  // To the end, as the thread does.
  void Publish(LogPublisher& publisher, std::uint64_t size) const {
    const CheckpointNews news = NewsOf(size);
    while (true) {
      const auto done = publisher.Step(news);
      ASSERT_TRUE(done.has_value()) << done.error().detail;
      if (*done) break;
    }
    ASSERT_EQ(publisher.published(), news.head);
  }
  // What has to be there of a log of this size, and nothing but what may.
  void ExpectWhole(std::uint64_t size, bool interrupted = false) const {
    for (const auto& [path, bytes] : reader_.log.Files({size})) {
      const auto file = folder_.files.find("1/" + path);
      ASSERT_NE(file, folder_.files.end()) << path << " of " << size;
      EXPECT_EQ(file->second, bytes) << path << " of " << size;
    }
    EXPECT_EQ(ToText(folder_.files.at("1/checkpoint")), NewsOf(size).note);
    for (std::uint64_t i = 0; i * 100 < size; ++i) {
      const DocumentRecord& document = reader_.documents[i];
      const auto file = folder_.files.find("documents/" + HexEncode(document.hash) + ".note");
      ASSERT_NE(file, folder_.files.end()) << i;
      EXPECT_EQ(ToText(file->second), document.note);
    }
    if (interrupted) return;
    for (const auto& [path, bytes] : folder_.files) {
      if (!path.starts_with("1/tile/")) continue;
      const auto id = tlog::TileFromPath(path.substr(2));
      ASSERT_TRUE(id.has_value()) << path;
      const bool full = folder_.files.contains("1/" + tlog::TilePath(id->Full()));
      EXPECT_FALSE(id->partial() && full) << path << " stayed beside its full one";
    }
  }

  LogReader reader_{1100};
  MemoryFolder folder_;
  tlog::NoteSigner signer_ = SignerOfOne();
};

TEST_F(LogPublisherTest, EverySizeIsWholeAndNoPartialTileStaysBesideItsFullOne) {
  LogPublisher publisher = Publisher();
  for (const std::uint64_t size : {3U, 4U, 200U, 255U, 256U, 257U, 300U, 511U, 512U, 1100U}) {
    Publish(publisher, size);
    ExpectWhole(size);
  }
  EXPECT_TRUE(publisher.mended().empty());
}

TEST_F(LogPublisherTest, PartialTilesOfEarlierCheckpointsStayUntilTheFullOneIsThere) {
  LogPublisher publisher = Publisher();
  Publish(publisher, 10);
  Publish(publisher, 20);
  EXPECT_TRUE(folder_.files.contains("1/tile/0/000.p/10"));
  EXPECT_TRUE(folder_.files.contains("1/tile/entries/000.p/10"));
  Publish(publisher, 256);
  EXPECT_FALSE(folder_.files.contains("1/tile/0/000.p/10"));
  EXPECT_FALSE(folder_.files.contains("1/tile/entries/000.p/20"));
}

TEST_F(LogPublisherTest, TheCheckpointComesAfterAllThatItImplies) {
  LogPublisher publisher = Publisher();
  for (const std::uint64_t size : {300U, 700U}) {
    folder_.written.clear();
    Publish(publisher, size);
    EXPECT_EQ(folder_.written.back(), "1/checkpoint");
    EXPECT_EQ(std::ranges::count(folder_.written, "1/checkpoint"), 1);
  }
}

// Whatever write is the last before the power goes, what the checkpoint in the folder implies is
// whole, and the next start ends with the folder that it would have been.
TEST_F(LogPublisherTest, ACutAfterAnyWriteLeavesAWholeLogAndIsGoneOnFrom) {
  for (int writes = 0;; ++writes) {
    folder_ = MemoryFolder();
    LogPublisher before = Publisher();
    Publish(before, 250);
    folder_.writes_left = writes;
    LogPublisher cut = Publisher();
    auto done = cut.Step(NewsOf(700));
    while (done && !*done) done = cut.Step(NewsOf(700));
    folder_.writes_left.reset();
    if (!done) ExpectWhole(250, true);
    LogPublisher after = Publisher();
    Publish(after, 700);
    ExpectWhole(700);
    if (done) break;
    ASSERT_LT(writes, 100);
  }
}

TEST_F(LogPublisherTest, AFaultIsRetriedFromWhereItFailedAndNothingReadBackIsBelieved) {
  LogPublisher publisher = Publisher();
  Publish(publisher, 250);
  folder_.writes_left = 3;
  EXPECT_FALSE(publisher.Step(NewsOf(700)).has_value());
  folder_.writes_left = 0;
  EXPECT_FALSE(publisher.Step(NewsOf(700)).has_value());
  folder_.writes_left.reset();
  // What the failed attempt left may be in the cache and not on the disk.
  folder_.written.clear();
  Publish(publisher, 700);
  EXPECT_TRUE(std::ranges::count(folder_.written, "1/tile/0/000")) << "written again";
  ExpectWhole(700);
}

TEST_F(LogPublisherTest, AStartMendsFilesThatAreMissingOrOfAnotherSize) {
  const std::vector<std::string> spoiled = {"1/tile/0/000", "1/tile/entries/001",
                                            "1/tile/1/000.p/2", "1/tile/0/002.p/88",
                                            "1/tile/entries/002.p/88"};
  for (const std::string& name : spoiled) {
    for (const bool removed : {true, false}) {
      folder_ = MemoryFolder();
      LogPublisher before = Publisher();
      Publish(before, 600);
      if (removed) {
        folder_.files.erase(name);
      } else {
        folder_.files.at(name).resize(9);
      }
      LogPublisher after = Publisher();
      Publish(after, 600);
      ExpectWhole(600);
      EXPECT_EQ(after.mended(), std::vector<std::string>{name});
    }
  }
}

TEST_F(LogPublisherTest, AQuickLookReadsNoFullTileAndAWholeLookMendsEveryChangedByte) {
  LogPublisher before = Publisher();
  Publish(before, 600);
  const std::string document = "documents/" + HexEncode(reader_.documents[0].hash) + ".note";
  for (const std::string& name :
       {std::string("1/tile/0/001"), std::string("1/tile/entries/000"), document}) {
    folder_.files.at(name)[3] ^= 1U;
    LogPublisher quick = Publisher();
    Publish(quick, 600);
    EXPECT_TRUE(quick.mended().empty()) << name;
    LogPublisher whole = Publisher(LogPublisher::Look::kWhole);
    Publish(whole, 600);
    EXPECT_EQ(whole.mended(), std::vector<std::string>{name});
    ExpectWhole(600);
  }
}

TEST_F(LogPublisherTest, ACheckpointThatIsNotOursIsNotGoneOnFrom) {
  LogPublisher before = Publisher();
  Publish(before, 600);
  // Of the right size: only who trusts the checkpoint would pass over it.
  folder_.files.at("1/tile/0/000")[3] ^= 1U;
  folder_.files.at("1/checkpoint")[20] ^= 1U;
  LogPublisher after = Publisher();
  Publish(after, 600);
  ExpectWhole(600);
}

// Somebody put an older store back: what the folder shows is the only witness of what was.
TEST_F(LogPublisherTest, ACheckpointOfOursThatTheStoreDoesNotContainIsNeverOverwritten) {
  LogPublisher before = Publisher();
  Publish(before, 600);
  const auto files = folder_.files;
  reader_ = LogReader(500);
  for (std::uint64_t i = 0; i < 200; ++i) reader_.log.Add("another entry");
  LogPublisher after = Publisher();
  for (const std::uint64_t size : {550U, 700U}) {
    const auto done = after.Step(NewsOf(size));
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, FaultCode::kCorrupt);
    EXPECT_NE(done.error().detail.find("600"), std::string::npos) << done.error().detail;
  }
  EXPECT_EQ(folder_.files, files);
}

TEST_F(LogPublisherTest, ANoteOfTheSameHeadReplacesOneThatSaysLess) {
  LogPublisher publisher = Publisher();
  Publish(publisher, 300);
  CheckpointNews cosigned = NewsOf(300);
  cosigned.note += "— witness.example.org/w1 AAAAAAAA\n";
  ASSERT_TRUE(publisher.Step(cosigned).value_or(false));
  EXPECT_EQ(ToText(folder_.files.at("1/checkpoint")), cosigned.note);
  // A restart signs the same head again, alone.
  LogPublisher after = Publisher();
  ASSERT_TRUE(after.Step(NewsOf(300)).value_or(false));
  EXPECT_EQ(ToText(folder_.files.at("1/checkpoint")), cosigned.note);
}

TEST_F(LogPublisherTest, AnEntryThatIsNotTheOneThatWasHashedIsNotPublished) {
  reader_.spoils_last = true;
  LogPublisher publisher = Publisher();
  const auto done = publisher.Step(NewsOf(300));
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().detail.find("entry 255 is not the one"), std::string::npos);
  EXPECT_FALSE(folder_.files.contains("1/checkpoint"));
}

}  // namespace
}  // namespace havenline
