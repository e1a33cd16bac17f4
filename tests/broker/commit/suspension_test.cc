// What a suspension does to what waits (C6): nothing is handed after its entry, every sender is
// told, held grants are settled, and nothing comes back by itself.

#include <gtest/gtest.h>

#include "schema/wire/word_codec.h"
#include "tests/fakes/held_notice.h"

namespace havenline {
namespace {

using std::chrono::hours;
using Kind = Condition::Kind;
using Phase = GrantRecord::Phase;

class FakeOutflow final : public Outflow {
 public:
  std::array<std::uint64_t, 2> Close(const AgencyId& agency) override {
    closed.insert(agency);
    return {handed, 0};
  }
  void Open(const AgencyId& agency) override { closed.erase(agency); }
  std::array<std::uint64_t, 2> Handed(const AgencyId&) const override { return {handed, 0}; }

  std::set<AgencyId> closed;
  std::uint64_t handed = 0;
};

class SuspensionTest : public ::testing::Test {
 protected:
  Composed Queued(const std::vector<AgencyId>& schools = {kSchoolA}) {
    Composed notice = broker_.Notice(schools);
    EXPECT_TRUE(IsAccepted(broker_.Offer(notice)));
    return notice;
  }
  // One batch of it.
  Committed Step() {
    broker_.committer().Sweep(broker_.now());
    auto committed = broker_.committer().Commit();
    EXPECT_TRUE(committed.has_value());
    return *std::move(committed);
  }
  std::size_t Swept() {
    std::size_t closed = 0;
    for (int i = 0; broker_.committer().sweeping() && i < 1000; ++i) closed += Step().undeliverable;
    return closed;
  }
  std::vector<MailboxRow> Rows(const AgencyId& agency) {
    return *broker_.store().Rows({agency, Lane::kUrgent, 0}, 5000);
  }
  std::vector<BrokersWord> Words(const AgencyId& agency) {
    std::vector<BrokersWord> words;
    for (const MailboxRow& row : Rows(agency)) {
      if (row.kind == MailboxRow::Kind::kWord) words.push_back(*wire::ParseWord(row.bytes));
    }
    return words;
  }
  Phase PhaseOf(const Composed& notice, std::size_t grant) {
    return (*broker_.store().FindGrant(GrantOf(notice, grant)))->phase;
  }

  FakeOutflow outflow_;
  TestBroker broker_{&outflow_};
};

TEST_F(SuspensionTest, WhatWaitsIsTakenAwayAndEachSenderTold) {
  const Composed first = Queued();
  const Composed second = Queued({kSchoolA, kSchoolB});
  outflow_.handed = Rows(kSchoolA).at(0).place.sequence;
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  EXPECT_TRUE(outflow_.closed.contains(kSchoolA)) << "before anything is taken away";
  EXPECT_EQ(Swept(), 2U);
  EXPECT_TRUE(Rows(kSchoolA).empty());
  EXPECT_EQ(Rows(kSchoolB).size(), 1U);
  const auto words = Words(kPolice);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].kind, WordKind::kUndeliverable);
  EXPECT_EQ(words[0].why, Code::kRecipientSuspended);
  EXPECT_EQ(words[0].grant, GrantOf(first, 0));
  EXPECT_TRUE(words[0].may_arrive) << "it had been handed to a link";
  EXPECT_EQ(words[1].grant, GrantOf(second, 0));
  EXPECT_FALSE(words[1].may_arrive);
  EXPECT_EQ(words[1].number.n, words[0].number.n + 1);
  EXPECT_EQ(broker_.store().message_count(), 1U) << "the second still waits for the other school";
}

TEST_F(SuspensionTest, TheEntryIsItsSendersAloneAndNamesTheGrants) {
  const Composed notice = Queued();
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  ASSERT_EQ(Step().undeliverable, 1U);
  const Entry& entry = broker_.store().batches().back().entries.at(0);
  ASSERT_EQ(entry.parts.size(), 1U);
  EXPECT_EQ(entry.parts[0].party, kPolice);
  const std::string part = ToText(entry.parts[0].json);
  EXPECT_NE(part.find("\"kind\":\"undeliverable\""), std::string::npos) << part;
  EXPECT_NE(part.find(HexEncode(GrantOf(notice, 0))), std::string::npos) << part;
  EXPECT_NE(part.find("\"code\":\"recipient-suspended\""), std::string::npos) << part;
}

