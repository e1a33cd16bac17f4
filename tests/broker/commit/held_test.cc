// Held grants at the broker: what waits, what frees it, what stands it down, who is told what.

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/wire/word_codec.h"
#include "tests/fakes/held_notice.h"

namespace havenline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Kind = Condition::Kind;
using Phase = GrantRecord::Phase;

class HeldTest : public ::testing::Test {
 protected:
  Composed Accepted(Kind kind) {
    Composed notice = HeldNotice(broker_, kind, broker_.now() + hours(8));
    EXPECT_TRUE(IsAccepted(broker_.Offer(notice)));
    return notice;
  }
  Composed SealedAgain(const Composed& notice, Kind kind) {
    SealingView view;
    view.origin = notice.envelope.header.origin;
    Composed again = HeldNotice(broker_, kind, broker_.now() + hours(8), view);
    EXPECT_TRUE(IsAccepted(broker_.Offer(again)));
    return again;
  }
  Committed Says(const Composed& notice, std::size_t grant, ReceiptKind kind) {
    std::vector<CommitItem> items;
    items.push_back(broker_.Item(broker_.Receipt(notice, grant, kind)));
    Committed committed = broker_.Commit(std::move(items));
    EXPECT_TRUE(IsAccepted(committed.answers.at(0).answer));
    return committed;
  }
  Phase PhaseOf(const Composed& notice) {
    return (*broker_.store().FindGrant(GrantOf(notice, 1)))->phase;
  }
  std::vector<MailboxRow> Rows(const AgencyId& agency) {
    return *broker_.store().Rows({agency, Lane::kUrgent, 0}, 100);
  }
  // The words that wait for this agency, those of deliveries too.
  std::vector<BrokersWord> Words(const AgencyId& agency) {
    std::vector<BrokersWord> words;
    for (const MailboxRow& row : Rows(agency)) {
      const bool word = row.kind == MailboxRow::Kind::kWord ||
                        (row.kind == MailboxRow::Kind::kGrant && !row.bytes.empty());
      if (word) words.push_back(*wire::ParseWord(row.bytes));
    }
    return words;
  }
  std::size_t PartsOf(const AgencyId& agency, const std::string& kind) {
    std::size_t count = 0;
    for (const CommitBatch& batch : broker_.store().batches()) {
      for (const Entry& entry : batch.entries) {
        for (const Part& part : entry.parts) {
          if (part.party == agency &&
              ToText(part.json).find("\"kind\":\"" + kind + "\"") != std::string::npos)
            ++count;
        }
      }
    }
    return count;
  }
  bool Settled() {
    return broker_.store().watch_count() == 0 && broker_.store().held_count() == 0 &&
           broker_.store().timer_count() == 0;
  }

  TestBroker broker_;
};

TEST_F(HeldTest, WaitsInNoMailboxAndTheLogSaysNothingOfItToItsRecipient) {
  const Composed notice = Accepted(Kind::kUnacknowledged);
  EXPECT_EQ(Rows(kSchoolA).size(), 1U);
  EXPECT_TRUE(Rows(kSchoolB).empty());
  EXPECT_EQ(PhaseOf(notice), Phase::kHeld);
  EXPECT_EQ(PartsOf(kSchoolB, "accepted"), 0U);
  EXPECT_EQ(PartsOf(kPolice, "accepted"), 2U) << "its own, and that of the held grant";
}

// Who said "not ours" is not asked again, and says no more: whoever is told in its place is told.
TEST_F(HeldTest, SealedAgainAfterItIsNotTheirsItIsReleasedAtOnce) {
  const Composed first = Accepted(Kind::kUnable);
  Says(first, 0, ReceiptKind::kNotOurs);
  ASSERT_EQ(PhaseOf(first), Phase::kReleased);
  const Composed again = SealedAgain(first, Kind::kUnable);
  EXPECT_EQ(PhaseOf(again), Phase::kReleased);
  EXPECT_EQ(PartsOf(kSchoolB, "released"), 2U);
  EXPECT_EQ(broker_.store().held_count(), 0U);
  const Composed timed = SealedAgain(first, Kind::kUnacknowledged);
  EXPECT_EQ(PhaseOf(timed), Phase::kHeld) << "this one has its time";
}

