// Receipts: which share an entry, what they do to mailbox, body and clock, and which are turned
// away.

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "schema/seal/hash.h"
#include "schema/tlog/leaf.h"
#include "tests/fakes/test_broker.h"

namespace havenline {
namespace {

class ReceiptTest : public ::testing::Test {
 protected:
  const CommitBatch& LastBatch() { return broker_.store().batches().back(); }
  Composed Accepted(const std::vector<AgencyId>& schools = {kSchoolA}) {
    Composed notice = broker_.Notice(schools);
    EXPECT_TRUE(IsAccepted(broker_.Offer(notice)));
    return notice;
  }
  std::vector<Answer> Commit(const std::vector<SignedReceipt>& receipts) {
    std::vector<CommitItem> items;
    for (const SignedReceipt& receipt : receipts) items.push_back(broker_.Item(receipt));
    committed_.emplace(broker_.Commit(std::move(items)));
    // Answers may come in another order than the items: each names its item.
    std::ranges::sort(committed_->answers, {},
                      [](const Answered& answered) { return answered.route.reference; });
    std::vector<Answer> answers;
    for (const Answered& answered : committed_->answers) answers.push_back(answered.answer);
    EXPECT_EQ(answers.size(), receipts.size()) << "each item gets exactly one answer";
    return answers;
  }
  SignedReceipt Receipt(const Composed& notice, ReceiptKind kind, std::size_t grant = 0) {
    return broker_.Receipt(notice, grant, kind);
  }
  // One of many by the same recipient for the same grant: each has its own bytes.
  SignedReceipt Nth(const Composed& notice, ReceiptKind kind, int n) {
    auto draft = DraftReceipt(notice.envelope, 0, kind, broker_.now());
    draft.previous[0] = static_cast<std::uint8_t>(n);
    draft.previous[1] = 1;
    return SignReceipt(broker_.partnership(), std::move(draft));
  }
  GrantRecord GrantOf(const Composed& notice, std::size_t i = 0) {
    return **broker_.store().FindGrant(notice.granted.at(i).grant);
  }
  std::size_t Rows(const AgencyId& agency) {
    return broker_.store().Rows({agency, Lane::kUrgent, 0}, 1000)->size();
  }

