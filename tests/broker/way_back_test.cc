// The way back: `havenline-broker epoch` on every kind of loss, and what it refuses.

#include <gtest/gtest.h>

#include "schema/tlog/leaf.h"
#include "tests/broker/broken_store.h"
#include "tests/fakes/openings.h"

namespace havenline {
namespace {

class WayBackTest : public BrokenStoreTest {
 protected:
  // The opening of an epoch, its key in place, and the documents of governance's office.
  EpochRequest Opened(const BrokerConfiguration& configuration, std::uint64_t epoch) {
    const tlog::NoteSigner signer = LogSignerOf(epoch);
    if (!fs::exists(LogKeyPath(configuration, epoch)))
      WriteKey(LogKeyPath(configuration, epoch), signer.ExposeSeed());
    const TestPartnership& partnership = suite_->broker.partnership();
    WriteText(scratch_ / "opening.note", OpeningNoteOf(partnership, epoch));
    WriteText(scratch_ / "directory.note", partnership.Sign(partnership.DirectoryText()));
    WriteText(scratch_ / "policy.note", partnership.Sign(partnership.PolicyText()));
    return {scratch_ / "opening.note", {}, {}, {}};
  }
  EpochRequest WithDocuments(EpochRequest request) {
    request.directory = scratch_ / "directory.note";
    request.policies = {scratch_ / "policy.note"};
    return request;
  }
  void ExpectRefused(const BrokerConfiguration& configuration, const EpochRequest& request,
                     const std::string& because) {
    const auto begun = BeginEpoch(configuration, request);
    ASSERT_FALSE(begun.has_value());
    EXPECT_EQ(begun.error().code, FaultCode::kInvalid) << begun.error().detail;
    EXPECT_NE(begun.error().detail.find(because), std::string::npos) << begun.error().detail;
  }
  BrokerConfiguration Behind() {
    const auto older = Copy("older");
    fs::rename(older.store, scratch_ / "older-store");
    const auto configuration = Copy("crashed");
    fs::remove_all(configuration.store);
    fs::rename(scratch_ / "older-store", configuration.store);
    return configuration;
  }
};

TEST_F(WayBackTest, AStoreBehindItsMarkGoesOnInANewEpochWithAllItHas) {
  const auto configuration = Behind();
  const LogHead had = Start(configuration).opened.committer->head();
  const auto begun = BeginEpoch(configuration, Opened(configuration, 2));
  ASSERT_TRUE(begun.has_value()) << begun.error().detail;
  EXPECT_EQ(begun->epoch, 2U);
  EXPECT_FALSE(begun->already);
  EXPECT_TRUE(begun->aside.empty());
  const Started started = Start(configuration);
  ASSERT_TRUE(started.serves()) << started.verdict.found;
  EXPECT_EQ(started.opened.committer->head().epoch, 2U);
  EXPECT_EQ(started.opened.committer->closed(), std::vector<LogHead>{had});
  EXPECT_EQ(started.opened.store->ReadLeaves({1, LogIndex(0)}, 1'000)->size(), had.size)
      << "the log before is kept";
  EXPECT_EQ(*started.mark->newest(), started.opened.committer->head());
}

TEST_F(WayBackTest, EntryZeroSaysWhatIsKnownOfTheLogBefore) {
  const auto configuration = Behind();
  const LogHead had = Start(configuration).opened.committer->head();
  ASSERT_TRUE(BeginEpoch(configuration, Opened(configuration, 2)).has_value());
  const Started started = Start(configuration);
  const auto leaves = started.opened.store->ReadLeaves({2, LogIndex(0)}, 10);
  const auto first = tlog::ParseLeaf(leaves->front());
  ASSERT_TRUE(first && first->document);
  EXPECT_EQ(first->document->document, "opening");
  EXPECT_EQ(first->document->version, 2U);
  const auto parts = started.opened.store->ReadParts({2, LogIndex(0)});
  ASSERT_EQ((*parts)->parts.size(), 1U);
  const std::string json = ToText((*parts)->parts[0].json);
  for (const std::string& said :
       {std::string("behind its mark"), HexEncode(had.root), HexEncode(suite_->acknowledged.root)})
    EXPECT_NE(json.find(said), std::string::npos) << json;
}

TEST_F(WayBackTest, AnEmptyDiskNeedsTheDocumentsAndTakesThem) {
  const auto configuration = Copy("crashed");
  fs::remove_all(configuration.store);
  fs::remove_all(configuration.mark);
  const EpochRequest request = Opened(configuration, 2);
  ExpectRefused(configuration, request, "--directory");
  const auto begun = BeginEpoch(configuration, WithDocuments(request));
  ASSERT_TRUE(begun.has_value()) << begun.error().detail;
  const Started started = Start(configuration);
  ASSERT_TRUE(started.serves()) << started.verdict.found;
  EXPECT_EQ(started.opened.committer->head(),
            (LogHead{2, 3, started.opened.committer->head().root}));
}

TEST_F(WayBackTest, WhatIsGivenAsSuspendedIsSuspendedFromTheFirstEntriesOn) {
  const auto configuration = Copy("crashed");
  fs::remove_all(configuration.store);
  EpochRequest request = WithDocuments(Opened(configuration, 2));
  WriteText(scratch_ / "suspension.note",
            suite_->broker.partnership().SuspensionNote(kSchoolB, 7, false));
  request.suspensions = {scratch_ / "suspension.note"};
  ASSERT_TRUE(BeginEpoch(configuration, request).has_value());
  const Started started = Start(configuration);
  ASSERT_TRUE(started.serves());
  EXPECT_TRUE(started.opened.committer->standing().suspensions.IsSuspended(kSchoolB));
  EXPECT_EQ(started.opened.committer->notices(), 1U) << "agents are told of it";
}

TEST_F(WayBackTest, ADamagedStoreIsMovedAsideAndKept) {
  const auto configuration = Copy("crashed");
  const fs::path log = FilesOf(configuration, ".log").front();
  FlipBit(log, fs::file_size(log) / 2, 1);
  const EpochRequest request = Opened(configuration, 2);
  ExpectRefused(configuration, request, "--directory");
  EXPECT_TRUE(fs::exists(log)) << "nothing is moved by what is refused";
  const auto begun = BeginEpoch(configuration, WithDocuments(request));
  ASSERT_TRUE(begun.has_value()) << begun.error().detail;
  ASSERT_EQ(begun->aside.size(), 1U);
  EXPECT_TRUE(fs::exists(fs::path(begun->aside[0]) / log.filename()));
  EXPECT_TRUE(Start(configuration).serves());
}

TEST_F(WayBackTest, AMarkThatCannotBeReadIsMovedAsideAndTheStoreGoesOn) {
  const auto configuration = Copy("crashed");
  for (const char* const slot : {"mark-a", "mark-b"}) FlipBit(configuration.mark / slot, 40, 3);
  const auto begun = BeginEpoch(configuration, Opened(configuration, 2));
  ASSERT_TRUE(begun.has_value()) << begun.error().detail;
  ASSERT_EQ(begun->aside.size(), 1U);
  EXPECT_TRUE(fs::exists(fs::path(begun->aside[0]) / "mark-a"));
  const Started started = Start(configuration);
  ASSERT_TRUE(started.serves());
  EXPECT_EQ(started.opened.committer->closed(), std::vector<LogHead>{suite_->acknowledged});
}

TEST_F(WayBackTest, ARunThatWasCutOffMayBeRepeated) {
  const auto configuration = Behind();
  fs::copy(configuration.mark, scratch_ / "mark-before", fs::copy_options::recursive);
  const EpochRequest request = Opened(configuration, 2);
  ASSERT_TRUE(BeginEpoch(configuration, request).has_value());
  // As if it had ended between the batch and the mark.
  fs::remove_all(configuration.mark);
  fs::rename(scratch_ / "mark-before", configuration.mark);
  const auto again = BeginEpoch(configuration, request);
  ASSERT_TRUE(again.has_value()) << again.error().detail;
  EXPECT_TRUE(again->already);
  const Started started = Start(configuration);
  EXPECT_EQ(*started.mark->newest(), started.opened.committer->head());
}

TEST_F(WayBackTest, EpochsOnlyRise) {
  const auto configuration = Behind();
  ASSERT_TRUE(BeginEpoch(configuration, Opened(configuration, 3)).has_value());
  ExpectRefused(configuration, Opened(configuration, 2), "epochs only rise");
  // The store of before, put back under the mark of epoch 3: its opening was used.
  fs::remove_all(configuration.store);
  fs::copy(suite_->folder / "crashed" / "store", configuration.store, fs::copy_options::recursive);
  EXPECT_TRUE(Start(configuration).recovers());
  ExpectRefused(configuration, Opened(configuration, 3), "epochs only rise");
  EXPECT_TRUE(BeginEpoch(configuration, Opened(configuration, 4)).has_value());
}

TEST_F(WayBackTest, AnOpeningThatGovernanceDidNotSignOrWhoseKeyIsNotHereIsRefused) {
  const auto configuration = Behind();
  const EpochRequest request = Opened(configuration, 2);
  fs::remove(LogKeyPath(configuration, 2));
  ExpectRefused(configuration, request, "put the key that was made with that opening");
  Opened(configuration, 2);
  CountedRandom random(5);
  const tlog::NoteSigner forger("rotherham/governance/1", seal::SigningKey::Generate(random));
  const std::string text = OpeningText({kTestPartnership, 2, LogSignerOf(2).key()});
  WriteText(request.opening, tlog::MakeNote(text, std::vector{forger.SignatureLine(text)}));
  EXPECT_FALSE(BeginEpoch(configuration, request).has_value());
  EXPECT_EQ(Start(configuration).opened.committer->head().epoch, 1U);
}

TEST_F(WayBackTest, ARunningBrokerIsNotTouched) {
  const auto configuration = Behind();
  const Started running = Start(configuration);
  const auto begun = BeginEpoch(configuration, Opened(configuration, 2));
  ASSERT_FALSE(begun.has_value());
  EXPECT_EQ(begun.error().code, FaultCode::kUnavailable);
}

TEST_F(WayBackTest, APreparedEpochIsSignedAndBegins) {
  const auto configuration = Behind();
  ASSERT_TRUE(PrepareEpoch(configuration, 5, {}).has_value());
  EXPECT_FALSE(PrepareEpoch(configuration, 5, {}).has_value()) << "no key is written over";
  EXPECT_FALSE(PrepareEpoch(configuration, 1, {}).has_value());
  const auto text = ReadNote(configuration.log_key.parent_path() / "opening-5.toml");
  ASSERT_TRUE(text.has_value());
  WriteText(scratch_ / "opening.note", suite_->broker.partnership().Sign(*text));
  const auto begun = BeginEpoch(configuration, {scratch_ / "opening.note", {}, {}, {}});
  ASSERT_TRUE(begun.has_value()) << begun.error().detail;
  EXPECT_TRUE(Start(configuration).serves());
  const auto signer = SignerFor(configuration, Start(configuration).opened.committer->log_key());
  EXPECT_TRUE(signer.has_value());
}

}  // namespace
}  // namespace havenline