TEST_F(HeldTest, IsReleasedWhenNobodyHasAcknowledgedInTime) {
  const Composed notice = Accepted(Kind::kUnacknowledged);
  Says(notice, 0, ReceiptKind::kStored);
  Says(notice, 0, ReceiptKind::kOpened);
  broker_.Wait(hours(8) - minutes(1));
  EXPECT_EQ(broker_.Fire().released, 0U);
  broker_.Wait(minutes(1));
  EXPECT_EQ(broker_.Fire().released, 1U);
  EXPECT_EQ(PhaseOf(notice), Phase::kReleased);
  ASSERT_EQ(Rows(kSchoolB).size(), 1U);
  const BrokersWord word = Words(kSchoolB).at(0);
  EXPECT_EQ(word.kind, WordKind::kReleased);
  EXPECT_EQ(word.to, kSchoolB);
  EXPECT_EQ(word.grant, GrantOf(notice, 1));
  EXPECT_EQ(word.message, notice.envelope.header.id);
  EXPECT_EQ(word.number.n, 1U);
  EXPECT_EQ(word.time, broker_.now());
  EXPECT_EQ(PartsOf(kSchoolB, "released"), 1U);
  EXPECT_EQ(PartsOf(kPolice, "released"), 1U);
  const auto told = Words(kPolice);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, WordKind::kReleased);
  EXPECT_EQ(told[0].position, word.position);
  EXPECT_EQ(broker_.store().held_count(), 0U);
  EXPECT_EQ(broker_.Fire().released, 0U) << "once";
}

TEST_F(HeldTest, StandsOnceAPersonThereHasAcknowledgedOrWasToldByVoice) {
  for (const ReceiptKind kind : {ReceiptKind::kAcknowledged, ReceiptKind::kToldByVoice}) {
    const Composed notice = Accepted(Kind::kUnacknowledged);
    Says(notice, 0, kind);
    EXPECT_EQ(PhaseOf(notice), Phase::kClosed);
    EXPECT_TRUE(Settled());
    broker_.Wait(hours(9));
    EXPECT_EQ(broker_.Fire().released, 0U);
    EXPECT_TRUE(Rows(kSchoolB).empty());
    EXPECT_EQ(broker_.store().message_count(), 0U) << "nobody is to get it any more";
  }
}

TEST_F(HeldTest, NotOursIsNoAcknowledgement) {
  const Composed notice = Accepted(Kind::kUnacknowledged);
  Says(notice, 0, ReceiptKind::kNotOurs);
  EXPECT_EQ(PhaseOf(notice), Phase::kHeld);
  broker_.Wait(hours(8));
  EXPECT_EQ(broker_.Fire().released, 1U);
}

TEST_F(HeldTest, UnableIsReleasedAtOnceByWhatMakesTheWatchedUndeliverable) {
  for (const ReceiptKind kind :
       {ReceiptKind::kNotOurs, ReceiptKind::kUnreadable, ReceiptKind::kWithheld}) {
    const Composed notice = Accepted(Kind::kUnable);
    EXPECT_EQ(Says(notice, 0, ReceiptKind::kStored).released, 0U);
    EXPECT_EQ(Says(notice, 0, ReceiptKind::kOpened).released, 0U);
    EXPECT_EQ(Says(notice, 0, kind).released, 1U);
    EXPECT_EQ(PhaseOf(notice), Phase::kReleased);
  }
}

TEST_F(HeldTest, UnableHasNoClock) {
  const Composed notice = Accepted(Kind::kUnable);
  broker_.Wait(hours(24 * 30));
  const Committed fired = broker_.Fire();
  EXPECT_EQ(fired.overdue.size(), 1U);
  EXPECT_EQ(fired.released, 0U);
  EXPECT_EQ(PhaseOf(notice), Phase::kHeld);
}

TEST_F(HeldTest, ALateAcknowledgementStandsTheReleasedDownOnce) {
  const Composed notice = Accepted(Kind::kUnacknowledged);
  broker_.Wait(hours(8));
  EXPECT_EQ(broker_.Fire().released, 1U);
  Says(notice, 0, ReceiptKind::kAcknowledged);
  auto words = Words(kSchoolB);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[1].kind, WordKind::kStoodDown);
  EXPECT_EQ(words[1].grant, GrantOf(notice, 1)) << "its own, not the one that was watched";
  EXPECT_EQ(words[1].number.series, words[0].number.series);
  EXPECT_EQ(words[1].number.n, 2U);
  EXPECT_EQ(PartsOf(kSchoolB, "stood-down"), 1U);
  EXPECT_EQ(PartsOf(kPolice, "stood-down"), 1U);
  broker_.Wait(minutes(1));
  Says(notice, 0, ReceiptKind::kToldByVoice);
  EXPECT_EQ(Words(kSchoolB).size(), 2U);
  EXPECT_TRUE(Settled());
}