  TestBroker broker_;
  std::optional<Committed> committed_;
};

TEST_F(ReceiptTest, AStoredReceiptTakesTheRowOutAndReachesTheSender) {
  const Composed notice = Accepted();
  const SignedReceipt receipt = Receipt(notice, ReceiptKind::kStored);
  const auto answers = Commit({receipt});
  ASSERT_TRUE(IsAccepted(answers[0]));
  EXPECT_EQ(Rows(kSchoolA), 0U);
  EXPECT_EQ(committed_->removed, (std::vector<MailboxPlace>{{kSchoolA, Lane::kUrgent, 1}}));
  const auto rows = broker_.store().Rows({kPolice, Lane::kUrgent, 0}, 10);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->at(0).kind, MailboxRow::Kind::kReceipt);
  EXPECT_EQ(committed_->added, std::vector<MailboxPlace>{rows->at(0).place});
  EXPECT_TRUE(GrantOf(notice).stored);
  EXPECT_EQ(broker_.store().timer_count(), 1U) << "stored is nobody's answer: the clock runs on";
}

TEST_F(ReceiptTest, TheSendersPartOfTheEntryIsTheOneItsRowNames) {
  const Composed notice = Accepted();
  Commit({Receipt(notice, ReceiptKind::kStored)});
  const MailboxRow row = broker_.store().Rows({kPolice, Lane::kUrgent, 0}, 10)->at(0);
  const EntryParts parts = **broker_.store().ReadParts(row.position);
  EXPECT_EQ(parts.parts.at(row.part).party, kPolice);
  EXPECT_EQ(parts.parts.at(0).party, kSchoolA);
}

TEST_F(ReceiptTest, StoredReceiptsOfOneRecipientShareAnEntry) {
  std::vector<Composed> notices;
  for (int i = 0; i < 5; ++i) notices.push_back(Accepted({kSchoolA, kSchoolB}));
  std::vector<SignedReceipt> receipts;
  for (const Composed& notice : notices) {
    receipts.push_back(Receipt(notice, ReceiptKind::kStored, 0));
    receipts.push_back(Receipt(notice, ReceiptKind::kStored, 1));
  }
  const auto answers = Commit(receipts);
  EXPECT_EQ(LastBatch().entries.size(), 2U) << "one for each school";
  for (const Answer& answer : answers) {
    ASSERT_TRUE(IsAccepted(answer));
    EXPECT_TRUE(tlog::LeafHashOf(std::get<havenline::Accepted>(answer).proof).has_value());
  }
  EXPECT_EQ(Rows(kPolice), 10U);
  EXPECT_EQ(Rows(kSchoolA) + Rows(kSchoolB), 0U);
}

TEST_F(ReceiptTest, AnEntryHoldsAtMostSoManyReceipts) {
  std::vector<SignedReceipt> receipts;
  for (std::size_t i = 0; i < limits::kReceiptsPerEntryMax + 1; ++i)
    receipts.push_back(Receipt(Accepted(), ReceiptKind::kStored));
  for (const Answer& answer : Commit(receipts)) EXPECT_TRUE(IsAccepted(answer));
  EXPECT_EQ(LastBatch().entries.size(), 2U);
}

TEST_F(ReceiptTest, EveryOtherReceiptHasAnEntryOfItsOwnAfterTheStoredOnesBeforeIt) {
  const Composed first = Accepted();
  const Composed second = Accepted();
  const auto answers =
      Commit({Receipt(first, ReceiptKind::kStored), Receipt(second, ReceiptKind::kStored),
              Receipt(first, ReceiptKind::kOpened), Receipt(first, ReceiptKind::kAcknowledged)});
  ASSERT_EQ(LastBatch().entries.size(), 3U);
  std::vector<LogIndex> indices;
  for (const Answer& answer : answers)
    indices.push_back(std::get<havenline::Accepted>(answer).proof.position.index);
  EXPECT_EQ(indices[0], indices[1]);
  EXPECT_LT(indices[1], indices[2]);
  EXPECT_LT(indices[2], indices[3]);
}

TEST_F(ReceiptTest, ARepeatGetsThePositionOfTheFirstAndDoesNothing) {
  const Composed notice = Accepted();
  const SignedReceipt receipt = Receipt(notice, ReceiptKind::kStored);
  const Position first = std::get<havenline::Accepted>(Commit({receipt})[0]).proof.position;
  const int applies = broker_.store().applies();
  EXPECT_EQ(std::get<havenline::Accepted>(Commit({receipt})[0]).proof.position, first);
  EXPECT_EQ(broker_.store().applies(), applies);
  broker_.Restart();
  EXPECT_EQ(std::get<havenline::Accepted>(Commit({receipt})[0]).proof.position, first);
  EXPECT_EQ(Rows(kPolice), 1U);
}

TEST_F(ReceiptTest, ARepeatInTheSameBatchGetsTheSamePosition) {
  const Composed notice = Accepted();
  for (const ReceiptKind kind : {ReceiptKind::kStored, ReceiptKind::kAcknowledged}) {
    const SignedReceipt receipt = Receipt(notice, kind);
    const auto answers = Commit({receipt, receipt, receipt});
    for (const Answer& answer : answers) {
      ASSERT_TRUE(IsAccepted(answer));
      EXPECT_EQ(std::get<havenline::Accepted>(answer).proof.position,
                std::get<havenline::Accepted>(answers[0]).proof.position);
    }
    EXPECT_EQ(LastBatch().entries.size(), 1U);
  }
  EXPECT_EQ(GrantOf(notice).receipts.size(), 2U);
  EXPECT_EQ(Rows(kPolice), 2U);
}

TEST_F(ReceiptTest, AReceiptOfAGrantWeNeverAcceptedIsUnknown) {
  const Composed never = broker_.Notice();
  EXPECT_EQ(CodeOf(Commit({Receipt(never, ReceiptKind::kStored)})[0]), Code::kReceiptUnknown);
  EXPECT_TRUE(HoldsOnlyInvalid(LastBatch()));
}

// Someone who knows a grant's digest cannot receipt it for its recipient, nor tell another story
// about it.
TEST_F(ReceiptTest, AReceiptThatDiffersFromItsGrantIsUnknown) {
  const Composed notice = Accepted({kSchoolA, kSchoolB});
  for (int field = 0; field < 5; ++field) {
    auto draft = DraftReceipt(notice.envelope, 0, ReceiptKind::kStored, broker_.now());
    if (field == 0) draft.recipient = kSchoolB;
    if (field == 1) draft.role = Role("nursery");
    if (field == 2) draft.sender = kCouncil;
    if (field == 3) draft.message = broker_.Notice().envelope.header.id;
    if (field == 4) draft.origin = broker_.Notice().envelope.header.id;
    EXPECT_EQ(CodeOf(Commit({SignReceipt(broker_.partnership(), draft)})[0]), Code::kReceiptUnknown)
        << field;
  }
  EXPECT_FALSE(GrantOf(notice).stored);
  EXPECT_EQ(Rows(kSchoolA), 1U);
}

TEST_F(ReceiptTest, AReceiptFromAnotherHostIsForeign) {
  CommitItem item = broker_.Item(Receipt(Accepted(), ReceiptKind::kStored));
  item.route.host = TestPartnership::HostOf(kSchoolB);
  EXPECT_EQ(CodeOf(broker_.Offer(std::move(item))), Code::kForeignSender);
}

TEST_F(ReceiptTest, ARetiredReceiptKeyStillSpeaksForWhatItSignedAndACompromisedOneDoesNot) {
  const Composed notice = Accepted();
  const auto with = [&](const char* state) {
    return [&, state](const std::string& text) {
      return broker_.partnership().WithKeyState(text, kSchoolA, seal::Purpose::kReceipt, state);
    };
  };
  ASSERT_TRUE(IsAccepted(broker_.PublishDirectory(with("retired"))));
  EXPECT_TRUE(IsAccepted(Commit({Receipt(notice, ReceiptKind::kStored)})[0]));
  ASSERT_TRUE(IsAccepted(broker_.PublishDirectory(with("compromised"))));
  EXPECT_EQ(CodeOf(Commit({Receipt(notice, ReceiptKind::kAcknowledged)})[0]), Code::kKeyUnknown);
  EXPECT_EQ(broker_.store().timer_count(), 1U);
}

TEST_F(ReceiptTest, TheBodyGoesWhenTheLastRecipientHasIt) {
  const Composed notice = Accepted({kSchoolA, kSchoolB, kSchoolC});
  Commit({Receipt(notice, ReceiptKind::kStored, 0)});
  Commit({Receipt(notice, ReceiptKind::kStored, 1), Receipt(notice, ReceiptKind::kOpened, 1)});
  EXPECT_EQ(broker_.store().message_count(), 1U);
  Commit({Receipt(notice, ReceiptKind::kUnreadable, 2)});
  EXPECT_EQ(broker_.store().message_count(), 0U);
  // Later receipts find no body to count, and need none.
  EXPECT_TRUE(IsAccepted(Commit({Receipt(notice, ReceiptKind::kAcknowledged, 0)})[0]));
}

TEST_F(ReceiptTest, ABodyThatCameAndWentInOneBatchIsNotThere) {
  const Composed notice = broker_.Notice();
  std::vector<CommitItem> items;
  items.push_back(broker_.Submission(notice));
  items.push_back(broker_.Item(Receipt(notice, ReceiptKind::kStored)));
  for (const Answered& answered : broker_.Commit(std::move(items)).answers)
    EXPECT_TRUE(IsAccepted(answered.answer));
  EXPECT_EQ(broker_.store().message_count(), 0U);
  EXPECT_EQ(Rows(kSchoolA), 0U);
}

TEST_F(ReceiptTest, WhatTheRecipientHasInAnyWayLeavesItsMailboxAndARecallDoesNot) {
  for (const ReceiptKind kind :
       {ReceiptKind::kStored, ReceiptKind::kUnreadable, ReceiptKind::kWithheld,
        ReceiptKind::kClaimsDiffer, ReceiptKind::kAcknowledged, ReceiptKind::kToldByVoice,
        ReceiptKind::kNotOurs, ReceiptKind::kOpened}) {
    const Composed notice = Accepted();
    Commit({Receipt(notice, kind)});
    EXPECT_EQ(Rows(kSchoolA), 0U) << static_cast<int>(kind);
  }
  Commit({Receipt(Accepted(), ReceiptKind::kRecalled)});
  EXPECT_EQ(Rows(kSchoolA), 1U);
}

TEST_F(ReceiptTest, WhatEndsTheClockTakesTheTimerAndWhatDoesNotLeavesIt) {
  const std::set<ReceiptKind> leaves = {ReceiptKind::kStored, ReceiptKind::kOpened,
                                        ReceiptKind::kClaimsDiffer};
  for (int kind = 0; kind <= static_cast<int>(ReceiptKind::kRecalled); ++kind) {
    const std::size_t before = broker_.store().timer_count();
    const Composed notice = Accepted();
    Commit({Receipt(notice, static_cast<ReceiptKind>(kind))});
    EXPECT_EQ(broker_.store().timer_count() - before,
              leaves.contains(static_cast<ReceiptKind>(kind)) ? 1U : 0U)
        << kind;
  }
}

TEST_F(ReceiptTest, OnlyAPersonsAnswerIsRememberedAcrossSealings) {
  const std::map<ReceiptKind, HowAnswered> answers = {
      {ReceiptKind::kAcknowledged, HowAnswered::kAcknowledged},
      {ReceiptKind::kToldByVoice, HowAnswered::kAcknowledged},
      {ReceiptKind::kNotOurs, HowAnswered::kNotOurs}};
  for (int kind = 0; kind <= static_cast<int>(ReceiptKind::kRecalled); ++kind) {
    const Composed notice = Accepted();
    Commit({Receipt(notice, static_cast<ReceiptKind>(kind))});
    EXPECT_EQ(*broker_.store().FindAnswered(
                  {kPolice, notice.envelope.header.origin, kSchoolA, kSchoolRole}),
              answers.contains(static_cast<ReceiptKind>(kind))
                  ? answers.at(static_cast<ReceiptKind>(kind))
                  : HowAnswered::kNo)
        << kind;
  }
}

TEST_F(ReceiptTest, AGrantTakesSixteenReceiptsAndNoMore) {
  const Composed notice = Accepted();
  for (int n = 0; n < 16; ++n)
    EXPECT_TRUE(IsAccepted(Commit({Nth(notice, ReceiptKind::kOpened, n)})[0])) << n;
  EXPECT_EQ(CodeOf(Commit({Nth(notice, ReceiptKind::kOpened, 16)})[0]), Code::kReceiptUnknown);
  EXPECT_TRUE(IsAccepted(Commit({Nth(notice, ReceiptKind::kOpened, 3)})[0])) << "a repeat";
}

TEST_F(ReceiptTest, AGrantTakesSixteenReceiptsAndNoMoreInOneBatch) {
  const Composed notice = Accepted();
  std::vector<SignedReceipt> receipts;
  for (int n = 0; n < 24; ++n) receipts.push_back(Nth(notice, ReceiptKind::kStored, n));
  const auto answers = Commit(receipts);
  EXPECT_EQ(std::ranges::count_if(answers, IsAccepted), 16);
  EXPECT_EQ(GrantOf(notice).receipts.size(), 16U);
}

TEST_F(ReceiptTest, ReceiptsOfASuspendedAgencyAreNotTakenUntilItIsLifted) {
  const Composed notice = Accepted();
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  for (const ReceiptKind kind : {ReceiptKind::kStored, ReceiptKind::kAcknowledged}) {
    EXPECT_EQ(CodeOf(Commit({Receipt(notice, kind)})[0]), Code::kSenderSuspended);
    EXPECT_TRUE(HoldsOnlyInvalid(LastBatch())) << "C6: that it was tried, and nothing else";
  }
  EXPECT_EQ(broker_.store().timer_count(), 1U) << "and nobody is told that it has been dealt with";
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA, 2, true)));
  EXPECT_TRUE(IsAccepted(Commit({Receipt(notice, ReceiptKind::kAcknowledged)})[0]));
}

// The entry that suspends stands after what was taken before it, in one batch as in two.
TEST_F(ReceiptTest, ReceiptsBeforeASuspensionOrDirectoryAreEnteredBeforeIt) {
  const Composed notice = Accepted();
  std::vector<CommitItem> items;
  items.push_back(broker_.Item(Receipt(notice, ReceiptKind::kStored)));
  items.push_back(broker_.Document(DocumentKind::kSuspension,
                                   broker_.partnership().SuspensionNote(kSchoolA, 1, false)));
  broker_.Commit(std::move(items));
  ASSERT_EQ(LastBatch().entries.size(), 2U);
  EXPECT_EQ(LastBatch().entries[0].parts.size(), 2U) << "the receipt";
  EXPECT_TRUE(tlog::ParseLeaf(LastBatch().entries[1].leaf)->document.has_value());
}

}  // namespace
}  // namespace havenline
