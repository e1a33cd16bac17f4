#include "agents/intake/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/intake/limits.h"
#include "tests/fakes/test_agent.h"

namespace havenline::intake {
namespace {

using testing::ElementsAre;

class LedgerTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(ledger_->Load().has_value()); }

  void Commit(StoreBatch& batch) { ASSERT_TRUE(agent_.store().Commit(batch).has_value()); }
  void Reopen() {
    ledger_.reset();
    agent_.Reopen();
    ledger_ = std::make_unique<Ledger>(agent_.store());
    ASSERT_TRUE(ledger_->Load().has_value());
  }
  NoticeRecord& Add(const std::string& reference, const std::string& stated, TimePoint made,
                    StoreBatch& batch) {
    NoticeRecord notice;
    notice.reference = reference;
    notice.stated = stated;
    notice.made = made;
    return ledger_->AddNotice(std::move(notice), batch);
  }
  bool Knows(const std::string& reference, const std::string& stated) {
    NoticeDraft draft;
    draft.reference = reference;
    draft.stated = stated;
    return ledger_->FindNotice(draft) != nullptr;
  }
  FileRecord& Begin(const std::string& name, StoreBatch& batch) {
    FileRecord file;
    file.name = name;
    return ledger_->Begin(std::move(file), batch);
  }

  const TestPartnership partnership_;
  TestAgent agent_{partnership_, kPolice, {}};
  std::unique_ptr<Ledger> ledger_ = std::make_unique<Ledger>(agent_.store());
};

TEST_F(LedgerTest, WhatWasCommittedIsThereAgain) {
  StoreBatch batch;
  FileRecord& file = Begin("night.csv", batch);
  file.digest = Digest{3};
  file.counts.held = 2;
  file.next_row = 1;
  ledger_->Put(file, batch);
  ledger_->PutOutcome(
      file, 0, {OutcomeKind::kQuarantined, 2, 4, 5, "why", {"relocated"}, {"a note"}}, batch);
  NoticeRecord& notice = Add("f|i|c|1", "f|i|c|2", kNight, batch);
  notice.origin = MessageId(ByteArray<16>{1});
  ledger_->Put(notice, batch);
  QuarantinedRow quarantined;
  quarantined.row = Digest{7};
  quarantined.reason = "why";
  ledger_->Put(ledger_->AddQuarantined(quarantined, batch), batch);
  HeldRow held;
  held.flags = {"relocated"};
  ledger_->AddHeld(held, {{"childBirth", text::Value("2015-03-04")}}, batch);
  Commit(batch);
  Reopen();
  ASSERT_NE(ledger_->Unfinished(), nullptr);
  EXPECT_EQ(ledger_->Unfinished()->name, "night.csv");
  EXPECT_EQ(ledger_->Unfinished()->counts.held, 2U);
  const auto outcomes = ledger_->Outcomes(*ledger_->Unfinished()).value();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].column, 5U);
  EXPECT_THAT(outcomes[0].flags, ElementsAre("relocated"));
  EXPECT_THAT(outcomes[0].notes, ElementsAre("a note"));
  EXPECT_EQ(ledger_->Notice(1)->origin, MessageId(ByteArray<16>{1}));
  EXPECT_EQ(ledger_->OpenQuarantine(Digest{7})->reason, "why");
  EXPECT_EQ(ledger_->HeldSections(1).value().at("childBirth").text(), "2015-03-04");
}

TEST_F(LedgerTest, ANoticeIsKnownByTheSchoolOfTodayAndByTheOneThatWasNamed) {
  StoreBatch batch;
  Add("f|i|c|106890", "f|i|c|900101", kNight, batch);
  EXPECT_TRUE(Knows("f|i|c|106890", "f|i|c|106890"));
  EXPECT_TRUE(Knows("f|i|c|106899", "f|i|c|900101"));  // Its successor is another by now.
  EXPECT_FALSE(Knows("f|i|c|106891", "f|i|c|106891"));
  Commit(batch);
}

TEST_F(LedgerTest, NumbersAreNeverGivenTwice) {
  StoreBatch batch;
  const std::uint64_t first = Add("a", "a", kNight, batch).number;
  ledger_->Forget(first, batch);
  Commit(batch);
  Reopen();
  StoreBatch next;
  EXPECT_GT(Add("b", "b", kNight, next).number, first);
  Commit(next);
}

TEST_F(LedgerTest, WhatWasSentIsRememberedForLongerThanARowMayBeOld) {
  static_assert(kKeysKept > kIncidentAgeMax);
  StoreBatch batch;
  Add("a", "a", kNight, batch);
  Commit(batch);
  StoreBatch kept;
  ledger_->Prune(kNight + kKeysKept, kept);
  EXPECT_TRUE(Knows("a", "a"));
  StoreBatch pruned;
  ledger_->Prune(kNight + kKeysKept + 1ms, pruned);
  EXPECT_FALSE(Knows("a", "a"));
  Commit(pruned);
  Reopen();
  EXPECT_FALSE(Knows("a", "a"));
}

TEST_F(LedgerTest, ARowThatStillWaitsIsNeverForgotten) {
  StoreBatch batch;
  NoticeRecord& notice = Add("a", "a", kNight, batch);
  HeldRow row;
  row.notice = notice.number;
  notice.held = ledger_->AddHeld(row, {}, batch).number;
  QuarantinedRow quarantined;
  quarantined.time = kNight;
  ledger_->AddQuarantined(quarantined, batch);
  ledger_->Prune(kNight + 2 * kKeysKept, batch);
  EXPECT_TRUE(Knows("a", "a"));
  EXPECT_EQ(ledger_->held().size(), 1U);
  EXPECT_EQ(ledger_->quarantined().size(), 1U);
  Commit(batch);
}

TEST_F(LedgerTest, OnlySoManyFilesAreKeptAndNeverTheOneAtWork) {
  StoreBatch batch;
  for (std::size_t i = 0; i < kFilesKept + 3; ++i) {
    FileRecord& file = Begin("night.csv", batch);
    if (i == kFilesKept + 2) break;
    file.state = FileState::kDone;
    ledger_->Put(file, batch);
  }
  ledger_->Prune(kNight, batch);
  EXPECT_EQ(ledger_->files().size(), kFilesKept);
  EXPECT_NE(ledger_->Unfinished(), nullptr);
  Commit(batch);
  Reopen();
  EXPECT_EQ(ledger_->files().size(), kFilesKept);
}

TEST_F(LedgerTest, NoKeyOfTheStoreSaysAnything) {
  StoreBatch batch;
  Add("force|SY/2026/1|N1|106890", "force|SY/2026/1|N1|106890", kNight, batch);
  Commit(batch);
  std::string keys;
  ASSERT_TRUE(agent_.store()
                  .Scan(Table::kIntake, "",
                        [&](std::string_view key, const text::Value&) {
                          keys += std::string(key) + "\n";
                          return true;
                        })
                  .has_value());
  EXPECT_FALSE(keys.empty());
  EXPECT_EQ(keys.find("106890"), std::string::npos) << keys;
  EXPECT_EQ(keys.find("N1"), std::string::npos) << keys;
}

}  // namespace
}  // namespace havenline::intake
