// What commit and deliver rely on, of any store: the one in RocksDB and the one in memory pass the
// same.

#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "broker/storage/broker_store.h"
#include "schema/base/check.h"
#include "schema/model/names.h"
#include "tests/fakes/counted_random.h"
#include "tests/fakes/fake_store.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

const AgencyId kPolice("police.test");
const AgencyId kSchool("school.1");
const AgencyId kOther("school.10");  // Starts as kSchool does: a prefix must not find it.

TimePoint At(int seconds) { return FromMilliseconds(1'795'000'000'000 + 1000 * seconds); }

Digest Hash(std::uint8_t n) {
  Digest digest{};
  digest.fill(n);
  return digest;
}
MessageId Message(std::uint8_t n) { return MakeMessageId(At(n), {n}); }

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual Store& store() = 0;
  virtual const StoreReader& reader() = 0;
  virtual void Reopen() = 0;
};

class InMemory final : public StoreUnderTest {
 public:
  Store& store() override { return *store_; }
  const StoreReader& reader() override { return *store_; }
  void Reopen() override { store_ = store_->Reopened(); }

 private:
  std::unique_ptr<FakeStore> store_ = std::make_unique<FakeStore>();
};

class InRocksDb final : public StoreUnderTest {
 public:
  InRocksDb() { Reopen(); }
  Store& store() override { return *store_; }
  const StoreReader& reader() override { return *store_; }
  void Reopen() override {
    store_.reset();
    auto opened = BrokerStore::Open({.path = folder_ / "store", .reserve_bytes = 0});
    if (!opened) std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
    CHECK(opened.has_value());
    store_ = *std::move(opened);
  }

 private:
  ScratchDirectory folder_;
  std::unique_ptr<BrokerStore> store_;
};

struct Named {
  const char* name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};

class StoreConformanceTest : public ::testing::TestWithParam<Named> {
 protected:
  StoreConformanceTest() : under_test_(GetParam().make()) {}

  Store& store() { return under_test_->store(); }
  const StoreReader& reader() { return under_test_->reader(); }
  void Reopen() { under_test_->Reopen(); }

  // A batch with the next entry and its nodes; tests add what they are about.
  CommitBatch Batch(std::vector<Part> parts = {}) {
    CommitBatch batch;
    const Position position{1, LogIndex(tree_.size())};
    batch.entries.push_back(MakeEntry(position, std::move(parts), 8, std::nullopt, random_));
    batch.nodes = tree_.Append(tlog::LeafHash(AsBytes(batch.entries.back().leaf)));
    batch.head = {1, tree_.size(), tree_.root()};
    return batch;
  }
  void Apply(const CommitBatch& batch) { ASSERT_TRUE(store().Apply(batch).has_value()); }

  static Position FirstPosition() { return {1, LogIndex(0)}; }
  static MailboxRow Row(const AgencyId& agency, Lane lane, std::uint64_t sequence) {
    MailboxRow row;
    row.place = {agency, lane, sequence};
    row.kind = MailboxRow::Kind::kGrant;
    row.grant = Hash(static_cast<std::uint8_t>(sequence));
    row.position = {1, LogIndex(sequence)};
    row.part = 3;
    return row;
  }
  std::vector<std::uint64_t> Sequences(const MailboxPlace& after, std::size_t count_max) {
    std::vector<std::uint64_t> sequences;
    const auto rows = reader().Rows(after, count_max);
    EXPECT_TRUE(rows.has_value());
    for (const MailboxRow& row : *rows) sequences.push_back(row.place.sequence);
    return sequences;
  }

  CountedRandom random_{7};
  tlog::TreeEdge tree_;
  std::unique_ptr<StoreUnderTest> under_test_;
};

using Numbers = std::vector<std::uint64_t>;