TEST_F(HeldTest, ConditionsAreJudgedOverAllSealings) {
  const Composed first = Accepted(Kind::kUnacknowledged);
  broker_.Wait(minutes(1));
  const Composed second = SealedAgain(first, Kind::kUnacknowledged);
  Says(second, 0, ReceiptKind::kAcknowledged);
  EXPECT_EQ(PhaseOf(first), Phase::kClosed);
  EXPECT_EQ(PhaseOf(second), Phase::kClosed);
  broker_.Wait(minutes(1));
  const Composed third = SealedAgain(first, Kind::kUnacknowledged);
  EXPECT_EQ(PhaseOf(third), Phase::kClosed) << "whoever answered is not asked again";
  broker_.Wait(hours(9));
  EXPECT_EQ(broker_.Fire().released, 0U);
}

TEST_F(HeldTest, AReceiptForAGrantThatWasNotReleasedIsRefused) {
  const Composed notice = Accepted(Kind::kUnacknowledged);
  const auto early = broker_.Receipt(notice, 1, ReceiptKind::kAcknowledged);
  EXPECT_EQ(CodeOf(broker_.Offer(broker_.Item(early))), Code::kReceiptUnknown);
  broker_.Wait(hours(8));
  broker_.Fire();
  Says(notice, 1, ReceiptKind::kStored);
  EXPECT_TRUE(Rows(kSchoolB).empty());
}

// The broker is down over the deadline, and the school acknowledged meanwhile.
TEST_F(HeldTest, NobodyIsEscalatedOverWhoAcknowledgedWhileTheBrokerWasDown) {
  const Composed notice = Accepted(Kind::kUnacknowledged);
  const auto acknowledged = broker_.Receipt(notice, 0, ReceiptKind::kAcknowledged);
  broker_.Wait(hours(10));
  broker_.Restart();
  const Committed asked = broker_.Look();
  EXPECT_EQ(asked.released, 0U);
  ASSERT_FALSE(asked.questions.empty());
  // It comes back within the two minutes, and brings what it has before it says that it has.
  broker_.Wait(minutes(1));
  broker_.committer().HostReturned(TestPartnership::HostOf(kSchoolA), broker_.monotonic());
  EXPECT_EQ(broker_.Look().released, 0U);
  EXPECT_TRUE(IsAccepted(broker_.Offer(broker_.Item(acknowledged))));
  EXPECT_EQ(broker_.Fire().released, 0U);
  broker_.Wait(hours(1));
  EXPECT_EQ(broker_.Fire().released, 0U);
  EXPECT_TRUE(Settled());
}

TEST_F(HeldTest, TheSeriesGoesOnAfterARestart) {
  const Composed notice = Accepted(Kind::kUnacknowledged);
  broker_.Wait(hours(8));
  broker_.Fire();
  const auto before = Words(kSchoolB).at(0).number;
  broker_.Restart();
  Says(notice, 0, ReceiptKind::kAcknowledged);
  const auto after = Words(kSchoolB).at(1).number;
  EXPECT_EQ(after.series, before.series);
  EXPECT_EQ(after.n, before.n + 1);
}

// A power cut inside a release leaves it undone or done, and it is done once.
TEST_F(HeldTest, ACutInARelease) {
  for (const FakeStore::Cut cut : {FakeStore::Cut::kLost, FakeStore::Cut::kTaken}) {
    const Composed notice = Accepted(Kind::kUnable);
    const auto receipt = broker_.Receipt(notice, 0, ReceiptKind::kUnreadable);
    const std::size_t rows = Rows(kSchoolB).size();
    broker_.store().FailApply(1, cut);
    std::vector<CommitItem> items;
    items.push_back(broker_.Item(receipt));
    ASSERT_FALSE(broker_.TryCommit(std::move(items)).has_value());
    broker_.Restart();
    EXPECT_EQ(PhaseOf(notice), cut == FakeStore::Cut::kLost ? Phase::kHeld : Phase::kReleased);
    EXPECT_TRUE(IsAccepted(broker_.Offer(broker_.Item(receipt))));
    EXPECT_EQ(PhaseOf(notice), Phase::kReleased);
    EXPECT_EQ(Rows(kSchoolB).size(), rows + 1);
  }
}

}  // namespace
}  // namespace havenline