// The same for one row that a later policy forbids, as the delivery thread reports it.
class ForbiddenTest : public SuspensionTest {
 protected:
  CommitItem Forbidden(const Composed& notice) {
    const auto grant = *broker_.store().FindGrant(GrantOf(notice, 0));
    return {{}, ForbiddenWork{grant->place, grant->grant}};
  }
  std::size_t Closed(CommitItem item) {
    std::vector<CommitItem> items;
    items.push_back(std::move(item));
    const Committed committed = broker_.Commit(std::move(items));
    EXPECT_EQ(committed.removed.size(), committed.undeliverable + 1) << "who asked is answered";
    EXPECT_TRUE(committed.answers.empty());
    return committed.undeliverable;
  }
};

TEST_F(ForbiddenTest, WhatALaterPolicyForbidsIsTakenAwayAndItsSenderToldByWhichPolicy) {
  const Composed notice = Queued();
  const Composed other = Queued();
  const auto policy = std::get<Accepted>(broker_.PublishPolicy([](std::string text) {
                        return TestPartnership::Replace(text, "minutes = 1440", "minutes = 1500");
                      })).proof.position;
  EXPECT_EQ(Closed(Forbidden(notice)), 1U);
  EXPECT_EQ(PhaseOf(notice, 0), Phase::kClosed);
  ASSERT_EQ(Rows(kSchoolA).size(), 1U);
  EXPECT_EQ(Rows(kSchoolA)[0].grant, GrantOf(other, 0));
  const auto words = Words(kPolice);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].kind, WordKind::kUndeliverable);
  EXPECT_EQ(words[0].why, Code::kPolicyDenies);
  EXPECT_FALSE(words[0].may_arrive);
  const std::string part = ToText(broker_.store().batches().back().entries.at(0).parts[0].json);
  EXPECT_NE(part.find("\"code\":\"policy-denies\""), std::string::npos) << part;
  EXPECT_NE(part.find("\"index\":" + std::to_string(policy.index.value())), std::string::npos)
      << part;
}

TEST_F(ForbiddenTest, WhatWasHandedBeforeMayArriveAndASecondReportChangesNothing) {
  const Composed notice = Queued();
  outflow_.handed = Rows(kSchoolA).at(0).place.sequence;
  const CommitItem report = Forbidden(notice);
  EXPECT_EQ(Closed(Forbidden(notice)), 1U);
  EXPECT_TRUE(Words(kPolice).at(0).may_arrive);
  std::vector<CommitItem> again;
  again.push_back(report);
  EXPECT_EQ(broker_.Commit(std::move(again)).undeliverable, 0U);
  EXPECT_EQ(Words(kPolice).size(), 1U);
}

TEST_F(ForbiddenTest, WhatWasReceiptedMeanwhileStays) {
  const Composed notice = Queued();
  CommitItem report = Forbidden(notice);
  std::vector<CommitItem> items;
  items.push_back(broker_.Item(broker_.Receipt(notice, 0, ReceiptKind::kStored)));
  broker_.Commit(std::move(items));
  std::vector<CommitItem> late;
  late.push_back(std::move(report));
  EXPECT_EQ(broker_.Commit(std::move(late)).undeliverable, 0U);
  EXPECT_EQ(PhaseOf(notice, 0), Phase::kOpen);
}

TEST_F(SuspensionTest, AThousandGoInBatchesThatHold) {
  std::vector<CommitItem> items;
  for (int i = 0; i < 1000; ++i) items.push_back(broker_.Submission(broker_.Notice()));
  broker_.Commit(std::move(items));
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  const auto began = std::chrono::steady_clock::now();
  std::size_t closed = 0;
  while (broker_.committer().sweeping()) {
    const std::size_t now = Step().undeliverable;
    EXPECT_LE(now, 64U);
    closed += now;
  }
  const auto took = std::chrono::steady_clock::now() - began;
  RecordProperty("milliseconds", static_cast<int>(took / std::chrono::milliseconds(1)));
  EXPECT_EQ(closed, 1000U);
  EXPECT_EQ(Words(kPolice).size(), 1000U);
  EXPECT_TRUE(Rows(kSchoolA).empty());
}