TEST_P(StoreConformanceTest, ANewStoreIsEmpty) {
  const auto recovered = store().Recover();
  ASSERT_TRUE(recovered.has_value());
  EXPECT_EQ(recovered->head, LogHead{});
  EXPECT_TRUE(recovered->leaf_hashes.empty());
  EXPECT_EQ(*store().FindOutcome(kPolice, Message(1)), std::nullopt);
  EXPECT_EQ(*store().FindGrant(Hash(1)), std::nullopt);
  EXPECT_EQ(*store().FindAnswered({kPolice, Message(1), kSchool, Role("school")}),
            HowAnswered::kNo);
  EXPECT_EQ(*store().FindSeries(kPolice, Lane::kUrgent), std::nullopt);
  EXPECT_TRUE(store().WatchesOn(kSchool, std::nullopt, 10)->empty());
  EXPECT_TRUE(store().HeldFor(kSchool, 10)->empty());
  EXPECT_EQ(*store().NextTimer(), std::nullopt);
  EXPECT_EQ(*reader().ReadMessage(FirstPosition()), std::nullopt);
  EXPECT_EQ(*reader().ReadParts(FirstPosition()), std::nullopt);
  EXPECT_EQ(*reader().ReadDocument(Hash(1)), std::nullopt);
  EXPECT_EQ(reader().ReadNode(1, {0, 0}), std::nullopt);
  EXPECT_TRUE(reader().ReadLeaves(FirstPosition(), 10)->empty());
  EXPECT_TRUE(reader().ReadNotices(0, 10)->empty());
}

TEST_P(StoreConformanceTest, KeepsAnEntryWithItsLeafPartsAndNodes) {
  const auto json = [](const std::string& agency) {
    return ToBytes(R"({"agency":")" + agency + R"(","at":1,"epoch":1,"kind":"reconciled","v":1})");
  };
  const std::vector<Part> parts = {
      {kPolice, {}, json("police"), {}},
      {kSchool,
       {},
       json("school"),
       {ExchangeName("encompass-notice"), ExchangeName("marac-flag")}}};
  const CommitBatch first = Batch(parts);
  Apply(first);
  const CommitBatch second = Batch();
  Apply(second);
  Reopen();
  const Entry& entry = first.entries[0];
  EXPECT_EQ(*reader().ReadParts(entry.position), (EntryParts{entry.parts, entry.digests}));
  EXPECT_EQ(*reader().ReadLeaves(FirstPosition(), 10),
            (std::vector<std::string>{entry.leaf, second.entries[0].leaf}));
  EXPECT_EQ(*reader().ReadLeaves(FirstPosition(), 1), std::vector<std::string>{entry.leaf});
  EXPECT_TRUE(reader().ReadLeaves({1, LogIndex(2)}, 10)->empty());
  EXPECT_TRUE(reader().ReadLeaves({2, LogIndex(0)}, 10)->empty());
  for (const tlog::Node& node : second.nodes) EXPECT_EQ(reader().ReadNode(1, node.id), node.hash);
  EXPECT_EQ(reader().ReadNode(2, {0, 0}), std::nullopt);
}

TEST_P(StoreConformanceTest, KeepsOutcomesOfEveryKind) {
  const PartProof proof{FirstPosition(), Hash(9), ToBytes(std::string_view("{}")), {Hash(1)}};
  const Refused refused{
      Code::kPolicyDenies, {{kSchool, Role("school"), "location", RuleId("R-1")}}, proof};
  CommitBatch batch = Batch();
  batch.outcomes = {{kPolice, Message(1), Hash(1), Accepted{proof, true}},
                    {kPolice, Message(2), Hash(2), refused}};
  Apply(batch);
  Reopen();
  EXPECT_EQ(**store().FindOutcome(kPolice, Message(1)), batch.outcomes[0]);
  EXPECT_EQ(**store().FindOutcome(kPolice, Message(2)), batch.outcomes[1]);
  // The same id of another sender is another message.
  EXPECT_EQ(*store().FindOutcome(kSchool, Message(1)), std::nullopt);
}

TEST_P(StoreConformanceTest, KeepsGrantsAndReplacesThem) {
  GrantRecord grant{.grant = Hash(5),
                    .position = FirstPosition(),
                    .index = 2,
                    .sender = kPolice,
                    .message = Message(1),
                    .origin = Message(0),
                    .recipient = kSchool,
                    .role = Role("school"),
                    .place = {kSchool, Lane::kNormal, 77},
                    .claims = {"risk", "childPart"},
                    .acknowledge_by = At(60),
                    .stored = false,
                    .exchange = ExchangeName("encompass-notice"),
                    .condition = {},
                    .phase = GrantRecord::Phase::kOpen,
                    .stood_down = false,
                    .receipts = {}};
  CommitBatch batch = Batch();
  batch.grants = {grant};
  Apply(batch);
  EXPECT_EQ(**store().FindGrant(Hash(5)), grant);
  grant.stored = true;
  grant.acknowledge_by.reset();
  grant.claims.clear();
  grant.receipts = {{Hash(8), {1, LogIndex(4)}}, {Hash(9), {1, LogIndex(5)}}};
  grant.condition = {Condition::Kind::kUnacknowledged, Hash(4), At(50)};
  grant.phase = GrantRecord::Phase::kReleased;
  grant.stood_down = true;
  batch = Batch();
  batch.grants = {grant};
  Apply(batch);
  Reopen();
  EXPECT_EQ(**store().FindGrant(Hash(5)), grant);
  EXPECT_EQ(**reader().ReadGrant(Hash(5)), grant);
}