TEST_F(SuspensionTest, ACutInTheMiddleGoesOnAfterTheRestart) {
  for (const FakeStore::Cut cut : {FakeStore::Cut::kLost, FakeStore::Cut::kTaken}) {
    TestBroker broker;
    for (int i = 0; i < 150; ++i) ASSERT_TRUE(IsAccepted(broker.Offer(broker.Notice())));
    ASSERT_TRUE(IsAccepted(broker.Suspend(kSchoolA)));
    broker.committer().Sweep(broker.now());
    ASSERT_TRUE(broker.committer().Commit().has_value());
    broker.store().FailApply(1, cut);
    broker.committer().Sweep(broker.now());
    ASSERT_FALSE(broker.committer().Commit().has_value());
    broker.Restart();
    EXPECT_TRUE(broker.committer().sweeping());
    while (broker.committer().sweeping()) {
      broker.committer().Sweep(broker.now());
      ASSERT_TRUE(broker.committer().Commit().has_value());
    }
    EXPECT_TRUE(broker.store().Rows({kSchoolA, Lane::kUrgent, 0}, 999)->empty());
    EXPECT_EQ(broker.store().Rows({kPolice, Lane::kUrgent, 0}, 999)->size(), 150U) << "each once";
    EXPECT_EQ(broker.store().message_count(), 0U);
  }
}

TEST_F(SuspensionTest, WhatWaitedBeforeTheStartMayHaveBeenHanded) {
  Queued();
  broker_.Restart();
  Queued();
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  Swept();
  const auto words = Words(kPolice);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_TRUE(words[0].may_arrive);
  EXPECT_FALSE(words[1].may_arrive);
}

TEST_F(SuspensionTest, LiftedNothingComesBackAndWhatIsNewFlows) {
  const Composed old = Queued();
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  const std::string lifting = broker_.partnership().SuspensionNote(kSchoolA, 2, true);
  EXPECT_EQ(CodeOf(broker_.Offer(broker_.Document(DocumentKind::kSuspension, lifting))),
            Code::kOverload)
      << "while what waited is being taken away";
  Swept();
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA, 2, true)));
  EXPECT_FALSE(outflow_.closed.contains(kSchoolA));
  EXPECT_TRUE(Rows(kSchoolA).empty());
  Queued();
  EXPECT_EQ(Rows(kSchoolA).size(), 1U);
  // One that was on its way when it was suspended: its receipt is entered, and changes no count.
  EXPECT_TRUE(
      IsAccepted(broker_.Offer(broker_.Item(broker_.Receipt(old, 0, ReceiptKind::kStored)))));
  EXPECT_EQ(PhaseOf(old, 0), Phase::kClosed);
}

TEST_F(SuspensionTest, ASuspendedAgencyStaysShutAcrossARestart) {
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  Swept();
  outflow_.closed.clear();
  broker_.Restart();
  EXPECT_TRUE(outflow_.closed.contains(kSchoolA));
  EXPECT_FALSE(outflow_.closed.contains(kSchoolB));
}

TEST_F(SuspensionTest, WhatWatchesWhetherItCanBeReachedIsReleased) {
  const Composed queued = HeldNotice(broker_, Kind::kUnable, {});
  const Composed stored = HeldNotice(broker_, Kind::kUnable, {});
  const Composed acknowledged = HeldNotice(broker_, Kind::kUnable, {});
  const Composed timed = HeldNotice(broker_, Kind::kUnacknowledged, broker_.now() + hours(8));
  for (const Composed* notice : {&queued, &stored, &acknowledged, &timed})
    ASSERT_TRUE(IsAccepted(broker_.Offer(*notice)));
  broker_.Offer(broker_.Item(broker_.Receipt(stored, 0, ReceiptKind::kStored)));
  broker_.Offer(broker_.Item(broker_.Receipt(acknowledged, 0, ReceiptKind::kAcknowledged)));
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  Swept();
  EXPECT_EQ(PhaseOf(queued, 1), Phase::kReleased);
  EXPECT_EQ(PhaseOf(stored, 1), Phase::kReleased) << "nobody there can answer any more";
  EXPECT_EQ(PhaseOf(acknowledged, 1), Phase::kClosed);
  EXPECT_EQ(PhaseOf(timed, 1), Phase::kHeld);
  broker_.Wait(hours(8));
  EXPECT_EQ(broker_.Look().released, 1U) << "nobody there is waited for";
}

TEST_F(SuspensionTest, WhatIsHeldForItIsClosedAndItsSenderTold) {
  const Composed notice = HeldNotice(broker_, Kind::kUnacknowledged, broker_.now() + hours(8));
  ASSERT_TRUE(IsAccepted(broker_.Offer(notice)));
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolB)));
  EXPECT_EQ(Swept(), 1U);
  EXPECT_EQ(PhaseOf(notice, 1), Phase::kClosed);
  EXPECT_EQ(Words(kPolice).at(0).grant, GrantOf(notice, 1));
  broker_.Wait(hours(8));
  EXPECT_EQ(broker_.Fire().released, 0U);
  EXPECT_TRUE(Rows(kSchoolB).empty());
}

}  // namespace
}  // namespace havenline