TEST_P(StoreConformanceTest, MailboxesAreReadInOrderFromAfterAPlaceOfOneAgencyAndLane) {
  CommitBatch batch = Batch();
  for (const std::uint64_t n : {1U, 2U, 255U, 256U, 70'000U})
    batch.mailbox_rows.push_back(Row(kSchool, Lane::kUrgent, n));
  batch.mailbox_rows.push_back(Row(kSchool, Lane::kNormal, 3));
  batch.mailbox_rows.push_back(Row(kOther, Lane::kUrgent, 4));
  Apply(batch);
  Reopen();
  EXPECT_EQ(Sequences({kSchool, Lane::kUrgent, 0}, 100), (Numbers{1, 2, 255, 256, 70'000}));
  EXPECT_EQ(Sequences({kSchool, Lane::kUrgent, 2}, 100), (Numbers{255, 256, 70'000}));
  EXPECT_EQ(Sequences({kSchool, Lane::kUrgent, 0}, 2), (Numbers{1, 2}));
  EXPECT_EQ(Sequences({kSchool, Lane::kUrgent, 0}, 0), Numbers{});
  EXPECT_EQ(Sequences({kSchool, Lane::kUrgent, 70'000}, 9), Numbers{});
  EXPECT_EQ(Sequences({kSchool, Lane::kNormal, 0}, 9), Numbers{3});
  EXPECT_EQ(Sequences({kOther, Lane::kUrgent, 0}, 9), Numbers{4});
  EXPECT_EQ(Sequences({kPolice, Lane::kUrgent, 0}, 9), Numbers{});
}

TEST_P(StoreConformanceTest, KeepsMailboxRowsOfEveryKind) {
  CommitBatch batch = Batch();
  batch.mailbox_rows = {Row(kSchool, Lane::kUrgent, 1), Row(kSchool, Lane::kUrgent, 2),
                        Row(kSchool, Lane::kUrgent, 3)};
  batch.mailbox_rows[1].kind = MailboxRow::Kind::kReceipt;
  batch.mailbox_rows[1].bytes = ToBytes(std::string_view("a signed receipt"));
  batch.mailbox_rows[2].kind = MailboxRow::Kind::kWord;
  batch.mailbox_rows[2].bytes = ToBytes(std::string_view("a signed void"));
  Apply(batch);
  Reopen();
  EXPECT_EQ(*reader().Rows({kSchool, Lane::kUrgent, 0}, 9), batch.mailbox_rows);
}

TEST_P(StoreConformanceTest, RemovedRowsGoAndTheirNumbersAreNotGivenAgain) {
  CommitBatch batch = Batch();
  batch.mailbox_rows = {Row(kSchool, Lane::kUrgent, 1), Row(kSchool, Lane::kUrgent, 2)};
  Apply(batch);
  batch = Batch();
  batch.mailbox_removed = {{kSchool, Lane::kUrgent, 1},
                           {kSchool, Lane::kUrgent, 2},
                           {kSchool, Lane::kUrgent, 99}};  // Never there: no matter.
  Apply(batch);
  Reopen();
  EXPECT_EQ(Sequences({kSchool, Lane::kUrgent, 0}, 9), Numbers{});
  const auto recovered = store().Recover();
  ASSERT_TRUE(recovered.has_value());
  EXPECT_EQ(recovered->mailbox_ends, (std::vector<MailboxPlace>{{kSchool, Lane::kUrgent, 2}}));
}

TEST_P(StoreConformanceTest, ARowAddedAndRemovedInOneBatchIsNotThere) {
  CommitBatch batch = Batch();
  batch.mailbox_rows = {Row(kSchool, Lane::kUrgent, 1)};
  batch.mailbox_removed = {{kSchool, Lane::kUrgent, 1}};
  batch.timers = {{At(1), Hash(1)}};
  batch.timers_removed = {{At(1), Hash(1)}};
  Apply(batch);
  EXPECT_EQ(Sequences({kSchool, Lane::kUrgent, 0}, 9), Numbers{});
  EXPECT_EQ(*store().NextTimer(), std::nullopt);
}

TEST_P(StoreConformanceTest, ABodyStaysUntilItsCountIsZero) {
  CommitBatch batch = Batch();
  batch.messages = {{FirstPosition(), ToBytes(std::string_view("sealed")), 2}};
  Apply(batch);
  EXPECT_EQ(*store().FindUndelivered(FirstPosition()), 2U);
  batch = Batch();
  batch.undelivered = {{FirstPosition(), 1}};
  Apply(batch);
  Reopen();
  EXPECT_EQ(*store().FindUndelivered(FirstPosition()), 1U);
  EXPECT_EQ(**reader().ReadMessage(FirstPosition()), ToBytes(std::string_view("sealed")));
  batch = Batch();
  batch.undelivered = {{FirstPosition(), 0}};
  Apply(batch);
  Reopen();
  EXPECT_EQ(*reader().ReadMessage(FirstPosition()), std::nullopt);
  EXPECT_EQ(store().FindUndelivered(FirstPosition()).error().code, FaultCode::kCorrupt);
}

TEST_P(StoreConformanceTest, ABodyThatEveryoneHasAtOnceIsNeverKept) {
  CommitBatch batch = Batch();
  batch.messages = {{FirstPosition(), ToBytes(std::string_view("sealed")), 0}};
  Apply(batch);
  EXPECT_EQ(*reader().ReadMessage(FirstPosition()), std::nullopt);
}

TEST_P(StoreConformanceTest, TimersComeInTheOrderInWhichTheyAreDue) {
  CommitBatch batch = Batch();
  batch.timers = {{At(30), Hash(1)}, {At(10), Hash(3)}, {At(10), Hash(2)}, {At(20), Hash(4)}};
  Apply(batch);
  Reopen();
  EXPECT_EQ(*store().NextTimer(), At(10));
  EXPECT_TRUE(store().DueTimers(At(9), 9)->empty());
  EXPECT_EQ(*store().DueTimers(At(10), 9),
            (std::vector<TimerRecord>{{At(10), Hash(2)}, {At(10), Hash(3)}}));
  EXPECT_EQ(*store().DueTimers(At(99), 3),
            (std::vector<TimerRecord>{{At(10), Hash(2)}, {At(10), Hash(3)}, {At(20), Hash(4)}}));
  batch = Batch();
  batch.timers_removed = {{At(10), Hash(2)}, {At(10), Hash(3)}, {At(77), Hash(7)}};
  Apply(batch);
  Reopen();
  EXPECT_EQ(*store().NextTimer(), At(20));
}

TEST_P(StoreConformanceTest, TheFirstTimerIsFoundWhateverWasBeforeIt) {
  const auto change = [&](std::vector<TimerRecord> timers, std::vector<TimerRecord> removed) {
    CommitBatch batch = Batch();
    batch.timers = std::move(timers);
    batch.timers_removed = std::move(removed);
    Apply(batch);
    return *store().NextTimer();
  };
  const TimerRecord before_1970{FromMilliseconds(-1),
                                Hash(9)};  // A sender's word: may be nonsense.
  EXPECT_EQ(change({{At(10), Hash(1)}, {At(20), Hash(2)}}, {}), At(10));
  EXPECT_EQ(change({}, {{At(10), Hash(1)}}), At(20));
  EXPECT_EQ(change({{At(15), Hash(3)}}, {}), At(15));
  EXPECT_EQ(store().DueTimers(At(99), 9)->size(), 2U);
  EXPECT_EQ(change({}, {{At(15), Hash(3)}, {At(20), Hash(2)}}), std::nullopt);
  EXPECT_TRUE(change({before_1970}, {}).has_value());
  EXPECT_EQ(change({{At(5), Hash(4)}}, {before_1970}), At(5));
}

TEST_P(StoreConformanceTest, RemembersWhoAnswered) {
  const AnsweredKey answered{kPolice, Message(1), kSchool, Role("school")};
  CommitBatch batch = Batch();
  batch.answered = {{answered, HowAnswered::kNotOurs}};
  Apply(batch);
  Reopen();
  EXPECT_EQ(*store().FindAnswered(answered), HowAnswered::kNotOurs);
  batch = Batch();
  batch.answered = {{answered, HowAnswered::kAcknowledged}};
  Apply(batch);
  EXPECT_EQ(*store().FindAnswered(answered), HowAnswered::kAcknowledged);
  for (int field = 0; field < 4; ++field) {
    AnsweredKey other = answered;
    if (field == 0) other.sender = kOther;
    if (field == 1) other.origin = Message(2);
    if (field == 2) other.recipient = kOther;
    if (field == 3) other.role = Role("nursery");
    EXPECT_EQ(*store().FindAnswered(other), HowAnswered::kNo) << field;
  }
}

TEST_P(StoreConformanceTest, KeepsWatchesByWhomTheyWatch) {
  const AnsweredKey watched{kPolice, Message(1), kSchool, Role("school")};
  AnsweredKey again = watched;
  again.origin = Message(2);
  AnsweredKey other = watched;
  other.recipient = kOther;
  CommitBatch batch = Batch();
  batch.watches = {{watched, Hash(1)}, {watched, Hash(2)}, {again, Hash(3)}, {other, Hash(4)}};
  Apply(batch);
  Reopen();
  EXPECT_EQ(*store().FindWatches(watched, 9),
            (std::vector<WatchRecord>{{watched, Hash(1)}, {watched, Hash(2)}}));
  EXPECT_EQ(store().FindWatches(watched, 1)->size(), 1U);
  const auto on = *store().WatchesOn(kSchool, std::nullopt, 9);
  ASSERT_EQ(on.size(), 3U);
  EXPECT_EQ(store().WatchesOn(kSchool, on[0], 9)->size(), 2U);
  EXPECT_EQ(store().WatchesOn(kSchool, on[1], 9)->front(), on[2]);
  EXPECT_TRUE(store().WatchesOn(kSchool, on[2], 9)->empty());
  batch = Batch();
  batch.watches_removed = {{watched, Hash(1)}};
  Apply(batch);
  EXPECT_EQ(*store().FindWatches(watched, 9), (std::vector<WatchRecord>{{watched, Hash(2)}}));
}

TEST_P(StoreConformanceTest, KeepsHeldGrantsByTheirRecipient) {
  CommitBatch batch = Batch();
  batch.held = {{kSchool, Hash(1)}, {kSchool, Hash(2)}, {kOther, Hash(3)}};
  Apply(batch);
  batch = Batch();
  batch.held_removed = {{kSchool, Hash(1)}};
  Apply(batch);
  Reopen();
  EXPECT_EQ(*store().HeldFor(kSchool, 9), (std::vector<HeldRecord>{{kSchool, Hash(2)}}));
  EXPECT_EQ(*store().HeldFor(kOther, 9), (std::vector<HeldRecord>{{kOther, Hash(3)}}));
}

TEST_P(StoreConformanceTest, KeepsTheLastWordOfEachSeries) {
  const SeriesRecord urgent{kSchool, Lane::kUrgent, 1, {SeriesId(7), 3}};
  const SeriesRecord normal{kSchool, Lane::kNormal, 1, {SeriesId(8), 1}};
  CommitBatch batch = Batch();
  batch.series = {urgent, normal};
  Apply(batch);
  Reopen();
  EXPECT_EQ(*store().FindSeries(kSchool, Lane::kUrgent), urgent);
  EXPECT_EQ(*store().FindSeries(kSchool, Lane::kNormal), normal);
  EXPECT_EQ(*store().FindSeries(kOther, Lane::kNormal), std::nullopt);
}

TEST_P(StoreConformanceTest, KeepsHowFarASuspensionHasGone) {
  SweepRecord sweep{kSchool, {1, LogIndex(4)}, {}};
  sweep.boxes[0] = {9, 5, 2};
  sweep.boxes[1] = {3, 0, 3};
  CommitBatch batch = Batch();
  batch.sweeps = {sweep};
  Apply(batch);
  Reopen();
  EXPECT_EQ(store().Recover()->sweeps, std::vector<SweepRecord>{sweep});
  batch = Batch();
  batch.sweeps_done = {kSchool};
  Apply(batch);
  EXPECT_TRUE(store().Recover()->sweeps.empty());
}

TEST_P(StoreConformanceTest, KeepsDocumentsByHashAndInOrder) {
  CommitBatch batch = Batch();
  batch.documents = {{DocumentKind::kDirectory, Hash(1), "directory 1\n", {1, LogIndex(1)}},
                     {DocumentKind::kPolicy, Hash(2), "policy 1\n", {1, LogIndex(2)}},
                     {DocumentKind::kOpening, Hash(3), "opening\n", {1, LogIndex(0)}}};
  Apply(batch);
  Reopen();
  EXPECT_EQ(**reader().ReadDocument(Hash(2)), batch.documents[1]);
  EXPECT_EQ(*reader().ReadDocument(Hash(4)), std::nullopt);
  const auto recovered = store().Recover();
  ASSERT_TRUE(recovered.has_value());
  EXPECT_EQ(recovered->documents, (std::vector<DocumentRecord>{
                                      batch.documents[2], batch.documents[0], batch.documents[1]}));
}

TEST_P(StoreConformanceTest, NoticesAreReadInOrderFromAfterANumber) {
  CommitBatch batch = Batch();
  for (std::uint64_t n = 1; n <= 300; ++n)
    batch.notices.push_back({n, DocumentKind::kStatement, Bytes{static_cast<std::uint8_t>(n)}});
  Apply(batch);
  Reopen();
  EXPECT_EQ(store().Recover()->notices, batch.notices);
  EXPECT_EQ(reader().ReadNotices(0, 1000)->size(), 300U);
  EXPECT_EQ(*reader().ReadNotices(298, 10),
            (std::vector<NoticeRecord>{batch.notices[298], batch.notices[299]}));
  EXPECT_EQ(*reader().ReadNotices(5, 1), std::vector<NoticeRecord>{batch.notices[5]});
  EXPECT_TRUE(reader().ReadNotices(300, 10)->empty());
  EXPECT_TRUE(reader().ReadNotices(UINT64_MAX, 10)->empty()) << "after the last there is nothing";
}

TEST_P(StoreConformanceTest, RecoversTheHeadAndEveryLeafOfItsEpoch) {
  std::vector<Digest> leaves;
  for (int i = 0; i < 20; ++i) {
    const CommitBatch batch = Batch();
    leaves.push_back(tlog::LeafHash(AsBytes(batch.entries[0].leaf)));
    Apply(batch);
  }
  Reopen();
  const auto recovered = store().Recover();
  ASSERT_TRUE(recovered.has_value());
  EXPECT_EQ(recovered->head, (LogHead{1, 20, tree_.root()}));
  EXPECT_EQ(recovered->leaf_hashes, leaves);
  const tlog::NodeReader nodes = [&](const tlog::NodeId& id) { return reader().ReadNode(1, id); };
  EXPECT_EQ(tlog::RootOf(20, nodes), tree_.root());
}

TEST_P(StoreConformanceTest, AGapInTheLogIsRefused) {
  Apply(Batch());
  CommitBatch batch = Batch();  // Entry 1,
  batch = Batch();              // forgotten for entry 2.
  Apply(batch);
  Reopen();
  const auto recovered = store().Recover();
  ASSERT_FALSE(recovered.has_value());
  EXPECT_EQ(recovered.error().code, FaultCode::kCorrupt);
}

INSTANTIATE_TEST_SUITE_P(
    Stores, StoreConformanceTest,
    ::testing::Values(Named{"InMemory", [] { return std::make_unique<InMemory>(); }},
                      Named{"InRocksDb", [] { return std::make_unique<InRocksDb>(); }}),
    [](const auto& made) { return made.param.name; });

}  // namespace
}  // namespace havenline
